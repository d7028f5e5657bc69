import { TuttiError } from '../../kernel/errors.ts';
import { isJsonObject } from '../../kernel/json.ts';
import { cleanText } from '../../policy/clean.ts';
import type { Model } from '../../ports/model.ts';
import type { PlannedCall } from '../plan/plan.ts';
import type { Planned } from '../plan/planning.ts';
import { reserveIn } from '../plan/reserve.ts';
import type { Route } from '../route/route.ts';
import { accountOf } from './account.ts';
import type { Resolution, RouteExplanation } from './ask.ts';
import { NONE } from './clarify.ts';
import type { AskContext } from './context.ts';
import type { Drafted } from './draft.ts';
import { draftOfQuery, outOfScope } from './draft.ts';
import { parseModelPlan } from './model-plan.ts';
import type { ModelPlan } from './model-plan.ts';
import { REWRITING, choosingPrompt, planSchema, planningPrompt, rewritingPrompt } from './model-prompts.ts';
import { reasonOf, withinTime } from './model-time.ts';
import { quoted } from './request.ts';
import { readied, settleUnasked } from './settle.ts';
import { routeChosen, shortlistOf } from './shortlist.ts';
import type { Shortlist } from './shortlist.ts';
import { withoutTurnedAway } from './turned-away.ts';

const ROUTING_MS = 20_000;
/** What a choice must be worth to be followed. */
const MIN_CONFIDENCE = 0.6;
const MAX_REWRITTEN = 200;
const MAX_REWRITINGS = 3;
/** Parts of one question that are put in other words. */
const MAX_PARTS = 3;
const MAX_REASON = 300;

type Came = Drafted | Extract<Resolution, { kind: 'out_of_scope' }>;

/**
 * What came of the words alone, or what a model makes of them: where they leave open which tool is meant, or ask for several things. It chooses among
 * what the words led to, and what it plans goes the way of every plan. Whatever it answers, nothing is done that words alone may not do; where it is of
 * no help, what came of the words stands, with a note.
 *
 * @throws the reason of the request when that aborted.
 */
export async function withModel(query: string, came: Came, asked: AskContext): Promise<Came> {
  const { settings, desk, channel } = asked;
  const { model, telemetry } = desk.gate.parts;
  if (model === undefined || settings.model === 'never') return came;
  const context = withoutTurnedAway(query, asked);
  const planned = context.planning.plan(query, { isVisible: context.tools.isVisible });
  if (settings.model === 'auto' && isPlain(came, planned)) return came;
  // Only what must not happen was said.
  if (planned.plan.calls.length === 0 && (planned.forbidden ?? []).length > 0) return came;
  try {
    return await withinTime(context, ROUTING_MS, async (signal) => {
      const helping = new Helping(model, context, { query, planned, came, signal });
      return await helping.help();
    });
  } catch (fault) {
    channel.signal?.throwIfAborted();
    telemetry.log('warn', 'ask/model-failed', { fault });
    return noted(came, `No model helped to understand this: ${cleanText(reasonOf(fault), MAX_REASON)}`);
  }
}

/** Words alone say which one call to make. */
function isPlain(came: Came, planned: Planned): boolean {
  return 'draft' in came && came.draft.doubts.length === 0 && !isOfSeveral(planned);
}

function isOfSeveral({ plan, unplanned = [] }: Planned): boolean {
  return plan.calls.length > 1 || unplanned.length > 0;
}

interface Asked {
  readonly query: string;
  readonly planned: Planned;
  /** Of the words alone. */
  readonly came: Came;
  readonly signal: AbortSignal;
}

class Helping {
  readonly #model: Model;
  readonly #context: AskContext;
  readonly #asked: Asked;
  /** What is wanted: what must not happen says nothing for a tool. */
  readonly #text: string;

  constructor(model: Model, context: AskContext, asked: Asked) {
    this.#model = model;
    this.#context = context;
    this.#asked = asked;
    this.#text = asked.planned.routes[0]?.query ?? asked.query;
  }

  async help(): Promise<Came> {
    const { planned, came } = this.#asked;
    const whole = 'draft' in came ? [] : [this.#text];
    const further = isOfSeveral(planned) ? await this.#ofParts(whole) : await this.#rewritten(whole);
    const shortlist = shortlistOf(planned, further, this.#context.tools);
    if (shortlist.entries.length === 0) return came;
    return isOfSeveral(planned) ? await this.#plan(shortlist) : await this.#choose(shortlist);
  }

  /** Routes of the parts that no call was planned for; of those that no tool fits, in other words, too. @param otherwise what is put so where each part has one. */
  async #ofParts(otherwise: readonly string[]): Promise<readonly Route[]> {
    const { planned } = this.#asked;
    const loose = (planned.unplanned ?? []).map((query) => ({ query, route: this.#route(query) }));
    const unfit = [...loose, ...planned.routes.slice(1)].filter(({ route }) => route.decision === 'refuse');
    const parts = unfit.slice(0, MAX_PARTS).map(({ query }) => query);
    const rewritten = await this.#rewritten(parts.length > 0 ? parts : otherwise);
    return [...loose.map(({ route }) => route), ...rewritten];
  }

  /** Routes of what is asked in other words, where its own lead nowhere. They say which tools are near, and nothing else. */
  async #rewritten(texts: readonly string[]): Promise<readonly Route[]> {
    const routes: Route[] = [];
    for (const text of texts) {
      const fence = this.#fence();
      const prompt = rewritingPrompt({ text, fence });
      const { value } = await this.#model.shape({
        ...this.#base('route'),
        prompt,
        fence,
        name: 'rewriting',
        schema: REWRITING,
      });
      const queries: unknown = isJsonObject(value) ? value['queries'] : undefined;
      const given = Array.isArray(queries) ? queries.filter((each) => typeof each === 'string') : [];
      routes.push(
        ...given.slice(0, MAX_REWRITINGS).map((each) => this.#route(cleanText(each, MAX_REWRITTEN))),
      );
    }
    return routes;
  }

  #route(text: string): Route {
    const { routing, tools } = this.#context;
    return routing.route(text, { isVisible: tools.isVisible });
  }

  async #choose(shortlist: Shortlist): Promise<Came> {
    const { entries } = shortlist;
    const fence = this.#fence();
    const prompt = choosingPrompt({ text: this.#text, entries, fence }, NONE);
    const answer: unknown = await this.#model.choose({
      ...this.#base('route'),
      prompt,
      fence,
      choices: [...entries.map(({ name }) => name), NONE],
    });
    const { choice, because } = choiceIn(answer);
    const why = because === '' ? '.' : `: ${quoted(because, MAX_REASON)}.`;
    if (choice === NONE) return this.#nothing(`A model found none of ${entries.length} tools to fit.`);
    const entry = shortlist.find(choice);
    if (entry === undefined)
      throw new TuttiError('model/invalid-answer', 'It chose none of the tools that were offered.');
    const said = `A model chose ${entry.name} among ${entries.length} that the words lead to${why}`;
    const [first] = this.#asked.planned.plan.calls;
    const call: PlannedCall = {
      ...(first ?? { id: 'a', intent: this.#text.trim(), dependsOn: [] }),
      server: entry.server.name,
      tool: entry.name,
    };
    return this.#drafted({ calls: [call], leftOut: [], assumed: [] }, said);
  }

  async #plan(shortlist: Shortlist): Promise<Came> {
    const { planned } = this.#asked;
    const { entries } = shortlist;
    const fence = this.#fence();
    const prompt = planningPrompt({ text: this.#text, entries, fence });
    const { value } = await this.#model.shape({
      ...this.#base('plan'),
      prompt,
      fence,
      name: 'plan',
      schema: planSchema(entries.map(({ name }) => name)),
    });
    const pieces = [...(planned.unplanned ?? []), ...planned.plan.calls.map(({ intent }) => intent)];
    const plan = parseModelPlan(value, { text: this.#text, shortlist, pieces });
    if (plan.calls.length === 0)
      return this.#nothing(`A model found none of ${entries.length} tools to fit.`);
    return this.#drafted(plan, `A model planned this with ${entries.length} tools that the words lead to.`);
  }

  /** Judged as a plan that words lead to is, by the same rules. */
  #drafted({ calls, leftOut, assumed }: ModelPlan, said: string): Came {
    const { query, planned, came } = this.#asked;
    const { routing, tools } = this.#context;
    const isOpen = reserveIn(query) !== undefined;
    const lexical = new Map<string, Route>();
    const routes = calls.map((call) => {
      const own = planned.routes.find((each) => each.call === call.id && calls.length === 1);
      const words = own?.query ?? call.intent;
      const route = own?.route ?? routing.route(words, { isVisible: tools.isVisible });
      lexical.set(call.id, route);
      const entry = tools.find(call.tool ?? '');
      return { call: call.id, query: words, route: entry ? routeChosen(route, entry, tools) : route };
    });
    const { unplanned: _words, ...told } = planned;
    const own: Planned = {
      ...told,
      plan: {
        ...planned.plan,
        calls: calls.map((call) => (isOpen ? { ...call, uncertainOrder: true } : call)),
        structure: 'mixed',
      },
      routes: [...planned.routes.slice(0, 1), ...routes],
      ...(leftOut.length > 0 && { unplanned: leftOut }),
    };
    const drafted = draftOfQuery(query, { ...this.#context, planning: { plan: () => own } });
    if (!('draft' in drafted)) return noted(drafted, said);
    const led = 'draft' in came ? readied(came.draft.plan, this.#context).calls : [];
    const draft = { ...drafted.draft, unanswered: [...drafted.draft.unanswered, ...assumed], led };
    // What it cannot be called with is none of its faults that anybody is to see.
    settleUnasked(draft, this.#context);
    return { draft, routes: drafted.routes.map((route) => explained(route, lexical, said)) };
  }

  #nothing(said: string): Came {
    const [whole] = this.#asked.planned.routes;
    return noted(outOfScope(whole?.route.candidates ?? [], this.#context.tools), said);
  }

  #fence(): string {
    return this.#context.desk.gate.parts.clock.id();
  }

  #base(purpose: 'route' | 'plan') {
    const { caller, input } = this.#context;
    return {
      purpose,
      account: accountOf(caller, input),
      timeoutMs: ROUTING_MS,
      signal: this.#asked.signal,
    } as const;
  }
}

/** A model is not trusted to answer as it promises. @throws TuttiError `model/invalid-answer`. */
function choiceIn(answer: unknown): { readonly choice: string; readonly because: string } {
  const given = typeof answer === 'object' && answer !== null ? (answer as Record<string, unknown>) : {};
  const { choice, confidence, because } = given;
  if (typeof choice !== 'string' || typeof confidence !== 'number')
    throw new TuttiError('model/invalid-answer', 'It chose nothing.');
  if (!(confidence >= MIN_CONFIDENCE))
    throw new TuttiError('model/invalid-answer', 'It was not sure enough of its choice.');
  return { choice, because: typeof because === 'string' ? because : '' };
}

/** The scores are those of the words; that they were not what decided is said. */
function explained(
  route: RouteExplanation,
  lexical: ReadonlyMap<string, Route>,
  said: string,
): RouteExplanation {
  const words = route.call === undefined ? undefined : lexical.get(route.call);
  if (words === undefined) return route;
  const scores = new Map(words.candidates.map(({ document, score }) => [document.name, score]));
  return {
    ...route,
    because: route.decision === 'route' ? said : `${said} ${route.because}`,
    candidates: route.candidates.map((each) => ({ ...each, score: scores.get(each.name) ?? 0 })),
  };
}

/** With what is told beside it. */
function noted(came: Came, note: string): Came {
  if (!('draft' in came)) return { ...came, message: `${came.message} (${note})` };
  const { draft, routes } = came;
  return {
    draft: { ...draft, notes: [...(draft.notes ?? []), note] },
    routes: routes.map((route) => withNote(route, note)),
  };
}

function withNote(route: RouteExplanation, note: string): RouteExplanation {
  return route.call === undefined ? route : { ...route, because: `${route.because} ${note}` };
}
