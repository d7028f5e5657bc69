import { TuttiError } from '../kernel/errors.ts';
import type { Call, Stage, Verdict } from './call.ts';
import { nextCandidate } from './candidates.ts';
import type { HeldElsewhere } from './elsewhere.ts';
import type { CallOutcome, Explanation, StageVerdict } from './gateway.ts';
import { approval } from './stages/approval.ts';
import { argumentsFit } from './stages/arguments.ts';
import { budget } from './stages/budget.ts';
import { cache } from './stages/cache.ts';
import { circuit } from './stages/circuit.ts';
import { downstream } from './stages/downstream.ts';
import { equivalents } from './stages/equivalents.ts';
import { hops } from './stages/hops.ts';
import { idempotency } from './stages/idempotency.ts';
import { identity } from './stages/identity.ts';
import { journal } from './stages/journal.ts';
import { parked } from './stages/parked.ts';
import { policy } from './stages/policy.ts';
import { rate } from './stages/rate.ts';
import { references } from './stages/references.ts';
import { resolve } from './stages/resolve.ts';
import { result } from './stages/result.ts';
import { risk } from './stages/risk.ts';
import { sessionState } from './stages/session-state.ts';
import { sharing } from './stages/sharing.ts';
import { spending } from './stages/spending.ts';
import { state } from './stages/state.ts';
import { taint } from './stages/taint.ts';

/**
 * The path of a call. A stage admits; one that also runs is around everything that stands below it. From `equivalents` on, all of it
 * is gone through again for the next server when one cannot or may not answer.
 */
const PATH: readonly Stage[] = [
  journal,
  identity,
  rate,
  resolve,
  sessionState,
  references,
  state,
  idempotency,
  parked,
  equivalents,
  argumentsFit,
  risk,
  policy,
  taint,
  budget,
  hops,
  approval,
  cache,
  sharing,
  result,
  circuit,
  spending,
  downstream,
];
const AGAIN = PATH.indexOf(equivalents) + 1;

/** Takes a call down the path. */
export function travel(call: Call): Promise<CallOutcome> {
  return walk(call, 0);
}

/** Goes on without a promise for as long as no stage needs one. */
function walk(call: Call, from: number): Promise<CallOutcome> {
  for (let at = from; at < PATH.length; at++) {
    const stage = PATH[at] as Stage;
    let verdict;
    try {
      verdict = stage.admit(call);
      if (verdict instanceof Promise) return verdict.then((late) => enter(call, at, late));
      if (stage.run) return enter(call, at, verdict);
      obey(call, verdict);
    } catch (fault) {
      return Promise.reject(fault);
    }
  }
  return Promise.reject(new TuttiError('internal/error', 'The path of a call ended without an answer.'));
}

function enter(call: Call, at: number, verdict: Verdict): Promise<CallOutcome> {
  obey(call, verdict);
  const next = (): Promise<CallOutcome> => walk(call, at + 1);
  return PATH[at]?.run?.(call, next) ?? next();
}

function obey(call: Call, verdict: Verdict): void {
  if (verdict.kind !== 'stop') return;
  if (verdict.elsewhere === true) call.yields = verdict.error;
  throw verdict.error;
}

/** Takes a call down the same path without doing anything, and says what each stage said. */
export async function explainPath(call: Call, elsewhere?: HeldElsewhere): Promise<Explanation> {
  call.elsewhere = elsewhere;
  const stages: StageVerdict[] = [];
  let effect: Explanation['effect'] = 'allow';
  for (let at = 0; at < PATH.length; at++) {
    const stage = PATH[at] as Stage;
    const verdict = await judge(call, stage);
    if (verdict.kind !== 'stop') {
      stages.push({ stage: stage.name, verdict: verdict.kind, because: verdict.because });
      continue;
    }
    const { code, message } = verdict.error;
    stages.push({ stage: stage.name, verdict: 'stop', code, because: message });
    const other = verdict.elsewhere === true ? await nextCandidate(call) : undefined;
    if (other !== undefined) {
      call.choose(other);
      at = AGAIN - 1;
      continue;
    }
    effect = call.effect === 'degrade' ? 'degrade' : 'deny';
    break;
  }
  if (effect === 'allow') effect = call.asks === undefined ? call.effect : 'ask';
  const { chosen } = call;
  return {
    name: call.input.name,
    ...(chosen && { server: chosen.server.name, tool: chosen.tool.name }),
    effect,
    stages,
  };
}

/** A stage may throw what it would throw when the call is made. */
async function judge(call: Call, stage: Stage): Promise<Verdict> {
  try {
    return await stage.admit(call);
  } catch (fault) {
    if (fault instanceof TuttiError) return { kind: 'stop', error: fault };
    throw fault;
  }
}
