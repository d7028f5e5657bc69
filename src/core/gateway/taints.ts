import type { UsageKey } from '../ports/usage.ts';
import type { Call } from './call.ts';
import type { CallInput } from './gateway.ts';
import type { Account, Ledger } from './ledger.ts';
import { accountsOf } from './ledger.ts';

const HOUR_MS = 3_600_000;
const ONCE = { calls: 1, costMicros: 0, ms: 0 };

/** Whoever reads or sends something: a call, or what is forwarded beside calls. */
interface Reader extends Pick<Call, 'caller' | 'startedAt'> {
  readonly gate: Pick<Call['gate'], 'ledger'>;
  readonly input: Pick<CallInput, 'session' | 'instance'>;
  readonly bearsSecret?: boolean;
}

/** Whether its arguments hold something secret, or the session or instance of a call, or its owner within the last hour, read something secret. */
export function isTainted(call: Reader): boolean | Promise<boolean> {
  if (call.bearsSecret === true) return true;
  const hour = hourOf(call);
  const accounts = accountsOf(call.gate.ledger, [
    ...chainsOf(call),
    ownerIn(call, hour),
    ownerIn(call, hour - HOUR_MS),
  ]);
  return accounts instanceof Promise ? accounts.then(isMarked) : isMarked(accounts);
}

function isMarked(accounts: readonly Account[]): boolean {
  return accounts.some(({ spent }) => spent.calls > 0);
}

/** Kept with what was spent, so that it outlives the process. */
export function markTainted(call: Reader): void {
  for (const key of [...chainsOf(call), ownerIn(call, hourOf(call))]) call.gate.ledger.book(key, ONCE);
}

/** For what is read outside of calls. */
export function markOwnerTainted(ledger: Ledger, owner: string, now: number): void {
  ledger.book({ owner, subject: 'taint/owner', windowAt: now - (now % HOUR_MS) }, ONCE);
}

function chainsOf({ caller: { owner }, input: { session, instance } }: Reader): readonly UsageKey[] {
  return [
    ...(session === undefined ? [] : [{ owner, subject: `taint/session:${session}`, windowAt: 0 }]),
    ...(instance === undefined ? [] : [{ owner, subject: `taint/instance:${instance}`, windowAt: 0 }]),
  ];
}

/** Session ids are the caller's own words: a fresh one must not wash a secret clean, so the owner counts always. */
function ownerIn({ caller: { owner } }: Reader, windowAt: number): UsageKey {
  return { owner, subject: 'taint/owner', windowAt };
}

function hourOf({ startedAt }: Reader): number {
  return startedAt - (startedAt % HOUR_MS);
}
