import { TuttiError } from '../../kernel/errors.ts';
import { accountOf } from '../../policy/budget.ts';
import type { UsageKey } from '../../ports/usage.ts';
import { isSameAccount, subjectOf, takingsOf } from '../allowances.ts';
import type { Allowance } from '../allowances.ts';
import type { Call, Stage } from '../call.ts';
import { accountsOf } from '../ledger.ts';
import { allowancesOf, weigh } from './budget.ts';

/** What the call costs is taken before it leaves, and what was not spent after all is given back. */
export const spending: Stage = {
  name: 'spending',
  admit: (call) => call.pass(() => 'What the call costs is taken from its budgets before it is sent.'),
  run: async (call, next) => {
    const allowances = allowancesOf(call);
    const taken = allowances.length === 0 ? [] : takingsOf(allowances, call.costMicros);
    takeFromPurse(call);
    if (taken.length > 0 && !(await call.gate.ledger.take(taken))) {
      call.channel.purse?.settle(-call.costMicros);
      throw await spent(call, allowances);
    }
    const { clock } = call.gate.parts;
    const startedAt = clock.now() - call.waitedMs;
    const before = call.attempts;
    try {
      return await next();
    } finally {
      const ms = Math.max(clock.now() - call.waitedMs - startedAt, 0);
      book(call, taken, { attempts: call.attempts - before, ms });
    }
  },
};

/** Other calls of the request may have taken what was left since it was looked at. */
function takeFromPurse(call: Call): void {
  const lack = call.channel.purse?.take(call.costMicros);
  if (lack === undefined) return;
  call.yields = new TuttiError('budget/spent', lack);
  throw call.yields;
}

/** The first attempt is paid for already; further ones, the time, and what belongs to no budget are written behind. */
function book(
  call: Call,
  taken: readonly UsageKey[],
  { attempts, ms }: { readonly attempts: number; readonly ms: number },
): void {
  const { ledger } = call.gate;
  const { costMicros } = call;
  const daily = accountOf('day', subjectOf(call.entry.server.name), call.spender);
  const further = attempts - 1;
  call.channel.purse?.settle(further * costMicros);
  for (const key of taken)
    ledger.book(key, { calls: further, costMicros: further * costMicros, ms: attempts === 0 ? 0 : ms });
  if (attempts > 0 && !taken.some((key) => isSameAccount(key, daily)))
    ledger.book(daily, { calls: attempts, costMicros: attempts * costMicros, ms });
}

/** Somebody else took what was left since it was looked at. */
async function spent(call: Call, allowances: readonly Allowance[]): Promise<TuttiError> {
  const accounts = await accountsOf(
    call.gate.ledger,
    allowances.map(({ key }) => key),
  );
  const error =
    weigh(call, allowances, accounts) ??
    new TuttiError('budget/spent', 'Other calls took what was left of the budgets at the same moment.');
  call.yields = error;
  return error;
}
