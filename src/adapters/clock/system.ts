import { randomBytes } from 'node:crypto';
import type { Clock } from '../../core/ports/clock.ts';

/** The machine's own time and randomness. */
export function systemClock(): Clock {
  return {
    now: () => Date.now(),
    id: freshId,
    random: () => Math.random(),
  };
}

/** Drawn again when it begins with a hyphen: on a command line it would be taken for an option. */
function freshId(): string {
  const id = randomBytes(16).toString('base64url');
  return id.startsWith('-') ? freshId() : id;
}
