import type { PlannedCall } from '../plan/plan.ts';
import type { Candidate, Route, RouteDecision } from '../route/route.ts';
import type { ClarificationOption } from './ask.ts';
import type { SeenTools } from './tools.ts';

const OPTIONS = 3;
/** Share of the best score from which two tools fit the words equally. */
const EQUAL = 0.995;
/** Share of the best score below which another one is no rival. */
export const RIVAL = 0.7;

/** A call that several tools could be meant by. */
export interface Doubt {
  readonly call: PlannedCall;
  readonly options: readonly ClarificationOption[];
}

export interface DoubtMeans {
  /** Of the words of the call. */
  readonly route: Route;
  /** Of the whole question: it may tell apart what the words of one call do not. */
  readonly whole: Route | undefined;
  readonly tools: SeenTools;
}

/** What becomes of a call, and why. */
export interface Judgement {
  readonly decision: RouteDecision;
  /** A sentence. */
  readonly because: string;
  /** One, where somebody must be asked. */
  readonly doubts: readonly Doubt[];
}

const REFUSED = 'Its confidence is below what asking needs.';
const ROUTED = 'Its confidence reaches what calling needs.';
const LEADS =
  'It only reads, no other tool comes near it, and its confidence is nearer to calling than to refusing.';
const EQUIVALENT =
  'The tools that fit are equivalents of one another: which of them is called is no question.';
const EQUAL_FIT =
  'Several tools fit the words equally. Neither price nor speed chooses between them unless `group` says that they are equivalents.';
const UNSURE = 'Its confidence is below what calling needs.';

/**
 * Several tools could be meant: where the router says so, and where two fit equally, which is no choice at all. Equivalents of one another are
 * one: which of them is called is no question.
 */
export function judgementOn(call: PlannedCall, { route, whole, tools }: DoubtMeans): Judgement {
  if (route.decision === 'refuse') return { decision: 'refuse', because: REFUSED, doubts: [] };
  const all = chosenFirst(call, route.candidates);
  const distinct = withoutEquivalents(all, tools);
  const [best, ...others] = distinct;
  if (best === undefined) return { decision: 'refuse', because: REFUSED, doubts: [] };
  const isEqual = (other: Candidate) =>
    other.score >= EQUAL * best.score && scoreIn(whole, other) >= EQUAL * scoreIn(whole, best);
  const isClear = leads(best, others, { route, tools });
  const rivals = route.decision === 'ask' && !isClear ? others : others.filter((each) => isEqual(each));
  const isBetweenEquivalents =
    distinct.length < all.length && rivals.every(({ score }) => score < RIVAL * best.score);
  const isSure = route.decision === 'route' || isClear;
  if (isBetweenEquivalents) return called(EQUIVALENT);
  if (isSure && rivals.length === 0) return called(route.decision === 'route' ? ROUTED : LEADS);
  const options = [best, ...rivals].filter(({ score }) => score > 0).slice(0, OPTIONS);
  const { tool: _tool, ...open } = call;
  const doubt = { call: open, options: options.map((each) => optionOf(call, each, route)) };
  return {
    decision: 'ask',
    because: whyAsked(
      isSure,
      others.some((each) => isEqual(each)),
    ),
    doubts: [doubt],
  };
}

function whyAsked(isSure: boolean, isTied: boolean): string {
  if (!isTied) return UNSURE;
  return isSure ? EQUAL_FIT : `${UNSURE} ${EQUAL_FIT}`;
}

function called(because: string): Judgement {
  return { decision: 'route', because, doubts: [] };
}

/** No other comes near one that only reads, and its words are nearer to enough than to nothing: there is nothing to choose from. */
function leads(
  { document, score }: Candidate,
  others: readonly Candidate[],
  { route, tools }: { readonly route: Route; readonly tools: SeenTools },
): boolean {
  const { refuseBelow, routeFrom } = route.because;
  return (
    tools.find(document.name)?.risk === 'read' &&
    route.confidence >= (refuseBelow + routeFrom) / 2 &&
    others.every((other) => other.score < RIVAL * score)
  );
}

function optionOf(
  { intent }: PlannedCall,
  { document, score }: Candidate,
  route: Route,
): ClarificationOption {
  const best = Math.max(...route.candidates.map((each) => each.score));
  const confidence = best > 0 ? Math.min(1, Math.max(0, (route.confidence * score) / best)) : 0;
  return { id: document.name, server: document.server, tool: document.name, intent, confidence };
}

/** The planner looked at more than the words of one call. */
function chosenFirst({ tool }: PlannedCall, candidates: readonly Candidate[]): readonly Candidate[] {
  const isChosen = ({ document }: Candidate) => document.name === tool;
  return [...candidates.filter((each) => isChosen(each)), ...candidates.filter((each) => !isChosen(each))];
}

function withoutEquivalents(candidates: readonly Candidate[], tools: SeenTools): readonly Candidate[] {
  const groups = new Set<string>();
  return candidates.filter(({ document }) => {
    const group = tools.find(document.name)?.settings.group ?? document.name;
    const isNew = !groups.has(group);
    groups.add(group);
    return isNew;
  });
}

function scoreIn(route: Route | undefined, { document }: Candidate): number {
  return route?.candidates.find((each) => each.document === document)?.score ?? 0;
}
