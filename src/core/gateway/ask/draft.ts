import { TuttiError } from '../../kernel/errors.ts';
import { isJsonObject } from '../../kernel/json.ts';
import { cleanText } from '../../policy/clean.ts';
import { checkPlan } from '../plan/check.ts';
import { withOrder } from '../plan/order.ts';
import type { Plan, PlannedCall } from '../plan/plan.ts';
import type { Planned } from '../plan/planning.ts';
import { conditionsIn } from '../plan/reserve.ts';
import { ranked } from '../ranking.ts';
import type { Candidate, LearnedExample, Route } from '../route/route.ts';
import type { Resolution, RouteExplanation } from './ask.ts';
import type { AskContext } from './context.ts';
import { rankingOf } from './context.ts';
import type { Doubt } from './doubt.ts';
import { explainedCall, explainedWhole } from './explained.ts';
import { overServers } from './over-servers.ts';
import { noToolFor, quoted } from './request.ts';
import type { SeenTools } from './tools.ts';
import { asIfTied } from './tying.ts';
import { withoutTurnedAway } from './turned-away.ts';
import { withoutUnusable } from './unusable.ts';
import { judgedCall } from './wishes.ts';
import type { JudgedCall } from './wishes.ts';

const NEAREST = 3;
const DESCRIPTION_LENGTH = 200;

/** A plan on its way to be carried out. Plain data: it travels sealed while its caller is asked something. */
export interface Draft {
  readonly plan: Plan;
  /** Calls for which somebody must say which tool is meant. */
  readonly doubts: readonly Doubt[];
  /** What of the question is left out, and why: sentences. */
  readonly unanswered: readonly string[];
  /** What a person chose on the way. */
  readonly chosen: readonly LearnedExample[];
  /** What is told beside the answer: sentences. */
  readonly notes?: readonly string[];
  /** Of what a model planned: the calls that words alone led to. */
  readonly led?: readonly PlannedCall[];
}

export interface Drafted {
  readonly draft: Draft;
  readonly routes: readonly RouteExplanation[];
}

type OutOfScope = Extract<Resolution, { kind: 'out_of_scope' }>;

/** From words to calls; what no tool is there for is left out, and said. */
export function draftOfQuery(query: string, context: AskContext): Drafted | OutOfScope {
  return withoutUnusable(withoutTurnedAway(query, context), (seen) => drawnUp(query, seen));
}

function drawnUp(query: string, context: AskContext): Drafted | OutOfScope {
  const { planning, tools } = context;
  const planned = planning.plan(query, { isVisible: tools.isVisible });
  const { plan, routes, forbidden = [] } = planned;
  if (plan.calls.length === 0 && forbidden.length > 0) return nothingToDo(forbidden);
  const whole = routes.find(({ call }) => call === '')?.route;
  const spreads = plan.calls.flatMap((call) => {
    const routed = routes.find((each) => each.call === call.id) ?? routes[0];
    const own = routed && judgedCall(call, routed, { whole, context });
    if (own === undefined) return [];
    const isNeeded = plan.calls.some(({ dependsOn }) => dependsOn.includes(call.id));
    return [overServers(own, { context, isNeeded })];
  });
  const judged = spreads.flatMap((each) => each.judged);
  const refused = new Set(judged.filter(({ decision }) => decision === 'refuse').map(({ call }) => call.id));
  spread(refused, plan.calls);
  const kept = judged.filter(({ call }) => !refused.has(call.id));
  if (kept.length === 0) return outOfScope(nearestTo(judged, whole), tools, undoneIn(judged));
  const calls = kept.map(({ call, doubts }) =>
    doubts.length > 0 ? withoutTool(call) : asRead(cheapest(call, context), tools),
  );
  const unanswered = [
    ...judged.flatMap((each) => toldOf(each, refused)),
    ...spreads.flatMap((each) => each.undone),
    ...toldOfWords(planned, context),
    ...unjudgedIn(query, calls, tools),
  ];
  const doubts = kept.flatMap((each) => each.doubts);
  return {
    draft: { plan: withOrder({ ...plan, calls }), doubts, unanswered, chosen: [] },
    routes: explainedAll(
      { judged, calls, whole: plan.calls.length > 1 ? whole : undefined },
      plan.query ?? query,
    ),
  };
}

/** What of the words of a call is not done; a call that needs one that is not made is none either. */
function toldOf({ call, decision, undone }: JudgedCall, refused: ReadonlySet<string>): readonly string[] {
  const isTold = decision === 'refuse' && undone.length > 0;
  return refused.has(call.id) && !isTold ? [...undone, noToolFor(call.intent)] : undone;
}

function toldOfWords(
  { unplanned = [], alternatives = [], forbidden = [], passedOver = [] }: Planned,
  context: AskContext,
): readonly string[] {
  return [
    ...unplanned.map((piece) => notPlanned(piece, context)),
    ...alternatives.map((piece) => `Not done, since alternatives are not judged: ${quoted(piece, 300)}.`),
    ...forbidden.map((piece) => `Not done, as you said: ${quoted(piece, 300)}.`),
    ...passedOver.map(
      (piece) => `Nothing was called for ${quoted(piece, 300)}; what was called may hold it all the same.`,
    ),
  ];
}

function undoneIn(judged: readonly JudgedCall[]): readonly string[] {
  return judged.flatMap(({ undone }) => undone);
}

function nearestTo(judged: readonly JudgedCall[], whole: Route | undefined): readonly Candidate[] {
  const nearest = judged.flatMap((each) => each.nearest ?? []);
  return nearest.length > 0 ? nearest : (whole?.candidates ?? []);
}

function explainedAll(
  about: {
    readonly judged: readonly JudgedCall[];
    readonly calls: readonly PlannedCall[];
    readonly whole: Route | undefined;
  },
  query: string,
): readonly RouteExplanation[] {
  const { judged, calls, whole } = about;
  const each = judged.map(({ call, routed, ...rest }) =>
    explainedCall(routed, { judged: rest, whole, chosen: calls.find(({ id }) => id === call.id)?.tool }),
  );
  return whole === undefined ? each : [explainedWhole(query, whole), ...each];
}

/** A plan that came from outside: nothing in it is believed before it was looked at. @throws TuttiError `plan/invalid` with all its faults. */
export function draftOfPlan(sent: Plan, context: AskContext): Drafted {
  const plan = checked(withChosen(sent, context), context.tools);
  const routes: RouteExplanation[] = [];
  const doubts: Doubt[] = [];
  const unanswered: string[] = [];
  const calls = plan.calls.map((call) => {
    if (call.tool !== undefined) return call;
    const route = context.routing.route(call.intent, { isVisible: context.tools.isVisible });
    const best = route.candidates[0]?.document;
    if (best === undefined) throw nobodyFor(call);
    const judged = judgedCall(
      { ...call, tool: best.name, server: best.server },
      { call: call.id, query: call.intent, route },
      { whole: undefined, context },
    );
    if (judged.decision === 'refuse') throw nobodyFor(call);
    doubts.push(...judged.doubts);
    unanswered.push(...judged.undone);
    const taken = judged.decision === 'ask' ? call : cheapest(judged.call, context);
    routes.push(explainedCall(judged.routed, { judged, whole: undefined, chosen: taken.tool }));
    return taken;
  });
  return { draft: { plan: { ...plan, calls }, doubts, unanswered, chosen: [] }, routes };
}

/** @throws TuttiError `plan/invalid` with all its faults. */
function checked(sent: Plan, tools: SeenTools): Plan {
  const known = {
    find: (name: string) => found(tools, name),
    names: () => tools.entries.map(({ name }) => name),
  };
  const faults = checkPlan(asIfTied(sent), known);
  if (faults.length === 0) return withOrder(sent);
  const told = faults.map(({ call, message }) => (call === undefined ? message : `${call}: ${message}`));
  throw new TuttiError(
    'plan/invalid',
    `The plan has ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}, so nothing was called: ${told.join(' ').slice(0, 4_000)}`,
    { data: { faults } },
  );
}

/** What reads are made in spite of, as sentences; where anything else hangs on it, that is asked about. */
function unjudgedIn(query: string, calls: readonly PlannedCall[], tools: SeenTools): readonly string[] {
  const isRead = ({ tool = '' }: PlannedCall) => tools.find(tool)?.risk === 'read';
  const asked = calls.filter((call) => !isRead(call) && call.uncertainOrder === true);
  if (!calls.some((call) => isRead(call))) return [];
  return conditionsIn(query)
    .filter((each) => !asked.some(({ intent }) => intent.includes(each)))
    .map((each) => `Not judged: ${quoted(each, 300)}. What reads is called whatever it comes to.`);
}

/** That no call was planned for a piece does not say that nobody could make one. */
function notPlanned(piece: string, { routing, tools }: AskContext): string {
  const { decision } = routing.route(piece, { isVisible: tools.isVisible });
  return decision === 'refuse'
    ? noToolFor(piece)
    : `No call was planned for ${quoted(piece, 300)}. Ask for it on its own.`;
}

function nothingToDo(forbidden: readonly string[]): OutOfScope {
  const told = forbidden.map((piece) => quoted(piece, 300)).join(', ');
  return {
    kind: 'out_of_scope',
    message: `Nothing was called: ${told} says what not to do. Say what to do instead.`,
    nearest: [],
  };
}

/** A read that waits for nothing has no order that could be wrong, and may be made whatever was not judged. */
function asRead(call: PlannedCall, tools: SeenTools): PlannedCall {
  const isFree = call.dependsOn.length === 0 && call.tool !== undefined;
  if (!isFree || tools.find(call.tool ?? '')?.risk !== 'read') return call;
  const { uncertainOrder: _open, ...free } = call;
  return free;
}

export function outOfScope(
  candidates: readonly Candidate[],
  tools: SeenTools,
  undone: readonly string[] = [],
): OutOfScope {
  const nearest = candidates.slice(0, NEAREST).map(({ document }) => ({
    name: document.name,
    description: cleanText(tools.find(document.name)?.tool.description ?? '', DESCRIPTION_LENGTH),
  }));
  const message = undone.length === 0 ? "I don't have a tool for that." : undone.join(' ');
  return { kind: 'out_of_scope', message, nearest };
}

/** A refusal is honest about what could not be looked at. */
export async function withUnreachable(refusal: OutOfScope, context: AskContext): Promise<OutOfScope> {
  const names = await context.desk.unreachable(context);
  if (names.length === 0) return refusal;
  const away = `Servers that could not be reached, so that nobody knows what they offer: ${names.join(', ')}.`;
  return { ...refusal, message: `${refusal.message} ${away}` };
}

/** Of equivalents the cheapest and fastest one answers. */
function cheapest(call: PlannedCall, context: AskContext): PlannedCall {
  const entry = call.tool === undefined ? undefined : context.tools.find(call.tool);
  if (entry === undefined) return call;
  const [first = entry] = ranked(context.tools.equivalents(entry), rankingOf(context));
  return { ...call, tool: first.name, server: first.server.name };
}

/** Who depends on what nobody does is not done either. */
function spread(refused: Set<string>, calls: readonly PlannedCall[]): void {
  for (let size = -1; size !== refused.size;) {
    size = refused.size;
    for (const { id, dependsOn } of calls) if (dependsOn.some((each) => refused.has(each))) refused.add(id);
  }
}

function withoutTool({ tool: _tool, ...call }: PlannedCall): PlannedCall {
  return call;
}

/** Whoever takes one of the tools that he was offered need not say whose it is. */
function withChosen(plan: Plan, context: AskContext): Plan {
  const calls: unknown = plan.calls;
  if (!Array.isArray(calls)) return plan;
  return { ...plan, calls: (calls as readonly PlannedCall[]).map((call) => atItsServer(call, context)) };
}

/** Its shape was not looked at yet. */
function atItsServer(call: PlannedCall, { tools, desk, caller }: AskContext): PlannedCall {
  if (!isJsonObject(call) || typeof call.tool !== 'string' || typeof call.intent !== 'string') return call;
  const isChosen = desk.wasOffered(caller, { query: call.intent, tool: call.tool });
  const server = isChosen ? tools.find(call.tool)?.server.name : undefined;
  return server === undefined ? call : { ...call, server };
}

function found(tools: SeenTools, name: string): { readonly server: string } | undefined {
  const entry = tools.find(name);
  return entry && { server: entry.server.name };
}

function nobodyFor({ id, intent }: PlannedCall): TuttiError {
  return new TuttiError(
    'plan/invalid',
    `Call ${id} names no tool, and there is none for ${JSON.stringify(cleanText(intent, 200))}. Name one, or remove the call; find_tools looks for tools.`,
    { data: { faults: [{ call: id, message: 'It names no tool, and none fits its intent.' }] } },
  );
}
