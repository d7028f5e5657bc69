import type { Route } from '../route/route.ts';
import type { RouteExplanation } from './ask.ts';

const CANDIDATES = 5;
const TERMS = 3;

/** Why this tool, and why not another. */
export function explained(query: string, route: Route): RouteExplanation {
  const { decision, confidence, because, candidates } = route;
  return {
    query,
    decision,
    confidence,
    refuseBelow: because.refuseBelow,
    routeFrom: because.routeFrom,
    candidates: candidates.slice(0, CANDIDATES).map((each) => ({
      name: each.document.name,
      server: each.document.server,
      score: each.score,
      terms: each.terms(TERMS),
    })),
  };
}
