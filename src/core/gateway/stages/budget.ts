import { TuttiError } from '../../kernel/errors.ts';
import { exhausted } from '../../policy/budget.ts';
import type { Usage } from '../../ports/usage.ts';
import { allowancesFor } from '../allowances.ts';
import type { Allowance, Spender } from '../allowances.ts';
import type { Call, Stage, Verdict } from '../call.ts';
import { accountsOf } from '../ledger.ts';

/** Whether calls, money and time are left: of the server, and in all. What is spent is taken when the call leaves. */
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
      ? accounts.then((late) => judge(call, allowances, late))
      : judge(call, allowances, accounts);
  },
};

type Sums = readonly { readonly spent: Usage }[];

function judge(call: Call, allowances: readonly Allowance[], sums: Sums): Verdict | Promise<Verdict> {
  return weigh(call, allowances, sums) === undefined ? roomy(call, allowances) : lookAgain(call, allowances);
}

/** What another process gave back is room again. */
async function lookAgain(call: Call, allowances: readonly Allowance[]): Promise<Verdict> {
  const sums = await Promise.all(allowances.map(({ key }) => call.gate.ledger.reread(key)));
  const error = weigh(call, allowances, sums);
  return error === undefined ? roomy(call, allowances) : { kind: 'stop', error, elsewhere: true };
}

function roomy(call: Call, allowances: readonly Allowance[]): Verdict {
  return call.pass(() => `${allowances.length} budgets have room.`);
}

/** Why one more call is too much; `sums` in the order of the allowances. */
export function weigh(call: Call, allowances: readonly Allowance[], sums: Sums): TuttiError | undefined {
  for (const [at, { budget: allowance, of }] of allowances.entries()) {
    const sum = sums[at];
    if (sum === undefined) continue;
    const found = exhausted(allowance, sum.spent, call.costMicros);
    if (found === undefined) continue;
    const message = `The budget of ${found.kind} per ${allowance.per} of ${of} is spent: ${found.spent} of ${found.of}.`;
    const data = { per: allowance.per, kind: found.kind, spent: found.spent, of: found.of };
    return new TuttiError('budget/spent', message, { data });
  }
  return undefined;
}

export function allowancesOf(call: Call): readonly Allowance[] {
  return allowancesFor(call.entry.server, call.policy.settings.budgets, spenderOf(call));
}

export function spenderOf({ caller, startedAt }: Call): Spender {
  return { owner: caller.owner, now: startedAt };
}
