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
 * optional: `go|move directly? to` is four phrases.
 */
export class PhraseTable<T> {
  readonly #byFirstWord = new Map<string, Pattern<T>[]>();

  constructor(entries: Iterable<readonly [pattern: string, value: T]>) {
    for (const [text, value] of entries) this.#add({ items: text.split(' ').map((item) => toItem(item)), value });
  }

  /** The longest phrase that begins at `at` and ends at or before `end`; of equals, the one listed first. */
  match(tokens: readonly Token[], at: number, end: number): Match<T> | undefined {
    const first = at < end ? tokens[at]?.low : undefined;
    const patterns = first === undefined || first === '' ? undefined : this.#byFirstWord.get(first);
    if (patterns === undefined) return undefined;
    let found: Match<T> | undefined;
    for (const pattern of patterns) {
      const next = longest(pattern.items, tokens, { item: 0, at, end });
      if (next > (found?.next ?? at)) found = { value: pattern.value, next };
    }
    return found;
  }

  #add(pattern: Pattern<T>): void {
    for (const item of pattern.items) {
      for (const word of item.words) {
        const patterns = this.#byFirstWord.get(word);
        if (patterns === undefined) this.#byFirstWord.set(word, [pattern]);
        else if (patterns.at(-1) !== pattern) patterns.push(pattern);
      }
      if (!item.optional) return;
    }
  }
}

interface Place {
  readonly item: number;
  readonly at: number;
  readonly end: number;
}

/** Where the longest way through the items ends; -1 when there is none. Patterns are a handful of items long. */
function longest(items: readonly Item[], tokens: readonly Token[], place: Place): number {
  const item = items[place.item];
  if (item === undefined) return place.at;
  const low = place.at < place.end ? (tokens[place.at]?.low ?? '') : '';
  const rest = { item: place.item + 1, end: place.end };
  const taken = item.words.has(low) ? longest(items, tokens, { ...rest, at: place.at + 1 }) : -1;
  if (!item.optional || taken >= 0) return taken;
  return longest(items, tokens, { ...rest, at: place.at });
}

function toItem(text: string): Item {
  const optional = text.endsWith('?');
  return { words: new Set((optional ? text.slice(0, -1) : text).split('|')), optional };
}

/** Phrases that all mean the same. */
export function phrases(...patterns: readonly string[]): PhraseTable<true> {
  return new PhraseTable(patterns.map((pattern) => [pattern, true] as const));
}
