import type { Condition } from './condition.ts';
import { all, any, not } from './condition.ts';
import type { Cursor } from './cursor.ts';
import { isIdentifier } from './identifier.ts';
import type { Subject } from './predicate-grammar.ts';
import { ALIKE, OF_THEM } from './vocabulary/values.ts';
import { isDenied, parsePredicate, variableCondition } from './predicate-grammar.ts';

const OF_ALL: ReadonlySet<string> = new Set(['both', 'all', 'each']);

/** "`a` and `b` are both true", "neither `a` nor `b` is set": one predicate of several variables. */
export function parseJointVariables(cursor: Cursor): Condition | undefined {
  return cursor.attempt(() => {
    const isNeither = cursor.eat('neither');
    const opener = isNeither ? 'neither' : cursor.low();
    if (isNeither || cursor.eat('both', 'either', 'all', 'any', 'each')) cursor.eat('of');
    const joined = readNames(cursor);
    if (joined === undefined || isNeither !== (joined.by === 'nor')) return undefined;
    if (opener === 'any' || opener === 'either') return ofAll(cursor, joined.names, 'or');
    if (OF_ALL.has(opener) && joined.by === 'or') return undefined;
    return ofAll(cursor, joined.names, joined.by);
  });
}

interface Names {
  readonly names: readonly string[];
  readonly by: string;
}

/** At least two names, joined by one word throughout. */
function readNames(cursor: Cursor): Names | undefined {
  const first = eatName(cursor);
  if (first === undefined) return undefined;
  const names = [first];
  const joints = new Set<string>();
  for (let joint = eatJoint(cursor); joint !== undefined; joint = eatJoint(cursor)) {
    if (joint !== ',') joints.add(joint);
    names.push(eatName(cursor) ?? '');
  }
  const [by, ...others] = joints;
  return by === undefined || others.length > 0 || names.includes('') ? undefined : { names, by };
}

function ofAll(cursor: Cursor, names: readonly string[], by: string): Condition | undefined {
  const start = cursor.at;
  const alike = by === 'and' ? cursor.attempt(() => readAlike(cursor, names)) : undefined;
  if (alike !== undefined) return alike;
  const conditions = readEach(cursor, names);
  const verb = cursor.tokens[start];
  if (conditions === undefined) return undefined;
  if (by === 'nor') return not(any(...conditions));
  if (verb === undefined || verb.kind === 'mark') return undefined;
  const join = by === 'and' ? all : any;
  const shared = join(...conditions);
  if (isDenied(cursor.tokens.slice(start, cursor.at)))
    return { kind: 'both-readings', of: [shared, not(join(...conditions.map((each) => not(each))))] };
  return by === 'and' && verb.low.endsWith('s') ? orOfTheLast(names, conditions) : shared;
}

/** "`a` and `b` differ". */
function readAlike(cursor: Cursor, [one, other, ...others]: readonly string[]): Condition | undefined {
  const op = cursor.take(ALIKE);
  if (op === undefined || one === undefined || other === undefined || others.length > 0 || !cursor.atJoint)
    return undefined;
  return variableCondition({ name: one, soft: false }, { is: 'beside', op, variable: other });
}

/** The same predicate, of every name. */
function readEach(cursor: Cursor, names: readonly string[]): readonly Condition[] | undefined {
  const start = cursor.at;
  const conditions: Condition[] = [];
  for (const name of names) {
    cursor.at = start;
    const condition = readPredicate(cursor, name);
    if (condition === undefined) return undefined;
    conditions.push(condition);
  }
  return conditions;
}

/** "`a` and `b` is empty": of both, or `a` is true and the rest is of `b`. */
function orOfTheLast(names: readonly string[], conditions: readonly Condition[]): Condition {
  const flags = names.slice(0, -1).map((name) => variableCondition({ name, soft: false }, { is: 'true' }));
  return { kind: 'both-readings', of: [all(...conditions), all(...flags, ...conditions.slice(-1))] };
}

/** "Either of them is missing": of what was compared last. */
export function parseOfThem(cursor: Cursor, subjects: readonly Subject[]): Condition | undefined {
  if (subjects.length < 2) return undefined;
  const which = cursor.take(OF_THEM);
  if (which === undefined) return undefined;
  const start = cursor.at;
  const conditions: Condition[] = [];
  for (const subject of subjects) {
    cursor.at = start;
    const condition = parsePredicate(cursor, subject);
    if (condition === undefined) return undefined;
    conditions.push(condition);
  }
  if (isDenied(cursor.tokens.slice(start, cursor.at))) return undefined;
  if (which === 'all') return all(...conditions);
  return which === 'any' ? any(...conditions) : not(any(...conditions));
}

/** "are both true" is, of each, "is true". */
function readPredicate(cursor: Cursor, name: string): Condition | undefined {
  const isBoth =
    (cursor.low() === 'are' || cursor.low() === 'is') &&
    (cursor.low(1) === 'both' || cursor.low(1) === 'all');
  if (!isBoth) return parsePredicate(cursor, { name, soft: false });
  const tokens = cursor.tokens.filter((_, index) => index !== cursor.at + 1);
  const inner = cursor.over(tokens, cursor.at, cursor.end - 1);
  const condition = parsePredicate(inner, { name, soft: false });
  cursor.at = inner.at + 1;
  return condition;
}

function eatName(cursor: Cursor): string | undefined {
  const token = cursor.peek();
  if (token?.kind !== 'code' || !isIdentifier(token.text)) return undefined;
  cursor.at++;
  return token.text;
}

function eatJoint(cursor: Cursor): string | undefined {
  return cursor.attempt(() => {
    const comma = cursor.eat(',');
    const low = cursor.low();
    const word = cursor.eat('and', 'or', 'nor') ? low : comma ? ',' : undefined;
    return cursor.peek()?.kind === 'code' ? word : undefined;
  });
}
