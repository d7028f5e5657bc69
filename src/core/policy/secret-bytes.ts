import { hasSecret } from './secrets.ts';
import { SECRETS, traces } from './traces.ts';

/** Less than what is searched of one text. */
const WINDOW_BYTES = 1_000_000;
/** Longer than what gives a secret away. */
const OVERLAP_BYTES = 8_192;
const decoder = new TextDecoder();

/** Whether secrets are anywhere in the text of a large result: one pass over bytes without a trace of them, else two. */
export function holdsSecret(bytes: Uint8Array): boolean {
  if ((traces(bytes) & SECRETS) === 0) return false;
  for (let from = 0; from < bytes.byteLength; from += WINDOW_BYTES - OVERLAP_BYTES)
    if (hasSecret(decoder.decode(bytes.subarray(from, from + WINDOW_BYTES)))) return true;
  return false;
}
