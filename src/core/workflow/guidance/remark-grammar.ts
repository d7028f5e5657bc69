import type { Condition } from './condition.ts';
import { any } from './condition.ts';
import type { Cursor } from './cursor.ts';
import { isWeighty } from './open-text.ts';
import { DEGREES, FROM, NEEDS, REPORT_SAYS, TOLD_OTHERWISE } from './vocabulary/values.ts';

const CLARIFIES: ReadonlySet<string> = new Set(['clarification', 'clarifications']);
const WITH_CLARIFICATION: ReadonlySet<string> = new Set([
  'data',
  'input',
  'information',
  'details',
  'feedback',
  'answers',
]);

/** "Told otherwise": true or false only where the report says nothing. */
export function parseRemark(cursor: Cursor): Condition | undefined {
  return cursor.take(TOLD_OTHERWISE) === undefined ? undefined : { kind: 'remark' };
}

/** "A need for clarification or data from the user": clarification is a status, the rest judgement. */
export function parseNeed(cursor: Cursor): Condition | undefined {
  cursor.take(REPORT_SAYS);
  if (cursor.take(NEEDS) === undefined) return undefined;
  const parts: Condition[] = [];
  let isAboutStatus = false;
  do {
    const need = readNeed(cursor);
    if (need === undefined) return undefined;
    const { status, condition } = need;
    isAboutStatus ||= status;
    if (condition !== undefined) parts.push(condition);
    cursor.take(FROM);
  } while (cursor.eat('or', ','));
  return isAboutStatus ? any(...parts) : undefined;
}

interface Need {
  readonly status: boolean;
  /** Absent for what one asks for along with clarification. */
  readonly condition?: Condition;
}

function readNeed(cursor: Cursor): Need | undefined {
  while (cursor.take(DEGREES) !== undefined);
  const start = cursor.at;
  while (!cursor.atJoint && !cursor.sees(FROM)) {
    const token = cursor.peek();
    if (token === undefined || isWeighty(token)) return undefined;
    cursor.at++;
  }
  const word = cursor.at === start + 1 ? cursor.lowAt(start) : '';
  if (CLARIFIES.has(word))
    return { status: true, condition: { kind: 'status', is: 'clarification', loose: false } };
  if (WITH_CLARIFICATION.has(word)) return { status: false };
  return {
    status: false,
    condition: { kind: 'judgement', text: cursor.slice(start, cursor.at), calm: true },
  };
}
