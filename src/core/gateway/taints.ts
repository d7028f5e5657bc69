import type { UsageKey } from '../ports/usage.ts';
import type { Call } from './call.ts';
import type { Account } from './ledger.ts';
import { accountsOf } from './ledger.ts';

const HOUR_MS = 3_600_000;
const ONCE = { calls: 1, costMicros: 0, ms: 0 };

/** Whether the session or instance of a call, or its owner within the last hour, read something secret. */
export function isTainted(call: Call): boolean | Promise<boolean> {
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
export function markTainted(call: Call): void {
  for (const key of [...chainsOf(call), ownerIn(call, hourOf(call))]) call.gate.ledger.book(key, ONCE);
}

function chainsOf({ caller: { owner }, input: { session, instance } }: Call): readonly UsageKey[] {
  return [
    ...(session === undefined ? [] : [{ owner, subject: `taint/session:${session}`, windowAt: 0 }]),
    ...(instance === undefined ? [] : [{ owner, subject: `taint/instance:${instance}`, windowAt: 0 }]),
  ];
}

/** Session ids are the caller's own words: a fresh one must not wash a secret clean, so the owner counts always. */
function ownerIn({ caller: { owner } }: Call, windowAt: number): UsageKey {
  return { owner, subject: 'taint/owner', windowAt };
}

function hourOf({ startedAt }: Call): number {
  return startedAt - (startedAt % HOUR_MS);
}
