import type { JsonObject } from '../kernel/json.ts';
import type { Ask } from '../ports/downstream.ts';
import type { After } from '../ports/timer.ts';
import type { Call } from './call.ts';

/** How long a person at an open connection may think. */
const THINKING_MS = 600_000;

interface Asking {
  readonly signal: AbortSignal | undefined;
  readonly after: After;
  /** Around the time that somebody is waited for. */
  readonly wait: <T>(answer: () => Promise<T>) => Promise<T>;
}

/** Asks the caller of a call over his connection, as {@link askOver} does. */
export async function askCaller(
  call: Call,
  ask: (question: Ask) => Promise<JsonObject>,
  question: Ask,
): Promise<JsonObject | undefined> {
  const wait = <T>(answer: () => Promise<T>) => call.wait(answer);
  return await askOver({ signal: call.signal, after: call.gate.parts.after, wait }, ask, question);
}

/** Asks over an open connection; `undefined` when no answer came in time, or the client refused to ask. Ends with the signal. */
export async function askOver(
  { signal, after, wait }: Asking,
  ask: (question: Ask) => Promise<JsonObject>,
  question: Ask,
): Promise<JsonObject | undefined> {
  signal?.throwIfAborted();
  const gone = Promise.withResolvers<never>();
  const late = Promise.withResolvers<undefined>();
  const leave = (): void => {
    gone.reject(signal?.reason);
  };
  const stop = after(THINKING_MS, () => {
    late.resolve(undefined);
  });
  signal?.addEventListener('abort', leave, { once: true });
  try {
    const answer = await wait(() =>
      Promise.race([ask(question).catch(() => undefined), late.promise, gone.promise]),
    );
    signal?.throwIfAborted();
    return answer;
  } finally {
    stop();
    signal?.removeEventListener('abort', leave);
  }
}
