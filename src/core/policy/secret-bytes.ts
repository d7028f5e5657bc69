import { hasSecret } from './secrets.ts';
import { SECRETS, traces } from './traces.ts';

/** So few that even what looks like secrets all over keeps nobody waiting: such a text takes a tenth of a second for each megabyte. */
const WINDOW_BYTES = 65_536;
/** Longer than what gives a secret away. */
const OVERLAP_BYTES = 8_192;
const decoder = new TextDecoder();

/**
 * Whether secrets are anywhere in the text of a large result: one pass over bytes without a trace of them, else two.
 *
 * @param breathe waits until others had their turn; called between one part and the next.
 */
export async function holdsSecret(bytes: Uint8Array, breathe: () => Promise<void>): Promise<boolean> {
  if ((traces(bytes) & SECRETS) === 0) return false;
  for (let from = 0; from < bytes.byteLength; from += WINDOW_BYTES - OVERLAP_BYTES) {
    if (from > 0) await breathe();
    if (hasSecret(decoder.decode(bytes.subarray(from, from + WINDOW_BYTES)))) return true;
  }
  return false;
}
