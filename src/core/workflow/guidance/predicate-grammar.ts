import type { Found } from './amount-grammar.ts';
import {
  readComparison,
  readCount,
  readFromOn,
  readQuantity,
  readRange,
  readSpan,
} from './amount-grammar.ts';
import type { Condition, OneOf, Scalar, Test } from './condition.ts';
import { not } from './condition.ts';
import type { Cursor } from './cursor.ts';
import { isIdentifier } from './identifier.ts';
import type { Token } from './token.ts';
import { parseOneOf } from './value-grammar.ts';
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
const DENYING: ReadonlySet<string> = new Set([
  'not',
  'never',
  '!=',
  'differs',
  'different',
  'neither',
  'nor',
  'no',
]);
const PERCENT: ReadonlySet<string> = new Set(['%', 'percent']);
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

/** Whether words deny: "is not", "isn't", "!=". Of "is missing", they do not. */
export function isDenied(tokens: readonly Token[]): boolean {
  return tokens.some(({ low }) => DENYING.has(low) || low.endsWith("n't"));
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
    const start = cursor.at;
    const found = cursor.attempt(() => {
      const each = read();
      return cursor.atJoint ? each : undefined;
    });
    if (found === undefined) continue;
    const isPercent = cursor.tokens.slice(start, cursor.at).some(({ low }) => PERCENT.has(low));
    const test: Test = isPercent ? { is: 'percent', test: found.test } : found.test;
    const condition = variableCondition(subject, test);
    return found.negated === true ? not(condition) : condition;
  }
  return undefined;
}

function readPredicate(cursor: Cursor): Found | undefined {
  const predicate = cursor.take(PREDICATES);
  return predicate === undefined ? undefined : PREDICATE_TESTS[predicate];
}

/** "contains "a" and "b"". Of what does not hold several, all are meant by "or"; by "and", it is not clear. */
function readContaining(cursor: Cursor): Found | undefined {
  const positive = cursor.take(CONTAINS);
  const listed = positive === undefined ? undefined : readNeedles(cursor);
  if (positive === undefined || listed === undefined) return undefined;
  const { tokens, joints } = listed;
  const every = joints.has('and');
  if (every && (!positive || joints.has('or'))) return undefined;
  const names = tokens.filter(({ kind, text }) => kind === 'code' && isIdentifier(text));
  const test: Test = {
    is: 'containing',
    needles: tokens.map(({ text }) => text),
    ...(every ? { every: true } : {}),
    ...(names.length === 0 ? {} : { names: names.map(({ text }) => text) }),
  };
  return { test, negated: !positive };
}

interface Needles {
  readonly tokens: readonly Token[];
  readonly joints: ReadonlySet<string>;
}

function readNeedles(cursor: Cursor): Needles | undefined {
  const tokens: Token[] = [];
  const joints = new Set<string>();
  for (let joint: string | undefined = ','; joint !== undefined; joint = eatListed(cursor)) {
    joints.add(joint);
    const token = cursor.peek();
    if (token === undefined || !isText(token)) return undefined;
    cursor.at++;
    tokens.push(token);
  }
  return { tokens, joints };
}

function isText({ kind }: Token): boolean {
  return kind === 'quoted' || kind === 'code';
}

/** What joins a further text to look for; otherwise the connective belongs to the next condition. */
function eatListed(cursor: Cursor): string | undefined {
  return cursor.attempt(() => {
    const comma = cursor.eat(',');
    const by = cursor.eat('and') ? 'and' : cursor.eat('or', 'nor') ? 'or' : comma ? ',' : undefined;
    const token = cursor.peek();
    const isClosed = cursor.span(cursor.at + 1, cursor.end).atJoint;
    return token !== undefined && isText(token) && isClosed ? by : undefined;
  });
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
  const oneOf = parseOneOf(cursor, { words: true, denied: negated });
  return oneOf === undefined ? undefined : { test: toTest(oneOf), negated };
}

/** "exit_code 75": a name and its value, with nothing between. */
function readBeside(cursor: Cursor): Found | undefined {
  if (cursor.peek()?.kind === 'word') return undefined;
  const oneOf = parseOneOf(cursor, { words: false });
  return oneOf === undefined ? undefined : { test: toTest(oneOf) };
}

/** What was done to something is no value of it. */
function isParticiple(low: string): boolean {
  return (low.endsWith('ed') && low !== 'red') || PARTICIPLES.has(low);
}

function toTest(oneOf: OneOf): Test {
  const [only, ...others] = oneOf.values;
  const truth = others.length === 0 ? toTruth(only ?? null) : undefined;
  return truth === undefined ? oneOf : { is: truth ? 'true' : 'false' };
}

function toTruth(value: Scalar): boolean | undefined {
  if (typeof value === 'boolean') return value;
  const word = typeof value === 'string' ? value.toLowerCase() : '';
  if (TRUE_WORDS.has(word)) return true;
  return FALSE_WORDS.has(word) ? false : undefined;
}
