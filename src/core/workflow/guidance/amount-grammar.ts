import type { Test } from './condition.ts';
import type { Cursor } from './cursor.ts';
import { isIdentifier } from './identifier.ts';
import { cardinal } from './number.ts';
import { phrases, PhraseTable } from './phrase.ts';
import type { Comparator } from './vocabulary/values.ts';
import {
  BETWEEN,
  COMPARATORS,
  COUNT_UNITS,
  EXCLUSIVE,
  INCLUSIVE,
  NUMBERED,
  OR_LESS,
  OR_MORE,
  STRICTLY_BETWEEN,
  UP_TO,
} from './vocabulary/values.ts';

/** A test that was read, and whether it was denied. */
export interface Found {
  readonly test: Test;
  readonly negated?: boolean;
}

export type Order = '<' | '<=' | '>' | '>=';

const SYMBOLS: ReadonlySet<string> = new Set<Comparator>(['<', '<=', '>', '>=', '=', '!=']);
const CURRENCIES = phrases('€|$|£');
const QUANTIFIERS = PhraseTable.of<Order | 'exactly'>([
  ['more than', '>'],
  ['over', '>'],
  ['at least', '>='],
  ['fewer|less than', '<'],
  ['under', '<'],
  ['at most', '<='],
  ['no more than', '<='],
  ['up to', '<='],
  ['exactly|only', 'exactly'],
]);

export function eatNumber(cursor: Cursor): number | undefined {
  const token = cursor.peek();
  if (token === undefined || token.kind === 'mark' || token.kind === 'quoted') return undefined;
  const number = cardinal(token.kind === 'word' ? token.low : token.text);
  if (number !== undefined) cursor.at++;
  return number;
}

export function eatSymbol(cursor: Cursor): Comparator | undefined {
  const low = cursor.low();
  if (!isSymbol(low)) return undefined;
  cursor.at++;
  return low;
}

function isSymbol(low: string): low is Comparator {
  return SYMBOLS.has(low);
}

export function isOrder(comparator: Comparator | undefined): comparator is Order {
  return comparator !== undefined && comparator !== '=' && comparator !== '!=';
}

/** "between 3 and 5 (inclusive)", "from 3 to 5". */
export function readRange(cursor: Cursor): Found | undefined {
  const isStrict = cursor.take(STRICTLY_BETWEEN) !== undefined;
  if (!isStrict && cursor.take(BETWEEN) === undefined) return undefined;
  const found = readSpan(cursor);
  if (found?.test.is !== 'between' || !isStrict) return found;
  return { test: { ...found.test, edges: 'out' } };
}

/** "3 to 5", "75..89", "5 up to and including 20". */
export function readSpan(cursor: Cursor): Found | undefined {
  const from = eatNumber(cursor);
  cursor.eat('%');
  const to = from !== undefined && eatUpTo(cursor) ? eatNumber(cursor) : undefined;
  if (from === undefined || to === undefined) return undefined;
  skipUnits(cursor);
  const isUnsure = cursor.take(EXCLUSIVE) !== undefined;
  return { test: { is: 'between', from, to, ...(isUnsure ? { edges: 'unsure' } : {}) } };
}

function eatUpTo(cursor: Cursor): boolean {
  return cursor.take(UP_TO) !== undefined || cursor.eat('and', 'to', '—', '-', 'through');
}

function skipUnits(cursor: Cursor): void {
  cursor.eat('%');
  cursor.take(INCLUSIVE);
  cursor.take(COUNT_UNITS);
}

/** "has more than 3 entries". */
export function readCount(cursor: Cursor): Found | undefined {
  if (cursor.take(NUMBERED) === undefined) return undefined;
  const found = readQuantity(cursor);
  if (found === undefined || cursor.take(COUNT_UNITS) === undefined) return undefined;
  return { test: { is: 'counting', test: found.test } };
}

/** "more than 3", "at least three", "3 or more", "3". */
export function readQuantity(cursor: Cursor): Found | undefined {
  const quantifier = cursor.take(QUANTIFIERS);
  const number = eatNumber(cursor);
  if (number === undefined) return undefined;
  if (quantifier === undefined) return readSide(cursor, number);
  return quantifier === 'exactly' ? exactly(number) : { test: { is: quantifier, than: number } };
}

/** "3 or more", "3 or fewer", or 3 itself. */
function readSide(cursor: Cursor, number: number): Found {
  if (cursor.take(OR_MORE) !== undefined) return { test: { is: '>=', than: number } };
  if (cursor.take(OR_LESS) !== undefined) return { test: { is: '<=', than: number } };
  return exactly(number);
}

function exactly(number: number): Found {
  return { test: { is: 'one-of', values: [number] } };
}

/** "is greater than 3", "= 3", "is 5 to 10", "exceeds `limit`". */
export function readComparison(cursor: Cursor): Found | undefined {
  const comparator = cursor.take(COMPARATORS) ?? eatSymbol(cursor);
  if (comparator === undefined) return undefined;
  cursor.take(CURRENCIES);
  if (isOrder(comparator)) return readOrder(cursor, comparator);
  const span = comparator === '=' ? cursor.attempt(() => readSpan(cursor)) : undefined;
  if (span !== undefined) return span;
  const number = eatNumber(cursor);
  if (number === undefined) return undefined;
  skipUnits(cursor);
  if (comparator === '!=' && !cursor.done && cursor.atJoint) return undefined;
  return comparator === '=' ? readSide(cursor, number) : { ...exactly(number), negated: true };
}

function readOrder(cursor: Cursor, op: Order): Found | undefined {
  const token = cursor.peek();
  if (token?.kind === 'code' && isIdentifier(token.text)) {
    cursor.at++;
    return { test: { is: 'beside', op, variable: token.text } };
  }
  const than = eatNumber(cursor);
  if (than === undefined) return undefined;
  skipUnits(cursor);
  return { test: { is: op, than } };
}

/** "From 12 hours on". */
export function readFromOn(cursor: Cursor): Found | undefined {
  if (!cursor.eat('from')) return undefined;
  const than = eatNumber(cursor);
  cursor.take(COUNT_UNITS);
  return than !== undefined && cursor.eat('on', 'onwards', 'upwards', 'up')
    ? { test: { is: '>=', than } }
    : undefined;
}
