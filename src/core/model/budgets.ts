import { TuttiError } from '../kernel/errors.ts';
import { DAY_MS } from '../policy/budget.ts';
import type { ModelAccount } from '../ports/model.ts';
import type { Taking, Usage, UsageKey, UsageLog } from '../ports/usage.ts';

/** What may be spent on models, by whom. */
export interface ModelBudget {
  readonly calls?: number;
  readonly tokens?: number;
  readonly costMicros?: number;
  /** One instance or session as long as it lives, everything of an owner, or an owner's day, which begins at midnight UTC. */
  readonly per: 'instance' | 'session' | 'owner' | 'day';
}

export interface Spending {
  readonly calls: number;
  readonly tokens: number;
  readonly costMicros: number;
}

/** What was taken before a request, and is set right after it. */
export interface Reservation {
  /** What was really spent, instead of what was expected. */
  settle(spent: Spending): Promise<void>;
}

interface Request {
  readonly account: ModelAccount;
  readonly now: number;
  readonly expected: Spending;
}

/**
 * Takes what a request is expected to cost from every budget that it falls under, all at once.
 *
 * @throws TuttiError `budget/spent` naming the budget; then nothing was taken.
 */
export async function reserve(
  usage: UsageLog,
  budgets: readonly ModelBudget[],
  request: Request,
): Promise<Reservation> {
  const takings = takingsOf(budgets, request);
  if (takings.length === 0) return { settle: async () => undefined };
  const { granted, sums } = await usage.take(takings.map(({ taking }) => taking));
  if (!granted) throw spentError(takings, sums);
  return {
    settle: async (spent) => {
      const owed = takings
        .map(({ taking, counts }) => difference(taking, counts(spent)))
        .filter(({ calls, costMicros }) => calls !== 0 || costMicros !== 0);
      if (owed.length > 0) await usage.add(owed);
    },
  };
}

interface Account {
  readonly taking: Taking;
  readonly budget: ModelBudget;
  readonly unit: 'calls' | 'tokens';
  readonly counts: (spending: Spending) => Pick<Usage, 'calls' | 'costMicros'>;
}

/** Tokens have accounts of their own, in which each of them counts as a call. */
function takingsOf(budgets: readonly ModelBudget[], request: Request): readonly Account[] {
  const accounts = new Map<string, Account>();
  const enter = (budget: ModelBudget, unit: Account['unit']): void => {
    const { calls, tokens, costMicros } = budget;
    const key = keyOf(budget, unit, request);
    if (key === undefined) return;
    const counts = unit === 'tokens' ? asTokens : asCalls;
    const limits = unit === 'tokens' ? { calls: tokens } : { calls, costMicros };
    const name = `${key.subject}\n${key.windowAt}`;
    const before = accounts.get(name)?.taking.limits ?? {};
    const taking = { ...key, ...counts(request.expected), ms: 0, limits: narrower(before, limits) };
    accounts.set(name, { taking, budget, unit, counts });
  };
  for (const budget of budgets) {
    if (budget.calls !== undefined || budget.costMicros !== undefined) enter(budget, 'calls');
    if (budget.tokens !== undefined) enter(budget, 'tokens');
  }
  return [...accounts.values()];
}

function asCalls({ calls, costMicros }: Spending): Pick<Usage, 'calls' | 'costMicros'> {
  return { calls, costMicros };
}

function asTokens({ tokens }: Spending): Pick<Usage, 'calls' | 'costMicros'> {
  return { calls: tokens, costMicros: 0 };
}

/** `undefined` where the request is for no instance, or no session: there is nothing to count by. */
function keyOf({ per }: ModelBudget, unit: Account['unit'], { account, now }: Request): UsageKey | undefined {
  const { owner } = account;
  const subject = unit === 'tokens' ? 'model/tokens' : 'model';
  if (per === 'owner') return { owner, subject, windowAt: 0 };
  if (per === 'day') return { owner, subject, windowAt: now - (now % DAY_MS) };
  const id = account[per];
  return id === undefined ? undefined : { owner, subject: `${subject}/${per}:${id}`, windowAt: 0 };
}

type Limits = { readonly [K in 'calls' | 'costMicros']?: number | undefined };

function narrower(a: Limits, b: Limits): Taking['limits'] {
  const least = (name: keyof Limits) => Math.min(a[name] ?? Infinity, b[name] ?? Infinity);
  const limits = { calls: least('calls'), costMicros: least('costMicros') };
  return Object.fromEntries(Object.entries(limits).filter(([, each]) => each !== Infinity));
}

function difference(taken: Taking, spent: Pick<Usage, 'calls' | 'costMicros'>): UsageKey & Usage {
  const { owner, subject, windowAt } = taken;
  return {
    owner,
    subject,
    windowAt,
    calls: spent.calls - taken.calls,
    costMicros: spent.costMicros - taken.costMicros,
    ms: 0,
  };
}

function spentError(accounts: readonly Account[], sums: readonly Usage[]): TuttiError {
  for (const [at, { taking, budget, unit }] of accounts.entries()) {
    const sum = sums[at];
    if (sum === undefined) continue;
    const { limits } = taking;
    const over =
      found(unit, { spent: sum.calls, more: taking.calls, of: limits.calls }) ??
      found('cost', { spent: sum.costMicros, more: taking.costMicros, of: limits.costMicros });
    if (over === undefined) continue;
    const shown = over.kind === 'cost' ? [over.spent / 1e6, over.of / 1e6] : [over.spent, over.of];
    return new TuttiError(
      'budget/spent',
      `The budget of ${over.kind} per ${budget.per} for models is spent: ${shown[0]} of ${shown[1]}, which does not leave enough for one more request. Nothing was asked; raise model.budgets, or decide it yourself.`,
      { data: { per: budget.per, kind: over.kind, spent: shown[0], of: shown[1] } },
    );
  }
  return new TuttiError(
    'budget/spent',
    'Other requests took what was left of the budgets at the same moment.',
  );
}

function found(
  kind: 'calls' | 'tokens' | 'cost',
  { spent, more, of }: { readonly spent: number; readonly more: number; readonly of: number | undefined },
): { readonly kind: string; readonly spent: number; readonly of: number } | undefined {
  return of !== undefined && more > 0 && spent + more > of ? { kind, spent, of } : undefined;
}
