import { stems } from './words.ts';
import type { Word } from './words.ts';
import type { Reading } from './reading.ts';

/** What ends a name of one word. */
const BOUNDARY =
  /^(?:in|on|at|for|from|of|to|with|by|into|and|or|about|that|which|since|until|before|after|then|as|is|using)$/i;
export const NO_NAME = stems(
  'the a an this that these those my our your their his her its all any some each every new same current latest last next first old other open closed it them me us you one',
);
const TIMES = /^(?:jan|feb|mar|apr|may|june?|july?|aug|sep|oct|nov|dec)|day$/i;
const MAX_NAMES = 20;

/** A part of a text that is a name. */
export interface Named {
  readonly start: number;
  readonly end: number;
  readonly value: string;
}

/** Nothing that could belong to the name stands after it. */
export function isLast({ text, words, times }: Reading, end: number): boolean {
  const after = words.find((word) => word.start >= end);
  return (
    after === undefined ||
    times.some(({ start }) => start === after.start) ||
    BOUNDARY.test(after.text) ||
    !/^\s+["'“`(]?$/.test(text.slice(end, after.start))
  );
}

export function isName(word: Word): boolean {
  return (
    !NO_NAME.has(word.stem) &&
    !BOUNDARY.test(word.text) &&
    !/^#?\d+$/.test(word.text) &&
    !/^[@#]/.test(word.text)
  );
}

/** A name of one or more words, all of them with capitals. */
export function capitalised(reading: Reading, at: number): Named | undefined {
  let last: Word | undefined;
  for (let next = at; next < at + 5; next++) {
    const word = reading.words[next];
    if (word === undefined || !/^\p{Lu}/u.test(word.text) || TIMES.test(word.text)) break;
    if (last !== undefined && !follows(reading, last, word)) break;
    last = word;
  }
  const first = reading.words[at];
  if (first === undefined || last === undefined || reading.isQuoted(first.start)) return undefined;
  return { start: first.start, end: last.end, value: reading.text.slice(first.start, last.end) };
}

/** Names in a row that ends with "and" or "or"; nothing where there are not several. */
export function namesAt(reading: Reading, at: number, isCapital = false): readonly Named[] {
  const first = nameAt(reading, at, isCapital);
  const names: Named[] = [];
  for (let step = first && { ...first, isEnd: false }; step !== undefined && names.length < MAX_NAMES;) {
    const { name, next, isEnd } = step;
    names.push(name);
    if (isEnd) return isLast(reading, name.end) ? names : [];
    step = nameBehind(reading, { name, next }, isCapital);
  }
  return [];
}

interface Step {
  readonly name: Named;
  /** The index of the word behind it. */
  readonly next: number;
}

function nameBehind(
  reading: Reading,
  { name: last, next }: Step,
  isCapital: boolean,
): (Step & { readonly isEnd: boolean }) | undefined {
  const { words, text } = reading;
  const isEnd = /^(?:and|or)$/i.test(words[next]?.text ?? '');
  const gap = text.slice(last.end, words[next]?.start ?? last.end);
  if (!(isEnd ? /^\s{0,3},?\s{1,3}$/ : /^\s{0,3},\s{0,3}$/).test(gap)) return undefined;
  const found = nameAt(reading, isEnd ? next + 1 : next, isCapital);
  return found && { ...found, isEnd };
}

function nameAt(reading: Reading, at: number, isCapital: boolean): Step | undefined {
  const word = reading.words[at];
  if (word === undefined || reading.isQuoted(word.start) || !isName(word)) return undefined;
  const name = capitalised(reading, at);
  if (name === undefined)
    return isCapital
      ? undefined
      : { name: { start: word.start, end: word.end, value: word.text }, next: at + 1 };
  return { name, next: at + name.value.split(/\s+/).length };
}

export function follows({ text }: Reading, a: Word, b: Word): boolean {
  return b.start - a.end <= 3 && /^\s+["'“`(]?$/.test(text.slice(a.end, b.start));
}
