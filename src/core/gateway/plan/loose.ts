import type { RouteDocument } from '../route/route.ts';
import { piecesOf } from './arguments/pieces.ts';
import { nameWords, stemOf, tokenize } from './arguments/words.ts';
import type { Clause } from './clauses.ts';
import { isDetail, isListed, isThing } from './details.ts';
import { TUNING, shareIn } from './finding.ts';
import type { Finding, Found } from './finding.ts';
import { handsOver } from './ties.ts';
import { ASKING, LEAD_INS, OPENERS } from './words.ts';

/** Share of the best score from which a tool answers a piece as well. */
const AS_WELL = 0.7;
/** What whoever puts the answer together does with what came. */
const TOLD =
  /^(?:tell|show|give|report|present|display|return|provide|include|mention|list|print|collect|combine|summari[sz]e|let|get|see|know|hear|look|need|want)$/;
/** What finding something comes to: who says so of what was found says little more. */
const FOUND =
  /^(?:analy[sz]e|check|compare|count|describe|detect|determine|discover|download|evaluate|examine|explain|explore|fetch|filter|find|follow|format|group|identify|inspect|learn|load|locate|obtain|order|pick|pull|query|rank|read|recommend|retrieve|review|scan|score|search|select|sort|suggest|track|verify|view|visit|watch)$/;
/** Something that was not spoken of before. */
const NEW = /\b(?:tell|give|show|sing|read)\s+(?:me|us)\s+(?:a|an|some|another)\s/iu;
const PRONOUN = /\b(?:it|this|that|these|those|them)\b/iu;
const COMPLEMENT = /\b(?:of|for|in|on|from|about|with|at|by)\b/iu;

export function isAsking({ form }: Clause): boolean {
  return form === 'task' || form === 'doing' || form === 'question' || form === 'need';
}

/** Whether a piece that is joined to another one asks for something that the other's tool does not bring. */
export function isLoose(part: Clause, last: Clause, finding: Finding): boolean {
  const isNew = NEW.test(part.masked) || part.isAfter;
  if (isListed(last) || handsOver(part.masked) || !(isNew || isThingApart(part, last))) return false;
  const theirs = finding.find(last);
  if (theirs === undefined || theirs.route.decision === 'refuse') return false;
  const mine = finding.find(part);
  if (isAsWell(mine, [theirs.best.document], TUNING.overlap)) return false;
  return isNew || COMPLEMENT.test(part.masked) || mine?.route.decision === 'route';
}

function isThingApart(part: Clause, last: Clause): boolean {
  return isThing(part) && !isDetail(part, last);
}

/** Whether a clause that no call is made of asks for what none of these tools brings. */
export function asksForMore(
  clause: Clause,
  { documents, finding }: { readonly documents: readonly RouteDocument[]; readonly finding: Finding },
): boolean {
  if (!isAsking(clause) || handsOver(clause.masked)) return false;
  if (!isDeed(clause) && (!saysSomething(clause) || isToldBefore(clause))) return false;
  // "Is it late?"
  if (clause.verb === undefined && PRONOUN.test(clause.masked)) return true;
  const found = finding.find(clause);
  return found?.route.decision === 'refuse' || !isAsWell(found, documents) || isUnspoken(clause, found);
}

/** "Close them": of what is done to something named before, the verb says enough. */
function isDeed({ form, tie, verb }: Clause): boolean {
  return form === 'task' && tie === 'object' && verb !== undefined && !TOLD.test(verb) && !FOUND.test(verb);
}

/** It tells, or wants to know, what comes of what is asked before. */
function isToldBefore({ form, tie, verb, masked }: Clause): boolean {
  if (form === 'question') return false;
  if (tie !== 'none' && (verb === undefined || TOLD.test(verb))) return true;
  return verb === undefined && PRONOUN.test(masked);
}

/** "List the requests and close them": a tool that never speaks of closing was found for other words, and does no such thing. */
function isUnspoken(clause: Clause, found: Found | undefined): boolean {
  if (!isDeed(clause) || found === undefined) return false;
  const { tool, title, description } = found.best.document;
  const spoken = [...nameWords(tool), ...tokenize(`${title} ${description}`).map(({ stem }) => stem)];
  return !spoken.includes(stemOf(clause.verb ?? ''));
}

/** Whether one of these tools answers it as well as any. */
function isAsWell(found: Found | undefined, documents: readonly RouteDocument[], share = AS_WELL): boolean {
  if (found === undefined || found.route.decision === 'refuse') return false;
  return documents.some((each) => shareIn(found.route, each) >= share);
}

function saysSomething({ masked, verb }: Clause): boolean {
  const words = masked.toLowerCase().match(/[\p{L}\p{N}'’_-]+/gu) ?? [];
  const isVerb = (word: string) => verb !== undefined && word.startsWith(verb.slice(0, 3));
  return words.some(
    (word) =>
      !isVerb(word) && word !== 'and' && ![LEAD_INS, OPENERS, ASKING].some((known) => known.has(word)),
  );
}

/** Whether a clause names things, and none of those that others name: then the same tool is meant once more. */
export function namesAnother({ text }: Clause, others: readonly Clause[]): boolean {
  const own = namesIn(text);
  const known = new Set(others.flatMap((each) => namesIn(each.text)));
  return own.length > 0 && known.size > 0 && own.every((name) => !known.has(name));
}

function namesIn(text: string): readonly string[] {
  return piecesOf(text).flatMap(({ kind, value }) => (kind === 'number' || kind === 'time' ? [] : [value]));
}
