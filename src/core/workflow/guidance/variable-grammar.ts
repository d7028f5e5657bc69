import { parseExpression } from '../../kernel/expression/parser.ts';
import type { Condition, Scalar, Test } from './condition.ts';
import { not } from './condition.ts';
import type { Cursor } from './cursor.ts';
import { cardinal } from './number.ts';
import { isWeighty } from './open-text.ts';
import { phrases } from './phrase.ts';
import type { Targets } from './target.ts';
import type { Token } from './token.ts';
import { canonicalName } from './name.ts';
import { DIALECT } from './dialect.ts';
import type { Comparator, Predicate } from './vocabulary.ts';
import { COMPARATORS, CONTAINS, COPULA, EXIT_CODES, FALSE_WORDS, NEGATED_COPULA, NOT_VARIABLES, PREDICATES, TRUE_WORDS } from './vocabulary.ts';
import { parseValues } from './value-grammar.ts';

/** What a comparison is about. */
export interface Subject {
  readonly name: string;
  /** Named in plain words: it counts only where a value of that name is there. */
  readonly soft: boolean;
}

export interface VariableReading {
  readonly condition: Condition;
  readonly subject: Subject;
}

const VARIABLE_PREFIX = phrases('the|a? context|reported|returned|report|boolean? variable|field|flag|value|key|property|entry|setting|parameter of|called|named?', 'the', "the report's|client's", 'context variable', 'the value of the? variable?', 'value of');
const VARIABLE_SUFFIX = phrases('variable|flag|field|value|key|property|setting|parameter|list|array in|from|of the? context|report|result|details', 'in|from|of the|its? context|report|result|details|report\'s? details|result?', 'flag', 'variable', 'field', 'value', 'list', 'array');
const COUNT_UNITS = phrases('items|entries|elements|item|entry|element|values|times|characters|points|percent|seconds|minutes|errors|failures|files|issues|results|rows|lines|findings|days|hours|ms|usd|eur|euros|dollars|years|mb|kb|gb');
const NUMBERED = phrases('has|have|contains|lists|holds|with');
const OR_MORE = phrases('or|and more|higher|above|greater|up|over|better|larger|longer|older', 'plus', '+');
const OR_LESS = phrases('or|and less|fewer|lower|below|under|smaller|shorter|younger');
const BETWEEN = phrases('is|are|was|lies|falls? strictly? between|within|in the? range? of? from?|between?', 'is|are from', 'between', 'is|lies|falls anywhere? between');

/** A name in code, or a word that can only be one: `snake_case`, `camelCase`, `context.name`. */
export function parseVariable(cursor: Cursor, targets: Targets): VariableReading | undefined {
  return cursor.attempt(() => {
    cursor.take(VARIABLE_PREFIX);
    const token = cursor.peek();
    if (token === undefined) return undefined;
    if (token.kind === 'code' && !isIdentifier(token.text)) return parseCode(cursor, token.text);
    const name = variableName(token, targets);
    if (name === undefined) return undefined;
    const { at } = cursor;
    cursor.at++;
    cursor.attempt(() => (cursor.take(VARIABLE_SUFFIX) !== undefined && !cursor.done ? true : undefined));
    const subject: Subject = { name, soft: false };
    if (token.kind === 'quoted' && !cursor.sees(COMPARATORS) && !cursor.sees(PREDICATES) && symbolHere(cursor) === undefined) return undefined;
    const condition = parsePredicate(cursor, subject) ?? (token.kind === 'code' && cursor.at === at + 1 ? isTrue(subject) : undefined);
    return condition === undefined ? undefined : { condition, subject };
  });
}

/** A whole comparison in code: `` `attempts > 3` ``. */
function parseCode(cursor: Cursor, text: string): VariableReading | undefined {
  try {
    const expression = parseExpression(text.replaceAll(/(?<![=!<>])=(?!=)/g, '=='), DIALECT);
    if (expression.kind === 'literal' || expression.kind === 'path') return undefined;
    cursor.at++;
    return { condition: { kind: 'expression', expression }, subject: { name: '', soft: true } };
  } catch {
    return undefined;
  }
}

/** Plain words that may name a value: "the severity is "high"", "exit code is 0". */
export function parseSoftVariable(cursor: Cursor, targets: Targets): VariableReading | undefined {
  const counted = cursor.attempt(() => existence(cursor, targets));
  if (counted !== undefined) return counted;
  return cursor.attempt(() => {
    if (cursor.take(EXIT_CODES) !== undefined) return exitCode(cursor);
    cursor.eat('the', 'its', 'their');
    const words: string[] = [];
    for (let token = cursor.peek(); token !== undefined && words.length < 4; token = cursor.peek()) {
      if (token.kind !== 'word' || isWeighty(token) || NOT_VARIABLES.has(token.low) || startsPredicate(cursor)) break;
      words.push(token.text);
      cursor.at++;
    }
    if (words.length === 0) return undefined;
    const subject: Subject = { name: words.join(' '), soft: true };
    const condition = parsePredicate(cursor, subject);
    return condition === undefined ? undefined : { condition, subject };
  });
}

/** "There is a receipt", "with 3 or more errors": about a variable of that name. */
function existence(cursor: Cursor, targets: Targets): VariableReading | undefined {
  const there = cursor.take(THERE_IS) !== undefined;
  const negated = there && cursor.eat('no');
  if (there) cursor.eat('a', 'an', 'any', 'some');
  const found = negated ? undefined : quantity(cursor);
  if (!there && found === undefined) return undefined;
  const token = cursor.peek();
  if (token === undefined || token.kind === 'mark') return undefined;
  const name = targets.identifiers.get(canonicalName(token.text)) ?? (token.kind === 'code' && isIdentifier(token.text) ? token.text : undefined);
  if (name === undefined) return undefined;
  cursor.at++;
  cursor.eat('date', 'value', 'set', 'given', 'present');
  const subject: Subject = { name, soft: false };
  if (found !== undefined) return { condition: { kind: 'variable', ...subject, test: { is: 'amount', test: found.test } }, subject };
  const empty: Condition = { kind: 'any', of: [{ kind: 'variable', ...subject, test: { is: 'empty' } }, not({ kind: 'variable', ...subject, test: { is: 'present' } })] };
  return { condition: negated ? empty : not(empty), subject };
}

const THERE_IS = phrases('there is|are|was|were');

/** A bare amount: "with 3 or more", "fewer than 3". */
export function parseQuantity(cursor: Cursor, subject: Subject): Condition | undefined {
  const found = quantity(cursor) ?? fromOn(cursor);
  if (found === undefined) return undefined;
  cursor.take(COUNT_UNITS);
  return { kind: 'variable', ...subject, test: found.test };
}

/** "From 12 hours on". */
function fromOn(cursor: Cursor): Found | undefined {
  return cursor.attempt(() => {
    if (!cursor.eat('from')) return undefined;
    const than = eatNumber(cursor);
    cursor.take(COUNT_UNITS);
    return than !== undefined && cursor.eat('on', 'onwards', 'upwards', 'up') ? { test: { is: '>=' as const, than } } : undefined;
  });
}

function symbolHere(cursor: Cursor): Comparator | undefined {
  return cursor.attempt(() => symbol(cursor)) === undefined ? undefined : (cursor.at--, '=');
}

function variableName(token: Token, targets: Targets): string | undefined {
  if (token.kind === 'code') return isIdentifier(token.text) ? token.text : undefined;
  if (token.kind === 'quoted') return token.text.includes('_') && isIdentifier(token.text) && targets.exact(token.text) === undefined ? token.text : undefined;
  if (token.kind !== 'word') return undefined;
  return targets.identifiers.get(canonicalName(token.text)) ?? (looksLikeVariable(token, targets) ? token.text : undefined);
}

function startsPredicate(cursor: Cursor): boolean {
  return cursor.sees(COMPARATORS) || cursor.sees(COPULA) || cursor.sees(NEGATED_COPULA) || cursor.sees(CONTAINS) || cursor.sees(PREDICATES) || cursor.sees(BETWEEN);
}

function exitCode(cursor: Cursor): VariableReading | undefined {
  const subject: Subject = { name: 'exit code', soft: true };
  const zero: Condition = { kind: 'variable', ...subject, test: { is: 'one-of', values: [0] } };
  if (cursor.take(NON_ZERO) !== undefined) return { condition: not(zero), subject };
  const condition = parsePredicate(cursor, subject) ?? bareNumber(cursor, subject);
  return condition === undefined ? undefined : { condition, subject };
}

const NON_ZERO = phrases('is|was|of|with? not|non zero|0', 'is|was|of|with? a? non-zero|nonzero exit? code|status?', "isn't|wasn't zero|0", 'is|was other|different than|from zero|0', 'is|was anything other than|but? zero|0');

function bareNumber(cursor: Cursor, subject: Subject): Condition | undefined {
  cursor.eat('of', 'code', 'status');
  const number = eatNumber(cursor);
  return number === undefined ? undefined : { kind: 'variable', ...subject, test: { is: 'one-of', values: [number] } };
}

/** What is said of a subject. */
export function parsePredicate(cursor: Cursor, subject: Subject): Condition | undefined {
  const variable = (test: Test): Condition => ({ kind: 'variable', ...subject, test });
  const readings = [
    () => range(cursor),
    () => counted(cursor),
    () => comparison(cursor),
    () => containing(cursor),
    () => equality(cursor, subject),
  ];
  const predicate = cursor.attempt(() => {
    const found = cursor.take(PREDICATES);
    return found !== undefined && isPredicateEnd(cursor) ? ofPredicate(found, subject) : undefined;
  });
  if (predicate !== undefined) return predicate;
  for (const read of readings) {
    const found = cursor.attempt(read);
    if (found !== undefined) return found.negated ? not(variable(found.test)) : variable(found.test);
  }
  return undefined;
}

function isPredicateEnd(cursor: Cursor): boolean {
  return cursor.done || cursor.low() === 'and' || cursor.low() === 'or' || cursor.low() === ',' || cursor.low() === 'but';
}

interface Found {
  readonly test: Test;
  readonly negated?: boolean;
}

function range(cursor: Cursor): Found | undefined {
  if (cursor.take(BETWEEN) === undefined) return undefined;
  const from = eatNumber(cursor);
  cursor.eat('%');
  if (from === undefined || !upTo(cursor)) return undefined;
  const to = eatNumber(cursor);
  if (to === undefined) return undefined;
  cursor.eat('%');
  cursor.take(INCLUSIVE);
  cursor.take(COUNT_UNITS);
  return { test: { is: 'between', from, to } };
}

function upTo(cursor: Cursor): boolean {
  return cursor.take(UP_TO) !== undefined || cursor.eat('and', 'to', '—', '-', 'through');
}

const UP_TO = phrases('up to and including', 'and|to up to', 'to');
const INCLUSIVE = phrases('inclusive|inclusively', '( inclusive|included )', '( both? ends? inclusive|included )');

/** "`errors` has more than 3 entries". */
function counted(cursor: Cursor): Found | undefined {
  if (cursor.take(NUMBERED) === undefined) return undefined;
  const found = quantity(cursor);
  if (found === undefined || cursor.take(COUNT_UNITS) === undefined) return undefined;
  return { ...found, test: { is: 'counting', test: found.test } };
}

const QUANTIFIERS = phrases('more than', 'at least', 'fewer|less than', 'at most', 'exactly', 'over', 'under', 'only', 'no more than', 'up to');

/** "more than 3", "at least three", "3 or more", "3". */
export function quantity(cursor: Cursor): Found | undefined {
  const start = cursor.at;
  const quantified = cursor.take(QUANTIFIERS) === undefined ? '' : cursor.slice(start, cursor.at).toLowerCase();
  const number = eatNumber(cursor);
  if (number === undefined) return undefined;
  if (quantified === '') {
    if (cursor.take(OR_MORE) !== undefined) return { test: { is: '>=', than: number } };
    if (cursor.take(OR_LESS) !== undefined) return { test: { is: '<=', than: number } };
  }
  const op = QUANTIFIER_TESTS.get(quantified);
  return { test: op === undefined ? { is: 'one-of', values: [number] } : { is: op, than: number } };
}

const QUANTIFIER_TESTS: ReadonlyMap<string, '<' | '<=' | '>' | '>='> = new Map([
  ['more than', '>'], ['over', '>'], ['at least', '>='], ['fewer than', '<'], ['less than', '<'], ['under', '<'], ['at most', '<='], ['no more than', '<='], ['up to', '<='],
]);

function comparison(cursor: Cursor): Found | undefined {
  const op = cursor.take(COMPARATORS) ?? symbol(cursor);
  if (op === undefined) return undefined;
  cursor.eat('€', '$', '£');
  const other = cursor.peek();
  if (other?.kind === 'code' && isIdentifier(other.text) && op !== '=' && op !== '!=') {
    cursor.at++;
    return { test: { is: 'beside', op, variable: other.text } };
  }
  const number = eatNumber(cursor);
  const upper = number === undefined || op !== '=' ? undefined : cursor.attempt(() => (upTo(cursor) ? eatNumber(cursor) : undefined));
  if (number !== undefined && upper !== undefined) {
    cursor.eat('%');
    cursor.take(INCLUSIVE);
    cursor.take(COUNT_UNITS);
    return { test: { is: 'between', from: number, to: upper } };
  }
  if (number === undefined) return undefined;
  cursor.eat('%');
  cursor.take(COUNT_UNITS);
  if (op === '=' || op === '!=') return orMore(cursor, op, number);
  return { test: { is: op, than: number } };
}

function symbol(cursor: Cursor): Comparator | undefined {
  const low = cursor.low();
  const op: Comparator | undefined = low === '<' || low === '<=' || low === '>' || low === '>=' || low === '=' || low === '!=' ? low : undefined;
  if (op !== undefined) cursor.at++;
  return op;
}

function orMore(cursor: Cursor, op: '=' | '!=', number: number): Found | undefined {
  if (op === '=' && cursor.take(OR_MORE) !== undefined) return { test: { is: '>=', than: number } };
  if (op === '=' && cursor.take(OR_LESS) !== undefined) return { test: { is: '<=', than: number } };
  if (cursor.low() === 'or' || cursor.low() === '—' || cursor.low() === 'to') return undefined;
  return { test: { is: 'one-of', values: [number] }, negated: op === '!=' };
}

function containing(cursor: Cursor): Found | undefined {
  const positive = cursor.take(CONTAINS);
  const token = cursor.peek();
  if (positive === undefined || token === undefined || (token.kind !== 'quoted' && token.kind !== 'code')) return undefined;
  cursor.at++;
  return { test: { is: 'containing', needle: token.text }, negated: !positive };
}

function equality(cursor: Cursor, subject: Subject): Found | undefined {
  const negated = cursor.take(NEGATED_COPULA) !== undefined || cursor.eat('!=');
  if (!negated && cursor.take(COPULA) === undefined && !cursor.eat('=', ':')) return undefined;
  if (subject.soft) cursor.eat('a', 'an');
  const values = parseValues(cursor, { words: true });
  if (values === undefined) return undefined;
  const truth = values.length === 1 ? toTruth(values[0] ?? null) : undefined;
  if (truth !== undefined) return { test: { is: 'true' }, negated: truth === negated };
  return { test: { is: 'one-of', values }, negated };
}

function toTruth(value: Scalar): boolean | undefined {
  if (typeof value === 'boolean') return value;
  const word = typeof value === 'string' ? value.toLowerCase() : '';
  if (TRUE_WORDS.has(word)) return true;
  return FALSE_WORDS.has(word) ? false : undefined;
}

function ofPredicate(predicate: Predicate, subject: Subject): Condition {
  const is = predicate === 'present' || predicate === 'absent' ? 'present' : 'empty';
  const condition: Condition = { kind: 'variable', ...subject, test: { is } };
  return predicate === 'absent' || predicate === 'not-empty' ? not(condition) : condition;
}

function isTrue(subject: Subject): Condition {
  return { kind: 'variable', ...subject, test: { is: 'true' } };
}

export function eatNumber(cursor: Cursor): number | undefined {
  const token = cursor.peek();
  if (token === undefined || (token.kind !== 'number' && token.kind !== 'word' && token.kind !== 'code')) return undefined;
  const number = cardinal(token.kind === 'code' ? token.text : token.kind === 'number' ? token.text : token.low);
  if (number !== undefined) cursor.at++;
  return number;
}

export function isIdentifier(text: string): boolean {
  return /^[\p{L}_$][\p{L}\p{N}_$-]*(?:\.[\p{L}_$][\p{L}\p{N}_$-]*|\[\d+\])*$/u.test(text);
}

function looksLikeVariable(token: Token, targets: Targets): boolean {
  const { text } = token;
  if (!isIdentifier(text) || targets.exact(text) !== undefined || text.includes('-')) return false;
  const inner = text.slice(1);
  return inner.includes('_') || (/^[a-z]/.test(text) && /[A-Z]/.test(inner)) || (/^(?:context|report|ctx)\./.test(text));
}
