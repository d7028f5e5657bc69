import type { Json } from '../../../kernel/json.ts';
import { valueFor } from './fit.ts';
import { isPlaced, placesIn } from './places.ts';
import type { Property } from './properties.ts';
import { isFree, overlap } from './reading.ts';
import type { Reading } from './reading.ts';
import { stems } from './words.ts';

const QUERIES = stems('query q search keyword term question');
const TOPICS = stems('query q search keyword term question prompt topic subject text message');
const ASKED = stems('question prompt');
const SIDE_WORDS = stems(
  'query q search keyword term question prompt topic subject text message string input user',
);
/** What stands before the topic of a search. */
const LEAD =
  /^(?:(?:please|can you|could you|would you|kindly)\s+)?(?:(?:search|look up|look|find|google|query|grep)(?:\s+(?:me|up))?(?:\s+(?:for|on))?:?\s+)/i;
/** Whose words they are, behind what they are about. */
const PEOPLE =
  /\b(?:from|by)\s+(?!(?:the|an?|its|their|my|our|this|that|which|\p{L}+ing)\b)@?\p{L}[\p{L}\p{N}_-]*(?:\s\p{Lu}\p{Ll}+)?(?=\s*(?:$|[,;.!?](?:\s|$))|\s+(?:in|on|at|since|until|before|after)\b)/gu;
const LEADING = /^(?:since|until|till|before|after|on|in|from|during)$/i;
const EDGES = /^[\s,;:.!?-]+|[\s,;:.!?-]+$/g;
const LOOSE_END =
  /(?:^|\s+)(?:in|on|at|for|from|of|to|with|by|and|or|the|about|since|until|before|after|at most|up to|top|first|last|limit|published|created|updated|posted|modified)$/i;

/** Names nothing by itself. */
const NOTHING = /^(?:it|this|that|these|those|them|him|her|me|us|you|)$/i;

interface Span {
  readonly start: number;
  readonly end: number;
}

/** The words of a query that are what it is about, where just one parameter is left that they can fill. */
export function topicFor(
  reading: Reading,
  left: readonly Property[],
  used: readonly Span[],
): readonly [Property, Json] | undefined {
  const { text, pieces, isOneSentence } = reading;
  const free = left.filter((property) => isFree(property) && property.format === undefined);
  const needed = free.filter(({ isRequired }) => isRequired);
  const [property, ...others] = needed.length > 0 ? needed : free;
  if (property === undefined || others.length > 0) return undefined;
  if (!isNamed(property, TOPICS) || property.list !== undefined) return undefined;
  if (!isOneSentence && !isNamed(property, ASKED)) return undefined;
  const narrowing = isNamed(property, QUERIES) ? narrowingIn(reading, free) : [];
  const rest = blanked(text, [
    ...used,
    ...narrowing.filter((each) => !used.some((span) => overlap(span, each))),
  ]);
  const topic = topicIn(rest, property, () => namedIn(text, pieces, used));
  const value = NOTHING.test(topic) ? undefined : valueFor(property, topic);
  return value === undefined ? undefined : [property, value];
}

function topicIn(rest: string, property: Property, named: () => string | undefined): string {
  if (isNamed(property, ASKED)) return wholeOf(rest, property);
  const told = about(rest, property);
  if (told !== undefined || !isNamed(property, QUERIES)) return told ?? '';
  return (LEAD.test(rest.trimStart()) ? undefined : named()) ?? wholeOf(rest, property);
}

/** The only thing that is called by its number: what else is said of it is said to us. */
function namedIn(text: string, pieces: Reading['pieces'], used: readonly Span[]): string | undefined {
  const [only, ...others] = pieces.filter(
    (piece) => piece.kind === 'ticket' && !used.some((each) => overlap(each, piece)),
  );
  return only === undefined || others.length > 0 ? undefined : text.slice(only.start, only.end);
}

/** Where a text says whom it asks: "in Slack". */
export function addresseesIn(text: string, names: readonly string[]): readonly Span[] {
  const known = names.filter((name) => /^[\p{L}\p{N}][\p{L}\p{N} _-]{0,63}$/u.test(name));
  if (known.length === 0) return [];
  const said = new RegExp(
    `(?<![\\p{L}\\p{N}_-])(?:in|on|from|at|via|using|through) (?:the |our |my )?(?:${known.join('|')})(?![\\p{L}\\p{N}_-])`,
    'giu',
  );
  return Array.from(text.matchAll(said), ({ 0: whole, index }) => ({
    start: index,
    end: index + whole.length,
  }));
}

function about(rest: string, property: Property): string | undefined {
  const found =
    /\b(?:about|around|regarding|concerning)\s+(?!\d)/i.exec(rest) ??
    (isNamed(property, QUERIES) ? /\b(?:for|on)\s+/i.exec(rest) : null);
  return found === null ? undefined : tidy(rest.slice(found.index + found[0].length));
}

/** Says of what, in which place and when something is looked for, and no word of it is looked for: "from ada", "in lunch", "since Monday". */
function narrowingIn({ text, times, words }: Reading, free: readonly Property[]): readonly Span[] {
  const from = /\b(?:about|around|regarding|concerning)\s/i.exec(text)?.index ?? 0;
  const places = free.some((each) => isPlaced(each)) ? placesIn(text) : [];
  const people = Array.from(text.matchAll(PEOPLE), ({ 0: whole, index }) => ({
    start: index,
    end: index + whole.length,
  }));
  const spans = [
    ...places,
    ...people,
    ...times.map(({ start, end }) => ({ start: leadOf(words, start), end })),
  ];
  return spans.filter(({ start }) => start > from);
}

/** With the word that says how the time is meant. */
function leadOf(words: Reading['words'], start: number): number {
  const before = words.findLast(({ end }) => end <= start);
  return before !== undefined && start - before.end <= 2 && LEADING.test(before.text) ? before.start : start;
}

/** A question as it was asked; a search without the words that call for it. */
function wholeOf(rest: string, property: Property): string {
  return isNamed(property, ASKED)
    ? rest.replaceAll(/\s+/g, ' ').trim()
    : tidy(rest.trimStart().replace(LEAD, ''));
}

function tidy(text: string): string {
  let bare = text.replaceAll(/\s+/g, ' ').replaceAll(EDGES, '');
  for (let round = 0; round < 5; round++) bare = bare.replace(LOOSE_END, '').replaceAll(EDGES, '');
  return bare;
}

function isNamed({ words }: Property, names: ReadonlySet<string>): boolean {
  return words.some((word) => names.has(word)) && words.every((word) => SIDE_WORDS.has(word));
}

/** Without the parts that are values of other parameters. */
function blanked(text: string, used: readonly Span[]): string {
  let rest = text;
  for (const { start, end } of used.toSorted((a, b) => b.start - a.start)) {
    const edge = rest.slice(end).trim() === '' ? '' : ' ';
    rest = `${rest.slice(0, start)}${edge}${rest.slice(end)}`;
  }
  return rest;
}
