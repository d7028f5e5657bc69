import type { Clause } from './clause.ts';
import {
  readAnaphora,
  readConditional,
  readFinal,
  readNominal,
  readOtherwise,
} from './conditional-grammar.ts';
import type { Cursor } from './cursor.ts';
import { candidatesIn, describes, isIdle } from './description.ts';
import type { Draft } from './draft.ts';
import { readBan, readProhibition } from './prohibition-grammar.ts';
import { readBareTarget, readInstead, readUnconditional } from './rule-grammar.ts';
import { startsClause } from './starts.ts';
import type { Targets } from './target.ts';
import {
  CASE_LABELS,
  CONNECTIVES,
  FINAL,
  IN_ORDER,
  INTRODUCTIONS,
  LABELS,
  OTHERWISE,
  OVERRIDING,
} from './vocabulary/clauses.ts';

const SEPARATORS: ReadonlySet<string> = new Set([',', ';', '—', '.', ')', '(', ':']);
const JOINTS: ReadonlySet<string> = new Set([...SEPARATORS, 'and', 'but', 'or', 'while', 'whereas']);
const NOT_CONNECTED: ReadonlySet<string> = new Set([':', 'step', 'is']);
const MAX_SENTENCE_TOKENS = 160;
const NEUTRAL: Clause = { kind: 'neutral', overriding: false, when: '' };

/** What a clause may be, in the order in which it is tried. */
const READINGS: readonly ((draft: Draft) => boolean)[] = [
  readInOrder,
  readOtherwise,
  readAnaphora,
  readFinal,
  (draft) => readConditional(draft),
  (draft) => readProhibition(draft) && readInstead(draft),
  readBan,
  readUnconditional,
  readNominal,
  readBareTarget,
];

/** Reads a whole sentence as clauses. A clause that is not understood word by word makes what is left of it opaque. */
export function parseSentence(sentence: Cursor, targets: Targets): readonly Clause[] {
  const cursor = sentence.probe();
  if (cursor.end - cursor.at > MAX_SENTENCE_TOKENS) return [opaque(cursor, targets)];
  if (describes(cursor, targets)) return [NEUTRAL];
  skipEnumerator(cursor);
  const whole = cursor.probe();
  const draft: Draft = { cursor, targets, found: [], overriding: false };
  for (;;) {
    skipJoints(draft);
    if (cursor.done) return draft.found;
    const { at } = cursor;
    if (readClause(draft) && cursor.at > at && atJoint(cursor)) continue;
    if (draft.found.length === 0 && isIdle(whole, targets)) return [NEUTRAL];
    return [...draft.found, opaque(cursor.span(at, cursor.end), targets)];
  }
}

function opaque(cursor: Cursor, targets: Targets): Clause {
  return { kind: 'opaque', candidates: candidatesIn(cursor, targets), overriding: false, when: '' };
}

function readClause(draft: Draft): boolean {
  const { at } = draft.cursor;
  return READINGS.some((read) => {
    draft.cursor.at = at;
    return read(draft);
  });
}

function readInOrder({ cursor, found }: Draft): boolean {
  if (cursor.take(IN_ORDER) === undefined || !cursor.done) return false;
  found.push({ kind: 'in-order', overriding: false, when: '' });
  return true;
}

/** After a clause comes the end, a separator or another clause. */
function atJoint(cursor: Cursor): boolean {
  return cursor.done || JOINTS.has(cursor.low()) || startsClause(cursor);
}

/** Separators, connectives and labels before a clause. */
function skipJoints(draft: Draft): void {
  const { cursor } = draft;
  draft.overriding = false;
  for (let at = -1; at !== cursor.at;) {
    at = cursor.at;
    if (SEPARATORS.has(cursor.low())) cursor.at++;
    else if (!cursor.sees(OTHERWISE) && cursor.take(OVERRIDING) !== undefined) override(draft);
    else if (isConnective(cursor)) cursor.take(CONNECTIVES);
    else if (!cursor.eat('or', 'while', 'whereas')) skipLabel(cursor);
  }
}

function override(draft: Draft): void {
  const { cursor } = draft;
  draft.overriding = true;
  if (cursor.peek()?.kind === 'number') cursor.at++;
  cursor.eat(':', ',', '—');
}

/** "next" and "then" are connectives only where no target follows them. */
function isConnective(cursor: Cursor): boolean {
  if (cursor.sees(OTHERWISE) || cursor.sees(FINAL)) return false;
  const probe = cursor.probe();
  return probe.take(CONNECTIVES) !== undefined && !NOT_CONNECTED.has(probe.low());
}

function skipLabel(cursor: Cursor): void {
  cursor.accepts(() => {
    const isCase = cursor.take(CASE_LABELS) !== undefined;
    if (!isCase && cursor.take(LABELS) === undefined) return false;
    return cursor.eat(':', '—') && !cursor.done && (!isCase || cursor.sees(INTRODUCTIONS));
  });
}

/** "4.1", "(a)": where a text numbers its sentences; and the bracket that a whole sentence stands in. */
function skipEnumerator(cursor: Cursor): void {
  cursor.accepts(() => skipNumber(cursor) && startsWord(cursor));
  if (cursor.low() === '(' && cursor.lowAt(cursor.end - 1) === ')') cursor.at++;
}

function skipNumber(cursor: Cursor): boolean {
  const bracketed = cursor.eat('(');
  const token = cursor.peek();
  if (token === undefined) return false;
  const isNumber = token.kind === 'number' || (bracketed && token.kind === 'word' && token.text.length <= 4);
  if (isNumber) cursor.at++;
  return isNumber && (!bracketed || cursor.eat(')'));
}

function startsWord(cursor: Cursor): boolean {
  const token = cursor.peek();
  return token?.kind === 'word' && token.text !== token.low;
}
