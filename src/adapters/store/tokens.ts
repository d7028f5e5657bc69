import { createHash } from 'node:crypto';
import type { Term } from './full-text.ts';
import type { Way } from './ranking.ts';
import { type EntryWords, MAX_WORD_LENGTH } from './words.ts';

/** Digits of a shelf: every token begins with them, so that a search meets no words of other shelves. */
const SHELF_DIGITS = 6;
const RADIX = 36;
/** After the shelf comes what the token is: `w` a word, `k` a word of the key, `t` a tag. */
const KINDS: Readonly<Record<Way, string>> = { begin: 'w', whole: 'w', key: 'k' };

export const MIN_PREFIX_LENGTH = SHELF_DIGITS + 2;
export const MAX_TOKEN_LENGTH = SHELF_DIGITS + 1 + MAX_WORD_LENGTH;

/** What an entry is found by. */
export function tokensOf(
  shelf: number,
  { all, ofKey }: EntryWords,
  tags: readonly string[],
): readonly string[] {
  return [
    ...Array.from(all, (word) => tokenOf(shelf, 'w', word)),
    ...Array.from(ofKey, (word) => tokenOf(shelf, 'k', word)),
    ...Array.from(new Set(tags), (tag) => tagToken(shelf, tag)),
  ];
}

/** A word as it may stand on any of the shelves. */
export function wordTerms(shelves: readonly number[], way: Way, word: string): readonly Term[] {
  return shelves.map((shelf) => ({ token: tokenOf(shelf, KINDS[way], word), isPrefix: way !== 'whole' }));
}

export function tagTerms(shelves: readonly number[], tag: string): readonly Term[] {
  return shelves.map((shelf) => ({ token: tagToken(shelf, tag), isPrefix: false }));
}

/** Tags are compared as they are, whatever they are made of. */
function tagToken(shelf: number, tag: string): string {
  const digest = createHash('sha256').update(tag).digest('hex');
  return tokenOf(shelf, 't', digest.slice(0, MAX_WORD_LENGTH));
}

function tokenOf(shelf: number, kind: string, word: string): string {
  return `${shelf.toString(RADIX).padStart(SHELF_DIGITS, '0')}${kind}${word}`;
}
