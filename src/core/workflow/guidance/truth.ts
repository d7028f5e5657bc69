import { holds, readKeys } from '../../kernel/expression/evaluate.ts';
import type { Expression } from '../../kernel/expression/expression.ts';
import type { Json } from '../../kernel/json.ts';
import { isJsonObject } from '../../kernel/json.ts';
import type { Condition, Scalar, StatusClass, Test } from './condition.ts';
import type { Facts } from './facts.ts';

/** True, false, or not known. */
export type Truth = boolean | undefined;

export function truthOf(condition: Condition, facts: Facts): Truth {
  switch (condition.kind) {
    case 'always':
      return true;
    case 'all':
      return every(condition.of, facts);
    case 'any':
      return negate(every(condition.of, facts, true));
    case 'not':
      return negate(truthOf(condition.of, facts));
    case 'both-readings':
      return agreed(truthOf(condition.of[0], facts), truthOf(condition.of[1], facts));
    case 'status':
      return statusTruth(condition.is, condition.loose, facts);
    case 'status-text':
      return statusTextTruth(condition.is, facts);
    case 'variable':
      return variableTruth(condition, facts);
    case 'text':
      return textTruth(condition.needle, facts.texts(condition.place));
    case 'visits': {
      const count = condition.step === null ? undefined : facts.visits(condition.step);
      return count === undefined ? undefined : testValue(condition.test, count, false);
    }
    case 'expression':
      return expressionTruth(condition.expression, facts);
    case 'remark':
      return facts.wordless ? false : undefined;
    case 'judgement':
      return undefined;
  }
}

const negate = (truth: Truth): Truth => (truth === undefined ? undefined : !truth);
const agreed = (one: Truth, other: Truth): Truth => (one === other ? one : undefined);

/** Kleene's "and"; of the negations when `negated`, so that "or" is its dual. */
function every(conditions: readonly Condition[], facts: Facts, negated = false): Truth {
  let truth: Truth = true;
  for (const condition of conditions) {
    const each = truthOf(condition, facts);
    const sign = negated ? negate(each) : each;
    if (sign === false) return false;
    if (sign === undefined) truth = undefined;
  }
  return truth;
}

function statusTruth(is: StatusClass, loose: boolean, facts: Facts): Truth {
  const { status } = facts;
  if (status === undefined || status === 'resuming') return status === is ? true : undefined;
  if (loose && is === 'clarification' && status !== is) return undefined;
  if (status === is) return loose && is === 'success' && !facts.untroubled ? undefined : true;
  if (is === 'success') return status === 'data' || status === 'clarified' ? undefined : false;
  if (is === 'failure' && status === 'success') return loose && !facts.untroubled ? undefined : false;
  return false;
}

function statusTextTruth(is: string, facts: Facts): Truth {
  if (facts.statusText === '') return undefined;
  return spaced(is) === spaced(facts.statusText);
}

function variableTruth(condition: Extract<Condition, { kind: 'variable' }>, facts: Facts): Truth {
  const { test } = condition;
  const values = facts.values(condition.name, condition.soft);
  if (values.length > 1) return undefined;
  const [value] = values;
  if (value === undefined) {
    if (test.is !== 'present' || condition.soft) return undefined;
    return facts.status === 'data' || facts.status === 'clarified' ? undefined : false;
  }
  if (test.is === 'beside') return besideTruth(test, value, facts);
  return testValue(test, value, condition.soft);
}

function besideTruth(test: Extract<Test, { is: 'beside' }>, value: Json, facts: Facts): Truth {
  const others = facts.values(test.variable, false);
  const one = toNumber(value);
  const other = others.length === 1 && others[0] !== undefined ? toNumber(others[0]) : undefined;
  if (one === undefined || other === undefined) return undefined;
  if (test.op === '=') return one === other;
  return test.op === '!=' ? one !== other : ordered({ is: test.op, than: other }, one);
}

function testValue(test: Test, value: Json, soft: boolean): Truth {
  switch (test.is) {
    case 'present':
      return value === '' ? undefined : value !== null;
    case 'empty':
      return isEmpty(value);
    case 'true':
      return toBoolean(value);
    case 'one-of':
      return oneOf(test.values, value, soft ? (test.domain ?? []) : undefined);
    case 'containing':
      return containing(test.needle, value);
    case 'counting': {
      const count = Array.isArray(value) ? value.length : isJsonObject(value) ? Object.keys(value).length : undefined;
      return count === undefined ? undefined : testValue(test.test, count, false);
    }
    case 'amount':
      return testValue(Array.isArray(value) ? { is: 'counting', test: test.test } : test.test, value, false);
    case 'beside':
      return undefined;
    default: {
      const number = toNumber(value);
      return number === undefined ? undefined : ordered(test, number);
    }
  }
}

function ordered(test: Extract<Test, { is: '<' | '<=' | '>' | '>=' | 'between' }>, number: number): boolean {
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
  if (value === null || value === '') return true;
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
function oneOf(values: readonly Scalar[], value: Json, domain: readonly Scalar[] | undefined): Truth {
  let truth: Truth = false;
  for (const each of values) {
    const same = isSame(each, value);
    if (same === true) return true;
    if (same === undefined) truth = undefined;
  }
  if (truth === false && domain !== undefined && typeof value === 'string' && !domain.some((each) => isSame(each, value) === true)) return undefined;
  return truth;
}

function isSame(literal: Scalar, value: Json): Truth {
  if (literal === null) return value === null;
  if (value === null || typeof value === 'object') return undefined;
  if (typeof literal === 'boolean') {
    const truth = toBoolean(value);
    return truth === undefined ? undefined : truth === literal;
  }
  if (typeof literal === 'number') {
    const number = toNumber(value);
    return number === undefined ? undefined : number === literal;
  }
  if (typeof value !== 'string') return String(value) === literal.trim() ? true : toBoolean(literal) === undefined && toNumber(literal) === undefined ? false : undefined;
  return spaced(literal) === spaced(value);
}

/** Case and the choice of space, `_` or `-` do not tell two values apart. */
function spaced(text: string): string {
  return text.trim().toLowerCase().replaceAll(/[\s_-]+/g, ' ');
}

function containing(needle: string, value: Json): Truth {
  if (typeof value === 'string') return textTruth(needle, { texts: [value], whole: true });
  if (!Array.isArray(value)) return undefined;
  return (value as readonly Json[]).some((each) => isSame(needle, each) === true);
}

function textTruth(needle: string, found: { readonly texts: readonly string[]; readonly whole: boolean } | undefined): Truth {
  if (found === undefined) return undefined;
  if (found.texts.some((text) => text.includes(needle))) return true;
  const low = needle.toLowerCase();
  if (!found.whole || found.texts.some((text) => text.toLowerCase().includes(low))) return undefined;
  return false;
}

/** An expression in prose counts only when everything it looks at is there. */
function expressionTruth(expression: Expression, facts: Facts): Truth {
  let missing = false;
  const result = holds(expression, (root, keys) => {
    const [value, ...others] = root === 'context' ? facts.values(keys.join('.'), false) : [readKeys({ report: { ...facts.picture.report } as never, visits: facts.picture.visits }, [root, ...keys])];
    if (value === undefined || value === null || others.length > 0) missing = true;
    return value ?? null;
  });
  return missing ? undefined : result;
}
