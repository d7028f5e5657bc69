import { TuttiError } from '../../kernel/errors.ts';
import { accountOf, exhausted } from '../../policy/budget.ts';
import type { UsageKey } from '../../ports/usage.ts';
import type { Call, Stage, Verdict } from '../call.ts';
import type { Account } from '../ledger.ts';
import { accountsOf, minus, plus } from '../ledger.ts';
import type { Budget } from '../settings.ts';

interface Allowance {
  readonly budget: Budget;
  readonly key: UsageKey;
  readonly of: string;
}

/** Whether calls, money and time are left: of the server, and in all. */
export const budget: Stage = {
  name: 'budget',
  admit: (call) => {
    const allowances = allowancesOf(call);
    if (allowances.length === 0) return call.skip(() => 'There is no budget.');
    const accounts = accountsOf(
      call.gate.ledger,
      allowances.map(({ key }) => key),
    );
    return accounts instanceof Promise
      ? accounts.then((late) => weigh(call, allowances, late))
      : weigh(call, allowances, accounts);
  },
  run: async (call, next) => {
    const { ledger, parts } = call.gate;
    const { entry, costMicros } = call;
    const held = { calls: 1, costMicros, ms: 0 };
    const allowances = allowancesOf(call);
    const accounts = await accountsOf(
      ledger,
      allowances.map(({ key }) => key),
    );
    // Others may have set something aside since; from here to the reservation nothing is awaited.
    const verdict = weigh(call, allowances, accounts);
    if (verdict.kind === 'stop') {
      call.yields = verdict.error;
      throw verdict.error;
    }
    for (const account of accounts) account.reserved = plus(account.reserved, held);
    const startedAt = parts.clock.now();
    const attemptsBefore = call.attempts;
    try {
      return await next();
    } finally {
      for (const account of accounts) account.reserved = minus(account.reserved, held);
      const calls = call.attempts - attemptsBefore;
      if (calls > 0) {
        const usage = { calls, costMicros: calls * costMicros, ms: parts.clock.now() - startedAt };
        const daily = accountOf('day', subjectOf(entry.server.name), spenderOf(call));
        ledger.book(daily, usage);
        for (const { key } of new Set(accounts)) if (!isSame(key, daily)) ledger.book(key, usage);
      }
    }
  },
};

function isSame(a: UsageKey, b: UsageKey): boolean {
  return a.owner === b.owner && a.subject === b.subject && a.windowAt === b.windowAt;
}

function weigh(call: Call, allowances: readonly Allowance[], accounts: readonly Account[]): Verdict {
  for (const [at, { budget: allowance, of }] of allowances.entries()) {
    const account = accounts[at];
    if (account === undefined) continue;
    const spent = exhausted(allowance, plus(account.spent, account.reserved), call.costMicros);
    if (spent === undefined) continue;
    const message = `The budget of ${spent.kind} per ${allowance.per} of ${of} is spent: ${spent.spent} of ${spent.of}.`;
    const data = { per: allowance.per, kind: spent.kind, spent: spent.spent, of: spent.of };
    return { kind: 'stop', error: new TuttiError('budget/spent', message, { data }), elsewhere: true };
  }
  return call.pass(() => `${allowances.length} budgets have room.`);
}

function allowancesOf(call: Call): readonly Allowance[] {
  const { server } = call.entry;
  const overall = call.policy.settings.budgets;
  if (server.budgets.length === 0 && overall.length === 0) return [];
  const spender = spenderOf(call);
  const own = server.budgets.map((each) => ({
    budget: each,
    key: accountOf(each.per, subjectOf(server.name), spender),
    of: server.name,
  }));
  const all = overall.map((each) => ({
    budget: each,
    key: accountOf(each.per, 'all', spender),
    of: 'all servers',
  }));
  return [...own, ...all];
}

function spenderOf({ caller, input, startedAt }: Call) {
  return { owner: caller.owner, session: input.session, instance: input.instance, now: startedAt };
}

export function subjectOf(server: string): string {
  return `server:${server}`;
}
