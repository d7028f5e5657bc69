import { fullFormOf } from './abbreviations.ts';
import { STOP_WORDS } from './stop-words.ts';

/** Letters and digits in a row. */
export const RUN = /[\p{L}\p{M}\p{N}]+/gu;
const HUMP = /(?<=[\p{Ll}\p{N}])(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/u;
/** Scripts that put no spaces between words. */
const UNSPACED = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]{2,}$/u;
const NOT_ASCII = /[^\0-\x7F]/;
const MAX_WORD_LENGTH = 48;

/** Without accents, and with one sign for each letter whatever its width. */
export function plain(text: string): string {
  return NOT_ASCII.test(text) ? text.normalize('NFKD').replaceAll(/\p{M}/gu, '').normalize('NFC') : text;
}

/** `readPDFFile` → `read`, `pdf`, `file`; `PRs` → `pull`, `request`; pairs of signs where there are no spaces. */
export function splitToken(run: string): readonly string[] {
  const cut = run.slice(0, MAX_WORD_LENGTH);
  if (UNSPACED.test(cut)) {
    const signs = Array.from(cut);
    return signs.slice(1).map((sign, at) => `${signs[at] ?? ''}${sign}`);
  }
  return (
    fullFormOf(cut.toLowerCase()) ??
    cut.split(HUMP).flatMap((piece) => fullFormOf(piece.toLowerCase()) ?? piece.toLowerCase())
  );
}

/** The words of a text that say something, in lower case; names with humps are taken apart, and `joined` gets them whole. */
export function tokenize(text: string, joined: string[] = []): string[] {
  const words: string[] = [];
  for (const [run] of plain(text).matchAll(RUN)) {
    const pieces = splitToken(run);
    for (const piece of pieces) if (!isStop(piece)) words.push(piece);
    if (pieces.length > 1 && fullFormOf(joinedOf(run)) === undefined) joined.push(joinedOf(run));
  }
  return words;
}

export function joinedOf(run: string): string {
  return run.slice(0, MAX_WORD_LENGTH).toLowerCase();
}

export function isStop(word: string): boolean {
  return STOP_WORDS.has(word) || (word.length === 1 && word <= 'z');
}
