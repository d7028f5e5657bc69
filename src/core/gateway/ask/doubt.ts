import type { PlannedCall } from '../plan/plan.ts';
import type { Candidate, Route } from '../route/route.ts';
import type { ClarificationOption } from './ask.ts';
import type { SeenTools } from './tools.ts';

const OPTIONS = 3;
/** Share of the best score from which two tools fit the words equally. */
const EQUAL = 0.995;
/** Share of the best score below which another one is no rival. */
const RIVAL = 0.7;

/** A call that several tools could be meant by. */
export interface Doubt {
  readonly call: PlannedCall;
  readonly options: readonly ClarificationOption[];
}

export interface DoubtMeans {
  /** Of the words of the call. */
  readonly route: Route | undefined;
  /** Of the whole question: it may tell apart what the words of one call do not. */
  readonly whole: Route | undefined;
  readonly tools: SeenTools;
}

/**
 * Several tools could be meant: where the router says so, and where two fit equally, which is no choice at all. Equivalents of one another are
 * one: which of them is called is no question.
 */
export function doubtOf(call: PlannedCall, { route, whole, tools }: DoubtMeans): readonly Doubt[] {
  if (route === undefined || route.decision === 'refuse') return [];
  const all = chosenFirst(call, route.candidates);
  const distinct = withoutEquivalents(all, tools);
  const [best, ...others] = distinct;
  if (best === undefined) return [];
  const isEqual = (other: Candidate) =>
    other.score >= EQUAL * best.score && scoreIn(whole, other) >= EQUAL * scoreIn(whole, best);
  const isClear = leads(best, others, { route, tools });
  const rivals = route.decision === 'ask' && !isClear ? others : others.filter((each) => isEqual(each));
  const isBetweenEquivalents =
    distinct.length < all.length && rivals.every(({ score }) => score < RIVAL * best.score);
  if (isBetweenEquivalents || ((route.decision === 'route' || isClear) && rivals.length === 0)) return [];
  const options = [best, ...rivals].filter(({ score }) => score > 0).slice(0, OPTIONS);
  const { tool: _tool, ...open } = call;
  return [{ call: open, options: options.map((each) => optionOf(call, each, route)) }];
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
