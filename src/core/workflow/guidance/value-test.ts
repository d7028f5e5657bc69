import type { Json } from '../../kernel/json.ts';
import { isJsonObject } from '../../kernel/json.ts';
import type { Scalar, Test } from './condition.ts';
import type { Texts } from './facts.ts';

type Truth = boolean | undefined;
type Ordered = Extract<Test, { is: '<' | '<=' | '>' | '>=' | 'between' }>;

/** Whether a value passes a test. `soft`: the value was found by plain words, so that an unlike word may still mean the same. */
export function testValue(test: Test, value: Json, soft: boolean): Truth {
  switch (test.is) {
    case 'present':
      return value === '' ? undefined : value !== null;
    case 'empty':
      return isEmpty(value);
    case 'true':
      return toBoolean(value);
    case 'false': {
      const truth = toBoolean(value);
      return truth === undefined ? undefined : !truth;
    }
    case 'one-of':
      return testOneOf(test, value, soft);
    case 'containing':
      return testContaining(test.needle, value);
    case 'counting':
    case 'amount':
      return testAmount(test, value);
    case 'beside':
      return undefined;
    default:
      return testOrder(test, value);
  }
}

/** A number as it is, or how many a list holds. */
function testAmount(test: Extract<Test, { is: 'counting' | 'amount' }>, value: Json): Truth {
  const count = Array.isArray(value)
    ? value.length
    : isJsonObject(value)
      ? Object.keys(value).length
      : undefined;
  if (count !== undefined) return testValue(test.test, count, false);
  return test.is === 'amount' ? testValue(test.test, value, false) : undefined;
}

export function testBeside(
  test: Extract<Test, { is: 'beside' }>,
  value: Json,
  others: readonly Json[],
): Truth {
  const one = toNumber(value);
  const than = others.length === 1 ? toNumber(others[0] ?? null) : undefined;
  return one === undefined || than === undefined ? undefined : testOrder({ is: test.op, than }, one);
}

function testOrder(test: Ordered, value: Json): Truth {
  const number = toNumber(value);
  if (number === undefined) return undefined;
  switch (test.is) {
    case '<':
      return number < test.than;
    case '<=':
      return number <= test.than;
    case '>':
      return number > test.than;
    case '>=':
      return number >= test.than;
    case 'between':
      return number >= test.from && number <= test.to;
  }
}

function isEmpty(value: Json): Truth {
  if (value === null) return true;
  if (typeof value === 'string') return value.trim() === '';
  if (Array.isArray(value)) return value.length === 0;
  return isJsonObject(value) ? Object.keys(value).length === 0 : undefined;
}

function toBoolean(value: Json): Truth {
  if (typeof value === 'boolean') return value;
  const word = typeof value === 'string' ? value.trim().toLowerCase() : '';
  if (word === 'true' || word === 'yes') return true;
  return word === 'false' || word === 'no' ? false : undefined;
}

function toNumber(value: Json): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  const number = Number(value.trim());
  return Number.isFinite(number) ? number : undefined;
}

/** In a soft comparison, unequal means unlike only when the value is another of those the guidance names. */
function testOneOf(
  { values, domain = [] }: Extract<Test, { is: 'one-of' }>,
  value: Json,
  soft: boolean,
): Truth {
  const truths = new Set(values.map((each) => isSame(each, value)));
  if (truths.has(true)) return true;
  if (truths.has(undefined)) return undefined;
  const isForeign = soft && typeof value === 'string' && !domain.some((each) => isSame(each, value) === true);
  return isForeign ? undefined : false;
}

function isSame(literal: Scalar, value: Json): Truth {
  if (literal === null) return value === null;
  if (value === null || typeof value === 'object') return undefined;
  switch (typeof literal) {
    case 'boolean': {
      const truth = toBoolean(value);
      return truth === undefined ? undefined : truth === literal;
    }
    case 'number': {
      const number = toNumber(value);
      return number === undefined ? undefined : number === literal;
    }
    default:
      return isSameText(literal, value);
  }
}

function isSameText(literal: string, value: boolean | number | string): Truth {
  if (typeof value === 'string') return spelling(literal) === spelling(value);
  if (String(value) === literal.trim()) return true;
  return toBoolean(literal) === undefined && toNumber(literal) === undefined ? false : undefined;
}

/** Case and the choice of space, `_` or `-` do not tell two values apart. */
function spelling(text: string): string {
  return text
    .trim()
    .toLowerCase()
    .replaceAll(/[\s_-]+/g, ' ');
}

function testContaining(needle: string, value: Json): Truth {
  if (typeof value === 'string') return testText(needle, { texts: [value], whole: true });
  if (!Array.isArray(value)) return undefined;
  return (value as readonly Json[]).some((each) => isSame(needle, each) === true);
}

/** Exact case is contained, another case is not known, and absence counts only where the texts are all there is. */
export function testText(needle: string, found: Texts | undefined): Truth {
  if (found === undefined) return undefined;
  if (found.texts.some((text) => text.includes(needle))) return true;
  const low = needle.toLowerCase();
  return found.whole && !found.texts.some((text) => text.toLowerCase().includes(low)) ? false : undefined;
}
