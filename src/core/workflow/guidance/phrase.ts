import type { Token } from './token.ts';

interface Item {
  readonly words: ReadonlySet<string>;
  readonly optional: boolean;
}

interface Pattern<T> {
  readonly items: readonly Item[];
  readonly value: T;
}

export interface Match<T> {
  readonly value: T;
  /** Index of the first token after the phrase. */
  readonly next: number;
}

/**
 * Many phrases, found by their first word. A pattern is words apart by spaces; `a|b` is a choice and a trailing `?` makes a word
 * optional: `go|move directly? to` is four phrases. A table is made when it is asked for the first time: most programs never read a workflow.
 */
export class PhraseTable<T> {
  readonly #patterns: () => readonly Pattern<T>[];
  #byFirstWord: ReadonlyMap<string, readonly Pattern<T>[]> | undefined;

  private constructor(patterns: () => readonly Pattern<T>[]) {
    this.#patterns = patterns;
  }

  static of<T>(entries: readonly (readonly [pattern: string, value: T])[]): PhraseTable<T> {
    return new PhraseTable(() =>
      entries.map(([text, value]) => ({ items: text.split(' ').map((item) => toItem(item)), value })),
    );
  }

  /** All phrases of several tables, where it only matters that one of them is there. */
  static union(...tables: readonly PhraseTable<unknown>[]): PhraseTable<true> {
    return new PhraseTable(() =>
      tables.flatMap((table) => table.#patterns().map(({ items }) => ({ items, value: true as const }))),
    );
  }

  /** Whether a phrase begins at `at`. */
  begins(tokens: readonly Token[], at: number, end: number): boolean {
    const patterns = at < end ? this.#beginningWith(tokens[at]?.low ?? '') : undefined;
    return patterns?.some(({ items }) => new Walk(items, tokens, end).from(0, at) > at) === true;
  }

  /** The longest phrase that begins at `at` and ends at or before `end`; of equals, the one listed first. */
  match(tokens: readonly Token[], at: number, end: number): Match<T> | undefined {
    const first = at < end ? tokens[at]?.low : undefined;
    const patterns = first === undefined || first === '' ? undefined : this.#beginningWith(first);
    if (patterns === undefined) return undefined;
    let found: Match<T> | undefined;
    for (const pattern of patterns) {
      const next = new Walk(pattern.items, tokens, end).from(0, at);
      if (next > (found?.next ?? at)) found = { value: pattern.value, next };
    }
    return found;
  }

  #beginningWith(word: string): readonly Pattern<T>[] | undefined {
    this.#byFirstWord ??= byFirstWord(this.#patterns());
    return this.#byFirstWord.get(word);
  }
}

function byFirstWord<T>(all: readonly Pattern<T>[]): ReadonlyMap<string, readonly Pattern<T>[]> {
  const found = new Map<string, Pattern<T>[]>();
  for (const pattern of all) {
    for (const item of pattern.items) {
      for (const word of item.words) {
        const patterns = found.get(word);
        if (patterns === undefined) found.set(word, [pattern]);
        else if (patterns.at(-1) !== pattern) patterns.push(pattern);
      }
      if (!item.optional) break;
    }
  }
  return found;
}

/** Where the way through the items ends that takes every optional word it can; -1 when there is none. */
class Walk {
  readonly #items: readonly Item[];
  readonly #tokens: readonly Token[];
  readonly #end: number;

  constructor(items: readonly Item[], tokens: readonly Token[], end: number) {
    this.#items = items;
    this.#tokens = tokens;
    this.#end = end;
  }

  from(index: number, at: number): number {
    const item = this.#items[index];
    if (item === undefined) return at;
    const token = at < this.#end ? this.#tokens[at] : undefined;
    if (token !== undefined && item.words.has(token.low)) {
      const taken = this.from(index + 1, at + 1);
      if (taken >= 0) return taken;
    }
    return item.optional ? this.from(index + 1, at) : -1;
  }
}

function toItem(text: string): Item {
  const optional = text.endsWith('?');
  return { words: new Set((optional ? text.slice(0, -1) : text).split('|')), optional };
}

/** Phrases that all mean the same. */
export function phrases(...patterns: readonly string[]): PhraseTable<true> {
  return PhraseTable.of(patterns.map((pattern) => [pattern, true] as const));
}
