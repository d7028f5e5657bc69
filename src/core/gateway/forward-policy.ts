import type { Caller } from '../kernel/caller.ts';
import { TuttiError } from '../kernel/errors.ts';
import type { JsonObject } from '../kernel/json.ts';
import { allowancesFor, takingsOf } from './allowances.ts';
import type { Gate, Policy } from './call.ts';
import type { ForwardMethod } from './gateway.ts';
import type { ServerSettings } from './settings.ts';
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
  const { gate, policy, caller, startedAt } = errand;
  const { ledger } = gate;
  const spender = { owner: caller.owner, now: startedAt };
  const takings = takingsOf(allowancesFor(server, policy.settings.budgets, spender), server.costMicros);
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
