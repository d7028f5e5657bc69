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
}

/**
 * `subject` is `server:NAME`, or `all`. Names of sessions and instances are the caller's own words, and a fresh one must not open a fresh
 * account: what is counted by them shares one account of the owner a day.
 */
export function accountOf(per: Allowance['per'], subject: string, { owner, now }: Spender): UsageKey {
  const today = now - (now % DAY_MS);
  if (per === 'owner') return { owner, subject, windowAt: 0 };
  if (per === 'day') return { owner, subject, windowAt: today };
  return { owner, subject: `${per}:/${subject}`, windowAt: today };
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
