import { TuttiError } from '../kernel/errors.ts';
import type { Cache } from '../ports/cache.ts';
import type { CallOutcome } from './gateway.ts';
import type { GatewayParts } from './parts.ts';

const KEPT_MS = 3_600_000;
const KEPT_BYTES = 33_554_432;

interface Repeat {
  readonly digest: string;
  readonly outcome: Promise<CallOutcome>;
}

/** Answers under idempotency keys. */
export interface Repeats {
  /** The same key gives the same answer for an hour. @throws TuttiError `input/invalid-format` when `digest` is another. */
  repeat(
    about: { readonly key: string; readonly digest: string; readonly keeps: (fault: unknown) => boolean },
    work: () => Promise<CallOutcome>,
  ): Promise<CallOutcome>;
}

export function createRepeats(parts: Pick<GatewayParts, 'createCache'>): Repeats {
  const repeats: Cache<Repeat> = parts.createCache(KEPT_BYTES);
  const repeating = new Map<string, Repeat>();
  return {
    repeat: async ({ key, digest, keeps }, work) => {
      const before = repeating.get(key) ?? repeats.get(key);
      if (before !== undefined && before.digest !== digest) {
        throw new TuttiError(
          'input/invalid-format',
          'This idempotency_key was used for another call within the last hour. Send a fresh key, or the same name and arguments.',
        );
      }
      if (before !== undefined) return await before.outcome;
      const entry: Repeat = { digest, outcome: work() };
      repeating.set(key, entry);
      try {
        const outcome = await entry.outcome;
        if (outcome.kind !== 'input-required' && outcome.kind !== 'approval') {
          const bytes = 'payload' in outcome ? outcome.payload.bytes.byteLength : 1_000;
          repeats.set(key, entry, { bytes, ttlMs: KEPT_MS });
        }
        return outcome;
      } catch (fault) {
        if (keeps(fault)) repeats.set(key, entry, { bytes: 1_000, ttlMs: KEPT_MS });
        throw fault;
      } finally {
        repeating.delete(key);
      }
    },
  };
}
