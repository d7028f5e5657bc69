import type { TermVector } from './term-vector.ts';
import { InvertedIndex } from './inverted-index.ts';
import type { SparseVector } from './inverted-index.ts';
import { changesOf } from './places.ts';
import type { Changes } from './places.ts';
import type { FieldTuning } from './tuning.ts';

export interface Shape {
  readonly fields: readonly FieldTuning[];
  readonly saturation: number;
}

/**
 * Which texts hold a term, and how much it says of each: BM25F, with lengths held against usual ones instead of the mean, so that what a term says of a
 * text depends on that text alone. Never changes; see `changed`.
 */
export class Postings {
  /** How many texts there are. */
  readonly size: number;
  readonly #shape: Shape;
  readonly #lists: InvertedIndex;

  constructor(shape: Shape, size = 0, lists = new InvertedIndex()) {
    this.#shape = shape;
    this.size = size;
    this.#lists = lists;
  }

  /** With these texts gone and come; of so many terms. */
  changed(changes: Changes<TermVector>, terms: number): Postings {
    if (changes.gone.length === 0 && changes.come.length === 0) return this;
    const lists = this.#lists.changed(
      changesOf(changes, (vector) => this.#held(vector)),
      terms,
    );
    return new Postings(this.#shape, this.size + changes.come.length - changes.gone.length, lists);
  }

  /** How many different terms they hold. */
  get terms(): number {
    return this.#lists.held;
  }

  /** How many texts hold it. */
  count(term: number): number {
    return this.#lists.count(term);
  }

  /** The highest rarity there can be. */
  get rarest(): number {
    return Math.log(1 + (this.size + 0.5) / 0.5);
  }

  /** What it is worth to hold it: the fewer do, the more. */
  rarity(term: number): number {
    const count = this.count(term);
    return Math.log(1 + (this.size - count + 0.5) / (count + 0.5));
  }

  /** Adds what a term says, times `weight`, to the scores of the texts that hold it. */
  add(term: number, weight: number, scores: Float64Array): void {
    this.#lists.add(term, weight, scores);
  }

  /** What a term says of a text, by the number of the field. */
  shares(
    { terms, fields, counts, lengths }: TermVector,
    term: number,
  ): readonly (readonly [number, number])[] {
    const parts: (readonly [number, number])[] = [];
    let row = terms.indexOf(term);
    if (row < 0) return [];
    let frequency = 0;
    for (; terms[row] === term; row += 1) {
      const field = fields[row] ?? 0;
      const part = this.#scale(lengths, field) * (counts[row] ?? 0);
      frequency += part;
      parts.push([field, part]);
    }
    return parts.map(([field, part]) => [field, part / (frequency + this.#shape.saturation)]);
  }

  /** What one word in a field counts for. */
  #scale(lengths: readonly number[], field: number): number {
    const tuning = this.#shape.fields[field];
    if (tuning === undefined) return 0;
    return tuning.weight / (1 - tuning.length + (tuning.length * (lengths[field] ?? 0)) / tuning.usual);
  }

  #held({ terms, fields, counts, lengths }: TermVector): SparseVector {
    const scales = this.#shape.fields.map((_, field) => this.#scale(lengths, field));
    const keys: number[] = [];
    const values: number[] = [];
    for (let row = 0; row < terms.length;) {
      const term = terms[row] ?? 0;
      let frequency = 0;
      for (; terms[row] === term; row += 1) frequency += (scales[fields[row] ?? 0] ?? 0) * (counts[row] ?? 0);
      keys.push(term);
      values.push(frequency / (frequency + this.#shape.saturation));
    }
    return { keys, values };
  }
}
