import type { Json } from '../../kernel/json.ts';
import { isJsonObject } from '../../kernel/json.ts';

const WORD = /[\p{L}\p{N}]+/gu;
/** 2.5, 1,250, 12:30, 2026-01-02, -7 */
const GOES_ON = /\d[.,:/-]\d|(?:^|\s)-\d/;
const IN_A_WORD = /^[\p{L}\p{N}]$/u;
/** Shorter words join others. */
const MIN_WORD = 3;

/** What somebody said, as values and words are looked for in it. */
export interface Said {
  /** Whether a value stands in it as it is. */
  holds(value: Json): boolean;
  /** Whether it has every word of a text. */
  hasAllOf(text: string): boolean;
}

/** A value that a model gives is believed where it stands in what was said, and nowhere else. */
export function saidIn(text: string): Said {
  const plain = plainOf(text);
  const words = new Set(wordsOf(text));
  const hasWhole = (part: string): boolean => {
    if (part === '') return false;
    for (let at = plain.indexOf(part); at !== -1; at = plain.indexOf(part, at + 1)) {
      const before = plain.slice(Math.max(0, at - 2), at);
      const after = plain.slice(at + part.length, at + part.length + 2);
      const isWhole = !isOne(before, part.charAt(0)) && !isOne(part.slice(-1), after);
      if (isWhole) return true;
    }
    return false;
  };
  const holds = (value: Json): boolean => {
    if (typeof value === 'string') return hasWhole(plainOf(value));
    if (typeof value === 'number') return hasWhole(String(value).toLowerCase());
    if (Array.isArray(value)) return value.length > 0 && value.every((each: Json) => holds(each));
    if (value === null || !isJsonObject(value)) return false;
    const members = Object.values(value);
    return members.length > 0 && members.every((each) => holds(each));
  };
  return { holds, hasAllOf: (part) => wordsOf(part).every((word) => words.has(word)) };
}

/** What share of the words of a text others have; 1 where it has none that counts. */
export function shareSaid(text: string, others: readonly string[]): number {
  const held = new Set(others.flatMap((each) => wordsOf(each)));
  const words = wordsOf(text).filter((word) => word.length >= MIN_WORD);
  return words.length === 0 ? 1 : words.filter((word) => held.has(word)).length / words.length;
}

function plainOf(text: string): string {
  return text.toLowerCase().replaceAll(/\s+/gu, ' ').trim();
}

function wordsOf(text: string): readonly string[] {
  return text.toLowerCase().match(WORD) ?? [];
}

/** Whether a word, or a number, goes on from one text to the other: a value would begin or end within it. */
function isOne(before: string, after: string): boolean {
  const isWord = IN_A_WORD.test(before.slice(-1)) && IN_A_WORD.test(after.charAt(0));
  return isWord || GOES_ON.test(`${before}${after}`);
}
