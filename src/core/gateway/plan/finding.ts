import type { Candidate, Route, RouteDocument, Routing } from '../route/route.ts';
import type { Clause } from './clauses.ts';
import { isThing } from './details.ts';
import { asNamed } from './pronouns.ts';
import { asTalk } from './wordings.ts';

export interface Ground {
  readonly routing: Routing;
  /** Of the whole query. */
  readonly whole: Route;
  readonly query: string;
  readonly isVisible?: (document: RouteDocument) => boolean;
}

/** So many candidates of the whole query are heard when its clauses are weighed. */
export const HEARD = 64;

/** One set for all catalogues; see docs/design/planning.md for what they are worth. */
export const TUNING = {
  /** How much the whole query says in the choice of a clause's tool. */
  whole: 0.6,
  limit: 10,
  /** What a clause's tool needs of the whole query: `share` of what its best tool has, `rank` of what the best has that no clause leads to. */
  asking: { share: 0.3, rank: 0.85 },
  linked: { share: 0.2, rank: 0.5 },
  part: { share: 0.4, rank: 0.6 },
  /** A clause whose own words lead so surely to its tool needs no more of the whole query than a linked one. */
  sure: 0.6,
  /** How much each of two joined pieces may say for the other's tool. */
  overlap: 0.3,
} as const;

export interface Found {
  readonly clause: Clause;
  readonly query: string;
  readonly route: Route;
  readonly best: Candidate;
  /** Of the whole query, in the same wording. */
  readonly whole: Route;
  /** What the whole query says for it. */
  readonly share: number;
}

export interface Finding {
  find(clause: Clause, query?: string): Found | undefined;
  /** Whether the whole query speaks for it, too. */
  supports(found: Found, bar: Bar): boolean;
}

export interface Bar {
  readonly share: number;
  readonly rank: number;
}

export function findingIn(clauses: readonly Clause[], look: Ground): Finding {
  const { whole, query: all } = look;
  const route = routingOf(look);
  const find: Finding['find'] = (clause, query = clause.asks ?? clause.text) => {
    const own = { query, route: route(query), whole };
    if (own.route.decision === 'route') return foundIn(clause, own);
    // Where its own words do not suffice, it may still be plain what they mean.
    const named = asNamed(query, clause.meant);
    const talk = asTalk(query);
    const handled = query === clause.text ? clause.handled : undefined;
    const others = [
      ...(handled === undefined ? [] : [{ query: handled, route: route(handled), whole }]),
      // What is named without a verb is to be found.
      ...(isThing(clause) && query === clause.text
        ? [{ query: `find ${query}`, route: route(`find ${query}`), whole }]
        : []),
      ...(named === undefined ? [] : [{ query: named, route: route(named), whole }]),
      ...(talk === undefined
        ? []
        : [{ query: talk, route: route(talk), whole: route(asTalk(all) ?? all, HEARD) }]),
    ];
    const surest = others.reduce(
      (best, next) => (next.route.confidence > best.route.confidence ? next : best),
      own,
    );
    return foundIn(clause, surest);
  };
  const explained = new Set(
    clauses
      .filter(({ form }) => form !== 'statement')
      .map((clause) => (clause.form === 'collection' ? listOf(clause, find) : find(clause))?.best.document),
  );
  const supports = ({ best, share, whole: ofAll }: Found, bar: Bar) => {
    const rival = ofAll.candidates.find(
      ({ document }) => document === best.document || !explained.has(document),
    );
    return (
      share >= bar.share && share >= bar.rank * (rival === undefined ? 0 : shareIn(ofAll, rival.document))
    );
  };
  return { find, supports };
}

/** Routes each query once. */
function routingOf({ routing, isVisible }: Ground): (query: string, limit?: number) => Route {
  const visible = isVisible === undefined ? {} : { isVisible };
  const routes = new Map<string, Route>();
  return (query, limit = TUNING.limit) => {
    const key = `${limit} ${query}`;
    const route = routes.get(key) ?? routing.route(query, { limit, ...visible });
    routes.set(key, route);
    return route;
  };
}

function foundIn(
  clause: Clause,
  { query, route, whole }: { query: string; route: Route; whole: Route },
): Found | undefined {
  const top = route.candidates[0]?.score ?? 0;
  if (top <= 0) return undefined;
  let found: Found | undefined;
  let highest = -1;
  for (const best of route.candidates) {
    const share = shareIn(whole, best.document);
    const score = best.score / top + TUNING.whole * share;
    if (score <= highest) continue;
    highest = score;
    found = { clause, query, route, best, whole, share };
  }
  return found;
}

export function shareIn(whole: Route, document: RouteDocument): number {
  const most = whole.candidates[0]?.score ?? 0;
  const own = whole.candidates.find((candidate) => candidate.document === document)?.score ?? 0;
  return most > 0 ? own / most : 0;
}

/** What lists a thing: the tool that both the thing and its being listed speak for. */
export function listOf(thing: Clause, find: Finding['find']): Found | undefined {
  const named = find(thing);
  const listed = find(thing, `list ${thing.text}`);
  if (named === undefined || listed === undefined) return undefined;
  const share = ({ document }: Candidate) =>
    shareIn(named.route, document) + 2 * shareIn(listed.route, document);
  const best = listed.route.candidates.reduce(
    (first, next) => (share(next) > share(first) ? next : first),
    listed.best,
  );
  return { ...listed, best };
}
