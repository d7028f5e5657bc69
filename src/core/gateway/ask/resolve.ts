import { TuttiError } from '../../kernel/errors.ts';
import type { Plan } from '../plan/plan.ts';
import type { Resolution } from './ask.ts';
import type { AskContext } from './context.ts';
import { ofRequest, openCarried } from './context.ts';
import type { Draft, Drafted } from './draft.ts';
import { draftOfPlan, draftOfQuery, withUnreachable } from './draft.ts';
import { isSamePlan, unchangedIn } from './edited.ts';
import { estimate } from './estimate.ts';
import { executePlan } from './execution.ts';
import type { Begun, Waiting } from './means.ts';
import { answerOf, refuseCancelled, waitingFor } from './outcome.ts';
import type { AskRequest } from './request.ts';
import { quoted } from './request.ts';
import { settle, settleUnasked } from './settle.ts';
import { takeUp } from './taken-up.ts';
import type { TakingUp } from './taken-up.ts';

/** What comes of what was asked, leg by leg. */
export async function resolve(asked: AskRequest, context: AskContext): Promise<Resolution> {
  const carried = await openCarried(context);
  if (carried?.of === 'run' || carried?.of === 'lost')
    return await goOn(carried.state, context, answersTo(carried.of, context));
  const id = await storedId(asked, context);
  if (id !== undefined) return await goOn(id, context, decisionsOf(asked));
  const drafted = carried === undefined ? draftOf(asked, context) : unsealed(carried.state, context);
  if ('kind' in drafted) return await withUnreachable(drafted, context);
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

/** Of the plan that is gone on with as it is stored; nothing for a new one, and for one that was edited. */
async function storedId(asked: AskRequest, { desk, caller }: AskContext): Promise<string | undefined> {
  if (asked.kind === 'stored') return asked.id;
  if (asked.kind !== 'plan' || asked.plan.id === undefined) return undefined;
  const { id } = asked.plan;
  const { plan, status } = await desk.runs.load(caller, id);
  if (status === 'cancelled') refuseCancelled(id);
  return isSamePlan(plan, asked.plan) ? id : undefined;
}

function draftOf(asked: AskRequest, context: AskContext) {
  if (asked.kind === 'stored') throw new Error('A stored plan is no draft.');
  if (asked.kind === 'query') return draftOfQuery(asked.query, context);
  const drafted = draftOfPlan(asked.plan, context);
  const chosen = drafted.draft.plan.calls.flatMap(({ intent, tool }) => {
    const example = { query: intent, tool: tool ?? '' };
    return context.desk.wasOffered(context.caller, example) ? [example] : [];
  });
  return { ...drafted, draft: { ...drafted.draft, chosen } };
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

async function goOn(id: string, context: AskContext, about: GoingOn = {}): Promise<Resolution> {
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
async function carryOut({ plan, unanswered, chosen }: Draft, context: AskContext): Promise<Resolution> {
  if (plan.id !== undefined) return await goOn(await replaced(plan, plan.id, context), context);
  const dispatched = await executePlan(plan, context);
  if (dispatched.waiting.length > 0) {
    const { session, instance } = ofRequest(context);
    const origin = {
      unanswered,
      ...(session !== undefined && { session }),
      ...(instance !== undefined && { instance }),
    };
    const kept = await context.desk.runs.open(context.caller, plan, { ...dispatched, origin });
    // Nothing is lost in a first request.
    return (
      waitingFor(kept, dispatched.waiting, { context, unanswered }) ?? (await goOn(kept.id ?? '', context))
    );
  }
  const done = new Set(dispatched.ends.flatMap((end) => (end.kind === 'done' ? [end.call] : [])));
  const useful = new Set(plan.calls.flatMap(({ id, tool }) => (done.has(id) ? [tool] : [])));
  await context.desk.onConfirmed(
    context,
    chosen.filter(({ tool }) => useful.has(tool)),
  );
  return await answerOf({ plan, ends: dispatched.ends, unanswered }, context);
}

/** Puts an edited plan in the place of the one that waits. What came of calls that are as they were is not done again. Returns its id. */
async function replaced(
  { id: _old, ...plan }: Plan,
  old: string,
  { desk, caller }: AskContext,
): Promise<string> {
  const { runs } = desk;
  const held = await runs.claim(caller, old);
  try {
    const same = unchangedIn(plan, held.plan);
    const ends = held.ends.filter((end) => end.kind !== 'skipped' && same.has(end.call));
    const lost = held.lost.filter(({ call }) => same.has(call)).map((each) => asLost(each));
    const { id = '' } = await runs.open(caller, plan, { ends, waiting: lost, origin: held.origin });
    try {
      // Still held: whoever asks for the old one meanwhile is refused, and afterwards it is over.
      await held.cancel(`It was edited and goes on as ${id}.`);
    } catch (fault) {
      await runs.cancel(caller, id, 'The plan it was to replace was taken by somebody else.');
      throw fault;
    }
    return id;
  } finally {
    await held.release();
  }
}

function asLost(begun: Begun): Waiting {
  return { ...begun, kind: 'lost' };
}
