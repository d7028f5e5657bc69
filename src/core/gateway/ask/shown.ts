import type { Plan } from '../plan/plan.ts';
import type { AskContext } from './context.ts';
import { ofRequest } from './context.ts';
import type { Draft } from './draft.ts';
import { isSamePlan, unchangedIn } from './edited.ts';
import type { Begun, Waiting } from './means.ts';
import type { RunOrigin } from './run-record.ts';

/** What is about to be shown to whoever asked, who may send it back. */
type Shown = Pick<Draft, 'plan' | 'doubts' | 'unanswered'>;

/**
 * Gives a plan that may change something the id under which it is carried out once, however often and by whomever of its owner's clients
 * it is sent back. What only reads needs none.
 */
export async function identified(shown: Shown, context: AskContext): Promise<Plan> {
  return mayChange(shown, context) ? await underItsId(shown, context) : shown.plan;
}

/** Kept as shown, whatever it does. */
export async function underItsId(
  { plan, unanswered }: Pick<Shown, 'plan' | 'unanswered'>,
  context: AskContext,
): Promise<Plan> {
  const { desk, caller } = context;
  if (plan.id !== undefined) return { ...plan, id: await placed(plan, plan.id, context) };
  return await desk.runs.open(caller, plan, {
    ends: [],
    waiting: [],
    origin: originOf(unanswered, context),
    isShown: true,
  });
}

/** The id of the run of this plan: that of the one it was made from where it is as that was, else its own, in place of that. */
export async function placed(plan: Plan, old: string, context: AskContext): Promise<string> {
  const kept = await context.desk.runs.load(context.caller, old);
  return isSamePlan(kept.plan, plan) ? old : await replaced(plan, old, context);
}

export function originOf(unanswered: readonly string[], context: AskContext): RunOrigin {
  const { session, instance } = ofRequest(context);
  return {
    unanswered,
    ...(session !== undefined && { session }),
    ...(instance !== undefined && { instance }),
  };
}

/** Any of the tools that are offered for a call counts, while none of them is chosen. */
function mayChange({ plan, doubts }: Shown, { tools }: AskContext): boolean {
  const changes = (tool: string): boolean => tools.find(tool)?.risk !== 'read';
  return plan.calls.some(({ id, tool }) => {
    if (tool !== undefined) return changes(tool);
    return doubts.some(({ call, options }) => call.id === id && options.some((each) => changes(each.id)));
  });
}

/** Puts an edited plan in the place of the one that waits. What came of calls that are as they were is not done again. Returns its id. */
async function replaced({ id: _old, ...plan }: Plan, old: string, context: AskContext): Promise<string> {
  const { runs } = context.desk;
  const { caller } = context;
  const held = await runs.claim(caller, old);
  try {
    const same = unchangedIn(plan, held.plan);
    const ends = held.ends.filter((end) => end.kind !== 'skipped' && same.has(end.call));
    const lost = held.lost.filter(({ call }) => same.has(call)).map((each) => asLost(each));
    const isShown = ends.length === 0 && lost.length === 0;
    const { id = '' } = await runs.open(caller, plan, { ends, waiting: lost, origin: held.origin, isShown });
    try {
      // Still held: whoever asks for the old one meanwhile is refused, and afterwards it is over.
      await held.cancel(`It was edited and goes on as ${id}.`, id);
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
