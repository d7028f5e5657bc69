import type { Clause } from './clauses.ts';
import { nameOf } from './each.ts';
import type { Candidate, Route, RouteDocument, Routing } from '../route/route.ts';
import type { Asked } from './places.ts';
import { isDetail, isListed, isPresenting } from './details.ts';
import { handsOver } from './ties.ts';
import { asNamed } from './pronouns.ts';
import { asTalk, withMeant } from './wordings.ts';

/** A call found in a query: its own clause, those that only add to it, and who would make it. */
export interface Grounded extends Asked {
  readonly clauses: readonly Clause[];
  readonly document: RouteDocument;
  readonly query: string;
  readonly route: Route;
}

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
const TUNING = {
  /** How much the whole query says in the choice of a clause's tool. */
  whole: 0.6,
  limit: 10,
  /** What a clause's tool needs of the whole query: `share` of what its best tool has, `rank` of what the best has that no clause leads to. */
  asking: { share: 0.3, rank: 0.85 },
  linked: { share: 0.2, rank: 0.5 },
  part: { share: 0.4, rank: 0.6 },
  /** How much each of two joined pieces may say for the other's tool. */
  overlap: 0.3,
} as const;

interface Found {
  readonly clause: Clause;
  readonly query: string;
  readonly route: Route;
  readonly best: Candidate;
  /** Of the whole query, in the same wording. */
  readonly whole: Route;
  /** What the whole query says for it. */
  readonly share: number;
}

interface Draft {
  readonly clauses: Clause[];
  own: Found;
  /** A wish that may yet be told in other words. */
  isOpen: boolean;
  each?: number | undefined;
}

interface Finding {
  find(clause: Clause, query?: string): Found | undefined;
  /** The same, by another tool. */
  of(found: Found, best: Candidate): Found;
  /** Whether the whole query speaks for it, too. */
  supports(found: Found, bar: Bar): boolean;
}

interface Bar {
  readonly share: number;
  readonly rank: number;
}

/** The clauses that lead to tools of their own. */
export function ground(given: readonly Clause[], look: Ground): readonly Grounded[] {
  const clauses = withMeant(given);
  const finding = findingIn(clauses, look);
  return draftsOf(joinParts(clauses, finding), finding).map(({ clauses: all, own, each }) => ({
    clause: own.clause,
    clauses: all,
    document: own.best.document,
    query: own.query,
    route: own.route,
    each,
  }));
}

function findingIn(clauses: readonly Clause[], look: Ground): Finding {
  const { whole, query: all } = look;
  const route = routingOf(look);
  const find: Finding['find'] = (clause, query = clause.asks ?? clause.text) => {
    const own = { query, route: route(query), whole };
    if (own.route.decision === 'route') return foundIn(clause, own);
    // Where its own words do not suffice, it may still be plain what they mean.
    const named = asNamed(query, clause.meant);
    const talk = asTalk(query);
    const others = [
      // What is named without a verb is to be found.
      ...(clause.form === 'part' && query === clause.text
        ? [{ query: `find ${query}`, route: route(`find ${query}`), whole }]
        : []),
      ...(named === undefined ? [] : [{ query: named, route: route(named), whole }]),
      ...(talk === undefined ? [] : [{ query: talk, route: route(talk), whole: route(asTalk(all) ?? all, HEARD) }]),
    ];
    const surest = others.reduce((best, next) => (next.route.confidence > best.route.confidence ? next : best), own);
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
  const of: Finding['of'] = (found, best) => ({
    ...found,
    best,
    share: shareIn(found.whole, best.document),
  });
  return { find, of, supports };
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

function shareIn(whole: Route, document: RouteDocument): number {
  const most = whole.candidates[0]?.score ?? 0;
  const own = whole.candidates.find((candidate) => candidate.document === document)?.score ?? 0;
  return most > 0 ? own / most : 0;
}

/** A piece without a verb goes with the one before it, unless both lead somewhere, and to different servers. */
function joinParts(clauses: readonly Clause[], finding: Finding): readonly Clause[] {
  const joined: Clause[] = [];
  for (const clause of clauses) {
    const last = joined.at(-1);
    const isPart =
      clause.form === 'part' || clause.form === 'maybe' || (last !== undefined && isPresenting(clause, last));
    if (!isPart || last === undefined || clause.sentence !== last.sentence) joined.push(clause);
    else if (last.form === 'statement') joined.push({ ...clause, form: 'statement' });
    else {
      const asks = leadingElsewhere(clause, last, finding);
      if (asks === undefined) joined[joined.length - 1] = together(last, clause);
      else joined.push({ ...clause, asks });
    }
  }
  return joined;
}

function together(last: Clause, part: Clause): Clause {
  return { ...last, text: `${last.text} ${part.text}`, masked: `${last.masked} ${part.masked}` };
}

/** The words by which a piece leads to another server, with the verb before it or without, whichever says more. */
function leadingElsewhere(part: Clause, last: Clause, finding: Finding): string | undefined {
  if (isListed(last) || (part.form !== 'task' && isDetail(part, last))) return undefined;
  const theirs = finding.find(last);
  if (theirs === undefined || !finding.supports(theirs, TUNING.part)) return undefined;
  const leads = (query: string): boolean => {
    const mine = finding.find(part, query);
    if (mine === undefined || mine.route.decision === 'refuse' || !finding.supports(mine, TUNING.part))
      return false;
    const toTheirs = shareIn(mine.route, theirs.best.document);
    const toMine = shareIn(theirs.route, mine.best.document);
    return (
      Math.max(toTheirs, toMine) <= TUNING.overlap &&
      mine.best.document.server !== theirs.best.document.server
    );
  };
  const sureness = (query: string): number => finding.find(part, query)?.route.confidence ?? 0;
  const [first, ...others] = [queryOf(part, last), part.text].filter((query) => leads(query));
  return first === undefined
    ? undefined
    : others.reduce((best, query) => (sureness(query) > sureness(best) ? query : best), first);
}

/** "summarize this and that" summarizes that, too. */
function queryOf(part: Clause, last: Clause): string {
  return part.form === 'part' && last.verb !== undefined ? `${last.verb} ${part.text}` : part.text;
}

function draftsOf(clauses: readonly Clause[], finding: Finding): readonly Draft[] {
  const drafts: Draft[] = [];
  /** What tells something before anything is asked. */
  const stray: Clause[] = [];
  clauses.forEach((clause, index) => {
    if (clause.form === 'collection' || tellAgain(clause, drafts, { stray, finding })) return;
    const found = finding.find(clause);
    if (found !== undefined) setApart(found, drafts.at(-1), finding);
    if (found === undefined || !isOwn(found, drafts, finding)) {
      (drafts.at(-1)?.clauses ?? stray).push(clause);
      return;
    }
    const each = clause.isEach ? eachOf(clauses[index - 1], found, { drafts, finding }) : undefined;
    drafts.push({ clauses: [...stray.splice(0), clause], own: found, isOpen: clause.isWish, each });
  });
  return drafts;
}

/** A sentence that nothing links to the wish before it mostly tells the same, closer: "I want to know the weather. Please look it up." */
function restates(clause: Clause, last: Draft): boolean {
  return (
    last.isOpen &&
    isAsking(clause) &&
    clause.sentence !== last.own.clause.sentence &&
    !clause.isAfter &&
    !clause.isAlso
  );
}

/** @returns whether the clause was taken in. One that begins a list ("First, …") only makes the wish before it a preamble. */
function tellAgain(
  clause: Clause,
  drafts: Draft[],
  { stray, finding }: { stray: Clause[]; finding: Finding },
): boolean {
  const last = drafts.at(-1);
  if (last === undefined || !restates(clause, last)) return false;
  if (clause.isFirst) {
    drafts.pop();
    stray.push(...last.clauses);
    return false;
  }
  const found = finding.find(clause, `${last.own.clause.text} ${clause.text}`);
  if (found === undefined) return false;
  last.clauses.push(clause);
  last.own = found;
  last.isOpen = false;
  return true;
}

/** Two things to do, one after the other, are hardly one: where both lead to one tool, the first goes by its own words. */
function setApart(found: Found, last: Draft | undefined, finding: Finding): void {
  if (last === undefined || last.own.best.document !== found.best.document) return;
  if (!isAnotherThing(found.clause, last.own.clause)) return;
  const { route } = last.own;
  const [alone] = route.candidates;
  const isTheirs = found.route.candidates[0]?.document === found.best.document;
  if (alone === undefined || alone.document === found.best.document || !isTheirs) return;
  const apart = finding.of(last.own, alone);
  if (route.decision !== 'refuse' && finding.supports(apart, TUNING.linked)) last.own = apart;
}

/** With a verb of its own, and linked to the other one. */
function isAnotherThing(clause: Clause, other: Clause): boolean {
  const isLinked = clause.isAfter || clause.sentence === other.sentence;
  if (!isLinked || !isAsking(clause)) return false;
  if (clause.form === 'question' && other.form === 'question') return true;
  return clause.verb !== undefined && clause.verb !== other.verb;
}

function isOwn(found: Found, drafts: readonly Draft[], finding: Finding): boolean {
  const { clause, route, best } = found;
  if (route.decision === 'refuse' || clause.form === 'statement' || handsOver(clause.masked)) return false;
  if (!finding.supports(found, barOf(clause)) || drafts.at(-1)?.own.best.document === best.document)
    return false;
  return isAskedAgain(clause, drafts) || drafts.every(({ own }) => own.best.document !== best.document);
}

function barOf(clause: Clause): Bar {
  if (!isAsking(clause)) return TUNING.part;
  return clause.isAfter || clause.isAlso || clause.isEach ? TUNING.linked : TUNING.asking;
}

/** Only in so many words is the same tool meant a second time. */
function isAskedAgain(clause: Clause, drafts: readonly Draft[]): boolean {
  const isSameSentence = clause.sentence === drafts.at(-1)?.own.clause.sentence;
  return clause.isAfter || clause.isAlso || (isAsking(clause) && isSameSentence);
}

function isAsking({ form }: Clause): boolean {
  return form === 'task' || form === 'doing' || form === 'question' || form === 'need';
}

/** The call that brings what something is done for each of: one from before that names it, else one of its own. */
function eachOf(
  before: Clause | undefined,
  main: Found,
  { drafts, finding }: { drafts: Draft[]; finding: Finding },
): number | undefined {
  const isList = (index: number) => drafts[index] !== undefined && drafts[index].each === undefined;
  const collection = before?.form === 'collection' ? before : undefined;
  if (collection === undefined) return isList(drafts.length - 1) ? drafts.length - 1 : undefined;
  const name = nameOf(collection.text);
  const named = drafts.findLastIndex(({ own }) => own.clause.text.toLowerCase().includes(name));
  if (named !== -1) return isList(named) ? named : undefined;
  const found = listOf(collection, (clause, query) => finding.find(clause, query));
  if (found === undefined || found.route.decision !== 'route') return undefined;
  if (found.best.document === main.best.document) return undefined;
  drafts.push({ clauses: [collection], own: found, isOpen: false });
  return drafts.length - 1;
}

/** What lists a thing: the tool that both the thing and its being listed speak for. */
function listOf(thing: Clause, find: Finding['find']): Found | undefined {
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
