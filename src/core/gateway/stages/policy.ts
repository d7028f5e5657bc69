import { TuttiError } from '../../kernel/errors.ts';
import type { Call, Stage, Verdict } from '../call.ts';
import type { PolicyRule } from '../settings.ts';
import { isTainted } from '../taints.ts';

/** The operator's rules: the first that holds decides; else risky calls are asked about. */
export const policy: Stage = {
  name: 'policy',
  admit: (call) => {
    if (!call.policy.rules.askTaint) return judge(call, false);
    const tainted = isTainted(call);
    return typeof tainted === 'boolean' ? judge(call, tainted) : tainted.then((late) => judge(call, late));
  },
};

function judge(call: Call, tainted: boolean): Verdict {
  const { entry, caller } = call;
  const found = call.policy.rules.first({
    caller: caller.name ?? caller.owner,
    server: entry.server.name,
    tool: entry.tool.name,
    risk: call.risk,
    arguments: call.arguments,
    tainted,
  });
  if (found !== undefined) return decide(call, found);
  if (!call.policy.settings.approve.includes(call.risk))
    return call.pass(() => 'No rule holds, and its risk needs nobody.');
  return ask(call, `no rule holds, and ${call.risk} calls are approved by a person`);
}

function decide(call: Call, { rule, index }: { readonly rule: PolicyRule; readonly index: number }): Verdict {
  const which = `rule ${index + 1}: ${rule.reason}`;
  call.effect = rule.effect;
  switch (rule.effect) {
    case 'allow':
      return call.pass(() => `Allowed by ${which}`);
    case 'degrade':
      return call.pass(() => `Answered from what is kept or by others, by ${which}`);
    case 'ask':
      return ask(call, which);
    case 'deny': {
      const data = { rule: index + 1, reason: rule.reason };
      return { kind: 'stop', error: new TuttiError('policy/denied', `Denied by ${which}`, { data }) };
    }
  }
}

function ask(call: Call, because: string): Verdict {
  call.effect = 'ask';
  call.asks = because;
  return { kind: 'ask', because: `A person must agree: ${because}` };
}
