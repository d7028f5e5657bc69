import { TuttiError } from '../kernel/errors.ts';
import type { Cache } from '../ports/cache.ts';
import type { CallOutcome } from './gateway.ts';
import { unlessAborted } from './in-flight.ts';
import type { GatewayParts } from './parts.ts';

export const REPEATED_FOR_MS = 3_600_000;
const KEPT_BYTES = 33_554_432;
const LOST_BYTES = 1_000;

/** What is known under a key: an answer, or that nobody can tell what became of the call. */
interface Repeat {
  readonly digest: string;
  readonly outcome: Promise<CallOutcome | typeof LOST>;
}

const LOST = Symbol('lost');

/** Answers under idempotency keys. */
export interface Repeats {
  /**
   * The same key gives the same answer for an hour. Where `work` failed and `isLost` says that something may have been sent, it is not
   * done again.
   *
   * @throws TuttiError `input/invalid-format` when `digest` is another, `call/lost` for a repeat of what may have happened.
   */
  repeat(
    about: {
      readonly key: string;
      readonly digest: string;
      readonly isLost: () => boolean;
      /** Of the one who waits: his leaving is not that of the one who is waited for. */
      readonly signal: AbortSignal | undefined;
    },
    work: () => Promise<CallOutcome>,
  ): Promise<CallOutcome>;
}

export function createRepeats(parts: Pick<GatewayParts, 'createCache'>): Repeats {
  const repeats: Cache<Repeat> = parts.createCache(KEPT_BYTES);
  const repeating = new Map<string, Repeat>();

  const begin: Repeats['repeat'] = async ({ key, digest, isLost }, work) => {
    const told = Promise.withResolvers<CallOutcome | typeof LOST>();
    // Nobody may be waiting for it.
    told.promise.catch(() => undefined);
    const entry: Repeat = { digest, outcome: told.promise };
    repeating.set(key, entry);
    try {
      const outcome = await work();
      told.resolve(outcome);
      if (outcome.kind !== 'input-required' && outcome.kind !== 'approval') {
        const bytes = 'payload' in outcome ? outcome.payload.bytes.byteLength : LOST_BYTES;
        repeats.set(key, entry, { bytes, ttlMs: REPEATED_FOR_MS });
      }
      return outcome;
    } catch (fault) {
      if (isLost()) {
        told.resolve(LOST);
        repeats.set(key, entry, { bytes: LOST_BYTES, ttlMs: REPEATED_FOR_MS });
      } else told.reject(fault);
      throw fault;
    } finally {
      repeating.delete(key);
    }
  };

  return {
    repeat: async (about, work) => {
      const { key, digest, signal } = about;
      for (;;) {
        const running = repeating.get(key);
        const before = running ?? repeats.get(key);
        if (before === undefined) return await begin(about, work);
        if (before.digest !== digest) throw otherCall();
        const outcome = await unlessAborted(before.outcome, signal).catch((fault: unknown) => {
          // What certainly was not sent is this caller's to try.
          if (signal?.aborted === true) throw fault;
          return undefined;
        });
        if (outcome === LOST) throw lostUnderKey();
        if (outcome !== undefined) return outcome;
      }
    },
  };
}

export function lostUnderKey(): TuttiError {
  return new TuttiError(
    'call/lost',
    'A call under this idempotency_key was sent, and its answer is not known here: it may have taken effect, so it was not sent again. Look whether it did, and send a fresh key if it did not.',
  );
}

export function otherCall(): TuttiError {
  return new TuttiError(
    'input/invalid-format',
    'This idempotency_key was used for another call within the last hour. Send a fresh key, or the same name and arguments.',
  );
}
