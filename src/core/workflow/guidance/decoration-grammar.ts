import type { ActionDraft } from './action-draft.ts';
import type { Cursor } from './cursor.ts';
import { isWeighty } from './open-text.ts';
import { PhraseTable } from './phrase.ts';
import { startsAction, startsMotion } from './starts.ts';
import { ASIDE, JOINTS, MOVE, PURPOSE, REASONS, SET_STATUS, SIDE_VERBS } from './vocabulary/actions.ts';
import {
  CONCESSIONS,
  CONDITION_WORDS,
  DEFAULTLY,
  INTRODUCTIONS,
  OTHERWISE,
  REGARDLESS,
  STRONGLY,
} from './vocabulary/clauses.ts';
import { NEXT_STEP } from './vocabulary/places.ts';
import { DECORATIVE, LIMITING, REGARDLESS_WORDS } from './vocabulary/words.ts';

const BEGINNINGS = PhraseTable.union(OTHERWISE, CONDITION_WORDS, INTRODUCTIONS);
/** "nothing else" begins no clause. */
const INDEFINITE: ReadonlySet<string> = new Set([
  'nothing',
  'anything',
  'something',
  'everything',
  'nobody',
  'anybody',
  'somebody',
  'everybody',
  'someone',
  'anyone',
]);
const ASIDE_ENDS: ReadonlySet<string> = new Set([',', ':', '→', '—', ';']);
const BEFORE_PARTICIPLES: ReadonlySet<string> = new Set([',', 'step', 'here', 'workflow']);
const NO_OBJECT: ReadonlySet<string> = new Set(['or', 'and', ',', ':']);

/** Whether an action may end here: at the end, or where another clause begins. */
export function endsAction(cursor: Cursor): boolean {
  if (cursor.done || cursor.low() === ';') return true;
  if (cursor.low() === 'else' && INDEFINITE.has(cursor.lowAt(cursor.at - 1))) return false;
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
    () =>
      cursor.take(SIDE_VERBS) !== undefined &&
      !NO_OBJECT.has(cursor.low()) &&
      !cursor.sees(NEXT_STEP) &&
      readOpen(draft) &&
      !cursor.sees(MOVE),
  );
}

/** A purpose, a reason or work on the way, behind what was asked: open text without words of weight, and nothing that limits it. */
export function readDecoration(draft: ActionDraft): boolean {
  const { cursor } = draft;
  if (readRegardless(draft)) return true;
  if (cursor.sees(CONCESSIONS) || cursor.low() === 'never' || cursor.low() === 'not') return false;
  if (draft.to !== undefined && readReason(draft)) return true;
  return cursor.accepts(() => {
    if (draft.to === undefined) return false;
    const isApart = cursor.lowAt(cursor.at - 1) === ',';
    if (cursor.lowAt(cursor.at - 1) === 'again' && cursor.low() === 'to') return false;
    if (cursor.take(PURPOSE) !== undefined || startsParticiple(cursor)) return readOpen(draft);
    return isApart && cursor.take(ASIDE) !== undefined && isPlain(cursor) && readOpen(draft);
  });
}

/** "…, because nothing else is left": a reason may hold any words but a value, a step's name or another clause. */
function readReason({ cursor, targets }: ActionDraft): boolean {
  return cursor.accepts(() => {
    if (cursor.take(REASONS) === undefined || !isPlain(cursor)) return false;
    for (; !endsAction(cursor); cursor.at++) if (cursor.sees(MOVE) || targets.isNamedAt(cursor)) return false;
    return true;
  });
}

/** No value stands in it that the rule might depend on. */
function isPlain(cursor: Cursor): boolean {
  for (let at = cursor.at; at < cursor.end; at++) {
    const kind = cursor.tokens[at]?.kind;
    if (kind === 'code' || kind === 'quoted' || kind === 'number') return false;
  }
  return true;
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

/** "…, indicating the reason"; in "the review meeting" and "stop recording" such a word is more than that. */
function startsParticiple(cursor: Cursor): boolean {
  const low = cursor.low();
  if (!low.endsWith('ing') || low.length < 5 || LIMITING.has(low)) return false;
  const before = cursor.tokens[cursor.at - 1];
  return before?.kind === 'quoted' || before?.kind === 'code' || BEFORE_PARTICIPLES.has(before?.low ?? '');
}
