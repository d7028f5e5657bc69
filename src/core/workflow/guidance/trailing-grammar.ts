import type { Condition } from './condition.ts';
import { all, not } from './condition.ts';
import { parseCondition } from './condition-grammar.ts';
import type { Cursor } from './cursor.ts';
import { conditionEnd, findSplit } from './split.ts';
import type { Targets } from './target.ts';
import type { Introduction } from './vocabulary/clauses.ts';
import { CONCESSIONS, INTRODUCTIONS, OTHERWISE } from './vocabulary/clauses.ts';

const EXCEPTING: ReadonlySet<string> = new Set(['unless', 'except', 'excepting', 'until']);

/** A condition that stands behind its action. */
export interface Trailing {
  readonly condition: Condition;
  /** The condition as written, before "unless" turned it round. */
  readonly inner: Condition;
  readonly when: string;
  readonly exclusive: boolean;
  readonly negated: boolean;
  /** "unless `x` → HALT": an action follows at once. */
  readonly leads: boolean;
}

/** One condition, or two: "on success, provided that …". */
export function readTrailings(cursor: Cursor, targets: Targets): Trailing | undefined {
  const first = readTrailing(cursor, targets);
  const second = first === undefined || first.negated ? undefined : readTrailing(cursor, targets);
  if (first === undefined || second === undefined) return first;
  return {
    ...first,
    condition: all(first.condition, second.condition),
    when: `${first.when}, ${second.when}`,
    exclusive: first.exclusive || second.exclusive,
  };
}

export function readTrailing(cursor: Cursor, targets: Targets): Trailing | undefined {
  return cursor.attempt(() => {
    const apart = cursor.eat(',');
    cursor.eat('but');
    const introduction = cursor.sees(OTHERWISE) ? undefined : cursor.take(INTRODUCTIONS);
    if (introduction === undefined) return undefined;
    const split = apart || introduction === 'unless' ? findSplit(cursor, targets) : undefined;
    if (split !== undefined && introduction !== 'unless') return undefined;
    const arrow =
      split !== undefined && cursor.lowAt(split.conditionEnd) === '→' ? split.conditionEnd : undefined;
    return readInner(cursor, targets, { introduction, arrow });
  });
}

interface Opening {
  readonly introduction: Introduction;
  /** Where an arrow ends the condition. */
  readonly arrow: number | undefined;
}

function readInner(cursor: Cursor, targets: Targets, { introduction, arrow }: Opening): Trailing {
  const start = cursor.at;
  const end = arrow ?? conditionEnd(cursor, targets);
  const inner = parseCondition(cursor.span(start, end), targets);
  cursor.at = end;
  const when = withIntroduction(introduction, cursor.slice(start, end));
  const leads = arrow !== undefined;
  if (leads || (cursor.low() === ',' && cursor.low(1) === 'in')) cursor.at++;
  const exclusive = introduction === 'only-if';
  return {
    condition: turned(introduction, inner),
    inner,
    when,
    exclusive,
    negated: isNegative(introduction),
    leads,
  };
}

/** "…, even if the draft looks finished": nothing follows from it, up to where another clause begins. */
export function skipConcession(cursor: Cursor): void {
  cursor.accepts(() => {
    cursor.eat(',', '—');
    if (cursor.take(CONCESSIONS) === undefined) return false;
    while (!cursor.done && !endsConcession(cursor)) cursor.at++;
    return true;
  });
}

function endsConcession(cursor: Cursor): boolean {
  if (cursor.low() === ';') return true;
  if (cursor.sees(INTRODUCTIONS) && EXCEPTING.has(cursor.low())) return true;
  const probe = cursor.probe();
  probe.eat(',', '—');
  return probe.eat('but', 'or', 'except', 'though', 'however', 'yet') && probe.at > cursor.at;
}

function isNegative(introduction: Introduction): boolean {
  return introduction === 'unless' || introduction === 'until';
}

/** What an introduction makes of the condition behind it. */
export function turned(introduction: Introduction, condition: Condition): Condition {
  return isNegative(introduction) ? not(condition) : condition;
}

export function withIntroduction(introduction: Introduction, when: string): string {
  return isNegative(introduction) ? `${introduction} ${when}` : when;
}
