import type { ActionDraft } from './action-draft.ts';
import type { Cursor } from './cursor.ts';
import { isWeighty } from './open-text.ts';
import { PhraseTable } from './phrase.ts';
import { startsAction, startsMotion } from './starts.ts';
import { JOINTS, MOVE, PURPOSE, SET_STATUS, SIDE_VERBS } from './vocabulary/actions.ts';
import {
  CONCESSIONS,
  CONDITION_WORDS,
  DEFAULTLY,
  INTRODUCTIONS,
  OTHERWISE,
  REGARDLESS,
  STRONGLY,
} from './vocabulary/clauses.ts';
import { DECORATIVE, REGARDLESS_WORDS } from './vocabulary/words.ts';

const BEGINNINGS = PhraseTable.union(OTHERWISE, CONDITION_WORDS, INTRODUCTIONS);
const ASIDE_ENDS: ReadonlySet<string> = new Set([',', ':', '→', '—', ';']);
const NO_OBJECT: ReadonlySet<string> = new Set(['or', 'and', ',', ':']);

/** Whether an action may end here: at the end, or where another clause begins. */
export function endsAction(cursor: Cursor): boolean {
  if (cursor.done || cursor.low() === ';') return true;
  const probe = cursor.probe();
  probe.eat(',');
  probe.eat('and', 'but', 'or', 'while', 'whereas');
  return probe.sees(BEGINNINGS) && (probe.sees(OTHERWISE) || introduces(probe));
}

/** A condition of its own begins here, and not "in" or "where" as part of what is said. */
function introduces(cursor: Cursor): boolean {
  if (cursor.sees(REGARDLESS) || cursor.sees(STRONGLY) || cursor.sees(DEFAULTLY)) return false;
  if (cursor.sees(CONDITION_WORDS)) return true;
  return cursor.sees(INTRODUCTIONS) && cursor.low() !== 'in' && cursor.low() !== 'where';
}

/** "Report the error": work on the way, with an open object. */
export function readSideWork(draft: ActionDraft): boolean {
  const { cursor } = draft;
  return cursor.accepts(
    () => cursor.take(SIDE_VERBS) !== undefined && !NO_OBJECT.has(cursor.low()) && readOpen(draft),
  );
}

/** A purpose, a reason or a description behind what was asked: open text without words of weight. */
export function readDecoration(draft: ActionDraft): boolean {
  const { cursor } = draft;
  if (readRegardless(draft)) return true;
  if (cursor.sees(CONCESSIONS) || cursor.low() === 'never' || cursor.low() === 'not') return false;
  return cursor.accepts(() => {
    const isApart = cursor.lowAt(cursor.at - 1) === ',';
    const isTail = cursor.take(PURPOSE) !== undefined || isParticiple(cursor.low()) || isApart;
    return isTail && draft.to !== undefined && readOpen(draft);
  });
}

/** "Regardless of …": what does not matter may hold any words but those of another clause. */
export function readRegardless(draft: ActionDraft): boolean {
  const { cursor } = draft;
  if (cursor.take(REGARDLESS) === undefined) return false;
  draft.weigh('strong');
  while (!endsAction(cursor) && !ASIDE_ENDS.has(cursor.low()) && !startsMotion(cursor)) {
    const token = cursor.peek();
    if (token === undefined || isWeighty(token, REGARDLESS_WORDS)) {
      draft.understood = false;
      return true;
    }
    cursor.at++;
  }
  return true;
}

/** Open text: at least one word, none of weight, no step's name. */
export function readOpen(draft: ActionDraft): boolean {
  const { cursor, targets } = draft;
  const start = cursor.at;
  for (; !endsAction(cursor) && !turns(cursor); cursor.at++) {
    const token = cursor.peek();
    if (token === undefined || isWeighty(token, DECORATIVE) || targets.isNamedAt(cursor)) return false;
  }
  return cursor.at > start;
}

/** Whether the text is open no longer: another verb that leads somewhere follows. */
function turns(cursor: Cursor): boolean {
  const probe = cursor.probe();
  if (probe.take(JOINTS) === undefined && !probe.eat(',')) {
    return cursor.sees(MOVE) || cursor.sees(REGARDLESS) || cursor.sees(SET_STATUS);
  }
  return startsAction(probe) || probe.sees(REGARDLESS) || probe.sees(STRONGLY);
}

function isParticiple(low: string): boolean {
  return low.endsWith('ing') && low.length > 4;
}
