import { randomFillSync } from 'node:crypto';
import type { Clock } from '../../core/ports/clock.ts';

/** The machine's own time and randomness. */
export function systemClock(): Clock {
  return {
    now: () => Date.now(),
    id: freshId,
    random: () => Math.random(),
  };
}

const ID_BYTES = 16;
/** Drawn many at once: asking the machine costs more than what it gives. */
const drawn = Buffer.alloc(ID_BYTES * 256);
let used = drawn.length;

/** Begins with a letter or a digit, as ids that callers choose must; after a hyphen a command line would take it for an option. */
function freshId(): string {
  if (used === drawn.length) {
    randomFillSync(drawn);
    used = 0;
  }
  const id = drawn.toString('base64url', used, used + ID_BYTES);
  // No id can be read again where it was drawn.
  drawn.fill(0, used, used + ID_BYTES);
  used += ID_BYTES;
  return id.startsWith('-') || id.startsWith('_') ? freshId() : id;
}
