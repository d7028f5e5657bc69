import { DAY_MS } from '../policy/budget.ts';
import type { UsageKey } from '../ports/usage.ts';
import type { Call } from './call.ts';
import type { Account } from './ledger.ts';
import { accountsOf } from './ledger.ts';

const ONCE = { calls: 1, costMicros: 0, ms: 0 };

/** Whether the session or instance of a call read something secret; for a call on behalf of neither, whether its owner did today. */
export function isTainted(call: Call): boolean | Promise<boolean> {
  const keys = chainsOf(call, call.given !== call.input.arguments);
  const accounts = accountsOf(call.gate.ledger, keys);
  return accounts instanceof Promise ? accounts.then(isMarked) : isMarked(accounts);
}

function isMarked(accounts: readonly Account[]): boolean {
  return accounts.some(({ spent }) => spent.calls > 0);
}

/** Kept with what was spent, so that it outlives the process. */
export function markTainted(call: Call): void {
  for (const key of chainsOf(call, true)) call.gate.ledger.book(key, ONCE);
}

/** What comes in by reference may have been read in any session: then the owner counts too. */
function chainsOf({ caller, input, startedAt }: Call, withOwner: boolean): readonly UsageKey[] {
  const { owner } = caller;
  const { session, instance } = input;
  const keys: UsageKey[] = [];
  if (session !== undefined) keys.push({ owner, subject: `taint/session:${session}`, windowAt: 0 });
  if (instance !== undefined) keys.push({ owner, subject: `taint/instance:${instance}`, windowAt: 0 });
  if (withOwner || keys.length === 0)
    keys.push({ owner, subject: 'taint/owner', windowAt: startedAt - (startedAt % DAY_MS) });
  return keys;
}
