import type { Naming } from './action.ts';
import type { ActionDraft } from './action-draft.ts';
import type { Cursor } from './cursor.ts';
import { endsAction, readOpen } from './decoration-grammar.ts';
import type { TargetReading } from './target-grammar.ts';
import { parseTarget } from './target-grammar.ts';
import type { Targets } from './target.ts';
import {
  ADVERBS,
  AFTER_BARE_TARGET,
  HALT_VERBS,
  HAND_TO,
  IS_NEXT,
  JOINTS,
  MOVE,
  MOVE_BACK,
  MOVE_BARE,
  MOVE_ON,
  NEXT_IS,
} from './vocabulary/actions.ts';
import { REGARDLESS } from './vocabulary/clauses.ts';

const TARGET_ENDS: ReadonlySet<string> = new Set([',', '(', '.', '—']);

/** "Proceed to X", "the next step is X", "→ X". */
export function readMove(draft: ActionDraft): boolean {
  const { cursor } = draft;
  return cursor.accepts(() => {
    if (cursor.take(MOVE) !== undefined || cursor.take(NEXT_IS) !== undefined) cursor.eat(':', '→', '=', '—');
    else if (!cursor.eat('→') && !startsBareMove(draft)) return false;
    return readTarget(draft);
  });
}

/** "run "Build"": only with a name that is marked as one. */
function startsBareMove({ cursor, targets }: ActionDraft): boolean {
  if (cursor.take(MOVE_BARE) === undefined) return false;
  cursor.eat('the', 'with');
  cursor.eat('step');
  const token = cursor.peek();
  switch (token?.kind) {
    case 'quoted':
    case 'code':
      return targets.named(token.text) !== undefined;
    case 'number':
      return cursor.lowAt(cursor.at - 1) === 'goto';
    case 'word':
      return token.text !== token.low && targets.spelled(cursor.probe()) !== undefined;
    default:
      return false;
  }
}

function readTarget(draft: ActionDraft): boolean {
  const { cursor, targets } = draft;
  const isGoto = cursor.lowAt(cursor.at - 1) === 'goto';
  const reading = (isGoto ? readNumber(cursor, targets) : undefined) ?? parseTarget(cursor, targets);
  return reading !== undefined && draft.name(reading);
}

/** "→ 5", "→ next". */
function readNumber(cursor: Cursor, targets: Targets): Naming | undefined {
  return cursor.attempt(() => {
    const token = cursor.peek();
    if (token === undefined || (token.kind !== 'number' && token.low !== 'next')) return undefined;
    cursor.at++;
    if (!endsAction(cursor) && cursor.low() !== ',') return undefined;
    const to = token.kind === 'number' ? targets.numbered(Number(token.text)) : targets.next();
    return { to, written: token.text, fuzzy: false };
  });
}

/** A target where something before already says "go". */
export function readBareTarget(draft: ActionDraft): boolean {
  const { cursor, targets } = draft;
  if (!draft.bare || draft.to !== undefined) return false;
  return cursor.accepts(() => {
    const reading = readNumber(cursor, targets) ?? parseTarget(cursor, targets);
    if (reading?.to === undefined || isPlainEnd(reading)) return false;
    cursor.take(AFTER_BARE_TARGET);
    return endsTarget(cursor) && draft.name(reading);
  });
}

/** "done" and "end" as plain words are verbs first. */
function isPlainEnd({ to, written }: Pick<TargetReading, 'to' | 'written'>): boolean {
  return to?.kind === 'finish' && written === written.toLowerCase();
}

function endsTarget(cursor: Cursor): boolean {
  if (endsAction(cursor) || TARGET_ENDS.has(cursor.low())) return true;
  return cursor.sees(JOINTS) || cursor.sees(ADVERBS) || cursor.sees(REGARDLESS);
}

/** "Go back one step", "move on": no target is named. */
export function readStep(draft: ActionDraft): boolean {
  const { cursor, targets } = draft;
  const back = targets.at(targets.index - 1);
  if (back !== undefined && cursor.accepts(() => cursor.take(MOVE_BACK) !== undefined && endsAction(cursor)))
    return draft.lead(back);
  return (
    cursor.accepts(() => cursor.take(MOVE_ON) !== undefined && endsAction(cursor)) &&
    draft.lead(targets.next())
  );
}

/** "X is next." */
export function readIsNext(draft: ActionDraft): boolean {
  const { cursor, targets } = draft;
  return cursor.accepts(() => {
    const reading = parseTarget(cursor, targets);
    const isNext = reading?.to !== undefined && cursor.take(IS_NEXT) !== undefined && endsAction(cursor);
    return isNext && draft.name(reading);
  });
}

/** Work handed to a step is a way on; handed to people it is a halt. */
export function readHalt(draft: ActionDraft): boolean {
  const { cursor } = draft;
  if (cursor.take(HALT_VERBS) === undefined) return false;
  const handed = cursor.accepts(() => {
    if (cursor.take(HAND_TO) === undefined) return false;
    cursor.eat('the');
    if (startsName(draft)) return readTarget(draft);
    draft.lead({ kind: 'halt' });
    return readOpen(draft);
  });
  return handed || draft.lead({ kind: 'halt' });
}

function startsName({ cursor, targets }: ActionDraft): boolean {
  const kind = cursor.peek()?.kind;
  return kind === 'quoted' || kind === 'code' || targets.spelled(cursor.probe()) !== undefined;
}

/** "Try again (stay on this step)": the same in other words. */
export function readAside(draft: ActionDraft, readPrimary: (draft: ActionDraft) => boolean): boolean {
  const { cursor, targets } = draft;
  return cursor.accepts(() => {
    if (!cursor.eat('(')) return false;
    cursor.eat('i.e', 'see', 'that');
    cursor.eat('is', ',');
    const isName = cursor.low() === 'step' || targets.spelled(cursor.probe()) !== undefined;
    return (isName ? readTarget(draft) : readPrimary(draft)) && cursor.eat(')');
  });
}
