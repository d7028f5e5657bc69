import type { Found } from './amount-grammar.ts';
import {
  readComparison,
  readCount,
  readFromOn,
  readQuantity,
  readRange,
  readSpan,
} from './amount-grammar.ts';
import type { Condition, Scalar, Test } from './condition.ts';
import { not } from './condition.ts';
import type { Cursor } from './cursor.ts';
import { parseValues } from './value-grammar.ts';
import { COPULA, NEGATED_COPULA } from './vocabulary/statuses.ts';
import type { Predicate } from './vocabulary/values.ts';
import { COUNT_UNITS, CONTAINS, FALSE_WORDS, PREDICATES, TRUE_WORDS } from './vocabulary/values.ts';

/** What a comparison is about. */
export interface Subject {
  readonly name: string;
  /** Named in plain words: it counts only where a value of that name is there. */
  readonly soft: boolean;
}

const PREDICATE_TESTS: Readonly<Record<Predicate, Found>> = {
  present: { test: { is: 'present' } },
  absent: { test: { is: 'present' }, negated: true },
  empty: { test: { is: 'empty' } },
  'not-empty': { test: { is: 'empty' }, negated: true },
};
const PARTICIPLES: ReadonlySet<string> = new Set([
  'found',
  'made',
  'done',
  'given',
  'sent',
  'written',
  'present',
]);

export function variableCondition({ name, soft }: Subject, test: Test): Condition {
  return { kind: 'variable', name, soft, test };
}

/** What is said of a subject, up to where a condition may end. */
export function parsePredicate(cursor: Cursor, subject: Subject): Condition | undefined {
  const readings = [
    () => readPredicate(cursor),
    () => readRange(cursor),
    () => readCount(cursor),
    () => readComparison(cursor),
    () => readContaining(cursor),
    () => readEquality(cursor, subject),
  ];
  return firstOf(cursor, subject, readings);
}

/** A bare amount: "with 3 or more", "fewer than 3", "75..89". */
export function parseAmount(cursor: Cursor, subject: Subject): Condition | undefined {
  const withUnits = (read: () => Found | undefined) => (): Found | undefined => {
    const found = read();
    cursor.take(COUNT_UNITS);
    return found;
  };
  return firstOf(cursor, subject, [
    () => readSpan(cursor),
    withUnits(() => readQuantity(cursor)),
    () => readFromOn(cursor),
  ]);
}

function firstOf(
  cursor: Cursor,
  subject: Subject,
  readings: readonly (() => Found | undefined)[],
): Condition | undefined {
  for (const read of readings) {
    const found = cursor.attempt(() => {
      const each = read();
      return cursor.atJoint ? each : undefined;
    });
    if (found === undefined) continue;
    const condition = variableCondition(subject, found.test);
    return found.negated === true ? not(condition) : condition;
  }
  return undefined;
}

function readPredicate(cursor: Cursor): Found | undefined {
  const predicate = cursor.take(PREDICATES);
  return predicate === undefined ? undefined : PREDICATE_TESTS[predicate];
}

function readContaining(cursor: Cursor): Found | undefined {
  const positive = cursor.take(CONTAINS);
  const token = cursor.peek();
  if (positive === undefined || (token?.kind !== 'quoted' && token?.kind !== 'code')) return undefined;
  cursor.at++;
  return { test: { is: 'containing', needle: token.text }, negated: !positive };
}

function readEquality(cursor: Cursor, subject: Subject): Found | undefined {
  const negated = cursor.take(NEGATED_COPULA) !== undefined || cursor.eat('!=');
  if (!negated && cursor.take(COPULA) === undefined && !cursor.eat('=', ':', 'in')) {
    return subject.soft ? undefined : readBeside(cursor);
  }
  if (subject.soft) {
    cursor.eat('a', 'an');
    if (isParticiple(cursor.low())) return undefined;
  }
  const values = parseValues(cursor, { words: true });
  return values === undefined ? undefined : { test: toTest(values), negated };
}

/** "exit_code 75": a name and its value, with nothing between. */
function readBeside(cursor: Cursor): Found | undefined {
  if (cursor.peek()?.kind === 'word') return undefined;
  const values = parseValues(cursor, { words: false });
  return values === undefined ? undefined : { test: toTest(values) };
}

/** What was done to something is no value of it. */
function isParticiple(low: string): boolean {
  return (low.endsWith('ed') && low !== 'red') || PARTICIPLES.has(low);
}

function toTest(values: readonly Scalar[]): Test {
  const [only, ...others] = values;
  const truth = others.length === 0 ? toTruth(only ?? null) : undefined;
  return truth === undefined ? { is: 'one-of', values } : { is: truth ? 'true' : 'false' };
}

function toTruth(value: Scalar): boolean | undefined {
  if (typeof value === 'boolean') return value;
  const word = typeof value === 'string' ? value.toLowerCase() : '';
  if (TRUE_WORDS.has(word)) return true;
  return FALSE_WORDS.has(word) ? false : undefined;
}
