import { isVerbOfReading } from '../../policy/risk.ts';
import { actingStems, wordsOfName, wordsOfProse } from '../../policy/words.ts';
import type { CatalogEntry } from '../catalog.ts';
import type { PlannedCall } from '../plan/plan.ts';
import type { Planned } from '../plan/planning.ts';
import { wishesIn } from '../plan/wish.ts';
import type { Wish } from '../plan/wish.ts';
import type { Candidate, Route } from '../route/route.ts';
import type { AskContext } from './context.ts';
import { deedsOf, likenessOf } from './deeds.ts';
import type { Likeness } from './deeds.ts';
import { RIVAL, judgementOn } from './doubt.ts';
import type { Judgement } from './doubt.ts';
import { noToolFor, quoted } from './request.ts';

const OTHERS = 2;
const MAX_DESCRIPTION = 4_000;
/** Share of the best score from which a tool that does what is said is offered in place of one that does something else. */
const NEAR = 0.4;

type Routed = Planned['routes'][number];

/** A call, by what its words were routed, and what becomes of it. */
export interface JudgedCall extends Judgement {
  readonly call: PlannedCall;
  readonly routed: Routed;
  /** What of its words is not done, and why: sentences. */
  readonly undone: readonly string[];
  /** Where nothing is done: what to look at instead. */
  readonly nearest?: readonly Candidate[];
}

interface Around {
  readonly whole: Route | undefined;
  readonly context: AskContext;
}

/**
 * What becomes of a call. Words often lead to the tool for a thing and not for what is to become of it: who wants a change is never answered by a
 * read as if it were done, and who asks how something is never gets it changed.
 */
export function judgedCall(call: PlannedCall, routed: Routed, around: Around): JudgedCall {
  const { whole, context } = around;
  const judged = {
    call,
    routed,
    undone: [],
    ...judgementOn(call, { route: routed.route, whole, tools: context.tools }),
  };
  const [first, ...others] = wantedIn(call.intent);
  if (judged.decision === 'refuse' || first === undefined) return judged;
  if (first.kind === 'state') return asState(judged, around);
  if (first.kind === 'supposed' || first.kind === 'how' || first.kind === 'told')
    return asUnasked(judged, first, context);
  const like = asAlike(judged, first, around);
  const wished = first.kind === 'none' || like.decision === 'refuse' ? like : asChange(like, first, around);
  return wished.decision === 'route' ? { ...wished, undone: undoneBy(wished.call, others, context) } : wished;
}

/** What is told beside what is wanted says only what that is about. */
function wantedIn(text: string): readonly Wish[] {
  const wishes = wishesIn(text);
  const wanted = wishes.filter(({ kind }) => kind !== 'told');
  return wanted.length > 0 ? wanted : wishes;
}

/** Nothing that changes something is called or offered; where nothing that reads is left, nothing tells. */
function asState(judged: JudgedCall, { whole, context }: Around): JudgedCall {
  const { call, routed } = judged;
  if (!meantBy(judged).some((name) => changes(name, context))) return judged;
  const told = `I don't have a tool that tells ${quoted(call.intent, 300)}. What would change it was not called.`;
  const route = routeAmong(routed, context, (name) => context.tools.find(name)?.risk === 'read');
  return rejudged(judged, { route, others: route.candidates, whole, context, told });
}

/** What would come of a change, and how it is made, is not found out by making it; and who only says how something is wants nothing. */
function asUnasked(judged: JudgedCall, { kind }: Wish, context: AskContext): JudgedCall {
  if (!meantBy(judged).some((name) => changes(name, context))) return judged;
  const words = quoted(judged.call.intent, 300);
  const why =
    kind === 'told'
      ? `${words} says how something is, and not what to do.`
      : `I don't have a tool that tells ${words}.`;
  const told = `${why} What would change something was not called.`;
  const nearest = judged.routed.route.candidates.slice(0, OTHERS + 1);
  return { ...judged, decision: 'refuse', because: told, doubts: [], undone: [told], nearest };
}

function changes(name: string, { tools }: AskContext): boolean {
  const risk = tools.find(name)?.risk;
  return risk === 'write' || risk === 'destructive';
}

/**
 * A tool that changes something by another verb than the one that is said is not called, and not offered: what does what is said takes its place, and
 * where nothing does, nothing is called. Where one of the two verbs is not known, it is asked about.
 */
function asAlike(judged: JudgedCall, wish: Wish, { whole, context }: Around): JudgedCall {
  const { call, routed } = judged;
  if (wish.kind === 'none' && wish.verb !== '' && !isVerbOfReading(wish.verb)) return judged;
  const likeness = (name: string) => likenessIn(name, wish, context);
  const meant = meantBy(judged);
  const strange = meant.find((name) => likeness(name) === 'unlike');
  const { route } = routed;
  const best = route.candidates[0]?.score ?? 0;
  const left = route.candidates.filter(
    ({ document, score }) => score >= RIVAL * best && likeness(document.name) !== 'unlike',
  );
  if (strange === undefined) {
    const isUnsure = judged.decision === 'route' && meant.some((name) => likeness(name) === 'unsure');
    const told = noToolFor(call.intent);
    return isUnsure
      ? rejudged(judged, {
          route: { ...route, candidates: left, ...ASKED },
          others: [],
          whole,
          context,
          told,
        })
      : judged;
  }
  const doing = routeAmong(routed, context, (name) => changes(name, context) && likeness(name) === 'does');
  const near = isVerbOfReading(wish.verb) ? [] : doing.candidates.filter(({ score }) => score >= NEAR * best);
  const told = `${noToolFor(bare(call.intent)).slice(0, -1)}, so nothing was changed: ${strange} does something else.`;
  const others = { others: near.length > 0 ? doing.candidates : left, whole, context, told };
  return rejudged(judged, {
    route: { ...route, candidates: near.length > 0 ? near : left, ...ASKED },
    ...others,
  });
}

/** What only reads is none that does something else. */
function likenessIn(name: string, wish: Wish, context: AskContext): Likeness {
  const entry = context.tools.find(name);
  return entry === undefined || !changes(name, context) ? 'does' : likenessOf(entry, wish);
}

/** A read is not taken for a change: what changes something is offered instead, and where nothing of the kind comes near, nothing is called. */
function asChange(judged: JudgedCall, wish: Wish, { whole, context }: Around): JudgedCall {
  const { call, routed } = judged;
  const find = (name: string) => context.tools.find(name);
  const read = meantBy(judged).find((name) => isMereRead(find(name), wish));
  const best = routed.route.candidates[0]?.score ?? 0;
  if (read === undefined) return judged;
  const doing = routeAmong(routed, context, (name) => find(name)?.risk !== 'read');
  const near = doing.candidates.filter(
    ({ document, score }) =>
      score >= RIVAL * best &&
      likenessIn(document.name, wish, context) !== 'unlike' &&
      (wish.kind === 'change' || isNamedSo(find(document.name), wish)),
  );
  const [nearest] = near;
  if (wish.kind !== 'change' && nearest === undefined) return judged;
  const isPlain = nearest !== undefined && does(find(nearest.document.name), wish.verb);
  const told = `I don't have a tool for ${quoted(bare(call.intent), 300)}, so nothing was changed: ${read} only reads.`;
  const route = { ...doing, candidates: near, ...(doing.decision === 'route' && !isPlain && ASKED) };
  return rejudged(judged, { route, others: doing.candidates, whole, context, told });
}

const ASKED = { decision: 'ask' } as const;

interface Rejudging extends Around {
  readonly route: Route;
  /** What to name beside what came before, where the route leads nowhere, and how that is told. */
  readonly others: readonly Candidate[];
  readonly told: string;
}

/** The same call by another route. */
function rejudged(judged: JudgedCall, { route, others, whole, context, told }: Rejudging): JudgedCall {
  const best = route.candidates[0]?.document;
  const seen = new Set(route.candidates.map(({ document }) => document));
  const visible = whole && {
    ...whole,
    candidates: whole.candidates.filter(({ document }) => seen.has(document)),
  };
  const call = { ...judged.call, ...(best && { tool: best.name, server: best.server }) };
  const nearest = [...judged.routed.route.candidates.slice(0, 1), ...others.slice(0, OTHERS)];
  const again = best && judgementOn(call, { route, whole: visible, tools: context.tools });
  return again === undefined || again.decision === 'refuse'
    ? { ...judged, decision: 'refuse', because: told, doubts: [], undone: [told], nearest }
    : { ...again, call, routed: { ...judged.routed, route }, undone: [] };
}

/** Pieces that go with a call as if they only added to it, though they want something changed that it only reads, or another thing done. */
function undoneBy(call: PlannedCall, others: readonly Wish[], context: AskContext): readonly string[] {
  const { tool = '' } = call;
  const entry = context.tools.find(tool);
  return others.flatMap((wish) => {
    const isRead = wish.kind === 'change' && isMereRead(entry, wish);
    const isOther =
      (wish.kind === 'change' || wish.kind === 'act') && likenessIn(tool, wish, context) === 'unlike';
    const why = isRead ? 'only reads' : 'does something else';
    return isRead || isOther ? [`Not done: ${quoted(bare(wish.text), 300)}. ${tool} ${why}.`] : [];
  });
}

/** Without what joins it to something before. */
export function bare(text: string): string {
  return text.replace(/^(?:(?:and|but|also|plus|then)[\s,]+)+/i, '');
}

function meantBy({ call, doubts }: JudgedCall): readonly string[] {
  const offered = doubts.flatMap(({ options }) => options.map(({ id }) => id));
  return offered.length > 0 ? offered : [call.tool ?? ''];
}

function routeAmong(
  { query }: Routed,
  { routing, tools }: AskContext,
  isAsked: (name: string) => boolean,
): Route {
  return routing.route(query, {
    isVisible: (document) => tools.isVisible(document) && isAsked(document.name),
  });
}

/** It reads, and does not say of itself that it does what is wanted. */
function isMereRead(entry: CatalogEntry | undefined, { verb, next }: Wish): boolean {
  return entry?.risk === 'read' && !does(entry, verb) && !isAbout(entry, `${verb} ${next}`);
}

/** Whether a tool says of itself that it does so. */
function does(entry: CatalogEntry | undefined, verb: string): boolean {
  return entry !== undefined && deedsOf(entry).has(verb);
}

/** "merge requests": no wish, but the name of what a tool reads. */
function isAbout({ tool: { name, description = '' } }: CatalogEntry, thing: string): boolean {
  const said = [wordsOfName(name), wordsOfProse(description.slice(0, MAX_DESCRIPTION))];
  return said.some((words) => words.join(' ').includes(thing));
}

/** Called as it is asked for: "open an issue" by `open_issue`, but not "open the file". */
function isNamedSo(entry: CatalogEntry | undefined, { verb, text }: Wish): boolean {
  const [first, ...others] = wordsOfName(entry?.tool.name ?? '');
  const said = new Set(wordsOfProse(text).flatMap((word) => actingStems(word)));
  return first === verb && (others.length === 0 || others.some((word) => said.has(word)));
}
