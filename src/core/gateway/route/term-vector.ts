import type { Stem } from '../../ports/stem.ts';
import { pairOf, surfaceOf } from './vocabulary.ts';
import type { Vocabulary } from './vocabulary.ts';
import { tokenize } from './words.ts';

/** Which terms a text holds, and in which of its fields: rows in the order of their terms. Never changes. */
export interface TermVector {
  readonly terms: Uint32Array;
  readonly fields: Uint8Array;
  readonly counts: Float32Array;
  /** Words in each field. */
  readonly lengths: readonly number[];
}

export interface Language {
  readonly stem: Stem;
  readonly vocabulary: Vocabulary;
}

const MAX_TEXT_LENGTH = 8_192;

/** Counts terms, field by field. */
export class TermCounter {
  readonly #rows = new Map<number, number>();
  readonly #lengths: number[];

  constructor(fields: number) {
    this.#lengths = Array.from({ length: fields }, () => 0);
  }

  add(term: number, field: number, by = 1): void {
    const row = term * this.#lengths.length + field;
    this.#rows.set(row, (this.#rows.get(row) ?? 0) + by);
  }

  lengthen(field: number, by: number): void {
    this.#lengths[field] = (this.#lengths[field] ?? 0) + by;
  }

  /** The words of one text: as they stand, their stems, and pairs of neighbours. Each counts as `by`. */
  read(
    text: string,
    { field, by = 1 }: { field: number; by?: number },
    { stem, vocabulary }: Language,
  ): void {
    const joined: string[] = [];
    const words = tokenize(text.slice(0, MAX_TEXT_LENGTH), joined);
    this.lengthen(field, words.length * by);
    let before = '';
    for (const word of words) {
      const root = stem(word);
      this.add(vocabulary.add(surfaceOf(word)), field, by);
      this.add(vocabulary.add(root), field, by);
      if (before !== '' && before !== root) this.add(vocabulary.add(pairOf(before, root)), field, by);
      before = root;
    }
    for (const word of joined) {
      this.add(vocabulary.add(surfaceOf(word)), field, by);
      this.add(vocabulary.add(stem(word)), field, by);
    }
  }

  done(): TermVector {
    const rows = Float64Array.from(this.#rows.keys()).toSorted();
    const fields = this.#lengths.length;
    return {
      terms: Uint32Array.from(rows, (row) => Math.floor(row / fields)),
      fields: Uint8Array.from(rows, (row) => row % fields),
      counts: Float32Array.from(rows, (row) => this.#rows.get(row) ?? 0),
      lengths: this.#lengths,
    };
  }
}
