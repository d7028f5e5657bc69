import type { Json } from '../json.ts';
import { isJsonObject } from '../json.ts';
import type { Comparison, Expression, MatchPattern, ReadPath, TextTest } from './expression.ts';

/** Whether an expression holds. Never throws: unlike types are unequal and in no order, what is missing is `null`. */
export function holds(expression: Expression, read: ReadPath, match: MatchPattern = matchesNothing): boolean {
  return isTrue(valueOf(expression, { read, match }));
}

interface Surroundings {
  readonly read: ReadPath;
  readonly match: MatchPattern;
}

const matchesNothing: MatchPattern = () => false;

/** Walks own properties and array indexes only; `null` where there is nothing. */
export function readKeys(value: Json, keys: readonly (string | number)[]): Json {
  let current: Json = value;
  for (const key of keys) {
    if (Array.isArray(current)) {
      current = typeof key === 'number' ? ((current as readonly Json[])[key] ?? null) : null;
    } else if (isJsonObject(current) && Object.hasOwn(current, key)) {
      current = current[key] ?? null;
    } else {
      return null;
    }
  }
  return current;
}

function valueOf(expression: Expression, around: Surroundings): Json {
  switch (expression.kind) {
    case 'literal':
      return expression.value;
    case 'list':
      return expression.items.map((item) => valueOf(item, around));
    case 'path':
      return around.read(expression.root, expression.keys);
    case 'not':
      return !isTrue(valueOf(expression.of, around));
    case 'all':
      return expression.of.every((each) => isTrue(valueOf(each, around)));
    case 'any':
      return expression.of.some((each) => isTrue(valueOf(each, around)));
    case 'compare':
      return compare(expression.op, valueOf(expression.left, around), valueOf(expression.right, around));
    case 'test':
      return test(expression, around);
    case 'in':
      return includes(valueOf(expression.right, around), valueOf(expression.left, around));
    case 'empty':
      return isEmpty(valueOf(expression.of, around));
    case 'exists':
      return valueOf(expression.of, around) !== null;
  }
}

function test(expression: Extract<Expression, { kind: 'test' }>, around: Surroundings): boolean {
  const { op } = expression;
  const left = valueOf(expression.left, around);
  const right = valueOf(expression.right, around);
  if (op !== 'matches') return textTest(op, left, right);
  return typeof left === 'string' && typeof right === 'string' && around.match(right, left);
}

const isTrue = (value: Json): boolean => value === true;

function compare(op: Comparison, left: Json, right: Json): boolean {
  if (op === '==') return isSame(left, right);
  if (op === '!=') return !isSame(left, right);
  const ordered =
    (typeof left === 'number' && typeof right === 'number') ||
    (typeof left === 'string' && typeof right === 'string');
  if (!ordered) return false;
  switch (op) {
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
  }
}

/** Scalars by value. Lists and objects are equal to nothing, so that comparing takes constant time. */
function isSame(left: Json, right: Json): boolean {
  return left === right && (left === null || typeof left !== 'object');
}

function textTest(op: Exclude<TextTest, 'matches'>, left: Json, right: Json): boolean {
  if (op === 'contains' && Array.isArray(left)) return includes(left, right);
  if (typeof left !== 'string' || typeof right !== 'string') return false;
  if (op === 'contains') return left.includes(right);
  return op === 'startsWith' ? left.startsWith(right) : left.endsWith(right);
}

function includes(list: Json, value: Json): boolean {
  return Array.isArray(list) && (list as readonly Json[]).some((each) => isSame(each, value));
}

function isEmpty(value: Json): boolean {
  if (value === null || value === '') return true;
  if (Array.isArray(value)) return value.length === 0;
  return isJsonObject(value) && Object.keys(value).length === 0;
}
