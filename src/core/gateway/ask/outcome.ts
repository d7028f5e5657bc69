import type { Approval } from '../../kernel/approval.ts';
import { TuttiError } from '../../kernel/errors.ts';
import type { Json } from '../../kernel/json.ts';
import type { Plan } from '../plan/plan.ts';
import type { CallEnd, PartialFailure, PlanView, Resolution } from './ask.ts';
import type { AskContext } from './context.ts';
import { inputRequired } from './context.ts';
import { questionKey, questionsOf } from './execution.ts';
import type { Waiting } from './means.ts';
import { keyOf } from './means.ts';
import { synthesizerFor } from './model-synthesizer.ts';
import { quoted } from './request.ts';
import { synthesize } from './synthesize.ts';

/** Who has no tool. */
const OURSELVES = 'tutti';

/** One answer of what came, with what did not come said beside it. */
export async function answerOf(
  about: {
    readonly plan: Plan;
    readonly ends: readonly CallEnd[];
    readonly unanswered?: readonly string[];
    /** Told beside the answer. */
    readonly notes?: readonly string[];
  },
  context: AskContext,
): Promise<Extract<Resolution, { kind: 'answer' }>> {
  const { plan, ends, unanswered = [], notes = [] } = about;
  const { desk, channel, deadline } = context;
  const query = plan.query ?? plan.calls.map(({ intent }) => intent).join('; ');
  const answer = await synthesize({ query, plan, ends }, desk.synthesizer ?? synthesizerFor(ends, context), {
    ...(channel.signal && { request: channel.signal }),
    deadline,
  });
  const missing = unanswered.map((error) => ({ server: OURSELVES, error }));
  return {
    kind: 'answer',
    answer: [answer, ...missing.map(({ error }) => error), ...notes.map((note) => `(${note})`)].join('\n\n'),
    sources: ends.flatMap((end) => (end.kind === 'done' ? [end.source] : [])),
    partial: [...ends.flatMap((end) => failureIn(end)), ...missing],
    plan,
  };
}

function failureIn(end: CallEnd): readonly PartialFailure[] {
  if (end.kind === 'done') return [];
  const { server } = end;
  if (end.kind === 'skipped') return end.isEmpty === true ? [] : [{ server, error: end.because }];
  return [{ server, ...(end.tool !== undefined && { tool: end.tool }), error: end.error }];
}

/**
 * What a stored plan cannot go on without: questions first, which only their caller can answer. Nothing where calls were lost.
 *
 * @throws TuttiError `tool/held`, `tool/changed` where it waits for nothing but that a tool is approved.
 */
export function waitingFor(
  plan: Plan,
  waiting: readonly Waiting[],
  {
    context,
    unanswered = [],
  }: { readonly context: AskContext; readonly unanswered?: readonly string[] | undefined },
): Resolution | undefined {
  const inputs = waiting.filter((each) => each.kind === 'input');
  if (inputs.length > 0) {
    const inputRequests = Object.fromEntries(
      inputs.flatMap((each) =>
        Object.entries(questionsOf(each.value)).map(([asked, request]): [string, Json] => [
          questionKey(keyOf(each), asked),
          request,
        ]),
      ),
    );
    return inputRequired(context, { of: 'run', state: plan.id ?? '', inputRequests });
  }
  const approvals = waiting.flatMap((each) => (each.kind === 'approval' ? [each.approval] : []));
  const held = waiting.find((each) => each.kind === 'held');
  if (approvals.length === 0 && held !== undefined && waiting.every(({ kind }) => kind !== 'lost')) {
    const { call, code, because: message } = held;
    throw heldCall(plan, call, { code, message });
  }
  return needsApproval(approvals, plan, unanswered);
}

/** Why a plan does not go on: it waits until somebody approved of a tool, or edits it. */
export function heldCall(
  { id = '' }: Plan,
  call: string,
  { code, message, data }: Pick<TuttiError, 'code' | 'message'> & { readonly data?: unknown },
): TuttiError {
  const how = `The plan waits, with what came of its other calls: once the tool is approved, send as plan ${JSON.stringify({ id })}; or send it with the call mended.`;
  return new TuttiError(code, `Call ${call}: ${message} ${how}`, {
    ...(data !== undefined && { data }),
  });
}

/** Nothing where there is nothing to approve. */
export function needsApproval(
  approvals: readonly Approval[],
  plan: Plan,
  unanswered: readonly string[] = [],
): Resolution | undefined {
  const [approval] = approvals;
  const left = unanswered.length > 0 && { unanswered };
  return approval && { kind: 'approval', approval, approvals, plan, ...left };
}

/** @throws TuttiError always: what has ended is not taken up. */
export function refuseCancelled({ plan: { id = '' }, replacedBy }: PlanView): never {
  throw new TuttiError(
    'instance/finished',
    replacedBy === undefined
      ? `The plan ${quoted(id)} was cancelled. Send its calls without the id to begin anew.`
      : `The plan ${quoted(id)} was edited, and goes on as ${quoted(replacedBy)}: send as plan ${JSON.stringify({ id: replacedBy })}.`,
  );
}
