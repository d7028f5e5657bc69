import type { Action } from './action.ts';
import { ActionDraft } from './action-draft.ts';
import type { Cursor } from './cursor.ts';
import { readLimit } from './visits-grammar.ts';
import { readDecoration, readRegardless, readSideWork } from './decoration-grammar.ts';
import { endsAction } from './decoration-grammar.ts';
import { readSetting, readStatus } from './effect-grammar.ts';
import { readAside, readBareTarget, readHalt, readIsNext, readMove, readStep } from './move-grammar.ts';
import type { PhraseTable } from './phrase.ts';
import { startsMotion, startsVerb, takeModal } from './starts.ts';
import { eatExactName } from './target-grammar.ts';
import type { Targets } from './target.ts';
import {
  ADVERBS,
  COMPLETE_VERBS,
  FAIL_VERBS,
  FINISH_VERBS,
  HALT_VERBS,
  JOINTS,
  NEXT_IS,
  STAY,
  SUBJECTS,
} from './vocabulary/actions.ts';
import { DEFAULTLY, REGARDLESS, STRONGLY } from './vocabulary/clauses.ts';

/** Reads one action and all that decorates it, up to where a clause may end. */
export function parseAction(
  cursor: Cursor,
  targets: Targets,
  options: { readonly bare?: boolean } = {},
): Action | undefined {
  const { at: start } = cursor;
  const draft = new ActionDraft(cursor, targets, options.bare === true);
  while (!endsAction(cursor) && readComponent(draft)) {
    const { at } = cursor;
    if (cursor.take(JOINTS) === undefined) cursor.eat(',');
    if (!endsAction(cursor)) continue;
    cursor.at = at;
    break;
  }
  return cursor.at === start ? undefined : draft.toAction();
}

function readComponent(draft: ActionDraft): boolean {
  const { at } = draft.cursor;
  readPreface(draft);
  const isRead =
    readAside(draft, readPrimary) ||
    readBareTarget(draft) ||
    readStatus(draft) ||
    readSetting(draft) ||
    readPrimary(draft) ||
    readSideWork(draft) ||
    readDecoration(draft);
  return isRead || draft.cursor.at > at;
}

/** "Normally, the workflow should simply …". */
function readPreface(draft: ActionDraft): void {
  const { cursor } = draft;
  for (let at = -1; at !== cursor.at;) {
    at = cursor.at;
    if (cursor.take(DEFAULTLY) !== undefined) draft.weigh('default');
    if (cursor.take(STRONGLY) !== undefined) draft.weigh('strong');
    if (cursor.at === at && draft.to === undefined && cursor.sees(REGARDLESS)) readRegardless(draft);
    if (cursor.at > at && cursor.eat(',', ':', '→', '—')) draft.bare = true;
    if (!startsMotion(cursor) && !cursor.sees(NEXT_IS)) cursor.take(ADVERBS);
    skipSubject(cursor);
  }
}

/** "The workflow should": nothing is meant by it, when a verb follows. */
function skipSubject(cursor: Cursor): void {
  if (startsMotion(cursor) || cursor.sees(NEXT_IS)) return;
  cursor.accepts(() => {
    const subject = cursor.take(SUBJECTS);
    const modal = takeModal(cursor);
    if (subject === undefined && modal === undefined) return false;
    while (!startsMotion(cursor) && cursor.take(ADVERBS) !== undefined);
    return cursor.sees(DEFAULTLY) || cursor.sees(STRONGLY) || startsVerb(cursor);
  });
}

/** What leads somewhere. */
function readPrimary(draft: ActionDraft): boolean {
  const { cursor } = draft;
  if (cursor.take(FAIL_VERBS) !== undefined) return draft.lead({ kind: 'finish', status: 'FAILED' });
  if (cursor.take(COMPLETE_VERBS) !== undefined) return draft.lead({ kind: 'finish', status: 'COMPLETED' });
  if (readMove(draft) || readStep(draft)) return true;
  if (isNamedLikeVerb(draft)) draft.understood = false;
  switch (longest(cursor, [STAY, FINISH_VERBS, HALT_VERBS])) {
    case STAY:
      cursor.take(STAY);
      skipOwnName(draft);
      draft.limit = readLimit(cursor);
      return draft.lead({ kind: 'stay' });
    case FINISH_VERBS:
      cursor.take(FINISH_VERBS);
      return draft.lead({ kind: 'finish' });
    case HALT_VERBS:
      return readHalt(draft);
    default:
      return readIsNext(draft);
  }
}

/** "Stay on Check Draft", where that is the step itself. */
function skipOwnName({ cursor, targets }: ActionDraft): void {
  cursor.accepts(() => {
    if (!cursor.eat('on', 'in', 'at', 'with')) return false;
    cursor.eat('the');
    cursor.eat('step');
    const to = eatExactName(cursor, targets);
    cursor.eat('step');
    return to?.kind === 'stay' || (to?.kind === 'step' && to.step === targets.steps[targets.index]?.name);
  });
}

/** "Retry.", where a step is called so: either may be meant. */
function isNamedLikeVerb({ cursor, targets }: ActionDraft): boolean {
  if (!cursor.sees(STAY) && !cursor.sees(FINISH_VERBS) && !cursor.sees(HALT_VERBS)) return false;
  const probe = cursor.probe();
  const to = targets.spelled(probe);
  return to !== undefined && to.kind === 'step' && endsAction(probe);
}

/** The table with the longest phrase here. */
function longest(cursor: Cursor, tables: readonly PhraseTable<true>[]): PhraseTable<true> | undefined {
  let best: PhraseTable<true> | undefined;
  let most = cursor.at;
  for (const table of tables) {
    const next = table.match(cursor.tokens, cursor.at, cursor.end)?.next ?? cursor.at;
    if (next > most) [best, most] = [table, next];
  }
  return best;
}
