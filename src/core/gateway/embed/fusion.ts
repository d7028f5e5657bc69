import type { Candidate, Route, RouteDocument, RouteOptions, Routing } from '../route/route.ts';
import { nearnessOf } from './embedding.ts';

/** So many of the best by words are looked at. */
const TOP = 50;
/** What a router gives by itself. */
const LIMIT = 10;
/** What meaning says, beside the words: one number for all catalogues and embedders. */
const WEIGHT = 0.35;
/** Less than this between the nearest and the farthest is no difference to make all of. */
const SPREAD = 0.1;

export interface Fusing {
  /** By the text that is routed. */
  readonly queries: ReadonlyMap<string, Float32Array>;
  readonly vectorOf: (document: RouteDocument) => Float32Array | undefined;
}

/**
 * The same routing, the best by words put in order by what they mean as well. Where any vector is missing, the words alone decide; and where
 * somebody confirmed a tool for these very words, so do they.
 */
export function fused(routing: Routing, fusing: Fusing): Routing {
  return {
    update: (documents) => {
      routing.update(documents);
    },
    route: (query, options = {}) => {
      const vector = fusing.queries.get(query);
      const isConfirmed = options.learned?.some((each) => each.query === query) === true;
      return vector === undefined || isConfirmed
        ? routing.route(query, options)
        : reranked(routing.route(query, widened(options)), options.limit ?? LIMIT, {
            vector,
            vectorOf: fusing.vectorOf,
          });
    },
  };
}

function widened(options: RouteOptions): RouteOptions {
  return { ...options, limit: Math.max(TOP, options.limit ?? LIMIT) };
}

interface Measure {
  readonly vector: Float32Array;
  readonly vectorOf: Fusing['vectorOf'];
}

function reranked(route: Route, limit: number, measure: Measure): Route {
  const top = route.candidates.slice(0, TOP);
  const meaning = top.map(({ document }) => {
    const own = measure.vectorOf(document);
    return own && nearnessOf(measure.vector, own);
  });
  const [first] = top;
  if (first === undefined || !areKnown(meaning))
    return { ...route, candidates: route.candidates.slice(0, limit) };
  const nearest = Math.max(...meaning);
  const spread = Math.max(SPREAD, nearest - Math.min(...meaning));
  const scored = route.candidates.map((candidate, at): Candidate => {
    const near = at < TOP ? 1 - (nearest - (meaning[at] ?? nearest)) / spread : 0;
    return { ...candidate, score: (1 - WEIGHT) * candidate.score + WEIGHT * near * first.score };
  });
  const candidates = scored.toSorted(
    (a, b) => b.score - a.score || (a.document.name < b.document.name ? -1 : 1),
  );
  return { ...route, ...verdictOn(route, candidates[0]), candidates: candidates.slice(0, limit) };
}

function areKnown(meaning: readonly (number | undefined)[]): meaning is readonly number[] {
  return meaning.every((each) => each !== undefined);
}

/**
 * Confidence speaks of words, and is only ever lowered: where another tool comes first than by words, to the share of the best score by
 * words that this one has. That may be a reason to ask and is none to refuse.
 */
function verdictOn(route: Route, first: Candidate | undefined): Partial<Route> {
  const [byWords] = route.candidates;
  const own = route.candidates.find(({ document }) => document === first?.document);
  if (byWords === undefined || own === undefined || own === byWords) return {};
  const { refuseBelow, routeFrom } = route.because;
  const share = byWords.score > 0 ? own.score / byWords.score : 0;
  const confidence =
    route.confidence < refuseBelow ? route.confidence : Math.max(refuseBelow, route.confidence * share);
  const decision = route.decision === 'route' && confidence < routeFrom ? 'ask' : route.decision;
  return { confidence, decision, because: { ...route.because, value: confidence } };
}
