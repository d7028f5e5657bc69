import type { Condition } from './condition.ts';
import { all, any, not } from './condition.ts';
import type { Cursor } from './cursor.ts';
import { isIdentifier } from './identifier.ts';
import { isWeighty } from './open-text.ts';
import { statusClass, statusCondition } from './status.ts';
import type { Targets } from './target.ts';
import { parseValues } from './value-grammar.ts';
import type { StatusPhrase } from './vocabulary/statuses.ts';
import {
  COPULA,
  DURING,
  NEGATED_COPULA,
  NEGATED_SAYS,
  OWN_SUBJECTS,
  QUALITIES,
  REPORTERS,
  SAYS,
  STATUS_CLAUSES,
  STATUS_FIELD,
  STATUS_NOUNS,
  STATUS_PREDICATES,
  TAILS,
  THING_SAYS,
} from './vocabulary/statuses.ts';
import { LIGHT_WORDS, PEOPLE, REMOTE } from './vocabulary/words.ts';
import { skipOperation } from './work.ts';

/** How the report says it went, in many words. */
export function parseStatus(cursor: Cursor, targets: Targets): Condition | undefined {
  const readings = [
    () => byField(cursor),
    () => byReporter(cursor, targets),
    () => byClause(cursor),
    () => byPredicate(cursor, targets),
    () => byThing(cursor),
    () => byQuality(cursor, targets),
    () => byNoun(cursor),
  ];
  for (const read of readings) {
    const condition = cursor.attempt(() => {
      const found = read();
      if (found?.kind === 'status' && found.is === 'clarification') skipOccasion(cursor);
      const given = found === undefined ? undefined : readGiven(cursor);
      if (found !== undefined) skipTail(cursor);
      if (!cursor.atJoint || found === undefined) return undefined;
      return given === undefined ? found : all(found, given);
    });
    if (condition !== undefined) return condition;
  }
  return undefined;
}

/** "… with a `receipt`": what came along with the status. */
function readGiven(cursor: Cursor): Condition | undefined {
  return cursor.attempt(() => {
    if (!cursor.eat('with', 'including')) return undefined;
    cursor.eat('a', 'an', 'the', 'some');
    const token = cursor.peek();
    if (token?.kind !== 'code' || !isIdentifier(token.text)) return undefined;
    cursor.at++;
    return cursor.atJoint
      ? { kind: 'variable', name: token.text, soft: false, test: { is: 'present' } }
      : undefined;
  });
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
  const denied = cursor.attempt(() => (cursor.take(NEGATED_SAYS) === undefined ? undefined : byWord(cursor)));
  if (denied !== undefined) return not(denied);
  if (cursor.take(SAYS) === undefined) return undefined;
  cursor.eat('that');
  return byClause(cursor) ?? cursor.attempt(() => byPredicate(cursor, targets)) ?? byWord(cursor);
}

function byNoun(cursor: Cursor): Condition | undefined {
  cursor.eat('status');
  const noun = cursor.take(STATUS_NOUNS);
  return noun === undefined ? undefined : toCondition(noun);
}

/** After a verb of reporting, a status may stand in quotes too. */
function byWord(cursor: Cursor): Condition | undefined {
  const noun = byNoun(cursor);
  if (noun !== undefined) return noun;
  const token = cursor.peek();
  const is = token?.kind === 'quoted' || token?.kind === 'code' ? statusClass(token.text) : undefined;
  if (is === undefined) return undefined;
  cursor.at++;
  return { kind: 'status', is, loose: false, literal: true };
}

function byClause(cursor: Cursor): Condition | undefined {
  const clause = cursor.take(STATUS_CLAUSES);
  return clause === undefined ? undefined : toCondition(clause);
}

/** "The step fails", "file operations are successful". */
function byPredicate(cursor: Cursor, targets: Targets): Condition | undefined {
  const own = cursor.attempt(() => {
    cursor.take(OWN_SUBJECTS);
    return cursor.take(STATUS_PREDICATES);
  });
  if (own !== undefined) return toCondition(own);
  if (!skipOperation(cursor, targets)) return undefined;
  cursor.eat('that', 'which', 'who');
  const predicate = cursor.take(STATUS_PREDICATES);
  return predicate === undefined ? undefined : toCondition({ ...predicate, loose: true });
}

/** "The node reports an error": any one thing may report. */
function byThing(cursor: Cursor): Condition | undefined {
  if (!cursor.eat('the', 'this', 'a')) return undefined;
  const token = cursor.peek();
  if (token?.kind !== 'word' || isWeighty(token) || REMOTE.has(token.low) || PEOPLE.has(token.low))
    return undefined;
  cursor.at++;
  const noun = cursor.take(THING_SAYS) === undefined ? undefined : cursor.take(STATUS_NOUNS);
  return noun === undefined ? undefined : toCondition({ ...noun, loose: true });
}

/** "A failed payment", "a successful one": the quality of the step's own work. */
function byQuality(cursor: Cursor, targets: Targets): Condition | undefined {
  cursor.eat('a', 'an', 'the');
  const is = cursor.take(QUALITIES);
  if (is === undefined || (!cursor.eat('one') && !skipOperation(cursor, targets))) return undefined;
  return toCondition({ is, loose: true });
}

/** "… is needed for the release": what it is for does not matter. */
function skipOccasion(cursor: Cursor): void {
  cursor.accepts(() => {
    if (!cursor.eat('for', 'about', 'on', 'from', 'to')) return false;
    const start = cursor.at;
    for (
      let token = cursor.peek();
      token?.kind === 'word' && !cursor.atJoint && !isWeighty(token);
      token = cursor.peek()
    )
      cursor.at++;
    return cursor.at > start;
  });
}

function skipTail(cursor: Cursor): void {
  while (cursor.take(TAILS) !== undefined || cursor.accepts(() => skipDuring(cursor)));
}

/** "… during file operations". */
function skipDuring(cursor: Cursor): boolean {
  if (cursor.take(DURING) === undefined) return false;
  while (LIGHT_WORDS.has(cursor.low())) cursor.at++;
  return skipOperation(cursor);
}

function toCondition({ is, loose, negated }: StatusPhrase): Condition {
  const condition: Condition = { kind: 'status', is, loose: loose === true };
  return negated === true ? not(condition) : condition;
}
