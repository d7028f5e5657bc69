import type { Clock } from '../../src/core/ports/clock.ts';

/** A clock that moves one millisecond a look, and counts its ids: two runs with the same calls are equal. */
export function virtualClock(): Clock {
  let now = Date.UTC(2026, 0, 1);
  let ids = 0;
  return {
    now: () => (now += 1),
    id: () => {
      ids += 1;
      return `id${String(ids).padStart(20, '0')}`;
    },
    random: () => 0.5,
  };
}
