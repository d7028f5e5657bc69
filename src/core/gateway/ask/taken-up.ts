import type { Approval } from '../../kernel/approval.ts';
import { TuttiError } from '../../kernel/errors.ts';
import type { JsonObject } from '../../kernel/json.ts';
import type { Json } from '../../kernel/json.ts';
import { toolGrants } from '../grants.ts';
import { heldError } from '../held.ts';
import type { Plan } from '../plan/plan.ts';
import type { LearnedExample } from '../route/route.ts';
import type { CallEnd, LostDecision, PlanView, Resolution } from './ask.ts';
import type { AskContext } from './context.ts';
import { askForm } from './context.ts';
import type { HeldRun } from './held-run.ts';
import { answeredBy, executePlan } from './execution.ts';
import type { EarlierWork } from './execution.ts';
import type { Begun, Dispatched, Waiting } from './means.ts';
import { keyOf } from './means.ts';
import { misfitsIn } from './filling.ts';
import { checkDecisions, decisionsIn, lostForm, lostQuestion } from './lost.ts';
import { answerOf, heldCall, needsApproval, refuseCancelled, waitingFor } from './outcome.ts';
import { quoted } from './request.ts';
import { toCallName } from './run-record.ts';
import type { RunOrigin } from './run-record.ts';

type OnApproved = (examples: readonly LearnedExample[]) => Promise<void>;

/** Goes on with a plan that waits; gives the answer of one that is through again. */
export async function takeUp(id: string, context: AskContext, about: TakingUp): Promise<Resolution> {
  const { desk, caller } = context;
  const view = await desk.runs.load(caller, id);
  if (view.status === 'cancelled') refuseCancelled(view);
  if (view.status === 'done') return await answerOf(view, context);
  if (about.decisions && view.status === 'waiting') checkDecisions(about.decisions, view.lost);
  const now = { ...context, tools: context.look() };
  checkStillThere(view, now);
  const came = await carryOn(id, now, about);
  if (!('begun' in came)) return came;
  const { plan } = came;
  const lost = came.begun.map((each) => toCallName(each));
  const form = lostForm(plan, lost);
  const { unanswered } = view;
  const said = await askForm(context, 'lost', { form, carried: id, unanswered });
  if (said?.kind === 'input-required') return said;
  const decisions = said?.kind === 'accepted' ? decisionsIn(said.content, lost) : {};
  if (lost.every(({ key }) => Object.hasOwn(decisions, key)))
    return await takeUp(id, context, { ...about, responses: undefined, decisions });
  const question = lostQuestion(plan, lost);
  const left = unanswered.length > 0 && { unanswered };
  return { kind: 'clarification', question, options: [], plan, lost, ...left };
}

export interface TakingUp {
  /** To what its calls asked. */
  readonly responses?: JsonObject | undefined;
  /** About calls that were lost. */
  readonly decisions?: Readonly<Record<string, LostDecision>>;
  /** Tools that were chosen for its calls before it was sent. */
  readonly chosen?: readonly LearnedExample[];
  readonly onApproved: OnApproved;
}

/** Only what was lost stands in the way. */
interface OnlyLost {
  readonly plan: Plan;
  readonly begun: readonly Begun[];
}

async function carryOn(id: string, context: AskContext, about: TakingUp): Promise<Resolution | OnlyLost> {
  const { desk, caller, channel } = context;
  const claiming = desk.runs.claim(caller, id, {
    ...(channel.signal && { signal: channel.signal }),
    ...(about.decisions && { decisions: about.decisions }),
  });
  const held = await claiming.catch(asOver);
  // Since it was looked at, somebody else has ended it: what came of it is there now.
  if (held === undefined) return await takeUp(id, context, about);
  try {
    return await goOn(held, context, about);
  } finally {
    await held.release();
  }
}

async function goOn(
  held: HeldRun,
  context: AskContext,
  { responses, chosen = [], onApproved }: TakingUp,
): Promise<Resolution | OnlyLost> {
  const { plan, waiting, origin } = held;
  const approvals = await freshApprovals(waiting, context);
  const isOnlyApprovals = held.lost.length === 0 && waiting.length === approvals.length;
  const pending = approvals.flatMap(({ approval }) => (approval?.status === 'pending' ? [approval] : []));
  const still =
    isOnlyApprovals && pending.length === approvals.length
      ? needsApproval(pending, plan, origin.unanswered)
      : undefined;
  if (still) return still;
  const refused = approvals.flatMap((asked) => refusalOf(asked, plan));
  for (const end of refused) await held.end(end);
  const dispatched = await executePlan(
    plan,
    onBehalf(origin, context),
    earlierWorkOf(held, refused, responses ?? {}),
  );
  if (dispatched.waiting.length > 0) {
    await held.wait(dispatched);
    const begun = dispatched.waiting.filter(({ kind }) => kind === 'lost');
    const { unanswered } = origin;
    return waitingFor(plan, dispatched.waiting, { context, unanswered }) ?? { plan, begun };
  }
  await held.finish(dispatched);
  await onApproved([...confirmedBy(approvals, dispatched, plan), ...usefulOf(chosen, dispatched, plan)]);
  const { unanswered = [] } = origin;
  return await answerOf({ plan, ends: dispatched.ends, unanswered }, context);
}

/** What is gone on with counts for whom it was begun, unless the request names somebody itself. */
function onBehalf({ session, instance }: RunOrigin, context: AskContext): AskContext {
  const origin = { ...(session !== undefined && { session }), ...(instance !== undefined && { instance }) };
  return { ...context, input: { ...origin, ...context.input } };
}

function earlierWorkOf(held: HeldRun, refused: readonly CallEnd[], responses: JsonObject): EarlierWork {
  return {
    before: [...held.ends, ...refused],
    lost: held.lost,
    isKept: true,
    ...(held.origin.unanswered && { unanswered: held.origin.unanswered }),
    answered: answeredBy(held.waiting, responses, keyOf),
    signal: held.signal,
    onBegin: (begun) => held.begin(begun),
    onEnd: (end) => held.end(end),
    onWait: (waits) => held.pause(waits),
  };
}

interface AwaitedApproval {
  readonly each: Extract<Waiting, { kind: 'approval' }>;
  /** As it is now; `undefined` when it was removed. */
  readonly approval: Approval | undefined;
}

async function freshApprovals(
  waiting: readonly Waiting[],
  { desk, caller }: AskContext,
): Promise<readonly AwaitedApproval[]> {
  const asked = waiting.filter((each) => each.kind === 'approval');
  return await Promise.all(
    asked.map(async (each) => ({
      each,
      approval: await desk.path.approval(caller, each.approval.id).catch(asAbsent),
    })),
  );
}

function asOver(fault: unknown): undefined {
  if (!(fault instanceof TuttiError && fault.code === 'instance/finished')) throw fault;
}

function asAbsent(fault: unknown): undefined {
  if (!(fault instanceof TuttiError && fault.code === 'approval/not-found')) throw fault;
}

/** A call that nobody will agree to any more has failed. */
function refusalOf({ each, approval }: AwaitedApproval, plan: Plan): readonly CallEnd[] {
  const error = refusalText(approval);
  if (error === undefined) return [];
  const { call, item, name } = each;
  const server = plan.calls.find(({ id }) => id === call)?.server ?? each.approval.server;
  return [{ kind: 'failed', call, ...(item !== undefined && { item }), server, tool: name, error }];
}

function refusalText(approval: Approval | undefined): string | undefined {
  switch (approval?.status) {
    case 'pending':
    case 'approved':
    case 'used':
      return undefined;
    case 'denied':
      return 'A person refused this call, so it was not made. Do not repeat it; ask what to do instead.';
    default:
      return 'Nobody approved this call in time, so it was not made. Ask again to have it approved.';
  }
}

function confirmedBy(
  approvals: readonly AwaitedApproval[],
  { ends }: Dispatched,
  plan: Plan,
): readonly LearnedExample[] {
  const approved = new Set(
    approvals.filter(({ approval }) => approval?.status === 'approved').map(({ each }) => each.call),
  );
  const done = new Set(ends.flatMap((end) => (end.kind === 'done' ? [end.call] : [])));
  return plan.calls.flatMap(({ id, intent, tool }) =>
    approved.has(id) && done.has(id) && tool !== undefined ? [{ query: intent, tool }] : [],
  );
}

/** Of what was chosen, what then answered. */
export function usefulOf(
  chosen: readonly LearnedExample[],
  { ends }: Pick<Dispatched, 'ends'>,
  { calls }: Plan,
): readonly LearnedExample[] {
  const done = new Set(ends.flatMap((end) => (end.kind === 'done' ? [end.call] : [])));
  const useful = new Set(calls.flatMap(({ id, tool }) => (done.has(id) ? [tool] : [])));
  return chosen.filter(({ tool }) => useful.has(tool));
}

/**
 * What is still to be done must still be there as it was; a plan that is refused here waits on, to be edited.
 *
 * @throws TuttiError `tool/not-found`, `tool/changed`, `tool/held`, `plan/invalid`.
 */
function checkStillThere(view: Pick<PlanView, 'plan' | 'ends'>, context: AskContext): void {
  checkToolsThere(view, context);
  const { plan } = view;
  const misfits = misfitsIn({ ...plan, calls: openIn(view) }, context.tools.find);
  if (misfits.length === 0) return;
  const told = misfits.map(({ call, message }) => `${call}: ${message}`).join('; ');
  throw new TuttiError(
    'plan/invalid',
    `A tool has changed, and the arguments do not fit it any more: ${told.slice(0, 2_000)}. ${mendingOf(plan)}`,
    { data: { faults: misfits as unknown as Json } },
  );
}

/** The same of its tools alone, of a plan that may lack arguments. @throws TuttiError `tool/not-found`, `tool/changed`, `tool/held`. */
export function checkToolsThere(view: Pick<PlanView, 'plan' | 'ends'>, context: AskContext): void {
  const { tools, desk, caller } = context;
  const grants = toolGrants(caller);
  for (const { id, tool } of openIn(view)) {
    if (tool === undefined || tools.find(tool) !== undefined) continue;
    const entry = desk.gate.catalog.entries().find(({ name }) => name === tool);
    if (entry?.held !== undefined && grants.tool(entry.server.name, entry.tool.name))
      throw heldCall(view.plan, id, heldError(entry.server.name, entry.held));
    const what = `Call ${id}: there is no tool ${quoted(tool)} any more.`;
    throw new TuttiError('tool/not-found', `${what} ${mendingOf(view.plan)}`);
  }
}

function openIn({ plan, ends }: Pick<PlanView, 'plan' | 'ends'>): Plan['calls'] {
  const ended = new Set(ends.filter(({ item }) => item === undefined).map(({ call }) => call));
  return plan.calls.filter(({ id }) => !ended.has(id));
}

function mendingOf({ id = '' }: Plan): string {
  return `The plan ${id} is kept: send it back with the call mended.`;
}
