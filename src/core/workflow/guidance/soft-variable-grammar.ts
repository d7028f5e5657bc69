import type { Order } from './amount-grammar.ts';
import { eatNumber, eatSymbol, readQuantity } from './amount-grammar.ts';
import type { Condition } from './condition.ts';
import { all, any, not } from './condition.ts';
import type { Cursor } from './cursor.ts';
import { isIdentifier } from './identifier.ts';
import { canonicalName } from './name.ts';
import { isWeighty } from './open-text.ts';
import type { PhraseTable } from './phrase.ts';
import type { Subject } from './predicate-grammar.ts';
import { parsePredicate, variableCondition } from './predicate-grammar.ts';
import type { Targets } from './target.ts';
import type { VariableReading } from './variable-grammar.ts';
import { variableName } from './variable-grammar.ts';
import { COPULA, NEGATED_COPULA } from './vocabulary/statuses.ts';
import type { Comparator } from './vocabulary/values.ts';
import {
  BETWEEN,
  COMPARATORS,
  CONTAINS,
  EXIT_CODES,
  NON_ZERO,
  PREDICATES,
  THERE_IS,
} from './vocabulary/values.ts';
import { NOT_VARIABLES } from './vocabulary/words.ts';

const MAX_NAME_WORDS = 4;
const PREDICATE_STARTS: readonly PhraseTable<unknown>[] = [
  COMPARATORS,
  COPULA,
  NEGATED_COPULA,
  CONTAINS,
  PREDICATES,
  BETWEEN,
];

/** Plain words that may name a value: "the severity is "high"", "exit code is 0", "there is a receipt". */
export function parseSoftVariable(cursor: Cursor, targets: Targets): VariableReading | undefined {
  const readings = [
    () => readChain(cursor, targets),
    () => readExistence(cursor, targets),
    () => readExitCode(cursor),
    () => readNamed(cursor),
  ];
  for (const read of readings) {
    const reading = cursor.attempt(read);
    if (reading !== undefined) return reading;
  }
  return undefined;
}

function readNamed(cursor: Cursor): VariableReading | undefined {
  cursor.eat('the', 'its', 'their');
  const words: string[] = [];
  for (
    let token = cursor.peek();
    token !== undefined && words.length < MAX_NAME_WORDS;
    token = cursor.peek()
  ) {
    if (
      token.kind !== 'word' ||
      isWeighty(token) ||
      NOT_VARIABLES.has(token.low) ||
      PREDICATE_STARTS.some((table) => cursor.sees(table))
    )
      break;
    words.push(token.text);
    cursor.at++;
  }
  if (words.length === 0) return undefined;
  const subject: Subject = { name: words.join(' '), soft: true };
  const condition = parsePredicate(cursor, subject);
  return condition === undefined ? undefined : { condition, subject };
}

/** "0 <= score < 0.5". */
function readChain(cursor: Cursor, targets: Targets): VariableReading | undefined {
  const from = eatNumber(cursor);
  const lower = from === undefined ? undefined : LOWER_BOUNDS.get(eatSymbol(cursor));
  const subject = lower === undefined ? undefined : readSubject(cursor, targets);
  const upper = subject === undefined ? undefined : UPPER_BOUNDS.get(eatSymbol(cursor));
  const to = upper === undefined ? undefined : eatNumber(cursor);
  if (from === undefined || lower === undefined || subject === undefined) return undefined;
  if (upper === undefined || to === undefined) return undefined;
  const condition = all(
    variableCondition(subject, { is: lower, than: from }),
    variableCondition(subject, { is: upper, than: to }),
  );
  return { condition, subject };
}

/** A bound to the left of a value says the same as its mirror to the right. */
const LOWER_BOUNDS: ReadonlyMap<Comparator | undefined, Order> = new Map([
  ['<', '>'],
  ['<=', '>='],
] as const);
const UPPER_BOUNDS: ReadonlyMap<Comparator | undefined, Order> = new Map([
  ['<', '<'],
  ['<=', '<='],
] as const);

function readSubject(cursor: Cursor, targets: Targets): Subject | undefined {
  const token = cursor.peek();
  if (token === undefined) return undefined;
  const name = variableName(token, targets);
  if (name === undefined && (token.kind !== 'word' || NOT_VARIABLES.has(token.low))) return undefined;
  cursor.at++;
  return { name: name ?? token.text, soft: name === undefined };
}

/** "There is a receipt", "with 3 or more errors", "4 wrong answers (`wrong`)". */
function readExistence(cursor: Cursor, targets: Targets): VariableReading | undefined {
  const there = cursor.take(THERE_IS) !== undefined;
  const negated = there && cursor.eat('no');
  if (there) cursor.eat('a', 'an', 'any', 'some');
  const amount = negated ? undefined : readQuantity(cursor);
  if (!there && amount === undefined) return undefined;
  const name = (amount === undefined ? undefined : explainedName(cursor)) ?? knownName(cursor, targets);
  if (name === undefined) return undefined;
  const subject: Subject = { name, soft: false };
  if (amount !== undefined)
    return { condition: variableCondition(subject, { is: 'amount', test: amount.test }), subject };
  const nothing = any(
    variableCondition(subject, { is: 'empty' }),
    not(variableCondition(subject, { is: 'present' })),
  );
  return { condition: negated ? nothing : not(nothing), subject };
}

function knownName(cursor: Cursor, targets: Targets): string | undefined {
  const token = cursor.peek();
  if (token === undefined || token.kind === 'mark') return undefined;
  const name =
    targets.identifiers.get(canonicalName(token.text)) ??
    (token.kind === 'code' && isIdentifier(token.text) ? token.text : undefined);
  if (name === undefined) return undefined;
  cursor.at++;
  cursor.eat('date', 'value', 'set', 'given', 'present');
  return name;
}

/** Plain words, and the variable that holds them. */
function explainedName(cursor: Cursor): string | undefined {
  return cursor.attempt(() => {
    for (let words = 0; words < MAX_NAME_WORDS && cursor.low() !== '('; words++) {
      const token = cursor.peek();
      if (token?.kind !== 'word' || isWeighty(token) || cursor.atJoint) return undefined;
      cursor.at++;
    }
    if (!cursor.eat('(')) return undefined;
    const token = cursor.peek();
    if (token?.kind !== 'code' || !isIdentifier(token.text)) return undefined;
    cursor.at++;
    return cursor.eat(')') ? token.text : undefined;
  });
}

/** "Exits with 0", "a non-zero exit code". */
function readExitCode(cursor: Cursor): VariableReading | undefined {
  if (cursor.take(EXIT_CODES) === undefined) return undefined;
  const subject: Subject = { name: 'exit code', soft: true };
  if (cursor.take(NON_ZERO) !== undefined)
    return { condition: not(variableCondition(subject, { is: 'one-of', values: [0] })), subject };
  const condition: Condition | undefined = parsePredicate(cursor, subject) ?? readCode(cursor, subject);
  return condition === undefined ? undefined : { condition, subject };
}

function readCode(cursor: Cursor, subject: Subject): Condition | undefined {
  cursor.eat('of', 'code', 'status');
  const number = eatNumber(cursor);
  return number === undefined ? undefined : variableCondition(subject, { is: 'one-of', values: [number] });
}
