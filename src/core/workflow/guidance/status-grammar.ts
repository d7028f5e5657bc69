import type { Condition, StatusClass } from './condition.ts';
import { any, not } from './condition.ts';
import type { Cursor } from './cursor.ts';
import { isWeighty } from './open-text.ts';
import { PhraseTable, phrases } from './phrase.ts';
import type { Targets } from './target.ts';
import type { Token } from './token.ts';
import type { StatusPhrase } from './vocabulary.ts';
import {
  COPULA, LIGHT_WORDS, NEGATED_COPULA, OPERATIONS, OWN_SUBJECTS, REPORTERS, SAYS, STATUS_CLAUSES, STATUS_FIELD, STATUS_NOUNS, STATUS_PREDICATES,
} from './vocabulary.ts';
import { parseValues } from './value-grammar.ts';

const STATUS_NAMES: ReadonlyMap<string, StatusClass> = new Map([
  ['success', 'success'], ['succeeded', 'success'], ['successful', 'success'], ['ok', 'success'], ['done', 'success'], ['completed', 'success'], ['complete', 'success'],
  ['failure', 'failure'], ['failed', 'failure'], ['fail', 'failure'], ['error', 'failure'], ['errored', 'failure'],
  ['needs_clarification', 'clarification'], ['in_progress', 'progress'], ['data_provided', 'data'], ['clarification_provided', 'clarified'], ['resuming', 'resuming'],
]);

/** The class of a status string, however it is spelled. */
export function statusClass(status: string): StatusClass | undefined {
  return STATUS_NAMES.get(status.trim().toLowerCase().replaceAll(/[\s-]+/g, '_'));
}

export function statusCondition(status: string): Condition {
  const is = statusClass(status);
  return is === undefined ? { kind: 'status-text', is: status.trim().toLowerCase() } : { kind: 'status', is, loose: false };
}

const NEGATED_SAYS = phrases("does|do|did not report|indicate|signal|show|return|say|confirm that?|with?", "doesn't|don't|didn't report|indicate|signal|show|return|say|confirm that?|with?", 'reports|indicates|shows|says|is anything|something other than|but', 'is|was|are|were not a|an?', "isn't|wasn't a|an?");
const TAILS = phrases('for any|whatever|some reason|reasons', 'in|with its|the|this|their report', 'in|on|at|with|during|of this|the step', 'by the client|user', 'with an|any error|exception', 'at any point', 'at all', 'from the client|step|report', 'along the way', 'here', 'status', 'outcome|result', 'in any way', 'or failure?', 'of any kind|sort', 'this time');
const DURING = phrases('during|in|while|with|from|by|of|for');

export function parseStatus(cursor: Cursor, targets: Targets): Condition | undefined {
  const readings = [() => byField(cursor), () => byReporter(cursor, targets), () => byClause(cursor), () => byPredicate(cursor, targets), () => byQuality(cursor, targets), () => bare(cursor)];
  for (const read of readings) {
    const condition = cursor.attempt(read);
    if (condition !== undefined) {
      if (condition.kind === 'status' && condition.is === 'clarification') skipOccasion(cursor);
      skipTail(cursor);
      return condition;
    }
  }
  return undefined;
}

/** "The status is "success"": the field by its name. */
function byField(cursor: Cursor): Condition | undefined {
  if (cursor.take(STATUS_FIELD) === undefined) return undefined;
  const negated = cursor.take(NEGATED_COPULA) !== undefined;
  if (!negated && cursor.take(COPULA) === undefined && !cursor.eat('of')) return undefined;
  cursor.eat('either', 'a', 'an', 'the');
  const values = parseValues(cursor, { words: true });
  if (values === undefined || values.some((value) => typeof value !== 'string')) return undefined;
  const condition = any(...values.map((value) => statusCondition(String(value))));
  return negated ? not(condition) : condition;
}

/** "The client reports a failure." */
function byReporter(cursor: Cursor, targets: Targets): Condition | undefined {
  if (cursor.take(REPORTERS) === undefined) return undefined;
  const negated = cursor.attempt(() => {
    if (cursor.take(NEGATED_SAYS) === undefined) return undefined;
    const condition = bare(cursor);
    return condition === undefined ? undefined : not(condition);
  });
  if (negated !== undefined) return negated;
  if (cursor.take(SAYS) === undefined) return undefined;
  cursor.eat('that');
  return byClause(cursor) ?? cursor.attempt(() => byPredicate(cursor, targets)) ?? bare(cursor);
}

function bare(cursor: Cursor): Condition | undefined {
  cursor.eat('status');
  const noun = cursor.take(STATUS_NOUNS);
  if (noun !== undefined) return toCondition(noun);
  const token = cursor.peek();
  if (token === undefined || (token.kind !== 'quoted' && token.kind !== 'code')) return undefined;
  const is = statusClass(token.text);
  if (is === undefined) return undefined;
  cursor.at++;
  return { kind: 'status', is, loose: false };
}

function byClause(cursor: Cursor): Condition | undefined {
  const clause = cursor.take(STATUS_CLAUSES);
  return clause === undefined ? undefined : toCondition(clause);
}

/** "The step fails", "file operations are successful". */
function byPredicate(cursor: Cursor, targets: Targets): Condition | undefined {
  const own = cursor.attempt(() => {
    const isNamed = cursor.take(OWN_SUBJECTS) !== undefined;
    if (!isNamed && !cursor.sees(STATUS_PREDICATES)) return undefined;
    return cursor.take(STATUS_PREDICATES);
  });
  if (own !== undefined) return toCondition(own);
  if (!skipOperation(cursor, targets)) return undefined;
  const predicate = cursor.take(STATUS_PREDICATES);
  return predicate === undefined ? undefined : toCondition({ ...predicate, loose: true });
}

/** A noun phrase of a few plain words whose head names an operation. */
function skipOperation(cursor: Cursor, targets?: Targets): boolean {
  const { at } = cursor;
  if (QUANTIFIED.has(cursor.low())) return false;
  for (let length = 0; length < 5; length++) {
    const token = cursor.peek();
    if (token === undefined || token.kind === 'mark' || token.kind === 'quoted' || isWeighty(token)) break;
    cursor.at++;
    const next = cursor.peek();
    const isHead = isOperation(token, targets) && (next === undefined || !isOperation(next, targets) || cursor.sees(STATUS_PREDICATES));
    if (isHead) {
      cursor.eat('itself');
      return true;
    }
  }
  cursor.at = at;
  return false;
}

/** "… is needed for the release": what it is for does not matter. */
function skipOccasion(cursor: Cursor): void {
  cursor.attempt(() => {
    if (!cursor.eat('for', 'about', 'on', 'from', 'to')) return undefined;
    const start = cursor.at;
    for (let token = cursor.peek(); token !== undefined && token.kind === 'word' && token.low !== 'and' && token.low !== 'or' && !isWeighty(token); token = cursor.peek()) cursor.at++;
    return cursor.at > start ? true : undefined;
  });
}

const QUANTIFIED: ReadonlySet<string> = new Set(['no', 'none', 'any', 'some', 'most', 'one', 'half', 'each', 'every', 'neither', 'nobody', 'few', 'many', 'several', 'part', 'parts']);

/** A noun for work: a known one, one made from a verb, or the step's own name in another form. */
function isOperation(token: Token, targets: Targets | undefined): boolean {
  const { low } = token;
  if (OPERATIONS.has(low)) return true;
  if (targets === undefined || low.length < 4) return false;
  if (low.length > 6 && (low.endsWith('ing') || low.endsWith('tion') || low.endsWith('sion') || low.endsWith('ment')) && !NOT_WORK.has(low)) return true;
  return targets.ownWords.some((word) => word.length > 2 && sharedPrefix(word, low) >= Math.min(4, word.length));
}

const NOT_WORK: ReadonlySet<string> = new Set(['something', 'anything', 'everything', 'nothing', 'document', 'question', 'condition', 'comment', 'version', 'position', 'apartment', 'department', 'building', 'meeting', 'morning', 'evening', 'station', 'section', 'statement', 'argument', 'equipment', 'instrument', 'decision', 'opinion', 'permission', 'transition']);

function sharedPrefix(one: string, other: string): number {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length++;
  return length;
}

/** "A failed payment", "a successful one": the quality of the step's own work. */
function byQuality(cursor: Cursor, targets: Targets): Condition | undefined {
  cursor.eat('a', 'an', 'the');
  const quality = cursor.take(QUALITIES);
  if (quality === undefined) return undefined;
  if (!cursor.eat('one') && !skipOperation(cursor, targets)) return undefined;
  return toCondition({ is: quality, loose: true });
}

const QUALITIES = new PhraseTable<'success' | 'failure'>([['successful', 'success'], ['failed|failing|unsuccessful', 'failure']]);

function skipTail(cursor: Cursor): void {
  while (!cursor.done) {
    if (cursor.take(TAILS) !== undefined) continue;
    const during = cursor.attempt(() => {
      if (cursor.take(DURING) === undefined) return undefined;
      while (LIGHT_WORDS.has(cursor.low())) cursor.at++;
      return skipOperation(cursor) || undefined;
    });
    if (during === undefined) return;
  }
}

function toCondition(phrase: StatusPhrase): Condition {
  const condition: Condition = { kind: 'status', is: phrase.is, loose: phrase.loose === true };
  return phrase.negated === true ? not(condition) : condition;
}
