import { GRAMS, eachGram } from './grams.ts';
import type { Grams } from './grams.ts';
import { InvertedIndex } from './inverted-index.ts';
import { changesOf } from './places.ts';
import type { Changed } from './places.ts';

interface WeightedWord {
  readonly word: string;
  readonly weight: number;
}

interface Spelt {
  readonly grams: Grams;
}

/** Texts by the pieces of their words: the cosine of the rare ones. Finds what is misspelt, bent or run together. Never changes; see `changed`. */
export class GramPostings {
  readonly #lists: InvertedIndex;
  readonly #rarities = new Float32Array(GRAMS);
  /** By place: one through the length of the text's own pieces. */
  readonly #scales: Float64Array;
  /** Of the query at hand; all zero between two. */
  readonly #asked = new Float32Array(GRAMS);
  readonly #found: Float64Array;

  constructor(all: readonly (Spelt | undefined)[] = [], lists = new InvertedIndex()) {
    this.#lists = lists;
    let size = 0;
    for (const text of all) if (text !== undefined) size += 1;
    const rarities = this.#rarities;
    // Many pieces are held by as many texts.
    const known = new Float32Array(size + 1);
    // Of no texts at all nothing is rare, as most programs find it when they start.
    const grams = size === 0 ? 0 : GRAMS;
    for (let gram = 0; gram < grams; gram += 1) {
      const count = lists.count(gram);
      known[count] ||= Math.log(1 + size / (1 + count));
      rarities[gram] = known[count];
    }
    const scales = new Float64Array(all.length);
    lists.addSquares(rarities, scales);
    for (let place = 0; place < scales.length; place += 1) {
      const square = scales[place] ?? 0;
      if (square > 0) scales[place] = 1 / Math.sqrt(square);
    }
    this.#scales = scales;
    this.#found = new Float64Array(all.length);
  }

  /** Of these texts, with what came and went among them. */
  changed({ places, changes }: Changed<Spelt>): GramPostings {
    if (changes.gone.length === 0 && changes.come.length === 0) return this;
    const held = changesOf(changes, ({ grams: { grams, weights } }) => ({ keys: grams, values: weights }));
    return new GramPostings(places.all, this.#lists.changed(held, GRAMS));
  }

  /** Adds the likeness of the words, in [0, 1], times `weight`, to the scores. */
  add(words: readonly WeightedWord[], weight: number, scores: Float64Array): void {
    const used = this.#ask(words);
    let norm = 0;
    for (const gram of used) norm += this.#worth(gram) ** 2;
    const scale = norm > 0 ? weight / Math.sqrt(norm) : 0;
    const found = this.#found.fill(0);
    for (const gram of used) {
      const share = scale * this.#worth(gram) * (this.#rarities[gram] ?? 0);
      this.#asked[gram] = 0;
      this.#lists.add(gram, share, found);
    }
    for (let place = 0; place < found.length; place += 1)
      scores[place] = (scores[place] ?? 0) + (found[place] ?? 0) * (this.#scales[place] ?? 0);
  }

  /** Notes the pieces of the words, and tells which they are. */
  #ask(words: readonly WeightedWord[]): readonly number[] {
    const used: number[] = [];
    for (const { word, weight } of words) {
      if (weight <= 0) continue;
      eachGram(word, (gram) => {
        const before = this.#asked[gram] ?? 0;
        if (before === 0) used.push(gram);
        this.#asked[gram] = before + weight;
      });
    }
    return used;
  }

  #worth(gram: number): number {
    return (this.#asked[gram] ?? 0) * (this.#rarities[gram] ?? 0);
  }

  /** How much one word has in common with a text, of its own measure. */
  common(word: string, { grams, weights }: Grams): number {
    let sum = 0;
    eachGram(word, (gram) => {
      const at = grams.indexOf(gram);
      if (at >= 0) sum += (weights[at] ?? 0) * (this.#rarities[gram] ?? 0) ** 2;
    });
    return sum;
  }
}
