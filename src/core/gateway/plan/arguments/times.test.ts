import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { systemOffset } from '../../../../adapters/clock/offset.ts';
import type { JsonObject } from '../../../kernel/json.ts';
import { fillArguments } from './fill.ts';
import { addMonths, civilOf, startOf, toDate, toDateTime, weekdayOf } from './civil.ts';
import { timesIn } from './times.ts';

/** Until the year 9999. */
const instant = fc.integer({ min: -62_135_596_800_000, max: 253_402_300_799_000 });

describe('civil dates', () => {
  it('are those of everybody else', () => {
    fc.assert(
      fc.property(instant, (ms) => {
        const date = new Date(ms);
        expect(civilOf(ms)).toEqual({
          year: date.getUTCFullYear(),
          month: date.getUTCMonth() + 1,
          day: date.getUTCDate(),
        });
        expect(weekdayOf(ms)).toBe((date.getUTCDay() + 6) % 7);
        expect(toDate(ms)).toBe(date.toISOString().slice(0, 10));
        expect(toDateTime(ms)).toBe(`${date.toISOString().slice(0, 19)}Z`);
        expect(startOf(civilOf(ms))).toBe(date.setUTCHours(0, 0, 0, 0));
      }),
    );
  });

  it.each([
    ['2026-01-31T05:00:00Z', 1, '2026-02-28T05:00:00Z'],
    ['2028-03-31T00:00:00Z', -1, '2028-02-29T00:00:00Z'],
    ['2026-11-18T12:00:00Z', -12, '2025-11-18T12:00:00Z'],
    ['2026-11-30T12:00:00Z', 3, '2027-02-28T12:00:00Z'],
  ])('%s and %d months', (from, months, to) => {
    expect(toDateTime(addMonths(Date.parse(from), months))).toBe(to);
  });

  it('are not there where no calendar has them', () => {
    expect(startOf({ year: 2026, month: 2, day: 29 })).toBeUndefined();
    expect(startOf({ year: 2026, month: 13, day: 1 })).toBeUndefined();
    expect(startOf({ year: 0, month: 1, day: 1 })).toBeUndefined();
  });
});

describe('times in a text', () => {
  it('lie in it, in order, and apart', () => {
    const part = fc.constantFrom(
      'since',
      'Monday',
      'last',
      '7',
      'days',
      'from',
      'to',
      '2026-10-05',
      'in',
      'May',
      '2026',
      'ago',
      'until',
      'yesterday',
      'next 9999 years',
      'Q3',
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), instant, (parts, now) => {
        let end = 0;
        for (const time of timesIn(parts.join(' '), { now })) {
          expect(time.start).toBeGreaterThanOrEqual(end);
          expect(time.toMs).toBeGreaterThanOrEqual(time.fromMs);
          end = time.end;
        }
        expect(end).toBeLessThanOrEqual(parts.join(' ').length);
      }),
    );
  });
});

describe('where they are read', () => {
  const date = { type: 'string', format: 'date' };
  const moment = { type: 'string', format: 'date-time' };
  interface Read {
    readonly properties: JsonObject;
    readonly at: string;
    readonly timeZone: string;
  }
  const read = (query: string, { properties, at, timeZone }: Read) =>
    fillArguments(
      query,
      { type: 'object', properties },
      { now: Date.parse(at), offsetAt: (ms) => systemOffset(timeZone, ms) },
    ).arguments;
  const day = { date };
  const start = { start: moment };
  const span = { since: date, until: date };

  it.each([
    // Late in the evening in London it is tomorrow in Tokyo, and in the morning still yesterday in Los Angeles.
    ['what is on today?', day, '2026-11-18T20:00:00Z', 'Asia/Tokyo', { date: '2026-11-19' }],
    ['what is on today?', day, '2026-11-18T03:00:00Z', 'America/Los_Angeles', { date: '2026-11-17' }],
    ['what is on today?', day, '2026-11-18T03:00:00Z', 'UTC', { date: '2026-11-18' }],
    [
      'between yesterday and tomorrow',
      span,
      '2026-11-18T20:00:00Z',
      'Asia/Tokyo',
      { since: '2026-11-18', until: '2026-11-20' },
    ],
    ['since last 7 days', { since: date }, '2026-11-18T20:00:00Z', 'Asia/Tokyo', { since: '2026-11-12' }],
    ['meet tomorrow at 9', start, '2026-11-18T12:00:00Z', 'Europe/Rome', { start: '2026-11-19T08:00:00Z' }],
    [
      'meet tomorrow at 9:30 pm',
      start,
      '2026-11-18T12:00:00Z',
      'America/New_York',
      { start: '2026-11-20T02:30:00Z' },
    ],
    ['meet at 9am tomorrow', start, '2026-11-18T12:00:00Z', 'UTC', { start: '2026-11-19T09:00:00Z' }],
    [
      'meet on 2026-07-01 at 14:00',
      start,
      '2026-11-18T12:00:00Z',
      'Europe/Rome',
      { start: '2026-07-01T12:00:00Z' },
    ],
    [
      'meet at 2026-07-01T14:00',
      start,
      '2026-11-18T12:00:00Z',
      'Europe/Rome',
      { start: '2026-07-01T12:00:00Z' },
    ],
    [
      'meet at 2026-07-01T14:00Z',
      start,
      '2026-11-18T12:00:00Z',
      'Europe/Rome',
      { start: '2026-07-01T14:00:00Z' },
    ],
    ['meet tomorrow at 9', day, '2026-11-18T20:00:00Z', 'Asia/Tokyo', { date: '2026-11-20' }],
    ['meet tomorrow with 9 people', day, '2026-11-18T12:00:00Z', 'UTC', { date: '2026-11-19' }],
    ['meet tomorrow at 25', day, '2026-11-18T12:00:00Z', 'UTC', { date: '2026-11-19' }],
    // The clocks are set forward that night: an hour is an hour.
    ['meet in 3 hours', start, '2026-03-28T23:30:00Z', 'Europe/Rome', { start: '2026-03-29T02:30:00Z' }],
    ['meet tomorrow at 9', start, '2026-03-28T12:00:00Z', 'Europe/Rome', { start: '2026-03-29T07:00:00Z' }],
  ] as const)('%s, by %j at %s in %s', (...[query, properties, at, timeZone, expected]) => {
    expect(read(query, { properties, at, timeZone })).toEqual(expected);
  });
});
