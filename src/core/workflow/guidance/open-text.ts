import type { Cursor } from './cursor.ts';
import type { Token } from './token.ts';
import { CALM_ENDINGS, CALM_SUBJECTS, FAILURE_STEMS, TROUBLE_STEMS, WEIGHTY } from './vocabulary.ts';

/** Whether free text is about something else than a failure. */
export function isCalm(cursor: Cursor): boolean {
  let about = false;
  let last = '';
  for (let at = cursor.at; at < cursor.end; at++) {
    const low = cursor.tokens[at]?.low ?? '';
    const text = low === '' ? (cursor.tokens[at]?.text.toLowerCase() ?? '') : low;
    if (hasStem(text, FAILURE_STEMS)) return false;
    if (CALM_SUBJECTS.has(low)) about = true;
    if (low !== '') last = low;
  }
  return about || CALM_ENDINGS.has(last);
}

/** Whether a report's own words leave its status the whole story. */
export function isUntroubled(text: string): boolean {
  return !splitWords(text).some((word) => hasStem(word, TROUBLE_STEMS));
}

export function speaksOfFailure(text: string): boolean {
  return splitWords(text).some((word) => hasStem(word, FAILURE_STEMS));
}

/** Short stems stand for whole words only: `no` is not in `note`. */
function hasStem(word: string, stems: readonly string[]): boolean {
  return stems.some((stem) => (stem.length < 5 && stem !== 'fail' && stem !== "n't" ? word === stem : stem === "n't" ? word.endsWith(stem) : word.startsWith(stem)));
}

function splitWords(text: string): readonly string[] {
  return text.toLowerCase().replaceAll('’', "'").split(/[^a-z0-9']+/);
}

/** Whether a word of open text says something that a rule would have to account for. */
export function isWeighty(token: Token, permitted?: ReadonlySet<string>): boolean {
  if (token.kind === 'mark') return token.low === '→' || token.low === '=' || token.low === '!=';
  return WEIGHTY.has(token.low) && permitted?.has(token.low) !== true;
}
