import { TuttiError } from '../../kernel/errors.ts';
import type { PlanView, Resolution } from './ask.ts';
import type { AskContext } from './context.ts';
import { openCarried } from './context.ts';
import type { Draft, Drafted } from './draft.ts';
import { draftOfPlan, draftOfQuery, withUnreachable } from './draft.ts';
import { isSamePlan } from './edited.ts';
import { estimate } from './estimate.ts';
import { NOTHING_EARLIER, executePlan } from './execution.ts';
import { withHeldTold } from './held-tools.ts';
import { withModel } from './model-router.ts';
import { answerOf, refuseCancelled, waitingFor } from './outcome.ts';
import { checkDecisions } from './lost.ts';
import { asksForOverview, overviewOf } from './overview.ts';
import type { AskRequest } from './request.ts';
import { quoted } from './request.ts';
import { settle, settleUnasked } from './settle.ts';
import { originOf, placed } from './shown.ts';
import { checkToolsThere, takeUp, usefulOf } from './taken-up.ts';
import type { TakingUp } from './taken-up.ts';

/** What comes of what was asked, leg by leg. */
export async function resolve(asked: AskRequest, context: AskContext): Promise<Resolution> {
  const carried = await openCarried(context);
  if (carried?.of === 'run' || carried?.of === 'lost')
    return await goOn(carried.state, context, answersTo(carried.of, context));
  if (carried !== undefined) return await settled(unsealed(carried.state, context), context);
  const request = await inStore(asked, context);
  if (request.kind === 'stored') return await goOn(request.id, context, decisionsOf(request));
  if (request.kind === 'query' && asksForOverview(request.query))
    return await overviewOf(request.query, context);
  const drafted = await draftOf(request, context);
  return 'kind' in drafted ? await withUnreachable(drafted, context) : await settled(drafted, context);
}

async function settled(drafted: Drafted, context: AskContext): Promise<Resolution> {
  if (context.input.dryRun === true) return shown(drafted, context);
  const step = await settle(drafted.draft, context);
  return 'resolution' in step ? step.resolution : await carryOut(step.draft, context);
}

/** To what the calls of a plan asked; what is said about lost ones is taken where it was asked. */
function answersTo(topic: 'run' | 'lost', { input: { inputResponses } }: AskContext): GoingOn {
  return topic === 'run' && inputResponses !== undefined ? { responses: inputResponses } : {};
}

function decisionsOf(asked: AskRequest): GoingOn {
  return asked.kind === 'stored' && asked.lost !== undefined ? { decisions: asked.lost } : {};
}

/** A plan that was begun goes on as it is stored; one that was only shown, and one that was edited, is looked at as any plan that is sent. */
async function inStore(asked: AskRequest, context: AskContext): Promise<AskRequest> {
  if (asked.kind === 'query') return asked;
  const id = asked.kind === 'stored' ? asked.id : asked.plan.id;
  if (id === undefined) return asked;
  const view = await currentOf(id, asked, context);
  const isAsStored = asked.kind === 'stored' || isSamePlan(view.plan, asked.plan);
  if (view.status === 'shown' && isAsStored) {
    if (asked.kind === 'stored') checkDecisions(asked.lost ?? {}, view.lost);
    checkToolsThere(view, { ...context, tools: context.look() });
    return { kind: 'plan', plan: view.plan };
  }
  if (asked.kind === 'stored') return asked;
  return isAsStored ? { kind: 'stored', id: view.plan.id ?? id } : asked;
}

/** Whoever sends an edited plan a second time means the one that took the place of the first. */
async function currentOf(id: string, asked: AskRequest, { desk, caller }: AskContext): Promise<PlanView> {
  let view = await desk.runs.load(caller, id);
  while (view.status === 'cancelled') {
    if (asked.kind !== 'plan' || view.replacedBy === undefined || isSamePlan(view.plan, asked.plan))
      refuseCancelled(view);
    const next = await desk.runs.load(caller, view.replacedBy);
    if (next.replacedBy === undefined && !isSamePlan(next.plan, asked.plan)) refuseCancelled(view);
    view = next;
  }
  return view;
}

async function draftOf(asked: AskRequest, context: AskContext) {
  if (asked.kind === 'stored') throw new Error('A stored plan is no draft.');
  if (asked.kind === 'query') {
    const drafted = await withModel(asked.query, draftOfQuery(asked.query, context), context);
    return withAltered(withHeldTold(asked.query, drafted, context), asked.altered);
  }
  const drafted = draftOfPlan(asked.plan, context);
  const chosen = drafted.draft.plan.calls.flatMap(({ intent, tool }) => {
    const example = { query: intent, tool: tool ?? '' };
    return context.desk.wasOffered(context.caller, example) ? [example] : [];
  });
  return { ...drafted, draft: { ...drafted.draft, chosen } };
}

/** Whoever quoted a text learns that it is not read to the letter. */
function withAltered<T extends Drafted | { readonly kind: string }>(
  drafted: T,
  altered: readonly string[],
): T {
  if (altered.length === 0 || !('draft' in drafted)) return drafted;
  const told = altered.map((each) => `Control characters were left out of ${quoted(each)}.`);
  const { draft } = drafted;
  return { ...drafted, draft: { ...draft, unanswered: [...told, ...draft.unanswered] } };
}

/** What we sealed ourselves is as we made it; the catalogue may have changed since. */
function unsealed(state: string, { tools }: AskContext): Drafted {
  const draft = JSON.parse(state) as Draft;
  const gone = draft.plan.calls.find(({ tool }) => tool !== undefined && tools.find(tool) === undefined);
  if (gone === undefined) return { draft, routes: [] };
  throw new TuttiError(
    'tool/not-found',
    `There is no tool ${quoted(gone.tool ?? '')} any more. Ask again, without requestState.`,
  );
}

function shown({ draft, routes }: Drafted, context: AskContext): Resolution {
  const { plan, unanswered } = settleUnasked(draft, context);
  const { tools, desk } = context;
  return {
    kind: 'plan',
    plan,
    estimate: estimate(plan, { find: tools.find, circuits: desk.gate.circuits }),
    routes,
    ...(unanswered.length > 0 && { unanswered }),
  };
}

type GoingOn = Omit<TakingUp, 'onApproved'>;

async function goOn(id: string, context: AskContext, about: GoingOn): Promise<Resolution> {
  if (context.input.dryRun === true) {
    const { plan, unanswered } = await context.desk.runs.load(context.caller, id);
    const draft = { plan, doubts: [], unanswered, chosen: [] };
    return shown({ draft, routes: [] }, context);
  }
  return await takeUp(id, context, {
    ...about,
    onApproved: (examples) => context.desk.onConfirmed(context, examples),
  });
}

/** Makes the calls; where some must wait, the plan is kept with what came so far. */
async function carryOut(
  { plan, unanswered, chosen, notes }: Draft,
  context: AskContext,
): Promise<Resolution> {
  if (plan.id !== undefined) return await goOn(await placed(plan, plan.id, context), context, { chosen });
  const dispatched = await executePlan(plan, context, { ...NOTHING_EARLIER, unanswered });
  const { waiting } = dispatched;
  if (waiting.length > 0) {
    const origin = originOf(unanswered, context);
    const kept = await context.desk.runs.open(context.caller, plan, { ...dispatched, origin });
    // Nothing is lost in a first request.
    return waitingFor(kept, waiting, { context, unanswered }) ?? (await goOn(kept.id ?? '', context, {}));
  }
  await context.desk.onConfirmed(context, usefulOf(chosen, dispatched, plan));
  return await answerOf({ plan, ends: dispatched.ends, unanswered, ...(notes && { notes }) }, context);
}
