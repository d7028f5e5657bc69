import type { Action } from './action.ts';
import { parseAction } from './action-grammar.ts';
import { asideTarget, leadTo, targetAlone } from './bare-target.ts';
import { all } from './condition.ts';
import type { Draft, Given } from './draft.ts';
import { addHead, addRule, NOTHING_GIVEN } from './draft.ts';
import { readElsewhere, readProhibition } from './prohibition-grammar.ts';
import { skipSubject, startsClause, startsMotion } from './starts.ts';
import { eatExactName } from './target-grammar.ts';
import type { Trailing } from './trailing-grammar.ts';
import { readTrailings, skipConcession } from './trailing-grammar.ts';
import { INTRODUCTIONS, OTHERWISE, WHICH_CASE } from './vocabulary/clauses.ts';

/** What follows from what is given: a prohibition, an action, or all that stands below. */
export function readConsequence(draft: Draft, given: Given): boolean {
  const { cursor, targets } = draft;
  const { at } = cursor;
  if (readProhibition(draft, given)) return readInstead(draft);
  cursor.at = at;
  const aside = given.arrow ? asideTarget(cursor, targets) : undefined;
  if (aside === undefined && given.arrow) skipSubject(cursor);
  const action = aside ?? parseAction(cursor, targets, { bare: given.arrow });
  if (action === undefined) return false;
  if (cursor.low() === ':' && cursor.at === cursor.end - 1 && action.to === undefined) {
    cursor.at = cursor.end;
    return addHead(draft, given);
  }
  return readRest(draft, given, action);
}

/** "Do not proceed while it is locked: stay on this step": what holds while the ban does. */
export function readInstead(draft: Draft): true {
  const { cursor, found } = draft;
  const ban = found.at(-1);
  const { at } = cursor;
  const isRead =
    ban?.kind === 'prohibition' &&
    ban.condition.kind !== 'always' &&
    cursor.eat(':') &&
    readConsequence(draft, { ...ban, arrow: true });
  if (!isRead) cursor.at = at;
  return true;
}

/** A rule, with whatever condition still trails behind its action. */
function readRest(draft: Draft, given: Given, action: Action): boolean {
  const { cursor, targets } = draft;
  skipConcession(cursor);
  readElsewhere(draft, given);
  const trailing = readTrailings(cursor, targets);
  if (trailing === undefined) return addRule(draft, withOtherwise(draft, given), action);
  addRule(draft, withTrailing(given, trailing), action);
  if (cursor.take(WHICH_CASE) !== undefined || trailing.leads || (trailing.negated && skipThen(draft))) {
    const condition = all(given.condition, trailing.inner);
    return readConsequence(draft, { relation: 'plain', condition, when: 'in that case', arrow: true });
  }
  skipConcession(cursor);
  return readGap(draft, action);
}

function withTrailing(given: Given, trailing: Trailing): Given {
  return {
    ...given,
    condition: all(given.condition, trailing.condition),
    when: [given.when, trailing.when].filter((part) => part !== '').join(', '),
    exclusive: given.exclusive === true || trailing.exclusive,
  };
}

/** "…; stay here otherwise". */
function withOtherwise({ cursor }: Draft, given: Given): Given {
  if (given.relation !== 'plain' || given.condition.kind !== 'always') return given;
  const trails = cursor.accepts(() => {
    cursor.eat(',');
    return cursor.take(OTHERWISE) !== undefined && (cursor.done || cursor.low() === ';');
  });
  return trails ? { ...given, relation: 'otherwise', when: 'otherwise' } : given;
}

/** "…, unless it is empty; then …". */
function skipThen({ cursor }: Draft): boolean {
  return cursor.accepts(() => (cursor.eat(';', ',') || cursor.done) && cursor.eat('then'));
}

/** "Go to A on success and B on failure": the verb is not said again. */
function readGap(draft: Draft, action: Action): boolean {
  const { cursor } = draft;
  const { at } = cursor;
  const next = action.to === undefined ? undefined : nextInGap(draft);
  if (next === undefined || !startsClause(cursor)) {
    cursor.at = at;
    return true;
  }
  return readRest(draft, { ...NOTHING_GIVEN, arrow: true }, next);
}

function nextInGap({ cursor, targets }: Draft): Action | undefined {
  const { at } = cursor;
  cursor.eat(',', ';');
  cursor.eat('and', 'or', 'but');
  cursor.eat('to', 'with');
  return cursor.at === at || startsMotion(cursor) ? undefined : targetAlone(cursor, targets);
}

/** An action that no condition introduces, though one may trail behind. */
export function readUnconditional(draft: Draft): boolean {
  const { cursor, targets } = draft;
  if (cursor.low() === 'only') return readOnly(draft);
  const action = parseAction(cursor, targets);
  if (action === undefined) return false;
  const saysNothing =
    action.to === undefined && action.understood && Object.keys(action.updates).length === 0;
  if (saysNothing && !cursor.sees(INTRODUCTIONS) && cursor.low() !== ',') return false;
  return readRest(draft, NOTHING_GIVEN, action);
}

/** "Only proceed to X if …". */
function readOnly(draft: Draft): boolean {
  const { cursor, targets } = draft;
  cursor.at++;
  const action = startsMotion(cursor) ? parseAction(cursor, targets) : undefined;
  return (
    action !== undefined &&
    cursor.sees(INTRODUCTIONS) &&
    readRest(draft, { ...NOTHING_GIVEN, exclusive: true }, action)
  );
}

/** "Archive after a successful payment": a step's name, and a condition behind it. */
export function readBareTarget(draft: Draft): boolean {
  const { cursor, targets } = draft;
  const isName = cursor.low() !== '' && cursor.peek()?.text !== cursor.low();
  const to = eatExactName(cursor, targets);
  if (to === undefined || !isName || !startsClause(cursor)) return false;
  return readRest(draft, { ...NOTHING_GIVEN, arrow: true }, leadTo(to));
}
