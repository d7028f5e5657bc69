import type { Found } from './amount-grammar.ts';
import { eatNumber, eatSymbol, isOrder, readQuantity } from './amount-grammar.ts';
import type { Condition, Test } from './condition.ts';
import { all, not } from './condition.ts';
import type { Cursor } from './cursor.ts';
import { ordinal, timesWord } from './number.ts';
import type { Targets } from './target.ts';
import { eatExactName } from './target-grammar.ts';
import { BOUNDS } from './vocabulary/actions.ts';
import {
  BEFORE,
  BOUND_TIMES,
  COMPARATORS,
  COUNT,
  COUNTED,
  NOT_VISITED,
  OCCASIONS,
  OR_LATER,
  OR_SIDE,
  THIS,
  THIS_IS,
  TIMES,
  TIMES_QUANTIFIERS,
  VISITED,
  VISITORS,
} from './vocabulary/values.ts';

/** How often a step was entered: "on the third attempt", "visited more than twice", "the number of visits exceeds 3". */
export function parseVisits(cursor: Cursor, targets: Targets): Condition | undefined {
  const own = targets.steps[targets.index]?.name ?? '';
  const readings = [
    () => byOrdinal(cursor, own),
    () => byVisitor(cursor, targets),
    () => byVisited(cursor, targets),
    () => byCount(cursor, own),
    () => byNumber(cursor, own),
  ];
  for (const read of readings) {
    const condition = cursor.attempt(read);
    if (condition !== undefined) return condition;
  }
  return undefined;
}

/** "… up to three times": how often a repetition may be repeated. */
export function readLimit(cursor: Cursor): number | undefined {
  return cursor.attempt(() => {
    cursor.take(BOUNDS);
    const found = cursor.attempt(() => readWord(cursor)) ?? readQuantity(cursor);
    if (found?.test.is !== 'one-of') return undefined;
    cursor.take(BOUND_TIMES);
    const number = numberOf(found.test);
    return number > 0 ? number : undefined;
  });
}

/** Whether "up to three times" counts the first attempt, authors do not agree. */
export function withinLimit(step: string, limit: number): Condition {
  return {
    kind: 'both-readings',
    of: [visits(step, { is: '<', than: limit }), visits(step, { is: '<=', than: limit })],
  };
}

const visits = (step: string, test: Test): Condition => ({ kind: 'visits', step, test });

/** "This is the third attempt", "on the second visit or later". */
function byOrdinal(cursor: Cursor, own: string): Condition | undefined {
  cursor.take(THIS_IS);
  const atLeast = cursor.accepts(() => cursor.eat('at') && cursor.eat('least'));
  cursor.eat('the', 'our', 'its', 'your', 'my');
  const number = ordinal(cursor.low());
  if (number === undefined) return undefined;
  cursor.at++;
  if (cursor.eat('failure', 'error')) {
    const nth: Condition = { kind: 'judgement', text: `failure number ${number}`, calm: false };
    return all({ kind: 'status', is: 'failure', loose: false }, nth);
  }
  const failed = cursor.eat('failed', 'unsuccessful');
  if (cursor.take(OCCASIONS) === undefined) return undefined;
  const isOpen = cursor.take(OR_LATER) !== undefined || atLeast;
  const counted = visits(own, isOpen ? { is: '>=', than: number } : { is: 'one-of', values: [number] });
  return failed ? all(counted, { kind: 'status', is: 'failure', loose: false }) : counted;
}

/** "We have visited this step more than six times". */
function byVisitor(cursor: Cursor, targets: Targets): Condition | undefined {
  if (cursor.take(VISITORS) === undefined) return undefined;
  const step = readStep(cursor, targets);
  const found = step === undefined ? undefined : readTimes(cursor);
  if (step === undefined || found === undefined) return undefined;
  cursor.eat('already', 'before');
  return ofTimes(step, found);
}

/** "This step has been visited more than three times"; of another step too. */
function byVisited(cursor: Cursor, targets: Targets): Condition | undefined {
  const step = readStep(cursor, targets);
  if (step === undefined) return undefined;
  const isOwn = step === targets.steps[targets.index]?.name;
  if (cursor.take(NOT_VISITED) !== undefined)
    return isOwn ? undefined : visits(step, { is: 'one-of', values: [0] });
  if (cursor.take(VISITED) === undefined) return undefined;
  if (cursor.take(BEFORE) !== undefined) return visits(step, { is: '>', than: isOwn ? 1 : 0 });
  const found = readTimes(cursor);
  if (found !== undefined) return ofTimes(step, found);
  return isOwn || !cursor.atJoint ? undefined : visits(step, { is: '>', than: 0 });
}

/** "three times", "more than twice", "3 times or less". */
function readTimes(cursor: Cursor): Found | undefined {
  return cursor.attempt(() => readWord(cursor)) ?? cursor.attempt(() => readNumberOfTimes(cursor));
}

function readWord(cursor: Cursor): Found | undefined {
  const quantifier = cursor.take(TIMES_QUANTIFIERS);
  const than = timesWord(cursor.low());
  if (than === undefined) return undefined;
  cursor.at++;
  return { test: quantifier === undefined ? { is: 'one-of', values: [than] } : { is: quantifier, than } };
}

function readNumberOfTimes(cursor: Cursor): Found | undefined {
  const found = readQuantity(cursor);
  if (found === undefined || (cursor.take(TIMES) === undefined && !cursor.atJoint)) return undefined;
  const side = found.test.is === 'one-of' ? cursor.take(OR_SIDE) : undefined;
  return side === undefined ? found : { test: { is: side, than: numberOf(found.test) } };
}

/** "Visited three times": beyond three, an author may mean either. */
function ofTimes(step: string, { test }: Found): Condition {
  if (test.is !== 'one-of') return visits(step, test);
  return {
    kind: 'both-readings',
    of: [visits(step, test), visits(step, { is: '>=', than: numberOf(test) })],
  };
}

function numberOf(test: Test): number {
  return test.is === 'one-of' ? Number(test.values[0]) : Number.NaN;
}

function readStep(cursor: Cursor, targets: Targets): string | undefined {
  const own = targets.steps[targets.index]?.name;
  if (cursor.take(THIS) !== undefined) return own;
  cursor.eat('the', 'step');
  const target = eatExactName(cursor, targets);
  cursor.eat('step');
  if (target?.kind === 'stay') return own;
  return target?.kind === 'step' ? target.step : undefined;
}

/** "The number of visits exceeds 3", "visits >= 3". */
function byCount(cursor: Cursor, own: string): Condition | undefined {
  if (!eatCountName(cursor)) return undefined;
  const comparator = cursor.take(COMPARATORS) ?? eatSymbol(cursor);
  const number = comparator === undefined ? undefined : eatNumber(cursor);
  if (number === undefined) return undefined;
  if (isOrder(comparator)) return visits(own, { is: comparator, than: number });
  const side = comparator === '=' ? cursor.take(OR_SIDE) : undefined;
  if (side !== undefined) return visits(own, { is: side, than: number });
  const exact = visits(own, { is: 'one-of', values: [number] });
  return comparator === '=' ? exact : not(exact);
}

function eatCountName(cursor: Cursor): boolean {
  const token = cursor.peek();
  const isName =
    token?.text === 'visits' &&
    (token.kind === 'code' || eatSymbol(cursor.span(cursor.at + 1, cursor.end)) !== undefined);
  if (isName) cursor.at++;
  return isName || cursor.take(COUNT) !== undefined;
}

/** "After three attempts", "fewer than three attempts have been made", "three failed attempts". */
function byNumber(cursor: Cursor, own: string): Condition | undefined {
  if (cursor.eat('there')) cursor.eat('have', 'were', 'are');
  cursor.eat('been');
  const found = readQuantity(cursor);
  if (found === undefined) return undefined;
  const failed = cursor.eat('failed', 'unsuccessful');
  if (cursor.take(COUNTED) === undefined) return undefined;
  const { test } = found;
  const counted = visits(own, test.is === 'one-of' ? { is: '>=', than: numberOf(test) } : test);
  return failed ? all(counted, { kind: 'status', is: 'failure', loose: false }) : counted;
}
