import type { CreateAbort } from '../../ports/abort.ts';
import type { Clock } from '../../ports/clock.ts';
import type { After } from '../../ports/timer.ts';
import { createPatience } from './patience.ts';

/** The time of one request, from the question to the answer. It stands still while somebody is waited for. */
export interface Deadline {
  /** Aborts when the time is over, and with the request. */
  readonly signal: AbortSignal;
  readonly isOver: () => boolean;
  /** Does `work` when the time is over, at once where it is. Returns how to call that off. */
  readonly onOver: (work: () => void) => () => void;
  /** Stops the time for as long as `work` takes. */
  readonly wait: <T>(work: () => Promise<T>) => Promise<T>;
  /** The request is through. */
  readonly end: () => void;
}

export function startDeadline(
  parts: { readonly clock: Clock; readonly after: After; readonly createAbort: CreateAbort },
  ms: number,
  request: AbortSignal | undefined,
): Deadline {
  const patience = createPatience(parts.clock, parts.after);
  const { signal, abort } = parts.createAbort();
  const works = new Set<() => void>();
  let isOver = false;
  const stop = patience.after(ms, () => {
    isOver = true;
    for (const work of works) work();
    works.clear();
    abort(new Error('The time of the request is over.'));
  });
  const leave = (): void => {
    abort(request?.reason);
  };
  if (request?.aborted === true) leave();
  else request?.addEventListener('abort', leave, { once: true });
  return {
    signal,
    isOver: () => isOver,
    onOver: (work) => {
      if (isOver) work();
      else works.add(work);
      return () => {
        works.delete(work);
      };
    },
    wait: patience.wait,
    end: () => {
      stop();
      works.clear();
      request?.removeEventListener('abort', leave);
    },
  };
}
