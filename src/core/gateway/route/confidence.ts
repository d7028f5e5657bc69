import type { QueryTerm } from './query.ts';
import type { Route } from './route.ts';

/** What speaks for the best tool, comparable across catalogues. */
export interface Evidence {
  /** How many words' worth they say, the rarest there can be counting as one. */
  readonly strength: number;
  /** Likeness of the pieces of its words, in [0, 1]. */
  readonly grams: number;
  /** Likeness of the likest example, in [0, 1]. */
  readonly example: number;
  /** Share of the query's words that the catalogue knows. */
  readonly known: number;
  /** Share of the query, by weight, that names what is to be worked on: numbers, names, quotes, paths. */
  readonly values: number;
  /** In [0, 1]: somebody says that he wants it, as far as any of it was found. */
  readonly asked: number;
  /** The score of the next best that does something else, as a share of the best; 0 where there is none. */
  readonly rival: number;
  /** Nothing but words that many tools share was found. */
  readonly isGeneric: boolean;
}

type Measured = 'strength' | 'grams' | 'example' | 'known' | 'values' | 'asked';

/** Fitted by logistic regression to queries that could be answered and others that could not; see `docs/design/routing.md`. */
const WEIGHTS: Readonly<Record<Measured, number>> = {
  strength: 2.35,
  grams: 2.8,
  example: 10,
  known: 0.6,
  values: 1.3,
  asked: 0.85,
};
const BIAS = -3.05;
const REFUSE_BELOW = 0.09;
const ROUTE_FROM = 0.4;
/** From this share of the best a rival makes it less sure; at the other it is as good as the best. */
const NEAR = 0.9;
const NEAREST = 0.95;
/** What is left above the bar of refusal where a rival is as good, and where nothing specific was found: enough to ask, not to go ahead. */
const TIED = 0.3;
const GENERIC = 0.15;

/** Whether to go ahead, to ask which one is meant, or to say that there is none. */
export function judge(evidence: Evidence | undefined): Pick<Route, 'confidence' | 'decision' | 'because'> {
  const confidence = evidence === undefined ? 0 : held(evidence, 1 / (1 + Math.exp(-sumOf(evidence))));
  return {
    confidence,
    decision: confidence < REFUSE_BELOW ? 'refuse' : confidence < ROUTE_FROM ? 'ask' : 'route',
    because: { measure: 'confidence', value: confidence, refuseBelow: REFUSE_BELOW, routeFrom: ROUTE_FROM },
  };
}

/** Held back by what leaves open which tool is meant: reason to ask, none to refuse. */
function held({ rival, isGeneric }: Evidence, confidence: number): number {
  if (confidence <= REFUSE_BELOW) return confidence;
  const nearness = Math.min(1, Math.max(0, (rival - NEAR) / (NEAREST - NEAR)));
  const share = (1 - nearness * (1 - TIED)) * (isGeneric ? GENERIC : 1);
  return REFUSE_BELOW + (confidence - REFUSE_BELOW) * share;
}

function sumOf(evidence: Evidence): number {
  // An example half as like says much less than half.
  const seen = { ...evidence, example: evidence.example ** 2 };
  return (Object.keys(WEIGHTS) as Measured[]).reduce((sum, key) => sum + WEIGHTS[key] * seen[key], BIAS);
}

/** Share of the terms, by weight, that are held somewhere. */
export function knownShare(terms: readonly QueryTerm[], isKnown: (term: QueryTerm) => boolean): number {
  let known = 0;
  let all = 0;
  for (const term of terms) {
    if (term.isValue) continue;
    all += term.weight;
    if (isKnown(term)) known += term.weight;
  }
  return all > 0 ? known / all : 0;
}

/** Share of the terms, by weight, that name what is to be worked on. Tools seldom hold such words, so that they are not found says little. */
export function valueShare(terms: readonly QueryTerm[]): number {
  let values = 0;
  let all = 0;
  for (const { isValue, weight } of terms) {
    all += weight;
    if (isValue) values += weight;
  }
  return all > 0 ? values / all : 0;
}
