import { TuttiError } from '../../kernel/errors.ts';
import type { Call, Stage, Verdict } from '../call.ts';
import { isTainted, markTainted } from '../taints.ts';
import { traitsOf } from '../traits.ts';

/** Who read a secret does not send unasked. */
export const taint: Stage = {
  name: 'taint',
  admit: (call) => {
    const { tainted } = call.policy.settings;
    if (tainted === 'allow')
      return call.skip(() => 'The configuration allows sending after secrets were read.');
    if (!traitsOf(call.entry).isEgress) return call.skip(() => 'It sends nothing out.');
    // Nothing of it is sent, so nobody need agree: the cache answers, or refuses.
    if (call.effect === 'degrade')
      return call.skip(() => 'A rule lets it be answered from what is kept alone.');
    const found = isTainted(call);
    return typeof found === 'boolean' ? judge(call, found) : found.then((late) => judge(call, late));
  },
  run: (call, next) => {
    if (call.bearsSecret) markTainted(call);
    return next().then(
      (outcome) => {
        const told = outcome.kind === 'result' || outcome.kind === 'stored' || outcome.kind === 'error';
        if (told && (call.sensitive || traitsOf(call.entry).isSensitive)) markTainted(call);
        return outcome;
      },
      (fault: unknown) => {
        // Refusals may tell of what came back: the beginning of what was too large.
        if (call.sensitive) markTainted(call);
        throw fault;
      },
    );
  },
};

function judge(call: Call, tainted: boolean): Verdict {
  if (!tainted) return call.pass(() => 'It sends something out, and nothing secret was read before.');
  const because = 'it sends something out after something secret was read';
  if (call.policy.settings.tainted === 'deny') {
    const message = `Denied: ${because}. Start a session that reads no secrets, or ask the operator.`;
    return { kind: 'stop', error: new TuttiError('policy/denied', message, { data: { reason: because } }) };
  }
  call.effect = 'ask';
  call.asks = call.asks === undefined ? because : `${call.asks}; ${because}`;
  return { kind: 'ask', because: `A person must agree: ${because}` };
}
