import type { Clause } from './clauses.ts';
import { nameOf } from './each.ts';
import type { Route, RouteDocument } from '../route/route.ts';
import { TUNING, findingIn, listOf, shareIn } from './finding.ts';
import type { Bar, Finding, Found, Ground } from './finding.ts';
import { asksForMore, isAsking, namesAnother } from './loose.ts';
import { joinParts } from './parts.ts';
import type { Asked } from './places.ts';
import { handsOver } from './ties.ts';
import { withMeant } from './wordings.ts';

/** A call found in a query: its own clause, those that only add to it, and who would make it. */
export interface Grounded extends Asked {
  readonly clauses: readonly Clause[];
  readonly document: RouteDocument;
  readonly query: string;
  readonly route: Route;
}

interface Draft {
  readonly clauses: Clause[];
  own: Found;
  /** A wish that may yet be told in other words. */
  isOpen: boolean;
  each?: number | undefined;
}

/** Calls, and the pieces that none is made of though they ask for something. */
interface Grounding {
  readonly found: readonly Grounded[];
  readonly loose: readonly Clause[];
}

/** The clauses that lead to tools of their own. */
export function ground(given: readonly Clause[], look: Ground): Grounding {
  const clauses = withMeant(given);
  const finding = findingIn(clauses, look);
  const { joined, loose } = joinParts(clauses, finding);
  const { drafts, open } = draftsOf(joined, finding);
  const documents = drafts.map(({ own }) => own.best.document);
  const more = new Set(
    open.filter(
      (clause) =>
        clause.isOneOfRow === true ||
        isSaidAgain(clause, drafts, finding) ||
        asksForMore(clause, { documents, finding }),
    ),
  );
  return {
    found: drafts.map(({ clauses: all, own, each }) => ({
      clause: own.clause,
      clauses: all.filter((clause) => !more.has(clause)),
      document: own.best.document,
      query: own.query,
      route: own.route,
      each,
    })),
    loose:
      drafts.length === 0
        ? []
        : given.filter(({ text }) => [...loose, ...more].some((each) => each.text === text)),
  };
}

interface Drafted {
  readonly drafts: readonly Draft[];
  /** What was taken for a part of some call, without a tool of its own. */
  readonly open: readonly Clause[];
}

function draftsOf(clauses: readonly Clause[], finding: Finding): Drafted {
  const drafts: Draft[] = [];
  /** What tells something before anything is asked. */
  const stray: Clause[] = [];
  const open: Clause[] = [];
  clauses.forEach((clause, index) => {
    if (clause.form === 'collection' || tellAgain(clause, drafts, { stray, finding })) return;
    const found = finding.find(clause);
    if (found !== undefined) setApart(found, drafts.at(-1), finding);
    if (found === undefined || !isOwn(found, drafts, finding)) {
      (drafts.at(-1)?.clauses ?? stray).push(clause);
      // Whoever begins by telling what they want says below how; and what a piece is joined to may be the beginning of it.
      const isPreamble = drafts.length === 0 && clause.isWish;
      if (!isPreamble && !isBegun(clause, clauses[index + 1])) open.push(clause);
      return;
    }
    const each = clause.isEach ? eachOf(clauses[index - 1], found, { drafts, finding }) : undefined;
    drafts.push({ clauses: [...stray.splice(0), clause], own: found, isOpen: clause.isWish, each });
  });
  return { drafts, open };
}

/** "Find recent and reliable papers": of a piece without a verb, the one before is the beginning. */
function isBegun(clause: Clause, next: Clause | undefined): boolean {
  return next?.form === 'part' && next.sentence === clause.sentence;
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
  const apart = { ...last.own, best: alone, share: shareIn(last.own.whole, alone.document) };
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
  const isPlain = clause.isOneOfRow === true && route.decision === 'route';
  if (!isPlain && !finding.supports(found, barOf(found))) return false;
  const last = drafts.at(-1);
  if (last?.own.best.document === best.document)
    return isAsking(clause) && namesAnother(clause, last.clauses);
  return isAskedAgain(found, drafts) || drafts.every(({ own }) => own.best.document !== best.document);
}

function barOf({ clause, route }: Found): Bar {
  if (!isAsking(clause)) return TUNING.part;
  const isSure = route.decision === 'route' && route.confidence >= TUNING.sure;
  return isSure || clause.isAfter || clause.isAlso || clause.isEach ? TUNING.linked : TUNING.asking;
}

/** Only in so many words is the same tool meant a second time. */
function isAskedAgain(found: Found, drafts: readonly Draft[]): boolean {
  const { clause } = found;
  const isSameSentence = clause.sentence === drafts.at(-1)?.own.clause.sentence;
  if (clause.isAfter || clause.isAlso) return true;
  return isAsking(clause) && isSameSentence && !isRepeated(found, drafts);
}

/** "List the requests and list the tickets", where one tool was found for both: it was the other thing's name that led there. */
function isRepeated({ clause, best }: Found, drafts: readonly Draft[]): boolean {
  return drafts.some(
    ({ own }) =>
      own.clause !== clause &&
      own.best.document === best.document &&
      own.clause.sentence === clause.sentence &&
      own.clause.verb !== undefined &&
      own.clause.verb === clause.verb,
  );
}

/** A piece with the same verb as a call's own that leads to no other tool, and is not about what that brings. */
function isSaidAgain(clause: Clause, drafts: readonly Draft[], finding: Finding): boolean {
  if (!isAsking(clause) || clause.tie !== 'none') return false;
  const found = finding.find(clause);
  return found !== undefined && isRepeated(found, drafts);
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
