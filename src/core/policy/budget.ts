import type { Usage, UsageKey } from '../ports/usage.ts';

export const DAY_MS = 86_400_000;

/** What may be spent, and on whose account. */
interface Allowance {
  readonly calls?: number;
  readonly costMicros?: number;
  readonly ms?: number;
  readonly per: 'session' | 'instance' | 'owner' | 'day';
}

/** Whose account a call goes to. */
export interface Spender {
  readonly owner: string;
  readonly now: number;
  /** The agent session and the workflow run on whose behalf it is, once they are known to exist and to be the owner's. */
  readonly session?: string;
  readonly instance?: string;
}

/**
 * `subject` is `server:NAME`, or `all`. A session and a run have an account for as long as they live. Anybody can make up a name, or leave it
 * out, and neither may open a fresh account: whatever is of no session, or of no run, shares one account of the owner a day.
 */
export function accountOf(per: Allowance['per'], subject: string, spender: Spender): UsageKey {
  const { owner, now } = spender;
  const today = now - (now % DAY_MS);
  if (per === 'owner') return { owner, subject, windowAt: 0 };
  if (per === 'day') return { owner, subject, windowAt: today };
  const id = spender[per];
  if (id === undefined) return { owner, subject: `${per}:/${subject}`, windowAt: today };
  return { owner, subject: `${per}:${id}/${subject}`, windowAt: 0 };
}

/** Who spends from such an account, for people; nothing where `per` says it all. */
export function spenderName(per: Allowance['per'], spender: Spender): string | undefined {
  if (per === 'owner' || per === 'day') return undefined;
  const what = per === 'session' ? 'session' : 'run';
  const id = spender[per];
  return id === undefined
    ? `today's calls that name no ${what} of their caller`
    : `this ${what} (${JSON.stringify(id)})`;
}

/** Which part of an allowance is too small for one more call of this cost; `undefined` when it fits. */
export function exhausted(
  allowance: Allowance,
  spent: Usage,
  costMicros: number,
): { readonly kind: 'calls' | 'cost' | 'ms'; readonly spent: number; readonly of: number } | undefined {
  const { calls, costMicros: cost, ms } = allowance;
  if (calls !== undefined && spent.calls + 1 > calls) return { kind: 'calls', spent: spent.calls, of: calls };
  if (cost !== undefined && costMicros > 0 && spent.costMicros + costMicros > cost)
    return { kind: 'cost', spent: spent.costMicros, of: cost };
  if (ms !== undefined && spent.ms >= ms) return { kind: 'ms', spent: spent.ms, of: ms };
  return undefined;
}
