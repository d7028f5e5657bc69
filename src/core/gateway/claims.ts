import { canonicalJson } from '../kernel/json.ts';
import type { Call } from './call.ts';
import { REPEATED_FOR_MS, lostUnderKey } from './repeats.ts';

/**
 * Takes the idempotency key of a call that may change something, before it is sent: no process on the same store sends it again.
 *
 * @throws TuttiError `call/lost` when it was taken before.
 */
export async function claimKey(call: Call): Promise<void> {
  const { idempotencyKey: key } = call.input;
  if (key === undefined || call.claimed || call.risk === 'read') return;
  const { store, clock } = call.gate.parts;
  const now = clock.now();
  if (!(await store.vault.claim(markOf(call, key), now, now + REPEATED_FOR_MS))) throw lostUnderKey();
  call.claimed = true;
}

/** Gives it back where certainly nothing happened. */
export async function releaseKey(call: Call): Promise<void> {
  const { idempotencyKey: key } = call.input;
  if (key === undefined || !call.claimed) return;
  call.claimed = false;
  await call.gate.parts.store.vault.release(markOf(call, key));
}

function markOf({ caller, gate }: Call, key: string): string {
  return `idempotency:${gate.parts.digest(canonicalJson([caller.owner, key]))}`;
}
