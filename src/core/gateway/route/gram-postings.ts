import { GRAMS, eachGram } from './grams.ts';
import type { Grams } from './grams.ts';

interface WeightedWord {
  readonly word: string;
  readonly weight: number;
}

/** Texts by the pieces of their words: the cosine of the rare ones. Finds what is misspelt, bent or run together. */
export class GramPostings {
  readonly #starts = new Uint32Array(GRAMS + 1);
  readonly #texts: Uint32Array;
  readonly #weights: Float32Array;
  readonly #rarities = new Float32Array(GRAMS);
  /** Of the query at hand; all zero between two. */
  readonly #asked = new Float32Array(GRAMS);

  constructor(all: readonly Grams[]) {
    const starts = this.#starts;
    for (const { grams } of all) for (const gram of grams) starts[gram + 1] = (starts[gram + 1] ?? 0) + 1;
    for (let gram = 0; gram < GRAMS; gram += 1) {
      const count = starts[gram + 1] ?? 0;
      this.#rarities[gram] = Math.log(1 + all.length / (1 + count));
      starts[gram + 1] = count + (starts[gram] ?? 0);
    }
    this.#texts = new Uint32Array(starts[GRAMS] ?? 0);
    this.#weights = new Float32Array(this.#texts.length);
    const next = starts.slice();
    for (let text = 0; text < all.length; text += 1) this.#fill(text, all[text], next);
  }

  /** Adds the likeness of the words, in [0, 1], times `weight`, to the scores. */
  add(words: readonly WeightedWord[], weight: number, scores: Float64Array): void {
    const used = this.#ask(words);
    let norm = 0;
    for (const gram of used) norm += this.#worth(gram) ** 2;
    const scale = norm > 0 ? weight / Math.sqrt(norm) : 0;
    for (const gram of used) {
      const share = scale * this.#worth(gram);
      this.#asked[gram] = 0;
      const end = this.#starts[gram + 1] ?? 0;
      for (let place = this.#starts[gram] ?? 0; place < end; place += 1) {
        const text = this.#texts[place] ?? 0;
        scores[text] = (scores[text] ?? 0) + share * (this.#weights[place] ?? 0);
      }
    }
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

  #fill(text: number, held: Grams | undefined, next: Uint32Array): void {
    if (held === undefined) return;
    const { grams, weights } = held;
    let norm = 0;
    for (let at = 0; at < grams.length; at += 1)
      norm += ((weights[at] ?? 0) * (this.#rarities[grams[at] ?? 0] ?? 0)) ** 2;
    const scale = norm > 0 ? 1 / Math.sqrt(norm) : 0;
    for (let at = 0; at < grams.length; at += 1) {
      const gram = grams[at] ?? 0;
      const place = next[gram] ?? 0;
      next[gram] = place + 1;
      this.#texts[place] = text;
      this.#weights[place] = scale * (weights[at] ?? 0) * (this.#rarities[gram] ?? 0);
    }
  }
}
