const QUOTES: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ['“', '”'],
  ['«', '»'],
  ['`', '`'],
  ["'", "'"],
  ['‘', '’'],
]);
const ALL_PAIRS: ReadonlyMap<string, string> = new Map([...QUOTES, ['(', ')'], ['[', ']'], ['<', '>']]);
const WORD = /[\p{L}\p{N}]/u;
/** So many signs are looked at before a quote counts as never ending. */
const MAX_TRIES = 32;

/**
 * The text, character for character, with whatever is quoted or in brackets made into one long word: what stands there is material, and its commas
 * and sentences are not ours. A quote that never ends is none.
 */
export function maskQuoted(text: string): string {
  return masked(text, ALL_PAIRS);
}

/** The same, of quotes alone: what stands in brackets may be meant as much as the rest. */
export function maskQuotes(text: string): string {
  return masked(text, QUOTES);
}

function masked(text: string, pairs: ReadonlyMap<string, string>): string {
  const pieces: string[] = [];
  let done = 0;
  let at = 0;
  while (at < text.length) {
    const end = endOfQuote(text, at, pairs);
    if (end === undefined) {
      at += 1;
      continue;
    }
    pieces.push(text.slice(done, at), 'q'.repeat(end - at), lastOf(text, end));
    at = end + 1;
    done = at;
  }
  pieces.push(text.slice(done));
  return pieces.join('');
}

function endOfQuote(text: string, at: number, pairs: ReadonlyMap<string, string>): number | undefined {
  const opening = text.charAt(at);
  const closing = pairs.get(opening);
  if (closing === undefined || !opens(text, at)) return undefined;
  let end = at;
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    end = text.indexOf(closing, end + 1);
    if (end === -1) return undefined;
    if (end - at > 1 && !WORD.test(text.charAt(end + 1))) return isWhole(text, at, end) ? undefined : end;
  }
  return undefined;
}

/** A quote that ends a sentence still ends it. */
function lastOf(text: string, end: number): string {
  return /[.!?]/.test(text.charAt(end - 1)) && /^\s+\p{Lu}/u.test(text.slice(end + 1, end + 4)) ? '.' : 'q';
}

/** An apostrophe inside a word, or a sign before a number, opens nothing. */
function opens(text: string, at: number): boolean {
  return !WORD.test(text.charAt(at - 1)) && !/\s/.test(text.charAt(at + 1));
}

/** Somebody pasted a question with its quotes. */
function isWhole(text: string, at: number, end: number): boolean {
  return text.slice(0, at).trim() === '' && text.slice(end + 1).trim() === '';
}
