import type { Target } from '../../kernel/instance.ts';
import { all, ALWAYS } from './condition.ts';
import type { Draft, Given } from './draft.ts';
import { NOTHING_GIVEN } from './draft.ts';
import { eatExactName, parseTarget } from './target-grammar.ts';
import { readTrailing, skipConcession } from './trailing-grammar.ts';
import {
  ALLOWED_AFTER_BAN,
  FINISH_VERBS,
  HALT_VERBS,
  MOVE,
  MOVE_BARE,
  MUST_NOT,
  NEGATION,
  NOT_TO,
} from './vocabulary/actions.ts';

/** "Do not proceed to X until …". */
export function readProhibition(draft: Draft, given: Given = NOTHING_GIVEN): boolean {
  const { cursor, targets } = draft;
  const target = cursor.attempt(() => (cursor.take(NEGATION) === undefined ? undefined : forbidden(draft)));
  if (target === undefined) return false;
  skipConcession(cursor);
  const trailing = readTrailing(cursor, targets);
  return forbid(draft, { ...given, condition: all(given.condition, trailing?.condition ?? ALWAYS) }, target);
}

/** "X must never follow directly." */
export function readBan(draft: Draft): boolean {
  const { cursor, targets } = draft;
  const target = eatExactName(cursor, targets);
  if (target === undefined || cursor.take(MUST_NOT) === undefined) return false;
  cursor.take(ALLOWED_AFTER_BAN);
  return forbid(draft, NOTHING_GIVEN, target);
}

/** "…, never to X": what is ruled out beside. */
export function readElsewhere(draft: Draft, given: Given): void {
  const { cursor, targets } = draft;
  cursor.accepts(() => {
    cursor.eat(',');
    if (cursor.take(NOT_TO) === undefined) return false;
    if (cursor.take(MOVE) === undefined) cursor.eat('to');
    const target = parseTarget(cursor, targets)?.to;
    return target !== undefined && forbid(draft, given, target);
  });
}

function forbidden({ cursor, targets }: Draft): Target | undefined {
  const to = forbiddenEnd(cursor) ?? forbiddenMove({ cursor, targets });
  cursor.take(ALLOWED_AFTER_BAN);
  return to;
}

function forbiddenEnd(cursor: Draft['cursor']): Target | undefined {
  if (cursor.take(FINISH_VERBS) !== undefined) return { kind: 'finish' };
  return cursor.take(HALT_VERBS) === undefined ? undefined : { kind: 'halt' };
}

function forbiddenMove({ cursor, targets }: Pick<Draft, 'cursor' | 'targets'>): Target | undefined {
  const isMove = cursor.take(MOVE) ?? cursor.take(MOVE_BARE);
  if (isMove === undefined && !cursor.eat('going', 'proceeding', 'moving', 'jumping')) return undefined;
  cursor.eat('to');
  return parseTarget(cursor, targets)?.to;
}

function forbid(draft: Draft, given: Given, target: Target): true {
  const { relation, condition, when } = given;
  draft.found.push({ kind: 'prohibition', relation, condition, target, overriding: draft.overriding, when });
  return true;
}
