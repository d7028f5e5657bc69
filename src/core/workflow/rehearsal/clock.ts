import type { Clock } from '../../ports/clock.ts';

const BEGIN_AT = 1_767_225_600_000;
const ID_DIGITS = 8;

/** The same in every rehearsal, so that the same reports put the same questions: a millisecond a look, ids that differ at the end. */
export function rehearsalClock(): Clock {
  let now = BEGIN_AT;
  let ids = 0;
  return {
    now: () => (now += 1),
    id: () => {
      ids += 1;
      return `rehearsed-once${String(ids).padStart(ID_DIGITS, '0')}`;
    },
    random: () => 0.5,
  };
}
