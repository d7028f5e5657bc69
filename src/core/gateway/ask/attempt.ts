import type { Risk } from '../../kernel/approval.ts';
import { TuttiError } from '../../kernel/errors.ts';
import type { JsonObject } from '../../kernel/json.ts';
import type { Progress } from '../../ports/downstream.ts';
import { unlessAborted } from '../in-flight.ts';
import type { PlannedCall } from '../plan/plan.ts';
import type { Allotment } from './allotment.ts';
import { cutTo, endOf, failure } from './answer.ts';
import type { CallEnd } from './ask.ts';
import type { Begun, CallPlace, DispatchLimits, DispatchMeans, Waiting } from './means.ts';
import { keyOf } from './means.ts';

export interface AttemptMeans {
  readonly means: DispatchMeans;
  readonly allotment: Allotment;
  /** Of this request: aborts at its deadline, too. */
  readonly signal: AbortSignal;
  /** Whether it was the deadline. */
  readonly isOver: () => boolean;
  readonly onProgress: (progress: Progress) => void;
}

export interface Attempt {
  readonly place: CallPlace;
  readonly call: PlannedCall;
  readonly args: JsonObject;
  /** Its own tool was counted before, together with others. */
  readonly isTaken: boolean;
}

type Tried = { readonly ended: CallEnd | Waiting } | { readonly fault: TuttiError };
type Refused = { readonly refused: string };

/** Makes one call; another tool is tried where the planned one cannot answer and did nothing. */
export async function attempt(made: Attempt, about: AttemptMeans): Promise<CallEnd | Waiting> {
  const { place, call } = made;
  const name = call.tool ?? '';
  const tried = await step(made, name, about);
  if ('ended' in tried) return tried.ended;
  if ('refused' in tried) return { kind: 'skipped', ...place, server: call.server, because: tried.refused };
  if (about.means.awaitsTools === true && isHeld(tried.fault))
    return { kind: 'held', ...place, name, code: tried.fault.code, because: tried.fault.message };
  if (mayTurn(tried.fault, about.means.riskOf(name))) return await elsewhere(made, tried.fault, about);
  return failure(place, call, tried.fault.message);
}

async function elsewhere(made: Attempt, first: TuttiError, about: AttemptMeans): Promise<CallEnd | Waiting> {
  const { place, call } = made;
  const { riskOf, alternatives } = about.means;
  const planned = call.tool ?? '';
  for (const name of alternatives(call)) {
    if (name === planned || !mayReplace(riskOf(planned), riskOf(name))) continue;
    const tried = await step(made, name, about);
    if ('ended' in tried) return tried.ended;
    if ('refused' in tried) return failure(place, call, `${first.message} ${tried.refused}`);
    if (!doesNotFit(tried.fault) && !mayTurn(tried.fault, riskOf(name)))
      return failure(place, call, `${first.message} Then, at ${name}: ${tried.fault.message}`);
  }
  return failure(place, call, first.message);
}

async function step(made: Attempt, name: string, about: AttemptMeans): Promise<Tried | Refused> {
  const { means, allotment, isOver } = about;
  const take = () =>
    made.isTaken && name === made.call.tool ? undefined : allotment.take(means.costOf(name));
  const refused = isOver() ? overText(means.limits) : take();
  return refused === undefined ? await tryOne(made, name, about) : { refused };
}

async function tryOne({ place, call, args }: Attempt, name: string, about: AttemptMeans): Promise<Tried> {
  const { means, allotment, signal, onProgress } = about;
  const begun: Begun = { ...place, name };
  const purse = allotment.purse(means.costOf(name));
  await markBegun(begun, about);
  try {
    signal.throwIfAborted();
    const options = { key: keyOf(place), signal, onProgress, purse };
    const outcome = await unlessAborted(means.call(name, args, options), signal);
    switch (outcome.kind) {
      case 'approval':
        return { ended: { kind: 'approval', ...begun, approval: outcome.approval } };
      case 'input-required':
        return { ended: { kind: 'input', ...begun, value: outcome.payload.value } };
      case 'error':
        return { ended: costed(endOf(place, outcome)) };
      default: {
        const { byteLength } = outcome.payload.bytes;
        return { ended: cutTo(costed(endOf(place, outcome)), allotment.keep(byteLength)) };
      }
    }
  } catch (fault) {
    if (signal.aborted && !about.isOver()) throw fault;
    if (signal.aborted) {
      const unknown = means.isRepeatable(name) ? '' : ' Whether it took effect is unknown: look first.';
      return {
        ended: failure(place, call, `${overText(means.limits)} It was under way, and called off.${unknown}`),
      };
    }
    if (fault instanceof TuttiError) return { fault };
    return { ended: failure(place, call, means.onFault(fault)) };
  }

  function costed(end: CallEnd): CallEnd {
    const costMicros = means.costOf(name) + purse.extra();
    return end.kind === 'skipped' || costMicros === means.costOf(call.tool ?? '')
      ? end
      : { ...end, costMicros };
  }
}

/** Before what may not be repeated; who left already has begun nothing. */
async function markBegun(begun: Begun, { means, signal }: AttemptMeans): Promise<void> {
  if (!signal.aborted && !means.isRepeatable(begun.name)) await means.onBegin?.(begun);
}

/** Nothing that can do more than what was planned and shown stands in for it. */
function mayReplace(planned: Risk, other: Risk): boolean {
  return other === planned || other === 'read';
}

/** Whether another tool may be tried: never when something may have been sent that is more than a read. */
function mayTurn({ code, data }: TuttiError, risk: Risk): boolean {
  switch (code) {
    case 'downstream/circuit-open':
    case 'downstream/overloaded':
    case 'downstream/login-needed':
    case 'budget/spent':
      return true;
    case 'downstream/unavailable':
    case 'downstream/timeout':
      return risk === 'read' || (data as { readonly sent?: unknown } | undefined)?.sent === false;
    default:
      return false;
  }
}

/** Nobody agreed to the tool as it is now, and certainly nothing was sent. */
function isHeld(fault: TuttiError): fault is TuttiError & { readonly code: 'tool/held' | 'tool/changed' } {
  const { code, data } = fault;
  if (code !== 'tool/held' && code !== 'tool/changed') return false;
  const about = data as { readonly held?: unknown; readonly sent?: unknown } | undefined;
  return about?.sent === false || about?.held !== undefined;
}

/** The arguments were made for the planned tool: another one need not take them, and may be gone itself. */
function doesNotFit({ code }: TuttiError): boolean {
  return /^(?:input|tool)\//.test(code);
}

export function overText({ ms }: DispatchLimits): string {
  return `The request may take ${ms} ms, and they are over.`;
}
