import { TuttiError } from '../../kernel/errors.ts';
import type { Call, Stage, Verdict } from '../call.ts';
import { isAdmitted, nextCandidate } from '../candidates.ts';
import { ranked } from '../ranking.ts';
import { isRepeatable, traitsOf } from '../traits.ts';
import { lostCall } from './parked.ts';

/** Which of several servers answers: the cheapest, then the fastest lately; one that is down or left alone comes last. */
export const equivalents: Stage = {
  name: 'equivalents',
  admit: (call) => {
    const { carried } = call;
    const asking = carried?.kind === 'downstream' ? carried.of : carried?.server;
    if (asking !== undefined) return goOn(call, asking);
    if (call.candidates.length > 1) {
      const { circuits, connections } = call.gate;
      call.candidates = ranked(call.candidates, { circuits, connections, caller: call.caller });
    }
    const first = call.candidates.find((each) => isAdmitted(call, each)) ?? call.candidates[0];
    if (first !== undefined && first !== call.chosen) call.choose(first);
    return call.pass(() => {
      const names = call.candidates.map(({ server }) => server.name);
      return `In this order: ${[...names, ...call.entry.server.fallback].join(', ')}.`;
    });
  },
  run: async (call, next) => {
    for (;;) {
      try {
        return await next();
      } catch (fault) {
        const other = mayTurn(call, fault) ? await nextCandidate(call) : undefined;
        if (other === undefined) throw honest(call, fault);
        call.choose(other);
      }
    }
  },
};

/** A question is answered at the server that asked it. */
async function goOn(call: Call, server: string): Promise<Verdict> {
  for (let each = call.chosen; each !== undefined; each = await nextCandidate(call)) {
    call.choose(each);
    if (each.server.name !== server) continue;
    call.candidates = [each];
    // Since it was asked about, somebody may have said that it is no such call.
    if (call.carried?.kind === 'parked' && !isRepeatable(each))
      return { kind: 'stop', error: lostCall(call) };
    return call.pass(() => `${server} asked before, and gets the answer.`);
  }
  const message = `${server}, which asked, is no longer there. Make the call again without requestState.`;
  return { kind: 'stop', error: new TuttiError('call/stale-state', message) };
}

/** What leaves open whether the call was done: no answer, or none that can be read. */
const UNCLEAR: ReadonlySet<string> = new Set([
  'downstream/unavailable',
  'downstream/timeout',
  'downstream/protocol',
]);

/** A call that may have changed something before its server left or fell silent is not to be repeated as if it had not. */
function honest(call: Call, fault: unknown): unknown {
  if (!(fault instanceof TuttiError) || !call.sent || traitsOf(call.entry).isVouchedRead) return fault;
  if (!UNCLEAR.has(fault.code)) return fault;
  const { code, message, cause, data } = fault;
  return new TuttiError(code, `${message} Whether it took effect is unknown: look before you try it again.`, {
    cause,
    data,
  });
}

/** Whether another server may be tried: never when something that may be a write may have happened already. */
function mayTurn(call: Call, fault: unknown): boolean {
  if (call.signal?.aborted === true || !(fault instanceof TuttiError)) return false;
  if (fault === call.yields) return true;
  switch (fault.code) {
    case 'downstream/circuit-open':
    case 'downstream/overloaded':
      return true;
    case 'downstream/unavailable':
    case 'downstream/login-needed':
    case 'downstream/timeout':
      return !call.sent || traitsOf(call.entry).isVouchedRead;
    default:
      return false;
  }
}
