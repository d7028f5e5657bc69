import { TuttiError } from '../../kernel/errors.ts';
import { unlessAborted } from '../in-flight.ts';
import type { AskContext } from './context.ts';

/** Does `work` with a signal that aborts after `ms`, and with the time of the request. Whoever does not hear it is left behind. */
export async function withinTime<T>(
  { desk, deadline }: Pick<AskContext, 'desk' | 'deadline'>,
  ms: number,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { after, createAbort } = desk.gate.parts;
  const { signal, abort } = createAbort();
  const leave = (): void => abort(deadline.signal.reason);
  const stop = after(ms, () => {
    abort(new TuttiError('model/timeout', `It did not answer within ${ms} ms.`));
  });
  if (deadline.signal.aborted) leave();
  else deadline.signal.addEventListener('abort', leave, { once: true });
  try {
    return await unlessAborted(work(signal), signal);
  } finally {
    stop();
    deadline.signal.removeEventListener('abort', leave);
  }
}

/** Why a model was of no help, for a note. */
export function reasonOf(fault: unknown): string {
  return fault instanceof TuttiError ? `${fault.message} (${fault.code})` : 'It failed.';
}
