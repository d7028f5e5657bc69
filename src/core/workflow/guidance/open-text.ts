import type { Cursor } from './cursor.ts';
import type { Token } from './token.ts';
import {
  CALM_ENDINGS,
  CALM_SUBJECTS,
  DENIALS,
  EMPTY_WORDS,
  FAILURE_STEMS,
  FAILURE_WORDS,
  PEOPLE,
  TROUBLE_STEMS,
  TROUBLE_WORDS,
  WEIGHTY,
  WELL_STEMS,
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
  const words = tokens.filter(({ kind }) => kind === 'word');
  const isOfPeople = words.slice(0, 2).some(({ low }) => PEOPLE.has(low));
  if (tokens.some(({ text }) => (isOfPeople ? speaksOfTrouble(text) : speaksOfFailure(text)))) return false;
  if (
    ACCOMPLISHED.test(
      words
        .slice(-2)
        .map(({ low }) => low)
        .join(' '),
    )
  )
    return true;
  return words.some(({ low }) => CALM_SUBJECTS.has(low)) || CALM_ENDINGS.has(words.at(-1)?.low ?? '');
}

/** Whether a report's own words leave its status the whole story. Trouble that was looked for and not found is none. */
export function isUntroubled(text: string): boolean {
  if (MARKS_OF_TROUBLE.test(text) || isShortOf(text)) return false;
  const words = splitWords(text);
  const isDenied = (index: number): boolean => DENIALS.has(words[index - 1] ?? '');
  const isTrouble = (word: string, index: number): boolean =>
    !DENIALS.has(word) && !isDenied(index) && tells(TROUBLE, word);
  if (words.some((word, index) => isTrouble(word, index)) || DENIALS.has(words.at(-1) ?? '')) return false;
  return text.trim() === '' || saysWell(words);
}

/** Trouble has more words than any list: words that say nothing of how it went do not settle that it went well. */
function saysWell(words: readonly string[]): boolean {
  const isDenied = (index: number): boolean => DENIALS.has(words[index - 1] ?? '');
  return words.some(
    (word, index) =>
      WELL_STEMS.some((stem) => word.startsWith(stem)) || (isDenied(index) && tells(TROUBLE, word)),
  );
}

const MARKS_OF_TROUBLE = /[❌✗✘❎⚠🔴🚫🛑⛔]|\bexit(?:ed|s)?(?: with)?(?: (?:code|status))? *[:=]? *-?[1-9]/iu;
const PART_OF_WHOLE = /\b(\d{1,9}) *(?:\/|of|out of) *(\d{1,9})\b/gi;

/** "3 of 4 checks passed". */
function isShortOf(text: string): boolean {
  for (const [, part, whole] of text.matchAll(PART_OF_WHOLE)) if (Number(part) < Number(whole)) return true;
  return false;
}

export function speaksOfFailure(text: string): boolean {
  return splitWords(text).some((word) => tells(FAILURE, word));
}

/** "has been validated", "is finished". */
const ACCOMPLISHED = /^(?:is|are|was|were|been) [a-z]+ed$/;
const HARD: Lexicon = {
  words: new Set(),
  stems: ['fail', 'error', 'crash', 'exception', 'timeout', 'problem', 'wrong'],
};

function speaksOfTrouble(text: string): boolean {
  return splitWords(text).some((word) => HARD.stems.some((stem) => word.startsWith(stem)));
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

const MIN_CONTENT_LENGTH = 4;

/** The words of a text that carry its meaning. */
export function contentWords(text: string): readonly string[] {
  return splitWords(text).filter((word) => word.length >= MIN_CONTENT_LENGTH && !EMPTY_WORDS.has(word));
}

/** Whether a word of open text says something that a rule would have to account for. */
export function isWeighty(token: Token, permitted?: ReadonlySet<string>): boolean {
  if (token.kind === 'mark') return token.low === '→' || token.low === '=' || token.low === '!=';
  return WEIGHTY.has(token.low) && permitted?.has(token.low) !== true;
}
