import { TuttiError } from '../../kernel/errors.ts';
import { exhausted, spenderName } from '../../policy/budget.ts';
import type { Usage } from '../../ports/usage.ts';
import { allowancesFor } from '../allowances.ts';
import type { Allowance } from '../allowances.ts';
import type { Call, Stage, Verdict } from '../call.ts';
import { accountsOf } from '../ledger.ts';
import { countsRuns, withRun } from '../own-run.ts';

const MICROS = 1_000_000;

/** Whether calls, money and time are left: of the server, and in all. What is spent is taken when the call leaves. */
export const budget: Stage = {
  name: 'budget',
  admit: (call) => {
    const lack = call.channel.purse?.lack(call.costMicros);
    if (lack !== undefined)
      return { kind: 'stop', error: new TuttiError('budget/spent', lack), elsewhere: true };
    const { instance } = call.input;
    const isRunKnown = instance === undefined || call.spender.instance !== undefined;
    if (isRunKnown || !countsRuns(call.entry.server, call.policy.settings.budgets)) return look(call);
    return withRun(call.gate.parts.store, call.spender, instance).then((spender) => {
      call.spender = spender;
      return look(call);
    });
  },
};

function look(call: Call): Verdict | Promise<Verdict> {
  const allowances = allowancesOf(call);
  if (allowances.length === 0) return call.skip(() => 'There is no budget.');
  const accounts = accountsOf(
    call.gate.ledger,
    allowances.map(({ key }) => key),
  );
  return accounts instanceof Promise
    ? accounts.then((late) => judge(call, allowances, late))
    : judge(call, allowances, accounts);
}

type Sums = readonly { readonly spent: Usage }[];

function judge(call: Call, allowances: readonly Allowance[], sums: Sums): Verdict | Promise<Verdict> {
  return weigh(call, allowances, sums) === undefined
    ? roomy(call, allowances, sums)
    : lookAgain(call, allowances);
}

/** What another process gave back is room again. */
async function lookAgain(call: Call, allowances: readonly Allowance[]): Promise<Verdict> {
  const sums = await Promise.all(allowances.map(({ key }) => call.gate.ledger.reread(key)));
  const error = weigh(call, allowances, sums);
  return error === undefined ? roomy(call, allowances, sums) : { kind: 'stop', error, elsewhere: true };
}

function roomy(call: Call, allowances: readonly Allowance[], sums: Sums): Verdict {
  return call.pass(() => {
    const each = allowances.map((allowance, at) => roomIn(call, allowance, sums[at]?.spent));
    const what = each.length === 1 ? '1 budget has' : `${each.length} budgets have`;
    return `${what} room: ${each.join('; ')}.`;
  });
}

function roomIn({ spender }: Call, { budget: { per, ...limits }, of }: Allowance, spent?: Usage): string {
  const all = [
    { kind: 'calls', sum: spent?.calls, limit: limits.calls },
    { kind: 'cost', sum: spent?.costMicros, limit: limits.costMicros },
    { kind: 'ms', sum: spent?.ms, limit: limits.ms },
  ] as const;
  const sums = all.flatMap(({ kind, sum = 0, limit }) =>
    limit === undefined ? [] : [`${toShown(kind, sum)} of ${toShown(kind, limit)} ${kind}`],
  );
  const by = spenderName(per, spender);
  return `${sums.join(', ')} per ${per} of ${of}${by === undefined ? '' : `, spent by ${by}`}`;
}

/** Why one more call is too much; `sums` in the order of the allowances. */
export function weigh(call: Call, allowances: readonly Allowance[], sums: Sums): TuttiError | undefined {
  for (const [at, { budget: allowance, of, key }] of allowances.entries()) {
    const sum = sums[at];
    if (sum === undefined) continue;
    const found = exhausted(allowance, sum.spent, call.costMicros);
    if (found === undefined) continue;
    const { kind } = found;
    const { per } = allowance;
    const shown = { spent: toShown(kind, found.spent), of: toShown(kind, found.of) };
    const by = spenderName(per, call.spender);
    const message = `The budget of ${kind} per ${per} of ${of} is spent: ${shown.spent} of ${shown.of}${by === undefined ? '' : `, by ${by}`}.${renewal(key)}`;
    return new TuttiError('budget/spent', message, { data: { per, kind, ...shown, ...idOf(call, per) } });
  }
  return undefined;
}

/** Accounts of a day begin anew, all others never do. */
function renewal({ windowAt }: Allowance['key']): string {
  return windowAt === 0 ? '' : ' It begins anew at midnight UTC.';
}

/** The session or the run whose account it is. */
function idOf({ spender }: Call, per: Allowance['budget']['per']): { readonly [name: string]: string } {
  const id = per === 'session' || per === 'instance' ? spender[per] : undefined;
  return id === undefined ? {} : { [per]: id };
}

/** In the unit that it was configured in. */
function toShown(kind: 'calls' | 'cost' | 'ms', sum: number): number {
  return kind === 'cost' ? sum / MICROS : sum;
}

export function allowancesOf(call: Call): readonly Allowance[] {
  return allowancesFor(call.entry.server, call.policy.settings.budgets, call.spender);
}
