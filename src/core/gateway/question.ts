import type { JsonObject } from '../kernel/json.ts';
import type { Ask } from '../ports/downstream.ts';
import type { Call } from './call.ts';

/** How long a person at an open connection may think. */
const THINKING_MS = 600_000;

/** Asks the caller over his connection; `undefined` when no answer came in time, or his client refused to ask. Ends with the call. */
export async function askCaller(
  call: Call,
  ask: (question: Ask) => Promise<JsonObject>,
  question: Ask,
): Promise<JsonObject | undefined> {
  const { signal } = call;
  signal?.throwIfAborted();
  const gone = Promise.withResolvers<never>();
  const late = Promise.withResolvers<undefined>();
  const leave = (): void => {
    gone.reject(signal?.reason);
  };
  const stop = call.gate.parts.after(THINKING_MS, () => {
    late.resolve(undefined);
  });
  signal?.addEventListener('abort', leave, { once: true });
  try {
    const answer = await call.wait(() =>
      Promise.race([ask(question).catch(() => undefined), late.promise, gone.promise]),
    );
    signal?.throwIfAborted();
    return answer;
  } finally {
    stop();
    signal?.removeEventListener('abort', leave);
  }
}
