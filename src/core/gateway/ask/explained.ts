import type { Candidate, Route } from '../route/route.ts';
import type { RouteExplanation } from './ask.ts';
import type { Judgement } from './doubt.ts';

const CANDIDATES = 5;
const TERMS = 3;

/** Why this tool, and why not another: for one call, of which `whole` is the question it stands in. */
export function explainedCall(
  { call, query, route }: { readonly call: string; readonly query: string; readonly route: Route },
  about: {
    readonly judged: Judgement;
    readonly chosen: string | undefined;
    readonly whole: Route | undefined;
  },
): RouteExplanation {
  const { judged, chosen, whole } = about;
  const first = route.candidates[0]?.document.name;
  const isOther = chosen !== undefined && first !== undefined && chosen !== first;
  const why = isOther
    ? `${judged.because} ${first} fits the words of the call best; with the whole question, and what is cheap and fast among equivalents, ${chosen} is taken.`
    : judged.because;
  return {
    call,
    ...measuresOf(query, route),
    decision: judged.decision,
    because: why,
    candidates: shown(route, chosen).map((each) => toCandidate(each, { chosen, whole })),
  };
}

/** What the question as a whole says, which no call follows from by itself. */
export function explainedWhole(query: string, route: Route): RouteExplanation {
  return {
    ...measuresOf(query, route),
    decision: route.decision,
    because: 'What the whole question says for a tool is weighed in where a call is given one.',
    candidates: shown(route, undefined).map((each) => toCandidate(each, {})),
  };
}

function measuresOf(query: string, { confidence, because: { refuseBelow, routeFrom } }: Route) {
  return { query, confidence, refuseBelow, routeFrom };
}

/** The best, and whichever was chosen. */
function shown({ candidates }: Route, chosen: string | undefined): readonly Candidate[] {
  return candidates.filter(({ document }, at) => at < CANDIDATES || document.name === chosen);
}

function toCandidate(
  each: Candidate,
  { chosen, whole }: { readonly chosen?: string | undefined; readonly whole?: Route | undefined },
): RouteExplanation['candidates'][number] {
  const { name, server } = each.document;
  return {
    name,
    server,
    score: each.score,
    ...(whole && { whole: shareIn(whole, each) }),
    isChosen: name === chosen,
    terms: each.terms(TERMS),
  };
}

function shareIn({ candidates }: Route, { document }: Candidate): number {
  const most = candidates[0]?.score ?? 0;
  const own = candidates.find((each) => each.document === document)?.score ?? 0;
  return most > 0 ? own / most : 0;
}
