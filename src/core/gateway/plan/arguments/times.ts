import { CARDINALS } from '../../../kernel/cardinals.ts';
import { atHour } from './hours.ts';
import { zoneOf } from './zone.ts';
import type { ReadingTime, Zone } from './zone.ts';
import { DAY_MS, addMonths, civilOf, startOf, weekdayOf } from './civil.ts';

/** A time that a text names, as clocks and calendars show it where the text is read: in milliseconds, as if that were UTC. */
export interface Time {
  readonly start: number;
  readonly end: number;
  readonly fromMs: number;
  /** The last second of it. */
  readonly toMs: number;
  readonly kind: 'instant' | 'day' | 'span';
  /** `from`: it only says when something begins; `to`: when it ends. */
  readonly bound?: 'from' | 'to';
}

type Found = Omit<Time, 'start' | 'end' | 'bound'> & { readonly weekday?: boolean };
type Groups = Readonly<Record<string, string | undefined>>;
type Rule = readonly [pattern: RegExp, read: (groups: Groups, now: number, zone: Zone) => Found | undefined];

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const MONTH =
  '(?<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\\.?';
const WEEKDAY = '(?<weekday>(?:mon|tues|wednes|thurs|fri|satur|sun)day)';
const COUNT = `(?<count>\\d{1,4}|${CARDINALS.slice(1).join('|')})`;
const UNIT = '(?<unit>minute|hour|day|week|month|year)s?';
const MAX_TIMES = 20;

const RULES: readonly Rule[] = [
  [
    /(?<![\w-])(?<year>\d{4})-(?<month>\d{2})-(?<day>\d{2})(?:[T ](?<hour>\d{2}):(?<minute>\d{2})(?::(?<second>\d{2})(?:\.\d{1,9})?)?(?<zone>Z|[+-]\d{2}:\d{2})?)?(?![\w-])/gi,
    isoTime,
  ],
  [rule(`${MONTH} (?<day>\\d{1,2})(?:st|nd|rd|th)?,? (?<year>\\d{4})`), namedDay],
  [rule(`(?<day>\\d{1,2})(?:st|nd|rd|th)? (?:of )?${MONTH},? (?<year>\\d{4})`), namedDay],
  [rule(`${MONTH},? (?<year>\\d{4})`), ({ month, year }) => months(Number(year), monthOf(month), 1)],
  [
    rule('q(?<quarter>[1-4]) (?<year>\\d{4})'),
    ({ quarter, year }) => months(Number(year), Number(quarter) * 3 - 2, 3),
  ],
  [
    rule('(?<=(?:in|during|since|until|before|after|of) )(?<year>(?:19|20)\\d{2})'),
    ({ year }) => months(Number(year), 1, 12),
  ],
  [
    rule('(?<name>today|yesterday|tomorrow)'),
    ({ name }, now) => dayAt(now + DAY_MS * (['yesterday', 'today', 'tomorrow'].indexOf(lower(name)) - 1)),
  ],
  [rule(`(?<which>last|past|previous|next|this|current) (?:${COUNT} )?${UNIT}`), relative],
  [
    rule(`${COUNT} ${UNIT} ago`),
    ({ count, unit }, now, zone) => pointAt(shift(now, { unit, count: -countOf(count) }, zone), unit),
  ],
  [
    rule(`in ${COUNT} ${UNIT}`),
    ({ count, unit }, now, zone) => pointAt(shift(now, { unit, count: countOf(count) }, zone), unit),
  ],
  [rule(`(?:(?<which>since|after|last|next|by|until|before|till) )(?:last )?${WEEKDAY}`), weekday],
];

/** Times that a text states with their year, or relative to now; in order, none within another. */
export function timesIn(text: string, here: ReadingTime): readonly Time[] {
  const zone = zoneOf(here);
  const now = zone.toLocal(here.now);
  const all = RULES.flatMap(([pattern, read]) =>
    Array.from(text.matchAll(pattern), ({ 0: whole, index, groups = {} }) => {
      const found = read(groups, now, zone);
      return found === undefined || !(Math.abs(found.fromMs) < 2e14 && found.toMs < 2e14)
        ? []
        : [atHour(text, { ...found, start: index, end: index + whole.length })];
    }).flat(),
  ).toSorted((a, b) => a.start - b.start || b.end - a.end);
  const apart: (Found & { readonly start: number; readonly end: number })[] = [];
  for (const time of all) if (time.start >= (apart.at(-1)?.end ?? 0)) apart.push(time);
  return joined(text, apart.slice(0, MAX_TIMES));
}

/** `from A to B` and `between A and B` are one; `since A` and `until B` have but one end. */
function joined(
  text: string,
  times: readonly (Found & { readonly start: number; readonly end: number })[],
): readonly Time[] {
  const result: Time[] = [];
  for (let at = 0; at < times.length; at++) {
    const { weekday: _weekday, ...time } = times[at] ?? {
      start: 0,
      end: 0,
      fromMs: 0,
      toMs: 0,
      kind: 'day' as const,
    };
    const next = times[at + 1];
    const [lead = '', word = ''] =
      /(?:^|\s)(since|from|after|starting|between|until|till|before|by|through|on|in|due|during)\s+(?:the\s+)?$/i.exec(
        text.slice(Math.max(0, time.start - 20), time.start),
      ) ?? [];
    const start = time.start - lead.trimStart().length;
    const first = /^\w+/.exec(text.slice(time.start, time.end))?.[0] ?? '';
    if (
      next &&
      /^\s*(?:to|and|until|till|through|-|–)\s*$/i.test(text.slice(time.end, next.start)) &&
      time.fromMs <= next.toMs
    ) {
      result.push({ start, end: next.end, fromMs: time.fromMs, toMs: next.toMs, kind: 'span' });
      at++;
    } else result.push({ ...time, start, ...boundOf(lower(word) || lower(first), time) });
  }
  return result;
}

function boundOf(word: string, { fromMs }: { readonly fromMs: number }): Partial<Time> {
  if (/^(?:since|after|starting)$/.test(word)) return { bound: 'from' };
  if (word === 'before') return { bound: 'to', toMs: fromMs };
  return /^(?:until|till|by|through)$/.test(word) ? { bound: 'to' } : {};
}

function isoTime(
  { year, month, day, hour, minute, second = '0', zone }: Groups,
  _now: number,
  here: Zone,
): Found | undefined {
  const start = startOf({ year: Number(year), month: Number(month), day: Number(day) });
  if (start === undefined) return undefined;
  if (hour === undefined) return dayAt(start);
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  const said = start + Number(hour) * HOUR_MS + Number(minute) * MINUTE_MS + Number(second) * 1000;
  const ms = zone === undefined ? said : here.toLocal(said - offsetIn(zone));
  return { fromMs: ms, toMs: ms, kind: 'instant' };
}

/** `+02:00` in milliseconds. */
function offsetIn(zone: string): number {
  const [, sign, hours, minutes] = /^([+-])(\d{2}):(\d{2})$/.exec(zone) ?? [];
  return (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * MINUTE_MS * (sign === '-' ? -1 : 1);
}

function namedDay({ year, month, day }: Groups): Found | undefined {
  const start = startOf({ year: Number(year), month: monthOf(month), day: Number(day) });
  return start === undefined ? undefined : dayAt(start);
}

function relative({ which, count, unit }: Groups, now: number, zone: Zone): Found | undefined {
  const word = lower(which);
  const isThis = word === 'this' || word === 'current';
  const steps = word === 'next' ? 1 : isThis ? 0 : -1;
  if (count === undefined && word !== 'past' && !/^(?:hour|minute)$/i.test(unit ?? ''))
    return calendar(unit, steps, now);
  if (isThis) return undefined;
  const other = shift(now, { unit, count: steps * (count === undefined ? 1 : countOf(count)) }, zone);
  return { fromMs: Math.min(now, other), toMs: Math.max(now, other), kind: 'span' };
}

/** The whole week, month or year that is so many away. */
function calendar(unit: string | undefined, steps: number, now: number): Found | undefined {
  const { year, month } = civilOf(now);
  switch (lower(unit)) {
    case 'day':
      return steps === 0 ? undefined : dayAt(now + steps * DAY_MS);
    case 'month': {
      const first = civilOf(addMonths(startOf({ year, month, day: 1 }) ?? now, steps));
      return months(first.year, first.month, 1);
    }
    case 'year':
      return months(year + steps, 1, 12);
    default: {
      const monday = dayAt(now).fromMs + (steps * 7 - weekdayOf(now)) * DAY_MS;
      return { fromMs: monday, toMs: monday + 7 * DAY_MS - 1000, kind: 'span' };
    }
  }
}

/** A weekday alone could be either; it is taken only with a word that says which. */
function weekday({ which, weekday: name }: Groups, now: number): Found {
  const wanted = WEEKDAYS.indexOf(lower(name).slice(0, 3));
  const today = weekdayOf(now);
  const ahead = (wanted - today + 7) % 7 || 7;
  const isBack = /^(?:since|after|last)$/.test(lower(which));
  return dayAt(now + (isBack ? ahead - 7 || -7 : ahead) * DAY_MS);
}

function months(year: number, month: number, count: number): Found | undefined {
  const fromMs = startOf({ year, month, day: 1 });
  return fromMs === undefined ? undefined : { fromMs, toMs: addMonths(fromMs, count) - 1000, kind: 'span' };
}

function pointAt(ms: number, unit: string | undefined): Found {
  return /hour|minute/i.test(unit ?? '') ? { fromMs: ms, toMs: ms, kind: 'instant' } : dayAt(ms);
}

function dayAt(ms: number): Found {
  const fromMs = Math.floor(ms / DAY_MS) * DAY_MS;
  return { fromMs, toMs: fromMs + DAY_MS - 1000, kind: 'day' };
}

interface Step {
  readonly unit: string | undefined;
  readonly count: number;
}

function shift(ms: number, { unit, count }: Step, zone: Zone): number {
  switch (lower(unit)) {
    case 'month':
      return addMonths(ms, count);
    case 'year':
      return addMonths(ms, count * 12);
    case 'week':
      return ms + count * 7 * DAY_MS;
    case 'day':
      return ms + count * DAY_MS;
    default:
      // Hours go by, whatever the clocks are set to meanwhile.
      return zone.toLocal(zone.toUtc(ms) + count * (lower(unit) === 'hour' ? HOUR_MS : MINUTE_MS));
  }
}

function countOf(text: string | undefined): number {
  const named = CARDINALS.indexOf(lower(text));
  return named < 0 ? Number(text) : named;
}

function monthOf(name: string | undefined): number {
  return MONTHS.indexOf(lower(name).slice(0, 3)) + 1;
}

function lower(text: string | undefined): string {
  return (text ?? '').toLowerCase();
}

function rule(pattern: string): RegExp {
  return new RegExp(`(?<![\\w-])${pattern}(?![\\w-])`, 'gi');
}
