import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
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
        for (const time of timesIn(parts.join(' '), now)) {
          expect(time.start).toBeGreaterThanOrEqual(end);
          expect(time.toMs).toBeGreaterThanOrEqual(time.fromMs);
          end = time.end;
        }
        expect(end).toBeLessThanOrEqual(parts.join(' ').length);
      }),
    );
  });
});
