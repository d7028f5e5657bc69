import type { CatalogEntry } from '../catalog.ts';
import { toRouteDocument } from '../documents.ts';
import type { Planned } from '../plan/planning.ts';
import type { Candidate, Route } from '../route/route.ts';
import type { SeenTools } from './tools.ts';

const OF_ALL = 10;
const OF_EACH = 5;
const MOST = 24;

/** The tools that a model may choose from: those that words lead to, and nothing else. What is held, or may not be seen, is none of them. */
export interface Shortlist {
  readonly entries: readonly CatalogEntry[];
  find(name: string): CatalogEntry | undefined;
}

/**
 * The best few of each part, and of the whole: by rank, so that no part is crowded out by another.
 *
 * @param further routes of other wordings, and of parts that no call was planned for
 */
export function shortlistOf(planned: Planned, further: readonly Route[], tools: SeenTools): Shortlist {
  const [whole, ...each] = planned.routes.map(({ route }) => route);
  const lists = [
    ...each.map((route) => namesIn(route, OF_EACH)),
    ...further.map((route) => namesIn(route, OF_ALL)),
  ];
  if (whole !== undefined) lists.unshift(namesIn(whole, OF_ALL));
  const ranks = Array.from({ length: OF_ALL }, (_, rank) => rank);
  const names = ranks.flatMap((rank) => lists.flatMap((list) => list[rank] ?? []));
  const entries = [...new Set(names)]
    .flatMap((name) => tools.entries.find((entry) => entry.name === name) ?? [])
    .slice(0, MOST);
  const byName = new Map(entries.map((entry) => [entry.name, entry]));
  return { entries, find: (name) => byName.get(name) };
}

function namesIn({ candidates }: Route, count: number): readonly string[] {
  return candidates.slice(0, count).map(({ document }) => document.name);
}

/** Nearer than this to the best, another tool would be as good. */
const BEHIND = 0.95;
const FLOOR = 0.01;

/**
 * A route that leads where a model chose, as one that words lead to: judged and shown as any other. Tools that are the chosen one in all but their
 * server stay beside it, since no model knows which of two accounts is meant.
 */
export function routeChosen(route: Route, chosen: CatalogEntry, tools: SeenTools): Route {
  const best = Math.max(FLOOR, route.candidates[0]?.score ?? 0);
  const isTwin = (name: string) => tools.find(name)?.hash === chosen.hash;
  const isOwn = ({ document }: Candidate) => document.name === chosen.name;
  const own = route.candidates.find((each) => isOwn(each)) ?? {
    document: toRouteDocument(chosen),
    terms: () => [],
  };
  const others = route.candidates.filter((each) => !isOwn(each)).map((each) => behind(each, best, isTwin));
  return { ...route, candidates: [{ ...own, score: best }, ...others], decision: 'route' };
}

function behind(other: Candidate, best: number, isTwin: (name: string) => boolean): Candidate {
  const score = isTwin(other.document.name) ? best : Math.min(other.score, BEHIND * best);
  return { ...other, score };
}
