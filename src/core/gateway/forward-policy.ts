import type { Caller } from '../kernel/caller.ts';
import { TuttiError } from '../kernel/errors.ts';
import type { JsonObject } from '../kernel/json.ts';
import { accountOf } from '../policy/budget.ts';
import type { Taking, UsageKey } from '../ports/usage.ts';
import type { Gate, Policy } from './call.ts';
import type { ForwardMethod } from './gateway.ts';
import type { Budget, ServerSettings } from './settings.ts';
import { isTainted } from './taints.ts';

/** Something that is no tool and is asked of a server all the same. */
interface Errand {
  readonly gate: Gate;
  readonly policy: Policy;
  readonly caller: Caller;
  readonly method: ForwardMethod;
  readonly startedAt: number;
}

interface Target {
  readonly server: ServerSettings;
  /** As the server knows it. */
  readonly params: JsonObject;
}

/**
 * Applies the operator's rules: the method stands for the name of a tool, its parameters for the arguments, and its risk is that of a read.
 *
 * @throws TuttiError `policy/denied` also where a person would have to agree: nobody can be asked here.
 */
export async function applyRules(errand: Errand, { server, params }: Target): Promise<void> {
  const { policy, caller, method } = errand;
  const tainted = policy.rules.askTaint && (await isTainted({ ...errand, input: {} }));
  const found = policy.rules.first({
    caller: caller.name ?? caller.owner,
    server: server.name,
    tool: method,
    risk: 'read',
    arguments: params,
    tainted,
  });
  if (found === undefined) {
    if (policy.settings.approve.includes('read'))
      throw unapprovable(errand, server, { reason: 'no rule holds, and reads are approved by a person' });
    return;
  }
  const { rule, index } = found;
  const data = { rule: index + 1, reason: rule.reason };
  const which = `rule ${data.rule}: ${rule.reason}`;
  switch (rule.effect) {
    case 'allow':
      return;
    case 'ask':
      throw unapprovable(errand, server, { ...data, reason: which });
    case 'degrade':
      throw new TuttiError(
        'policy/denied',
        `Denied by ${which}. Nothing is kept that could answer ${method} instead.`,
        { data },
      );
    case 'deny':
      throw new TuttiError('policy/denied', `Denied by ${which}`, { data });
  }
}

function unapprovable(
  { method }: Errand,
  { name }: ServerSettings,
  data: { readonly rule?: number; readonly reason: string },
): TuttiError {
  return new TuttiError(
    'policy/denied',
    `${method} at ${name} needs the approval of a person, which cannot be given here: ${data.reason}. The operator can allow it by a rule such as: server == "${name}" and tool == "${method}".`,
    { data },
  );
}

/**
 * Takes one request from the budgets of a server, and from those of all. Returns how to book the time that it took.
 *
 * @throws TuttiError `budget/spent`.
 */
export async function takeFromBudgets(errand: Errand, server: ServerSettings): Promise<(ms: number) => void> {
  const { ledger } = errand.gate;
  const takings = takingsOf(errand, server);
  if (takings.length > 0 && !(await ledger.take(takings)))
    throw new TuttiError(
      'budget/spent',
      `A budget that ${errand.method} at ${server.name} counts on is spent. list_servers shows the budgets.`,
    );
  return (ms) => {
    for (const { owner, subject, windowAt } of takings)
      ledger.book({ owner, subject, windowAt }, { calls: 0, costMicros: 0, ms });
  };
}

/** One for each account, under the narrowest of the limits on it. */
function takingsOf({ policy, caller, startedAt }: Errand, server: ServerSettings): readonly Taking[] {
  const spender = { owner: caller.owner, now: startedAt };
  const budgets = [
    ...server.budgets.map((budget) => ({ budget, subject: `server:${server.name}` })),
    ...policy.settings.budgets.map((budget) => ({ budget, subject: 'all' })),
  ];
  const accounts = new Map<string, { readonly key: UsageKey; readonly on: readonly Budget[] }>();
  for (const { budget, subject } of budgets) {
    const key = accountOf(budget.per, subject, spender);
    const name = JSON.stringify([key.subject, key.windowAt]);
    accounts.set(name, { key, on: [...(accounts.get(name)?.on ?? []), budget] });
  }
  return [...accounts.values()].map(({ key, on }) => ({
    owner: key.owner,
    subject: key.subject,
    windowAt: key.windowAt,
    calls: 1,
    costMicros: server.costMicros,
    ms: 0,
    limits: {
      ...narrowest('calls', on),
      ...narrowest('costMicros', on),
      ...narrowest('ms', on),
    },
  }));
}

function narrowest(kind: 'calls' | 'costMicros' | 'ms', budgets: readonly Budget[]) {
  const limits = budgets.flatMap((budget) => budget[kind] ?? []);
  return limits.length === 0 ? {} : { [kind]: Math.min(...limits) };
}
