import {
  BrokenCircuitError,
  CircuitState,
  type CircuitBreakerPolicy,
  circuitBreaker,
  ConsecutiveBreaker,
  handleWhen,
} from 'cockatiel';
import { TuttiError } from '../../core/kernel/errors.ts';
import type { Circuit, CircuitOptions, CreateCircuit } from '../../core/ports/circuit.ts';
import { WaitingRoom } from './waiting-room.ts';

const states: Readonly<Record<CircuitState, Circuit['state']>> = {
  [CircuitState.Closed]: 'closed',
  [CircuitState.HalfOpen]: 'half-open',
  [CircuitState.Open]: 'open',
  [CircuitState.Isolated]: 'open',
};

/** The one call that may try says nothing about the server when its caller has gone. */
class Undecided extends Error {
  readonly why: unknown;

  constructor(why: unknown) {
    super('Undecided');
    this.why = why;
  }
}

/** Cockatiel's breaker, and before it a room to wait in. */
export const cockatielCircuit: CreateCircuit = (options) => {
  const { concurrency, queue, openMs } = options;
  let breaker = breakerOf(options);
  const room = new WaitingRoom(concurrency, queue);
  let openUntil = 0;
  const watch = (): void => {
    breaker.onBreak(() => {
      openUntil = Date.now() + openMs;
    });
  };
  watch();
  /** Whether the breaker counts failures now: only then does a success tell it something. */
  let failing = false;
  /** The breaker hears of failures, and of the success that ends them. */
  const counted = async <T>(work: () => Promise<T>): Promise<T> => {
    let value: T;
    try {
      value = await work();
    } catch (error) {
      failing = true;
      await told(() => Promise.reject(error));
      throw error;
    }
    if (failing) {
      failing = false;
      await told(() => Promise.resolve());
    }
    return value;
  };
  const told = async (outcome: () => Promise<unknown>): Promise<void> => {
    if (breaker.state === CircuitState.Closed) await breaker.execute(outcome).catch(() => undefined);
  };
  const isShut = (): boolean => {
    if (breaker.state === CircuitState.Open && openUntil - Date.now() > openMs) {
      // Nothing is open for that long: somebody set the clock back, and the breaker would wait for its return.
      breaker = breakerOf(options);
      watch();
    }
    return (
      breaker.state === CircuitState.HalfOpen ||
      (breaker.state === CircuitState.Open && Date.now() < openUntil)
    );
  };

  return {
    get state() {
      return states[breaker.state];
    },
    async run(work, signal) {
      signal?.throwIfAborted();
      if (isShut()) throw open(openUntil);
      if (!room.tryEnter()) await room.wait(signal);
      try {
        signal?.throwIfAborted();
        // It may have opened while this one waited.
        if (isShut()) throw open(openUntil);
        return await (breaker.state === CircuitState.Closed
          ? counted(work)
          : breaker.execute(() => tried(work, breaker, signal)));
      } catch (error) {
        if (error instanceof Undecided) throw error.why;
        throw error instanceof BrokenCircuitError ? open(openUntil) : error;
      } finally {
        room.leave();
      }
    },
  };
};

function breakerOf({ failures, openMs, isFailure }: CircuitOptions): CircuitBreakerPolicy {
  const isOwn = (error: unknown) => error instanceof Undecided || isFailure(error);
  return circuitBreaker(handleWhen(isOwn), {
    halfOpenAfter: openMs,
    breaker: new ConsecutiveBreaker(failures),
  });
}

async function tried<T>(
  work: () => Promise<T>,
  breaker: CircuitBreakerPolicy,
  signal: AbortSignal | undefined,
): Promise<T> {
  if (breaker.state !== CircuitState.HalfOpen) return work();
  try {
    return await work();
  } catch (error) {
    throw signal?.aborted === true ? new Undecided(error) : error;
  }
}

function open(until: number): TuttiError {
  const waitMs = Math.max(0, until - Date.now());
  return new TuttiError(
    'downstream/circuit-open',
    `This server failed several times in a row and is left alone: expected it to be tried again in ${waitMs} ms. Call again then.`,
    { data: { retry_after_ms: waitMs } },
  );
}
