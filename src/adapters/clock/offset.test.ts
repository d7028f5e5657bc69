import { expect, it } from 'vitest';
import { systemOffset } from './offset.ts';

const HOUR_MS = 3_600_000;

it.each([
  ['UTC', '2026-07-01T00:00:00Z', 0],
  ['Europe/Rome', '2026-07-01T00:00:00Z', 2],
  ['Europe/Rome', '2026-01-01T00:00:00Z', 1],
  ['Europe/Rome', '2026-03-29T00:59:59Z', 1],
  ['Europe/Rome', '2026-03-29T01:00:00Z', 2],
  ['America/St_Johns', '2026-01-01T00:00:00Z', -3.5],
  ['Asia/Kathmandu', '2026-01-01T00:00:00Z', 5.75],
])('%s at %s is %d hours ahead', (zone, at, hours) => {
  expect(systemOffset(zone, Date.parse(at))).toBe(hours * HOUR_MS);
});

it('knows where the machine is', () => {
  const at = Date.parse('2026-07-01T12:34:56Z');
  expect(systemOffset(undefined, at) + new Date(at).getTimezoneOffset() * 60_000).toBe(0);
});
