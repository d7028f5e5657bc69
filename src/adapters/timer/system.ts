import { setTimeout as elapsed } from 'node:timers/promises';
import type { After, Pause } from '../../core/ports/timer.ts';

/** The longest that a timer of the platform takes; beyond it, it would fire at once. */
const MAX_MS = 2_147_483_647;

/** The machine's own timer. A wait of no time is over at the next turn, where a timer of the platform would take a millisecond. */
export const after: After = (ms, work) => {
  if (ms <= 0) {
    const turn = setImmediate(work);
    return () => clearImmediate(turn);
  }
  const timer = setTimeout(work, Math.min(ms, MAX_MS));
  timer.unref();
  return () => clearTimeout(timer);
};

export const pause: Pause = async (ms, signal) => {
  try {
    await elapsed(Math.min(ms, MAX_MS), undefined, { signal });
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  }
};
