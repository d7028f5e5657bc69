import type { Target } from '../../kernel/instance.ts';
import type { Cursor } from './cursor.ts';
import { cardinal, ordinal } from './number.ts';
import type { Targets } from './target.ts';
import type { Token } from './token.ts';
import {
  AFTER_NAME,
  ARTICLES,
  FIRST_STEP,
  LAST_STEP,
  NEXT_STEP,
  NUMBERED,
  PREVIOUS_STEP,
  THE_END,
  THIS_STEP,
} from './vocabulary/places.ts';
import { NAME_ENDS } from './vocabulary/words.ts';

export interface TargetReading {
  /** `undefined` when a name was written that no step has. */
  readonly to: Target | undefined;
  readonly written: string;
  readonly fuzzy: boolean;
}

/** As plain words these say where a step stands, also where a step is called so. */
const PLACE_WORDS: ReadonlySet<string> = new Set(['next', 'previous', 'first', 'last']);

type Reading = Omit<TargetReading, 'written'>;

/** Reads the name of a way on: a step by name, number or place, or the end. */
export function parseTarget(cursor: Cursor, targets: Targets): TargetReading | undefined {
  const { at } = cursor;
  const reading = byPlace(cursor, targets) ?? byName(cursor, targets);
  if (reading === undefined) {
    cursor.at = at;
    return undefined;
  }
  cursor.take(AFTER_NAME);
  const written = cursor.slice(at, cursor.at);
  skipSecondNaming(cursor, targets, reading.to);
  return { ...reading, written };
}

/** A step's exact name, in quotes, in code or spelled out. */
export function eatExactName(cursor: Cursor, targets: Targets): Target | undefined {
  const token = cursor.peek();
  if (token === undefined) return undefined;
  if (!isMarked(token)) return targets.spelled(cursor);
  const to = targets.exact(token.text);
  if (to !== undefined) cursor.at++;
  return to;
}

function isMarked({ kind }: Token): boolean {
  return kind === 'quoted' || kind === 'code';
}

function byPlace(cursor: Cursor, targets: Targets): Reading | undefined {
  const readings: readonly (() => Target | undefined)[] = [
    () => targets.spelledExactly(cursor),
    () => (cursor.take(THE_END) === undefined ? undefined : { kind: 'finish' }),
    () => byNumber(cursor, targets),
    () => byPosition(cursor, targets),
    () => (cursor.take(THIS_STEP) === undefined ? undefined : { kind: 'stay' }),
  ];
  for (const read of readings) {
    const to = cursor.attempt(() => {
      const target = read();
      return continuesName(cursor) ? undefined : target;
    });
    if (to !== undefined) return { to, fuzzy: false };
  }
  return undefined;
}

/** "the step" of "the step "Build"" is not yet the whole name. */
function continuesName(cursor: Cursor): boolean {
  const token = cursor.peek();
  return token !== undefined && isMarked(token);
}

function byNumber(cursor: Cursor, targets: Targets): Target | undefined {
  cursor.eat('the');
  const position = ordinal(cursor.low());
  if (position !== undefined && (cursor.low(1) === 'step' || cursor.low(1) === 'stage')) {
    cursor.at += 2;
    return targets.numbered(position);
  }
  const token = cursor.take(NUMBERED) === undefined ? undefined : cursor.peek();
  const number = token === undefined ? undefined : cardinal(token.kind === 'word' ? token.low : token.text);
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
  if (isMarked(token)) {
    cursor.at++;
    return toReading(targets.named(token.text));
  }
  const isPlace = token.text === token.low && PLACE_WORDS.has(token.low);
  const spelled = isPlace ? undefined : targets.spelled(cursor);
  return spelled === undefined ? byWords(cursor, targets) : { to: spelled, fuzzy: false };
}

/** Words that spell no step: the only step they fit, when they are written as a name or followed by "step". */
function byWords(cursor: Cursor, targets: Targets): Reading | undefined {
  const start = cursor.at;
  let isName = false;
  for (let token = cursor.peek(); token?.kind === 'word' && !endsName(token); token = cursor.peek()) {
    isName ||= token.text !== token.low || token.text.includes('_');
    cursor.at++;
  }
  if (cursor.at === start) return undefined;
  const written = cursor.slice(start, cursor.at);
  if (isName || cursor.low() === 'step') return toReading(targets.named(written));
  const to = targets.reordered(written);
  return to === undefined ? undefined : { to, fuzzy: true };
}

function endsName({ low, text }: Token): boolean {
  return NAME_ENDS.has(low) && text === low;
}

function toReading(resolved: { readonly to: Target; readonly fuzzy?: boolean } | undefined): Reading {
  return { to: resolved?.to, fuzzy: resolved?.fuzzy === true };
}

/** "step 3 ("Build")", "Build (step 3)": the second naming must agree. */
function skipSecondNaming(cursor: Cursor, targets: Targets, to: Target | undefined): void {
  cursor.accepts(() => {
    if (!cursor.eat('(')) return false;
    const again = (byPlace(cursor, targets) ?? byName(cursor, targets))?.to;
    cursor.take(AFTER_NAME);
    return cursor.eat(')') && again !== undefined && to !== undefined && isSameTarget(again, to);
  });
}

export function isSameTarget(one: Target, other: Target): boolean {
  if (one.kind !== other.kind) return false;
  if (one.kind === 'step' && other.kind === 'step') return one.step === other.step;
  return one.kind !== 'finish' || other.kind !== 'finish' || one.status === other.status;
}
