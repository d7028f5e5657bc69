import type { Cursor } from './cursor.ts';
import type { Token } from './token.ts';
import {
  CALM_ENDINGS,
  CALM_SUBJECTS,
  DENIALS,
  FAILURE_STEMS,
  FAILURE_WORDS,
  TROUBLE_STEMS,
  TROUBLE_WORDS,
  WEIGHTY,
} from './vocabulary/words.ts';

/** Words that tell something: some as they stand, some by how they begin. */
interface Lexicon {
  readonly words: ReadonlySet<string>;
  readonly stems: readonly string[];
}

const TROUBLE: Lexicon = { words: TROUBLE_WORDS, stems: TROUBLE_STEMS };
const FAILURE: Lexicon = { words: FAILURE_WORDS, stems: FAILURE_STEMS };

/** Whether free text is about something else than a failure. */
export function isCalm(span: Cursor): boolean {
  const tokens = span.tokens.slice(span.at, span.end);
  if (tokens.some(({ text }) => speaksOfFailure(text))) return false;
  const words = tokens.filter(({ kind }) => kind === 'word');
  return words.some(({ low }) => CALM_SUBJECTS.has(low)) || CALM_ENDINGS.has(words.at(-1)?.low ?? '');
}

/** Whether a report's own words leave its status the whole story. Trouble that was looked for and not found is none. */
export function isUntroubled(text: string): boolean {
  const words = splitWords(text);
  const isDenied = (index: number): boolean => DENIALS.has(words[index - 1] ?? '');
  const isTrouble = (word: string, index: number): boolean =>
    !DENIALS.has(word) && !isDenied(index) && tells(TROUBLE, word);
  return !words.some((word, index) => isTrouble(word, index)) && !DENIALS.has(words.at(-1) ?? '');
}

export function speaksOfFailure(text: string): boolean {
  return splitWords(text).some((word) => tells(FAILURE, word));
}

function tells({ words, stems }: Lexicon, word: string): boolean {
  return words.has(word) || word.endsWith("n't") || stems.some((stem) => word.startsWith(stem));
}

function splitWords(text: string): readonly string[] {
  return text
    .toLowerCase()
    .replaceAll('’', "'")
    .split(/[^a-z0-9']+/);
}

/** Whether a word of open text says something that a rule would have to account for. */
export function isWeighty(token: Token, permitted?: ReadonlySet<string>): boolean {
  if (token.kind === 'mark') return token.low === '→' || token.low === '=' || token.low === '!=';
  return WEIGHTY.has(token.low) && permitted?.has(token.low) !== true;
}
