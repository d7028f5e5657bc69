import { TuttiError } from '../kernel/errors.ts';
import { canonicalJson } from '../kernel/json.ts';
import type { Call } from './call.ts';
import type { CallOutcome } from './gateway.ts';
import { keepAnswer, keptAnswer } from './kept-answers.ts';
import { REPEATED_FOR_MS, lostUnderKey } from './repeats.ts';
import { traitsOf } from './traits.ts';

/** How long a call counts as under way after its process was last heard of. */
const HEARD_MS = 30_000;
const RENEWED_MS = 10_000;

/**
 * Makes a call that may change something once under its idempotency key: the key is taken before anything is sent, and no process on the
 * same store sends it again. Once it is over, all of them have its answer; until then it is told from one that was lost.
 *
 * @throws TuttiError `call/under-way` when it was taken and its process lives, `call/lost` when nobody knows what became of it.
 */
export async function onceUnderKey(call: Call, make: () => Promise<CallOutcome>): Promise<CallOutcome> {
  const { idempotencyKey: key } = call.input;
  if (key === undefined || traitsOf(call.entry).isVouchedRead) return await make();
  const [taken, running] = marksOf(call, key);
  if (!(await claim(call, taken, running))) {
    const known = await keptAnswer(call, key);
    if (known === undefined) throw lostUnderKey();
    return known;
  }
  const over = keptRunning(call, running);
  try {
    const outcome = await make();
    await keepAnswer(call, key, outcome);
    return outcome;
  } finally {
    over();
  }
}

/** Whether the key is this call's: nobody took it before. */
async function claim(call: Call, taken: string, running: string): Promise<boolean> {
  const { vault } = call.gate.parts.store;
  const now = call.gate.parts.clock.now();
  // A call that was lost and may be made again has its key already.
  const isAgain = call.carried?.kind === 'parked';
  // In this order, and together: who finds the key taken finds also whether its call runs.
  const [isFree, isOurs] = await Promise.all([
    vault.claim(running, now, now + HEARD_MS),
    isAgain || call.claimed || vault.claim(taken, now, now + REPEATED_FOR_MS),
  ]);
  if (!isOurs && !isFree) throw underWay();
  if (!isOurs) {
    await vault.release(running);
    return false;
  }
  if (!isAgain) call.claimed = true;
  return true;
}

/** Gives it back where certainly nothing happened. */
export async function releaseKey(call: Call): Promise<void> {
  const { idempotencyKey: key } = call.input;
  if (key === undefined || !call.claimed) return;
  call.claimed = false;
  await call.gate.parts.store.vault.release(marksOf(call, key)[0]);
}

/** Says from time to time that the call is not over. Whatever of it fails, the mark runs out by itself. */
function keptRunning({ gate }: Call, mark: string): () => void {
  const { after, clock, store } = gate.parts;
  let stop: (() => void) | undefined;
  const renew = (): void => {
    stop = after(RENEWED_MS, () => {
      store.vault.renew(mark, clock.now() + HEARD_MS).catch(() => undefined);
      renew();
    });
  };
  renew();
  return () => {
    stop?.();
    store.vault.release(mark).catch(() => undefined);
  };
}

/** That the key was used, and that its call is under way. */
function marksOf({ caller, gate }: Call, key: string): readonly [string, string] {
  const hash = gate.parts.digest(canonicalJson([caller.owner, key]));
  return [`idempotency:${hash}`, `running:${hash}`];
}

function underWay(): TuttiError {
  return new TuttiError(
    'call/under-way',
    'A call under this idempotency_key is still under way, in another process of Tutti or until its question is answered, so it was not sent again. Make it again under the same key later: what became of it is known then.',
  );
}
