import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../core/ports/clock.ts';

/** The machine's own time, sleep and randomness. */
export function systemClock(): Clock {
  return {
    now: () => Date.now(),
    id: () => randomBytes(16).toString('base64url'),
    random: () => Math.random(),
    sleep: async (ms, signal) => {
      await sleep(ms, undefined, { ...(signal && { signal }), ref: false }).catch((fault: unknown) => {
        throw signal?.reason ?? fault;
      });
    },
  };
}
