import { toDate, toDateTime } from './civil.ts';
import type { Property } from './properties.ts';
import { SCORES, cueBefore } from './reading.ts';
import type { Candidate, Reading } from './reading.ts';
import { allows } from './fit.ts';
import type { Time } from './times.ts';
import { stems } from './words.ts';

const FROM = stems('since from start after begin earliest min gte gt');
const TO = stems('until till to end before latest max lte lt');
const TIMELY = stems('date day due deadline datetime time timestamp since until when at on');
const DATES = stems('date deadline since until datetime');
const DATES_IN_WORDS = /\b(?:date|datetime|timestamp|iso[ -]?8601|yyyy|rfc ?3339)\b/;

/** What the times of a text are of: single dates, or both ends of a span. */
export function candidatesOfTimes(reading: Reading, properties: readonly Property[]): readonly Candidate[] {
  if (reading.times.length === 0) return [];
  const timely = properties.filter((property) => isTimely(property));
  return reading.times.flatMap((time) => timely.flatMap((property) => moment(property, time, reading)));
}

function isTimely({ type, values, format, words, description, list }: Property): boolean {
  if (type !== 'string' || values !== undefined || list !== undefined) return false;
  if (format !== undefined) return format === 'date' || format === 'date-time';
  if (words.some((word) => DATES.has(word))) return true;
  const isLikely = words.some((word) => TIMELY.has(word) || FROM.has(word) || TO.has(word));
  return isLikely && DATES_IN_WORDS.test(description);
}

function moment(property: Property, time: Time, reading: Reading): readonly Candidate[] {
  const role = roleOf(property);
  if (role === 'both' || !isMeant(role, time)) return [];
  const ms = role === 'to' || (role === undefined && time.bound === 'to') ? time.toMs : time.fromMs;
  const value = isDateTime(property) ? toDateTime(reading.toUtc(ms)) : toDate(ms);
  if (!allows(property.schema, value)) return [];
  const cue = cueBefore(property, reading, time.start);
  const kind = role !== undefined && time.bound === role ? SCORES.kind + 5 : SCORES.kind;
  const score = cue > 0 ? SCORES.cue + cue : kind;
  return [
    { property, start: time.start, end: time.end, value, score, ...(role === undefined ? {} : { role }) },
  ];
}

type Role = 'from' | 'to' | 'both' | undefined;

/** Which end of a span a parameter is; none where it is a single date. */
function roleOf({ words }: Property): Role {
  const isTo = words.some((word) => TO.has(word));
  if (words.some((word) => FROM.has(word))) return isTo ? 'both' : 'from';
  return isTo ? 'to' : undefined;
}

function isMeant(role: Role, { kind, bound }: Time): boolean {
  if (role === undefined) return kind !== 'span' && bound !== 'from';
  return bound === undefined || bound === role;
}

function isDateTime({ format, words, description }: Property): boolean {
  if (format !== undefined) return format === 'date-time';
  return (
    words.some((word) => /^(?:datetim|timestamp)/.test(word)) ||
    /date-?time|timestamp|t00:00|t\d\d:|rfc ?3339|hh:mm/.test(description)
  );
}
