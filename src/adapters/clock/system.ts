import { randomBytes } from 'node:crypto';
import type { Clock } from '../../core/ports/clock.ts';

/** The machine's own time and randomness. */
export function systemClock(): Clock {
  return {
    now: () => Date.now(),
    id: () => randomBytes(16).toString('base64url'),
    random: () => Math.random(),
  };
}
