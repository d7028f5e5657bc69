import { TuttiError } from '../../kernel/errors.ts';
import type { Json, JsonObject } from '../../kernel/json.ts';
import { withOrder } from '../plan/order.ts';
import type { Plan, PlannedCall } from '../plan/plan.ts';
import { toldOfModel } from './beyond-words.ts';
import type { ClarificationOption, MissingArguments, Resolution } from './ask.ts';
import type { Naming } from './clarify.ts';
import { NONE, formFor, leaveFor, leaveForm, questionFor } from './clarify.ts';
import type { AskContext } from './context.ts';
import { askForm, rankingOf, readingTimeOf } from './context.ts';
import type { Draft } from './draft.ts';
import { outOfScope } from './draft.ts';
import { filled, missingIn, misfitsIn } from './filling.ts';
import { unansweredBy } from './left-out.ts';
import { asMeant } from './meant.ts';
import { missingForm, withEntered } from './missing.ts';
import { noToolFor } from './request.ts';
import { spread } from './several.ts';
import { identified } from './shown.ts';
import { bindAdvice, bindExample, tied, untiedIn } from './tying.ts';
import { isDown } from '../ranking.ts';
import { withoutHeaders } from '../schema-limits.ts';

/** A draft that is a step further, or what comes of it instead. */
export type Step = { readonly draft: Draft } | { readonly resolution: Resolution };

type Settling = (draft: Draft, context: AskContext) => Step | Promise<Step>;

const STEPS: readonly Settling[] = [whichTools, inWhichOrder, withWhichArguments, asMeant];

/** Brings a draft to where all its calls can be made, or says what is missing. */
export async function settle(draft: Draft, context: AskContext): Promise<Step> {
  let current = draft;
  for (const settling of STEPS) {
    const step = await settling(current, context);
    if ('resolution' in step) return { resolution: withUnanswered(step.resolution, current, context) };
    current = step.draft;
  }
  return { draft: withLeftOut(current, context) };
}

/** Who gets the plan back for now learns what it leaves out: the plan itself does not say it. */
function withUnanswered(resolution: Resolution, draft: Draft, context: AskContext): Resolution {
  if (resolution.kind !== 'clarification' && resolution.kind !== 'needs_arguments') return resolution;
  const { plan = draft.plan } = resolution;
  const advice = resolution.kind === 'needs_arguments' ? bindAdvice(plan, context.tools.find) : [];
  const unanswered = [
    ...unansweredBy({ ...draft, plan }, context),
    ...toldOfModel(draft, context),
    ...advice,
    ...(draft.notes ?? []),
  ];
  return unanswered.length > 0 ? { ...resolution, unanswered } : resolution;
}

function withLeftOut(draft: Draft, context: AskContext): Draft {
  const advice = bindAdvice(draft.plan, context.tools.find);
  return { ...draft, unanswered: [...unansweredBy(draft, context), ...advice] };
}

/**
 * Nobody is asked anything where a plan is only shown: what is stated is filled in, and the rest stays open.
 *
 * @throws TuttiError `plan/invalid` where arguments do not fit.
 */
export function settleUnasked(draft: Draft, context: AskContext): Draft {
  const { find } = context.tools;
  const ready = withLeftOut({ ...draft, plan: readied(draft.plan, context) }, context);
  return missingIn(ready.plan, find).length > 0 ? ready : fitting(ready, find);
}

async function whichTools(draft: Draft, context: AskContext): Promise<Step> {
  const [first] = draft.doubts;
  if (first === undefined) return { draft };
  const naming = namingOf(context);
  const said = await askForm(context, 'tools', {
    form: formFor(draft.doubts, naming),
    carried: JSON.stringify(draft),
    unanswered: unansweredBy(draft, context),
  });
  if (said?.kind === 'input-required') return { resolution: said };
  if (said?.kind === 'accepted') return choose(draft, said.content, context);
  const { call, options } = first;
  const plan = await identified(draft, context);
  context.desk.onDoubt(context.caller, { query: call.intent, tools: options.map(({ id }) => id) });
  return { resolution: { kind: 'clarification', question: questionFor(first, naming), options, plan } };
}

/** Only what was offered can be chosen. */
function choose(draft: Draft, content: JsonObject, context: AskContext): Step {
  const choices = new Map(
    draft.doubts.flatMap(({ call, options }) => {
      const option = options.find(({ id }) => id === content[call.id]);
      return option === undefined ? [] : [[call.id, option] as const];
    }),
  );
  const rejected = draft.doubts.filter(({ call }) => !choices.has(call.id)).map(({ call }) => call);
  const strange = rejected.find(({ id }) => content[id] !== NONE);
  if (strange !== undefined)
    throw new TuttiError(
      'input/invalid-format',
      `For ${strange.id}, one of the tools that were offered must be chosen, or ${JSON.stringify(NONE)}. Ask again.`,
    );
  const gone = new Set(rejected.map(({ id }) => id));
  const calls = draft.plan.calls.filter(({ id }) => !gone.has(id)).map((call) => chosen(call, choices));
  const isNeeded = calls.some(({ dependsOn }) => dependsOn.some((id) => gone.has(id)));
  if (calls.length === 0 || isNeeded) return { resolution: outOfScope([], context.tools) };
  return {
    draft: {
      ...draft,
      plan: withOrder({ ...draft.plan, calls }),
      doubts: [],
      unanswered: [...draft.unanswered, ...rejected.map(({ intent }) => noToolFor(intent))],
      chosen: calls.flatMap(({ id, intent, tool }) =>
        choices.has(id) && tool !== undefined ? [{ query: intent, tool }] : [],
      ),
    },
  };
}

function chosen(call: PlannedCall, choices: ReadonlyMap<string, ClarificationOption>): PlannedCall {
  const option = choices.get(call.id);
  return option === undefined ? call : { ...call, tool: option.id, server: option.server };
}

/** An order that was guessed, and a condition that nobody judged, are good enough to read by, and for nothing else. */
async function inWhichOrder(draft: Draft, context: AskContext): Promise<Step> {
  const { tools } = context;
  const plan = readied(draft.plan, context);
  const guessed = plan.calls.filter(
    ({ uncertainOrder, tool }) =>
      uncertainOrder === true && (tool === undefined ? undefined : tools.find(tool))?.risk !== 'read',
  );
  if (guessed.length === 0) return { draft };
  const question = leaveFor(guessed, plan);
  const form = leaveForm(question);
  const said = await askForm(context, 'order', {
    form,
    carried: JSON.stringify(draft),
    unanswered: unansweredBy({ ...draft, plan }, context),
  });
  if (said?.kind === 'input-required') return { resolution: said };
  if (said?.kind === 'accepted' && said.content['right'] === true)
    return { draft: { ...draft, plan: withCertainOrder(draft.plan) } };
  const advice =
    'If it is, send the plan back without uncertainOrder; if not, with other calls or dependencies.';
  const shown = await identified({ ...draft, plan }, context);
  return {
    resolution: { kind: 'clarification', question: `${question} ${advice}`, options: [], plan: shown },
  };
}

function withCertainOrder(plan: Plan): Plan {
  return { ...plan, calls: plan.calls.map(({ uncertainOrder: _uncertain, ...call }) => call) };
}

async function withWhichArguments(draft: Draft, context: AskContext): Promise<Step> {
  const { find } = context.tools;
  const plan = readied(draft.plan, context);
  const ready = { ...draft, plan };
  const untied = untiedIn(plan);
  const missing = missingWith(untied, plan, find);
  if (missing.length === 0) return { draft: fitting(ready, find) };
  const about = { plan, missing, find };
  // What differs from item to item no person enters once.
  const form = untied.length > 0 ? undefined : missingForm(about);
  const unanswered = unansweredBy(ready, context);
  const said =
    form && (await askForm(context, 'arguments', { form, carried: JSON.stringify(ready), unanswered }));
  if (said?.kind === 'input-required') return { resolution: said };
  if (said?.kind === 'accepted') {
    const entered = withEntered(about, said.content);
    if (missingIn(entered, find).length === 0 && misfitsIn(entered, find).length === 0)
      return { draft: { ...draft, plan: entered } };
  }
  return { resolution: { kind: 'needs_arguments', plan: await identified(ready, context), missing } };
}

/** A call for each item needs something of the item, even where nothing else is missing. */
function missingWith(
  untied: readonly PlannedCall[],
  plan: Plan,
  find: AskContext['tools']['find'],
): readonly MissingArguments[] {
  const known = missingIn(plan, find);
  const added = untied.flatMap((call): MissingArguments[] => {
    const entry = call.tool === undefined ? undefined : find(call.tool);
    const isKnown = entry === undefined || known.some((each) => each.call === call.id);
    return isKnown ? [] : [{ call: call.id, schema: withoutHeaders(entry.tool.inputSchema), missing: [] }];
  });
  return [...known, ...added].map((each) => {
    const call = untied.find(({ id }) => id === each.call);
    const bind = call && bindExample(call, plan, find);
    // Never nothing: what stands in arguments already would be the same for all items.
    const missing = each.missing.length > 0 ? each.missing : ['bind'];
    return bind === undefined ? each : { call: each.call, schema: each.schema, missing, bind };
  });
}

/** With everything that the words state, and that one call can take from another. */
export function readied(plan: Plan, context: AskContext): Plan {
  const { tools } = context;
  const means = { find: tools.find, ...readingTimeOf(context) };
  return tied(filled(spread(plan, means), means), tools.find);
}

/** @throws TuttiError `plan/invalid` where arguments do not fit the pinned schemas. */
function fitting(draft: Draft, find: AskContext['tools']['find']): Draft {
  const misfits = misfitsIn(draft.plan, find);
  if (misfits.length === 0) return draft;
  const told = misfits.map(({ call, message }) => `${call}: ${message}`).join('; ');
  throw new TuttiError(
    'plan/invalid',
    `Arguments do not fit the schemas of their tools, so nothing was called: ${told.slice(0, 2_000)}`,
    { data: { faults: misfits as unknown as Json } },
  );
}

function namingOf(context: AskContext): Naming {
  const means = rankingOf(context);
  return { find: context.tools.find, isAvailable: (entry) => !isDown(entry, means) };
}
