import { expect, it } from 'vitest';
import { systemClock } from './system.ts';

it('draws handles that may stand on a command line, and be chosen again', () => {
  const clock = systemClock();
  const ids = Array.from({ length: 5_000 }, () => clock.id());
  expect(new Set(ids).size).toBe(5_000);
  expect(ids.filter((each) => !/^[A-Za-z\d][\w-]{21}$/.test(each))).toEqual([]);
});
