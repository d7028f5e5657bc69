import { parseAction } from './action-grammar.ts';
import { asideTarget, targetAtEnd } from './bare-target.ts';
import { understand } from './condition-grammar.ts';
import type { Cursor } from './cursor.ts';
import {
  skipSubject,
  startsAction,
  startsAfterSubject,
  startsClause,
  startsMotion,
  startsNegation,
  startsWithSubject,
} from './starts.ts';
import { parseTarget } from './target-grammar.ts';
import type { Targets } from './target.ts';
import { isWeighty } from './open-text.ts';
import { MOVE } from './vocabulary/actions.ts';
import { OTHERWISE, WHICH_CASE } from './vocabulary/clauses.ts';

export interface Split {
  readonly conditionEnd: number;
  readonly actionStart: number;
}

const MAX_GLOSS_WORDS = 3;
const BOUNDARIES: ReadonlySet<string> = new Set([',', ':', '→', '—', 'then']);
const JOINTS: ReadonlySet<string> = new Set([',', 'and', 'but', 'or', '—', 'while', 'whereas']);

/** Where a condition ends and its action begins: the first split that is understood on both sides, else the first at all. */
export function findSplit(cursor: Cursor, targets: Targets): Split | undefined {
  const start = cursor.at;
  let fallback: Split | undefined;
  for (let at = start + 1; at < cursor.end && cursor.lowAt(at) !== ';'; at++) {
    const split = splitAt(cursor, targets, at);
    if (split === undefined) continue;
    fallback ??= split;
    const isUnderstood = understand(cursor.span(start, split.conditionEnd), targets) !== undefined;
    if (isUnderstood && actsFrom(cursor, targets, split.actionStart)) return split;
  }
  return fallback ?? findBareSplit(cursor, targets);
}

/** "If successful go to X": no mark stands between. */
function findBareSplit(cursor: Cursor, targets: Targets): Split | undefined {
  for (let at = cursor.at + 1; at < cursor.end && cursor.lowAt(at) !== ';'; at++) {
    if (isBareSplit(cursor, targets, at)) return { conditionEnd: at, actionStart: at };
  }
  return undefined;
}

function splitAt(cursor: Cursor, targets: Targets, at: number): Split | undefined {
  const low = cursor.lowAt(at);
  if (!BOUNDARIES.has(low)) return undefined;
  const rest = cursor.span(at + 1, cursor.end);
  if (low === ',') {
    rest.accepts(() => rest.eat('though', 'however') && rest.eat(','));
    rest.eat('then');
    skipGloss(rest);
  }
  if (rest.done) return undefined;
  const isAction =
    startsAction(rest) ||
    targetAtEnd(rest.probe(), targets) !== undefined ||
    asideTarget(rest.probe(), targets) !== undefined ||
    startsWithSubject(rest);
  return isAction ? { conditionEnd: at, actionStart: rest.at } : undefined;
}

/** "…, reject: go to X": what the action is called. */
function skipGloss(rest: Cursor): void {
  rest.accepts(() => {
    for (let words = 0; words < MAX_GLOSS_WORDS && rest.low() !== ':'; words++) {
      const token = rest.peek();
      if (token?.kind !== 'word' || isWeighty(token)) return false;
      rest.at++;
    }
    return rest.eat(':') && startsAction(rest);
  });
}

function isBareSplit(cursor: Cursor, targets: Targets, at: number): boolean {
  const rest = cursor.span(at, cursor.end);
  const isVerb =
    startsMotion(rest) ||
    startsWithSubject(rest) ||
    startsAfterSubject(rest) ||
    targetAtEnd(rest.probe(), targets) !== undefined;
  if (!isVerb || cursor.lowAt(at - 1) === 'to') return false;
  return understand(cursor.span(cursor.at, at), targets) !== undefined && actsFrom(cursor, targets, at);
}

/** Whether what begins at `at` is understood as an action. */
export function actsFrom(cursor: Cursor, targets: Targets, at: number): boolean {
  const probe = cursor.span(at, cursor.end);
  if (startsNegation(probe) || asideTarget(probe, targets) !== undefined) return true;
  skipSubject(probe);
  return parseAction(probe, targets, { bare: true })?.understood === true;
}

/** Where a condition ends that stands behind its action. */
export function conditionEnd(cursor: Cursor, targets: Targets): number {
  if (understand(cursor.probe(), targets) !== undefined) return cursor.end;
  for (let at = cursor.at + 1; at < cursor.end; at++) if (breaks(cursor, targets, at)) return at;
  return cursor.end;
}

/** Whether a new clause begins at a separator. */
function breaks(cursor: Cursor, targets: Targets, at: number): boolean {
  const low = cursor.lowAt(at);
  const probe = cursor.span(at, cursor.end);
  if (low === ';' || low === '.' || probe.sees(OTHERWISE)) return true;
  probe.at++;
  if (low === ':') return startsAction(probe);
  return JOINTS.has(low) && breaksAfter(probe, targets, low);
}

function breaksAfter(probe: Cursor, targets: Targets, joint: string): boolean {
  if (joint === ',' || joint === '—') probe.eat('and', 'but', 'or', 'while');
  if (startsClause(probe) || probe.sees(WHICH_CASE) || probe.sees(MOVE)) return true;
  probe.eat('to', 'with');
  return parseTarget(probe, targets)?.to !== undefined && startsClause(probe);
}
