/** Terms by number, in the order they were first met. */
export class Vocabulary {
  readonly #numbers = new Map<string, number>();

  get size(): number {
    return this.#numbers.size;
  }

  /** Of a term that is in it; -1 of any other. */
  find(term: string): number {
    return this.#numbers.get(term) ?? -1;
  }

  add(term: string): number {
    const known = this.#numbers.get(term);
    if (known !== undefined) return known;
    this.#numbers.set(term, this.#numbers.size);
    return this.#numbers.size - 1;
  }
}

/** A word as it stands, apart from the stem that is written the same. */
export const surfaceOf = (word: string): string => `=${word}`;
/** Two stems side by side. */
export const pairOf = (first: string, second: string): string => `${first} ${second}`;
