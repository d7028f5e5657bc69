import type { Clock } from '../ports/clock.ts';
import type { CreateAbort } from '../ports/abort.ts';
import type { After } from '../ports/timer.ts';
import { TuttiError } from '../kernel/errors.ts';

export interface Deadline {
  /** Goes off with the caller's, or with `model/timeout`. */
  readonly signal: AbortSignal;
  readonly leftMs: () => number;
  /** Nothing goes off any more. */
  readonly over: () => void;
}

interface DeadlineParts {
  readonly clock: Clock;
  readonly after: After;
  readonly createAbort: CreateAbort;
}

export function beginDeadline(
  { clock, after, createAbort }: DeadlineParts,
  { ms, signal: outer }: { readonly ms: number; readonly signal: AbortSignal | undefined },
): Deadline {
  const { signal, abort } = createAbort();
  const endsAt = clock.now() + ms;
  const stop = after(ms, () => {
    abort(
      new TuttiError(
        'model/timeout',
        `Expected an answer of the model within ${ms} ms, found none. Try again, or raise model.timeoutMs.`,
      ),
    );
  });
  const onAbort = (): void => {
    abort(outer?.reason);
  };
  outer?.addEventListener('abort', onAbort, { once: true });
  if (outer?.aborted === true) onAbort();
  return {
    signal,
    leftMs: () => Math.max(0, endsAt - clock.now()),
    over: () => {
      stop();
      outer?.removeEventListener('abort', onAbort);
    },
  };
}

/** What comes of `work`, unless the signal goes off first: also where `work` does not listen to it. */
export async function within<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  signal.throwIfAborted();
  const { promise, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => {
    reject(signal.reason);
  };
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work(), promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
