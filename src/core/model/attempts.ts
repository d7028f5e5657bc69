import { TuttiError } from '../kernel/errors.ts';
import type { Circuit } from '../ports/circuit.ts';
import type { Clock } from '../ports/clock.ts';
import type { Pause } from '../ports/timer.ts';
import type { WireFailure, WireTokens } from '../ports/model-wire.ts';
import { within } from './deadline.ts';
import type { Deadline } from './deadline.ts';

/** Where a provider does not say how long it wants to be left alone. */
const PAUSE_MS = 500;

/** Once around; `before` is why the last attempt came to nothing, where saying so may help. */
export type Attempt<T> = (leg: {
  readonly signal: AbortSignal;
  readonly before: TuttiError | undefined;
  /** Before one more request in this attempt. @throws TuttiError `budget/spent`. */
  readonly another: () => Promise<void>;
}) => Promise<{ readonly value: T; readonly tokens: WireTokens }>;

/** What is taken from the budgets for one request, and set right after it. */
export interface Booking {
  /** `tokens` where it was answered or broken off; a request that never left costs nothing. */
  settle(sent: { readonly hasLeft: boolean; readonly tokens?: WireTokens | undefined }): Promise<void>;
}

interface Way {
  readonly circuit: Circuit;
  readonly deadline: Deadline;
  readonly isOnce: boolean | undefined;
  /** Is told of what leaves and of what was used. */
  readonly tally: { sent: number; readonly tokens: WireTokens[] };
  /** @throws TuttiError `budget/spent`. */
  readonly book: () => Promise<Booking>;
}

/**
 * One attempt, and a second where it can help: the provider was busy or failed, the connection was lost, or the answer was none.
 *
 * @throws TuttiError `model/*`; the reason of the deadline's signal.
 */
export async function attempts<T>(
  parts: { readonly clock: Clock; readonly pause: Pause },
  way: Way,
  attempt: Attempt<T>,
): Promise<T> {
  try {
    return await once(way, attempt, undefined);
  } catch (error) {
    const waitMs = way.isOnce === true ? undefined : pauseAfter(error, way.deadline, parts.clock);
    if (waitMs === undefined) throw error;
    if (waitMs > 0) await parts.pause(waitMs, way.deadline.signal);
    return await once(way, attempt, error as TuttiError).catch((second: unknown) => {
      // There is no second attempt where nothing is left to pay for it.
      throw isSpent(second) ? error : second;
    });
  }
}

function isSpent(error: unknown): boolean {
  return error instanceof TuttiError && error.code === 'budget/spent';
}

async function once<T>(way: Way, attempt: Attempt<T>, before: TuttiError | undefined): Promise<T> {
  const { circuit, deadline, tally } = way;
  const { signal } = deadline;
  let booking = await way.book();
  let hasLeft = false;
  let used: WireTokens | undefined;
  const another = async (): Promise<void> => {
    await booking.settle({ hasLeft });
    // Where nothing is left for another, nothing is booked.
    booking = { settle: async () => undefined };
    booking = await way.book();
    tally.sent += 1;
  };
  const work = async (): Promise<T> => {
    hasLeft = true;
    tally.sent += 1;
    const { value, tokens } = await within(signal, () => attempt({ signal, before, another }));
    used = tokens;
    return value;
  };
  try {
    return await circuit.run(work, signal);
  } catch (error) {
    // What was broken off was read, and will be paid for: nobody says how much.
    used = hasLeft && signal.aborted ? {} : tokensOf(error);
    throw asOurs(error);
  } finally {
    if (used !== undefined) tally.tokens.push(used);
    await booking.settle({ hasLeft, tokens: used });
  }
}

/** What an answer cost that could not be used. */
function tokensOf(error: unknown): WireTokens | undefined {
  if (!(error instanceof TuttiError)) return undefined;
  if (error.code !== 'model/invalid-answer' && error.code !== 'model/refused') return undefined;
  const { inputTokens, outputTokens } = (error.data ?? {}) as WireFailure;
  return {
    ...(inputTokens !== undefined && { inputTokens }),
    ...(outputTokens !== undefined && { outputTokens }),
  };
}

/** How long to wait before a second attempt; `undefined` where there is to be none. */
function pauseAfter(error: unknown, deadline: Deadline, clock: Clock): number | undefined {
  if (!(error instanceof TuttiError) || deadline.signal.aborted) return undefined;
  const { status = 0, retry_after_ms: asked, final } = (error.data ?? {}) as WireFailure;
  if (final === true) return undefined;
  if (error.code === 'model/invalid-answer') return 0;
  if (error.code !== 'model/failed' && !(error.code === 'model/api' && isPassing(status))) return undefined;
  const waitMs = asked ?? PAUSE_MS * (1 + clock.random());
  return waitMs < deadline.leftMs() ? waitMs : undefined;
}

/** Too many requests, or the provider's own failure. */
function isPassing(status: number): boolean {
  return status === 429 || status >= 500;
}

/** A breaker speaks of servers behind us. */
function asOurs(error: unknown): unknown {
  if (!(error instanceof TuttiError) || !error.code.startsWith('downstream/')) return error;
  const { retry_after_ms: waitMs } = (error.data ?? {}) as { readonly retry_after_ms?: number };
  const message =
    error.code === 'downstream/circuit-open'
      ? `The model failed several times in a row and is left alone${waitMs === undefined ? '' : ` for another ${waitMs} ms`}. Ask again then.`
      : 'Expected room for one more request to the model, found too many waiting already. Try again in a moment, or raise model.concurrency.';
  return new TuttiError('model/failed', message, {
    cause: error,
    data: { final: true, ...(waitMs !== undefined && { retry_after_ms: waitMs }) } satisfies WireFailure,
  });
}
