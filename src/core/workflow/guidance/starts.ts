import type { Cursor } from './cursor.ts';
import { isWeighty } from './open-text.ts';
import { PhraseTable } from './phrase.ts';
import {
  ADVERBS,
  COMPLETE_VERBS,
  FAIL_VERBS,
  FINISH_VERBS,
  HALT_VERBS,
  MODALS,
  MOVE,
  MOVE_BACK,
  MOVE_BARE,
  MOVE_ON,
  NEXT_IS,
  NOT_TO,
  SET,
  SIDE_VERBS,
  STAY,
  SUBJECTS,
} from './vocabulary/actions.ts';
import {
  CONCESSIONS,
  DEFAULTLY,
  INTRODUCTIONS,
  OTHERWISE,
  REGARDLESS,
  STRONGLY,
} from './vocabulary/clauses.ts';
import { SUBJECT_NOUNS_EXCLUDED } from './vocabulary/words.ts';

const MOTIONS = PhraseTable.union(
  MOVE,
  FINISH_VERBS,
  HALT_VERBS,
  STAY,
  FAIL_VERBS,
  COMPLETE_VERBS,
  MOVE_BACK,
  MOVE_ON,
);
const VERBS = PhraseTable.union(MOTIONS, NEXT_IS, SIDE_VERBS, MOVE_BARE, SET);
const CLAUSES = PhraseTable.union(OTHERWISE, INTRODUCTIONS);
const NEGATIONS: ReadonlySet<string> = new Set(['do', "don't", 'never']);

/** Verbs that lead somewhere, wherever they stand. */
export function startsMotion(cursor: Cursor): boolean {
  return cursor.sees(MOTIONS);
}

export function startsVerb(cursor: Cursor): boolean {
  return startsNegation(cursor) || cursor.sees(VERBS);
}

export function startsNegation(cursor: Cursor): boolean {
  return NEGATIONS.has(cursor.low());
}

/** Whether an action, and not more of a condition, begins here. */
export function startsAction(cursor: Cursor): boolean {
  const probe = cursor.probe();
  for (let turn = 0; turn < 3; turn++) {
    if (probe.take(DEFAULTLY) ?? probe.take(STRONGLY)) probe.eat(',');
    probe.take(ADVERBS);
    if (startsVerb(probe)) return true;
    if (probe.take(SUBJECTS) !== undefined) {
      takeModal(probe);
      probe.take(ADVERBS);
      return startsVerb(probe);
    }
    if (probe.take(MODALS) === undefined && turn > 0) return false;
  }
  return false;
}

/** "Shall be" leaves the "be" to a verb in the passive. */
export function takeModal(cursor: Cursor): true | undefined {
  const modal = cursor.take(MODALS);
  if (modal !== undefined && cursor.lowAt(cursor.at - 1) === 'be') {
    cursor.at--;
    if (!cursor.sees(MOVE) && !cursor.sees(HALT_VERBS) && !cursor.sees(STAY)) cursor.at++;
  }
  return modal;
}

/** "It goes to", "we shall stop". */
export function startsAfterSubject(cursor: Cursor): boolean {
  const probe = cursor.probe();
  if (probe.take(SUBJECTS) === undefined) return false;
  takeModal(probe);
  return startsMotion(probe);
}

/** "The node is handed to": one plain noun before the verb. */
export function startsWithSubject(cursor: Cursor): boolean {
  return skipSubject(cursor.probe());
}

export function skipSubject(cursor: Cursor): boolean {
  return cursor.accepts(() => {
    if (!cursor.eat('the', 'this')) return false;
    const token = cursor.peek();
    if (token?.kind !== 'word' || isWeighty(token) || SUBJECT_NOUNS_EXCLUDED.has(token.low)) return false;
    cursor.at++;
    takeModal(cursor);
    return startsMotion(cursor);
  });
}

/** Whether another clause, or nothing, follows. */
export function endsClause(cursor: Cursor): boolean {
  if (cursor.done || cursor.low() === ';' || startsClause(cursor)) return true;
  const probe = cursor.probe();
  if (probe.eat(',')) probe.eat('and', 'but', 'or');
  else if (!probe.eat('and', 'but', 'or', '—')) return false;
  return startsClause(probe) || probe.sees(CONCESSIONS) || probe.sees(REGARDLESS) || probe.sees(NOT_TO);
}

export function startsClause(cursor: Cursor): boolean {
  return cursor.sees(CLAUSES);
}
