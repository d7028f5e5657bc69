import type { Clause } from './clauses.ts';
import { listOf } from './finding.ts';
import type { Finding, Found } from './finding.ts';
import { readHead } from './head.ts';

const LISTING = /^(?:list|show|get|fetch|display|enumerate|view)$/;
/** The name of a thing, in a text with single blanks. */
const THING =
  /^(?:(?:the|all|my|our|any) ){0,2}(?:(?!(?:and|or|the|all|my|our|any|of|in|on|at|for|from|to|with|by|about|into|that|which|who|whose|is|are|was|were|if|when|not|no|it|its|them|their|this|these|those|q{2,})\b)\p{L}[\p{L}'’-]{1,30}(?: |$)){1,4}$/iu;
const MORE = /^[\s,;]*(?:and|plus|&|as well as)\s(?<things>.*)$/isu;
const BETWEEN = / ?(?:, ?(?:(?:and|plus) )?|\/ ?|& ?)| (?:and|plus) /iu;
const MAX_THINGS = 10;
const MAX_READ = 300;
const MIN_THINGS = 2;

/**
 * "List pull requests, channels / tickets": a piece for each of several things that are to be listed. Nothing of the kind where they do not lead to
 * several tools: then they are as likely to be said of one.
 */
export function spreadThings(clauses: readonly Clause[], find: Finding['find']): readonly Clause[] {
  const spread: Clause[] = [];
  for (let at = 0; at < clauses.length; at += 1) {
    const clause = clauses[at];
    if (clause === undefined) break;
    const { things, inRow, used } = thingsAt(clauses, at);
    const each = things.map((thing, index) => toClause(clause, thing, index));
    const isApart = areApart(
      things.map((thing) => listOf({ ...clause, text: thing, masked: thing, form: 'collection' }, find)),
      inRow,
    );
    spread.push(...(isApart ? each : [clause]));
    if (isApart) at += used;
  }
  return spread;
}

/** Those that are only joined by "and" must each lead surely to another tool: "the name and address" of something are two of one. */
function areApart(found: readonly (Found | undefined)[], inRow: number): boolean {
  const leading = found.filter((each) => each !== undefined && each.route.decision !== 'refuse');
  const isSure = leading.length === found.length && leading.every((each) => each?.route.decision === 'route');
  const tools = new Set(leading.map((each) => each?.best.document));
  return inRow >= MIN_THINGS
    ? tools.size >= MIN_THINGS
    : isSure && tools.size === found.length && tools.size > 1;
}

interface Things {
  readonly things: readonly string[];
  /** How many of them the first piece names. */
  readonly inRow: number;
  /** How many of the pieces behind it name the rest of them. */
  readonly used: number;
}

function thingsAt(clauses: readonly Clause[], at: number): Things {
  const [clause, ...behind] = clauses.slice(at);
  const own = clause === undefined ? [] : ownThings(clause);
  if (clause === undefined || own.length === 0) return { things: [], inRow: 0, used: 0 };
  const others: string[] = [];
  let used = 0;
  for (const { sentence, masked, form } of behind) {
    if (sentence !== clause.sentence || form !== 'part') break;
    const more = partsOf(MORE.exec(masked.slice(0, MAX_READ))?.groups?.['things'] ?? '');
    if (more.length === 0) break;
    others.push(...more);
    used += 1;
  }
  return { things: [...own, ...others], inRow: own.length, used };
}

/** What a piece wants listed, where it says nothing else of it. */
function ownThings({ form, verb = '', masked }: Clause): readonly string[] {
  if (!/^(?:task|maybe|need)$/.test(form) || !LISTING.test(verb) || masked.length > MAX_READ) return [];
  const rest = masked.slice(readHead(masked, 0).at).replace(/^\s*\S+/, '');
  return partsOf(rest.replace(/^\s*(?:me|us)\s/i, ''));
}

/** Nothing where one of them is no mere name. */
function partsOf(row: string): readonly string[] {
  const text = row.replaceAll(/\s+/g, ' ').replace(/[ .,;!?]+$/, '');
  const parts = text.trim().split(BETWEEN);
  return parts.length <= MAX_THINGS && parts.every((each) => THING.test(each)) ? parts : [];
}

function toClause(clause: Clause, thing: string, index: number): Clause {
  const text = `${clause.verb ?? ''} ${thing}`;
  return {
    ...clause,
    text,
    masked: text,
    form: 'task',
    isAfter: index === 0 && clause.isAfter,
    isAlso: index > 0 || clause.isAlso,
    isWish: index === 0 && clause.isWish,
    tie: 'none',
    isOneOfRow: true,
  };
}
