import type { CallFacts, CallOutcome } from './gateway.ts';
import type { GatewayParts } from './parts.ts';

interface Shared {
  readonly outcome: Promise<CallOutcome>;
  readonly abort: (reason: unknown) => void;
  readonly sensitive: () => boolean;
  waiting: number;
}

type Work = (lead: {
  readonly signal: AbortSignal;
  readonly sensitive: (yes: boolean) => void;
}) => Promise<CallOutcome>;

/** Equal calls that are under way at the same time. */
export interface InFlight {
  /** One run of `work` for all who ask for the same at once; it ends early only when all of them left. */
  share(
    key: string,
    joiner: { readonly signal: AbortSignal | undefined; readonly facts: () => CallFacts },
    work: Work,
  ): Promise<{ readonly outcome: CallOutcome; readonly led: boolean; readonly sensitive: boolean }>;
}

export function createInFlight(parts: Pick<GatewayParts, 'createAbort'>): InFlight {
  const sharing = new Map<string, Shared>();

  return {
    share: async (key, joiner, work) => {
      const running = sharing.get(key);
      const shared = running ?? begin(key, work);
      shared.waiting += 1;
      try {
        const outcome = await unlessAborted(shared.outcome, joiner.signal);
        return {
          outcome: running ? asJoined(outcome, joiner.facts) : outcome,
          led: !running,
          sensitive: shared.sensitive(),
        };
      } finally {
        shared.waiting -= 1;
        if (shared.waiting === 0 && sharing.get(key) === shared) {
          sharing.delete(key);
          shared.abort(joiner.signal?.reason);
        }
      }
    },
  };

  function begin(key: string, work: Work): Shared {
    const { signal, abort } = parts.createAbort();
    let sensitive = false;
    const outcome = work({
      signal,
      sensitive: (yes) => {
        sensitive = yes;
      },
    });
    const shared: Shared = { outcome, abort, sensitive: () => sensitive, waiting: 0 };
    sharing.set(key, shared);
    const over = (): void => {
      if (sharing.get(key) === shared) sharing.delete(key);
    };
    outcome.then(over, over);
    return shared;
  }
}

function asJoined(outcome: CallOutcome, facts: () => CallFacts): CallOutcome {
  if (!('facts' in outcome)) return outcome;
  return { ...outcome, facts: { ...facts(), cached: true, attempts: 0 } };
}

/** The outcome, or the reason why somebody stopped waiting for it. */
export async function unlessAborted<T>(outcome: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return await outcome;
  if (signal.aborted) {
    // Nobody waits for it any more, and so nobody would see it fail.
    outcome.catch(() => undefined);
    signal.throwIfAborted();
  }
  let leave: (() => void) | undefined;
  const left = new Promise<never>((_, reject) => {
    leave = () => {
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', leave, { once: true });
  });
  try {
    return await Promise.race([outcome, left]);
  } finally {
    if (leave) signal.removeEventListener('abort', leave);
  }
}
