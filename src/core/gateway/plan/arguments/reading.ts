import type { Json } from '../../../kernel/json.ts';
import { lookOf, piecesOf } from './pieces.ts';
import type { Piece } from './pieces.ts';
import type { Property } from './properties.ts';
import { valueFor } from './fit.ts';
import { timesIn } from './times.ts';
import type { Time } from './times.ts';
import { zoneOf } from './zone.ts';
import type { ReadingTime } from './zone.ts';
import { stems, tokenize } from './words.ts';
import type { Word } from './words.ts';

/** A text, taken apart once. */
export interface Reading {
  readonly text: string;
  readonly words: readonly Word[];
  readonly pieces: readonly Piece[];
  readonly times: readonly Time[];
  /** From what the clocks show to the instant. */
  readonly toUtc: (ms: number) => number;
  /** What is said once in several sentences need not be meant for the same. */
  readonly isOneSentence: boolean;
  /** Of the words at hand: whether they stand between quotes. */
  readonly isQuoted: (at: number) => boolean;
}

/** A value that a part of the text could be, of a parameter. */
export interface Candidate {
  readonly property: Property;
  readonly start: number;
  readonly end: number;
  readonly value: Json;
  /** The higher, the plainer the text says so. */
  readonly score: number;
  /** Two with different roles may come from the same part. */
  readonly role?: 'from' | 'to';
}

/** How plainly a text says that a value belongs to a parameter. */
export const SCORES = { stated: 50, cue: 40, after: 39, kind: 30, likely: 20, only: 10 } as const;

const FILLERS = stems('the a an of is are as to be set at than equal equals number no with');
/** Words in names that need not be said. */
const GENERIC = stems(
  'number no id name key value text string count max min total back ahead title iid slug duration',
);
const NAMING =
  /^(?:named|called|titled|entitled|id|ids|username|key|by|in|to|from|with|and|or|of|at|on|is|as)$/;
const LEADING = /^(?:the|an?|my|our|this|that|with|of|for|and|in|to|from|by)$/;
const URLS = stems('url uri link href website webpage');
const EMAILS = stems('email mail');

export function readingOf(text: string, time: ReadingTime): Reading {
  const pieces = piecesOf(text);
  const zone = zoneOf(time);
  const quoted = pieces.filter(({ kind }) => kind === 'quoted');
  return {
    text,
    words: tokenize(text),
    pieces,
    isOneSentence: !/[.?!]\s+\p{Lu}|\n\s*\S/u.test(text),
    times: timesIn(text, time).filter((each) => !quoted.some((piece) => overlap(piece, each))),
    toUtc: (ms) => zone.toUtc(ms),
    isQuoted: (at) => quoted.some(({ start, end }) => start <= at && at < end),
  };
}

export function overlap(
  a: { readonly start: number; readonly end: number },
  b: { readonly start: number; readonly end: number },
): boolean {
  return a.start < b.end && b.start < a.end;
}

export function isFree({ values, type, schema }: Property): boolean {
  return type === 'string' && values === undefined && schema['const'] === undefined;
}

/** A candidate, if the parameter may have that value. */
export function candidate(
  property: Property,
  { start, end }: { readonly start: number; readonly end: number },
  { value, score }: { readonly value: string; readonly score: number },
): readonly Candidate[] {
  if (property.type === 'string' && !suits(property, value)) return [];
  const fitting = valueFor(property, value);
  return fitting === undefined ? [] : [{ property, start, end, value: fitting, score }];
}

/** Whether text can be of the format that a parameter has, by its schema or its name. */
function suits({ format, words, values }: Property, value: string): boolean {
  if (values !== undefined) return true;
  const last = words.at(-1) ?? '';
  if (format === 'uri' || format === 'url' || (format === undefined && URLS.has(last)))
    return lookOf(value) === 'url';
  if (format === 'email' || (format === undefined && EMAILS.has(last))) return lookOf(value) === 'email';
  if (format === 'uuid') return lookOf(value) === 'uuid';
  return format === undefined;
}

/** How much of a parameter's name stands directly before a part of the text: 0 for none of it, or too little. */
export function cueBefore({ words }: Property, reading: Reading, start: number): number {
  let at = lastBefore(reading.words, start);
  let edge = start;
  for (let skipped = 0; skipped < 3; skipped++) {
    const word = reading.words[at];
    if (
      word === undefined ||
      !FILLERS.has(word.stem) ||
      words.includes(word.stem) ||
      !near(reading, word.end, edge)
    )
      break;
    edge = word.start;
    at--;
  }
  const said = new Set<string>();
  for (let count = 0; count < words.length; count++) {
    const word = reading.words[at - count];
    if (word === undefined || !words.includes(word.stem) || !near(reading, word.end, edge)) break;
    said.add(word.stem);
    edge = word.start;
  }
  return coverage(words, said);
}

/** The same for the words directly after it. */
export function cueAfter({ words }: Property, reading: Reading, end: number): number {
  const first = reading.words.findIndex((word) => word.start >= end);
  const said = new Set<string>();
  let edge = end;
  for (let at = first; at >= 0 && at < first + words.length; at++) {
    const word = reading.words[at];
    if (
      word === undefined ||
      !words.includes(word.stem) ||
      !/^[ -]$/.test(reading.text.slice(edge, word.start))
    )
      break;
    said.add(word.stem);
    edge = word.end;
  }
  return coverage(words, said);
}

/** The part of a text that a value was taken from, with the name that stands beside it. */
export function withName(
  { property, start, end }: Candidate,
  reading: Reading,
): { readonly start: number; readonly end: number } {
  let first = start;
  let last = end;
  const isSaid = (stem: string): boolean => property.words.includes(stem) || FILLERS.has(stem);
  if (cueBefore(property, reading, start) > 0) {
    for (let at = lastBefore(reading.words, start); ; at--) {
      const word = reading.words[at];
      if (word === undefined || !isSaid(word.stem) || !near(reading, word.end, first)) break;
      first = word.start;
    }
  } else if (cueAfter(property, reading, end) > 0) {
    for (let at = reading.words.findIndex((word) => word.start >= end); ; at++) {
      const word = reading.words[at];
      if (word === undefined || !property.words.includes(word.stem)) break;
      last = word.end;
    }
  }
  return { start: first, end: last };
}

export function wordBefore(reading: Reading, start: number): string {
  return wordsBefore(reading, start)[0];
}

/** The word directly before a part of the text, and the one before that; empty where there is none. */
export function wordsBefore(reading: Reading, start: number): readonly [string, string] {
  const at = lastBefore(reading.words, start);
  const [word, other] = [reading.words[at], reading.words[at - 1]];
  if (word === undefined || !near(reading, word.end, start)) return ['', ''];
  const isNear = other !== undefined && near(reading, other.end, word.start);
  return [word.text.toLowerCase(), isNear ? other.text.toLowerCase() : ''];
}

/** Whether a quotation is neither the name of something, nor said together with what it is. */
export function standsAlone(
  reading: Reading,
  { start, end }: { readonly start: number; readonly end: number },
): boolean {
  const [word, other] = wordsBefore(reading, start);
  if (!reading.isOneSentence || NAMING.test(word) || LEADING.test(other)) return false;
  return !(/^(?:the|an?|this|that)$/.test(word) && /^\s+\p{L}/u.test(reading.text.slice(end)));
}

function coverage(words: readonly string[], said: ReadonlySet<string>): number {
  if (said.size === 0) return 0;
  const left = words.filter((word) => !said.has(word));
  const isOnlyGeneric = words.length > 1 && [...said].every((word) => GENERIC.has(word));
  return left.every((word) => GENERIC.has(word)) && !(isOnlyGeneric && left.length > 0)
    ? said.size / words.length
    : 0;
}

function lastBefore(words: readonly Word[], start: number): number {
  let low = 0;
  let high = words.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((words[middle]?.end ?? 0) <= start) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function near({ text }: Reading, from: number, to: number): boolean {
  return to - from <= 4 && /^[\s:="'“`(#@$]*$/.test(text.slice(from, to));
}
