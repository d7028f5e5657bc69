import type { Target } from '../../kernel/instance.ts';
import type { Cursor } from './cursor.ts';
import { cardinal, ordinal } from './number.ts';
import { phrases } from './phrase.ts';
import type { Targets } from './target.ts';
import { FIRST_STEP, LAST_STEP, NEXT_STEP, PREVIOUS_STEP, THE_END, THIS_STEP } from './vocabulary.ts';

export interface TargetReading {
  /** `undefined` when a name was written that no step has. */
  readonly to: Target | undefined;
  readonly written: string;
  readonly fuzzy: boolean;
}

const ARTICLES = phrases('the|a|our|your', 'the following', 'to? the', 'either', 'the step called|named|titled', 'the step', 'step', 'stage', 'to');
const AFTER_NAME = phrases('step|stage|state|phase', 'step again|next');
const NUMBERED = phrases('step|stage|number|no|no.|#', 'step|stage number|no|#');

/** Reads the name of a way on: a step by name, number or place, or the end. */
export function parseTarget(cursor: Cursor, targets: Targets): TargetReading | undefined {
  const { at } = cursor;
  const to = byPlace(cursor, targets) ?? byName(cursor, targets);
  if (to === undefined) {
    cursor.at = at;
    return undefined;
  }
  cursor.take(AFTER_NAME);
  const end = cursor.at;
  attemptParenthesised(cursor, targets, to.to);
  return { ...to, written: cursor.slice(at, end) };
}

type Reading = Omit<TargetReading, 'written'>;

function byPlace(cursor: Cursor, targets: Targets): Reading | undefined {
  const readings: readonly (() => Target | undefined)[] = [
    () => targets.spelledExactly(cursor),
    () => (cursor.take(THE_END) === undefined ? undefined : targets.finish()),
    () => byNumber(cursor, targets),
    () => byPosition(cursor, targets),
    () => (cursor.take(THIS_STEP) === undefined ? undefined : { kind: 'stay' }),
  ];
  for (const read of readings) {
    const to = cursor.attempt(() => {
      const target = read();
      return target !== undefined && !continuesName(cursor) ? target : undefined;
    });
    if (to !== undefined) return { to, fuzzy: false };
  }
  return undefined;
}

/** "this" of "this step" must not be cut from "this document". */
function continuesName(cursor: Cursor): boolean {
  const token = cursor.peek();
  return token !== undefined && (token.kind === 'quoted' || token.kind === 'code') && cursor.tokens[cursor.at - 1]?.low !== ',';
}

function byNumber(cursor: Cursor, targets: Targets): Target | undefined {
  cursor.eat('the');
  const position = ordinal(cursor.low());
  if (position !== undefined && (cursor.low(1) === 'step' || cursor.low(1) === 'stage')) {
    cursor.at += 2;
    return targets.numbered(position);
  }
  if (cursor.take(NUMBERED) === undefined) return undefined;
  const token = cursor.peek();
  const number = token === undefined ? undefined : cardinal(token.kind === 'number' || token.kind === 'code' || token.kind === 'quoted' ? token.text : token.low);
  if (number === undefined) return undefined;
  cursor.at++;
  return targets.numbered(number);
}

function byPosition(cursor: Cursor, targets: Targets): Target | undefined {
  if (cursor.take(NEXT_STEP) !== undefined) return targets.next();
  if (cursor.take(PREVIOUS_STEP) !== undefined) return targets.at(targets.index - 1);
  if (cursor.take(FIRST_STEP) !== undefined) return targets.at(0);
  if (cursor.take(LAST_STEP) !== undefined) return targets.at(targets.steps.length - 1);
  return undefined;
}

function byName(cursor: Cursor, targets: Targets): Reading | undefined {
  cursor.take(ARTICLES);
  const token = cursor.peek();
  if (token === undefined) return undefined;
  if (token.kind === 'quoted' || token.kind === 'code') {
    cursor.at++;
    const resolved = targets.named(token.text);
    return { to: resolved?.to, fuzzy: resolved?.fuzzy === true };
  }
  const spelled = targets.spelled(cursor);
  if (spelled !== undefined) return { to: spelled, fuzzy: false };
  return byWords(cursor, targets);
}

const NAME_ENDS: ReadonlySet<string> = new Set([
  'step', 'if', 'when', 'unless', 'otherwise', 'else', 'and', 'or', 'to', 'with', 'for', 'so', 'because', 'on', 'after', 'once', 'until', 'instead', 'again', 'only', 'directly', 'immediately', 'without', 'in', 'but', 'as', 'where', 'which', 'regardless', 'except', 'then', 'next', 'by', 'from',
]);

/** Words that spell no step: the only step they fit, when they are written as a name or followed by "step". */
function byWords(cursor: Cursor, targets: Targets): Reading | undefined {
  const start = cursor.at;
  let capitals = 0;
  while (!cursor.done) {
    const token = cursor.peek();
    if (token === undefined || token.kind !== 'word' || (NAME_ENDS.has(token.low) && token.text === token.low)) break;
    if (token.text !== token.low || token.text.includes('_')) capitals++;
    cursor.at++;
  }
  const isName = cursor.at > start && (capitals > 0 || cursor.low() === 'step');
  if (!isName) {
    const to = cursor.at > start ? targets.reordered(cursor.slice(start, cursor.at)) : undefined;
    return to === undefined ? undefined : { to, fuzzy: true };
  }
  const resolved = targets.named(cursor.slice(start, cursor.at));
  return { to: resolved?.to, fuzzy: resolved?.fuzzy === true };
}

/** "step 3 ("Build")", "Build (step 3)": the second naming must agree. */
function attemptParenthesised(cursor: Cursor, targets: Targets, to: Target | undefined): void {
  cursor.attempt(() => {
    if (!cursor.eat('(')) return undefined;
    const again = byPlace(cursor, targets) ?? byName(cursor, targets);
    cursor.take(AFTER_NAME);
    if (!cursor.eat(')') || again?.to === undefined || to === undefined) return undefined;
    return isSameTarget(again.to, to) ? true : undefined;
  });
}

export function isSameTarget(one: Target, other: Target): boolean {
  if (one.kind !== other.kind) return false;
  if (one.kind === 'step' && other.kind === 'step') return one.step === other.step;
  return one.kind !== 'finish' || other.kind !== 'finish' || one.status === other.status;
}
