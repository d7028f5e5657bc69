import { accountOf } from '../policy/budget.ts';
import type { Spender } from '../policy/budget.ts';
import type { Taking, Usage, UsageKey } from '../ports/usage.ts';
import type { Budget, ServerSettings } from './settings.ts';

/** A budget, and the account of a caller that it holds for. */
export interface Allowance {
  readonly budget: Budget;
  readonly key: UsageKey;
  /** What it is the budget of, for people. */
  readonly of: string;
}

/** The budgets of a server, and those of all servers together. */
export function allowancesFor(
  { name, budgets }: ServerSettings,
  overall: readonly Budget[],
  spender: Spender,
): readonly Allowance[] {
  if (budgets.length === 0 && overall.length === 0) return [];
  const toAllowance = (subject: string, of: string) => (budget: Budget) => ({
    budget,
    key: accountOf(budget.per, subject, spender),
    of,
  });
  return [
    ...budgets.map(toAllowance(subjectOf(name), name)),
    ...overall.map(toAllowance('all', 'all servers')),
  ];
}

export function subjectOf(server: string): string {
  return `server:${server}`;
}

/** What one call takes: once from each account, under the narrowest of the limits on it. */
export function takingsOf(allowances: readonly Allowance[], costMicros: number): readonly Taking[] {
  const takings: Taking[] = [];
  for (const { key, budget } of allowances) {
    const { calls, costMicros: money, ms } = budget;
    const same = takings.findIndex((each) => isSameAccount(each, key));
    const before = takings[same]?.limits ?? {};
    const limits = {
      ...narrowest('calls', before.calls, calls),
      ...narrowest('costMicros', before.costMicros, money),
      ...narrowest('ms', before.ms, ms),
    };
    const taking = { ...key, calls: 1, costMicros, ms: 0, limits };
    if (same === -1) takings.push(taking);
    else takings[same] = taking;
  }
  return takings;
}

export function isSameAccount(a: UsageKey, b: UsageKey): boolean {
  return a.owner === b.owner && a.subject === b.subject && a.windowAt === b.windowAt;
}

function narrowest(name: keyof Usage, a = Infinity, b = Infinity): Partial<Usage> {
  const least = Math.min(a, b);
  return least === Infinity ? {} : { [name]: least };
}
