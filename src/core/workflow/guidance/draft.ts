import type { Action } from './action.ts';
import type { Clause, Relation } from './clause.ts';
import type { Condition } from './condition.ts';
import { all, ALWAYS } from './condition.ts';
import type { Cursor } from './cursor.ts';
import type { Targets } from './target.ts';
import { withinLimit } from './visits-grammar.ts';

/** A sentence while it is read. */
export interface Draft {
  readonly cursor: Cursor;
  readonly targets: Targets;
  readonly found: Clause[];
  /** "However": the clause being read prevails over those before it. */
  overriding: boolean;
}

/** What was read before the action of a clause. */
export interface Given {
  readonly relation: Relation;
  readonly condition: Condition;
  /** The condition in the author's words. */
  readonly when: string;
  /** A bare target may follow. */
  readonly arrow: boolean;
  /** "Only if": without it the target is ruled out. */
  readonly exclusive?: boolean;
}

export const NOTHING_GIVEN: Given = { relation: 'plain', condition: ALWAYS, when: '', arrow: false };

export function addHead(draft: Draft, given: Given): true {
  const { relation, condition, when } = given;
  draft.found.push({ kind: 'head', relation, condition, overriding: draft.overriding, when });
  return true;
}

export function addRule(draft: Draft, given: Given, action: Action): true {
  const { relation, when, exclusive = false } = given;
  const { targets } = draft;
  const own = targets.steps[targets.index]?.name ?? '';
  const condition =
    action.limit === undefined ? given.condition : all(given.condition, withinLimit(own, action.limit));
  draft.found.push({
    kind: 'rule',
    relation,
    condition,
    action,
    exclusive,
    overriding: draft.overriding,
    when,
  });
  return true;
}
