import { readHead } from '../head.ts';
import type { Property } from './properties.ts';
import { SCORES, cueAfter, cueBefore } from './reading.ts';
import type { Candidate, Reading } from './reading.ts';
import { allows } from './fit.ts';
import { nameWords, stems } from './words.ts';

/** Words of flags that need not be said. */
const FLAG_WORDS = stems(
  'is are has have include including included with show enable enabled use only should return get',
);
/** Said for many other reasons. */
const COMMON = stems('all any open new text message default wait name none both other user item time list');
/** Values that are said for other reasons, too. */
const ORDINARY = stems(
  'all any none both text list user item time default name on off in to no yes and or is as at by',
);
const NOT =
  /\b(?:not|no|without|exclude|excluding|don't (?:\w+ )?|do not (?:\w+ )?|non|skip|ignore|ignoring|never)[ -]+(?:the |any )?$/i;

/** Words of an enumeration, and flags by their names. */
export function candidatesOfChoices(reading: Reading, properties: readonly Property[]): readonly Candidate[] {
  const places = placesOf(reading);
  return properties.flatMap((property) => {
    if (property.type === 'boolean')
      return property.list === undefined ? flag(property, reading, places) : [];
    return property.values !== undefined && property.type === 'string'
      ? choice(property, reading, places)
      : [];
  });
}

type Places = ReadonlyMap<string, readonly number[]>;

function placesOf({ words, isQuoted }: Reading): Places {
  const places = new Map<string, number[]>();
  for (const [at, { stem, start, text }] of words.entries()) {
    if (isQuoted(start)) continue;
    for (const part of new Set([stem, ...(text.includes('-') ? nameWords(text).slice(0, 1) : [])])) {
      const known = places.get(part);
      if (known === undefined) places.set(part, [at]);
      else known.push(at);
    }
  }
  return places;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/** Where words stand in a row; hyphens and blanks are the same. */
function spansOf(wanted: readonly string[], reading: Reading, places: Places): readonly Span[] {
  const [first, ...more] = wanted;
  return (first === undefined ? [] : (places.get(first) ?? [])).slice(0, 50).flatMap((at) => {
    const start = reading.words[at];
    if (start === undefined) return [];
    const joined = nameWords(start.text);
    if (joined.length > 1 && joined.join(' ') === wanted.join(' '))
      return [{ start: start.start, end: start.end }];
    if (start.stem !== first) return [];
    const rest = more.map((stem, index) => {
      const word = reading.words[at + index + 1];
      return word?.stem === stem && !reading.isQuoted(word.start) ? word : undefined;
    });
    const last = rest.length === 0 ? start : rest.at(-1);
    return rest.includes(undefined) || last === undefined ? [] : [{ start: start.start, end: last.end }];
  });
}

function flag(property: Property, reading: Reading, places: Places): readonly Candidate[] {
  const { words, schema } = property;
  const core = words.filter((word) => !FLAG_WORDS.has(word));
  const isPlain = core.length > 1 || (core[0] !== undefined && core[0].length >= 4 && !COMMON.has(core[0]));
  const isExclusion = /^(?:exclud|without|skip|no|disabl|hid|ignor)/.test(words[0] ?? '');
  const full = spansOf(words, reading, places);
  const spans = full.length > 0 && words.length > 1 ? full : isPlain ? spansOf(core, reading, places) : [];
  return spans.flatMap(({ start, end }) => {
    const isNot = !isExclusion && NOT.test(reading.text.slice(Math.max(0, start - 30), start));
    return allows(schema, !isNot) ? [{ property, start, end, value: !isNot, score: SCORES.kind }] : [];
  });
}

/** What is done to something that was named before is no choice: "merge it". */
function isDone(text: string, end: number): boolean {
  return /^\s+(?:it|them|these|those|each|all)(?![\p{L}\p{N}-])/iu.test(text.slice(end, end + 12));
}

/** "Ready to merge", "want it merged", "the merge of it": what is to be done, and not how. */
function isVerbal({ text }: Reading, { start, end }: Span, value: string): boolean {
  const before = text.slice(Math.max(0, start - 20), start);
  const own = text.slice(start, end).toLowerCase();
  if (own !== value.toLowerCase() && /(?:ed|ing)$/.test(own)) return true;
  return (
    /\bto\s+$/i.test(before) || (/\bthe\s+$/i.test(before) && /^\s+of\b/i.test(text.slice(end, end + 8)))
  );
}

function choice(property: Property, reading: Reading, places: Places): readonly Candidate[] {
  const { form, at: head } = readHead(reading.text, 0);
  const found = (property.values ?? []).flatMap((value): readonly Candidate[] => {
    if (typeof value !== 'string' || !allows(property.schema, value)) return [];
    const wanted = nameWords(value);
    const isCommon = wanted.length === 1 && (value.length < 3 || ORDINARY.has(wanted[0] ?? ''));
    return spansOf(wanted, reading, places).flatMap(({ start, end }) => {
      const cue = Math.max(cueBefore(property, reading, start), cueAfter(property, reading, end));
      // The verb says what is done, not how: "merge it" chooses no way of merging.
      const isHead =
        (form !== 'maybe' && (start === head || start === reading.words[0]?.start)) ||
        isDone(reading.text, end);
      if ((isCommon || isHead || isVerbal(reading, { start, end }, value)) && cue === 0) return [];
      // What is not wanted is no choice of it.
      if (NOT.test(reading.text.slice(Math.max(0, start - 30), start))) return [];
      const isExact = reading.text.slice(start, end).toLowerCase() === value.toLowerCase();
      const base = cue > 0 ? SCORES.cue + cue : SCORES.likely;
      return [
        { property, start, end, value, score: base + (isExact ? 0.5 : 0) + Math.min(wanted.length, 8) / 100 },
      ];
    });
  });
  const longest = found.filter(
    (each) =>
      !found.some(
        (other) =>
          other.start <= each.start &&
          other.end >= each.end &&
          other.end - other.start > each.end - each.start,
      ),
  );
  const values = new Set(longest.map(({ value }) => value));
  if (property.list !== undefined || values.size <= 1) return longest;
  const best = longest.filter(({ score }) => score >= SCORES.cue);
  return new Set(best.map(({ value }) => value)).size === 1 ? best : [];
}
