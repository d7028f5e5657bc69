import type { Language } from './term-vector.ts';
import type { QueryTerm } from './query.ts';
import type { LearnedExample } from './route.ts';
import { tokenize } from './words.ts';

const MAX_TEXT_LENGTH = 1_024;

/** Likeness of a query to those that were routed before: the cosine of their words, the rare ones most. */
export class Memory {
  /** Examples are read once for as long as they are the same object. */
  readonly #roots = new WeakMap<LearnedExample, ReadonlySet<string>>();
  readonly #language: Language;

  constructor(language: Language) {
    this.#language = language;
  }

  /** In [0, 1]. */
  likeness(terms: readonly QueryTerm[], example: LearnedExample, worthOf: (root: string) => number): number {
    const held = this.#read(example);
    let common = 0;
    let asked = 0;
    for (const root of new Set(terms.map((term) => term.root))) {
      const worth = worthOf(root) ** 2;
      asked += worth;
      if (held.has(root)) common += worth;
    }
    const learned = [...held].reduce((sum, root) => sum + worthOf(root) ** 2, 0);
    return common > 0 ? common / Math.sqrt(asked * learned) : 0;
  }

  #read(example: LearnedExample): ReadonlySet<string> {
    const known = this.#roots.get(example);
    if (known !== undefined) return known;
    const words = tokenize(example.query.slice(0, MAX_TEXT_LENGTH));
    const roots = new Set(words.map((word) => this.#language.stem(word)));
    this.#roots.set(example, roots);
    return roots;
  }
}
