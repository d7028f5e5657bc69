import type { Condition, Test } from './condition.ts';
import { all, not } from './condition.ts';
import type { Cursor } from './cursor.ts';
import { ordinal, timesWord } from './number.ts';
import { phrases } from './phrase.ts';
import type { Targets } from './target.ts';
import { eatNumber, quantity } from './variable-grammar.ts';
import { COMPARATORS } from './vocabulary.ts';

const THIS = phrases('this|the|current? current? step', 'it', 'we');
const THIS_IS = phrases('this|it is|was', 'this|it is|was already', 'on|at|for|by', 'this|the step is on|at|in its?|our|your?', 'we|you are on|at', "it's");
const OCCASIONS = phrases('visit|attempt|time|try|pass|iteration|run|round|entry|go|cycle of|to|at|on|in|for|through? this|the|here? step? is? run|visited|entered|executed|reached|tried|attempted|being?', 'time this|the|we step? is|was|has|have|runs|run|here|are? been? here|run|visited|entered|executed|reached|tried|attempted?');
const VISITED = phrases('has|have|was|is|had already? been? visited|entered|run|executed|tried|attempted|reached|repeated|here|performed|seen|retried', 'has|have run|executed|looped');
const NOT_VISITED = phrases("has|have|was|is not|never yet? been? visited|entered|run|executed|tried|attempted|reached|seen yet|before?", "hasn't|haven't|wasn't yet? been? visited|entered|run|executed|tried|attempted|reached yet|before?", 'has never been visited|entered|run|executed|tried|attempted|reached|seen');
const BEFORE = phrases('before', 'already', 'at least once before', 'earlier');
const TIMES = phrases('times', 'time', 'attempts|visits|tries|runs|iterations|passes|rounds');
const COUNTED = phrases('attempts|visits|tries|runs|iterations|passes|rounds|attempt|visit|try on|at|of|to|in|for? this|the? step? have|has|are|is|were|had? been? made|used|done|up|completed|exhausted|recorded|happened?');
const COUNT = phrases("the? number|count of visits|attempts|tries|times|runs to|at|on|for|of? this|the? step? has|was? been? visited|entered|run?", 'the? visit|attempt|visits|attempts count|counter|number of|to|for|at? this|the? step?', 'visits|attempts to|at|of|on|for? this|the|here? step?', "this|the step's visits|attempts|visit|attempt count?");

export function parseVisits(cursor: Cursor, targets: Targets): Condition | undefined {
  const readings = [() => byOrdinal(cursor), () => byVisited(cursor, targets), () => byCount(cursor), () => byNumber(cursor)];
  for (const read of readings) {
    const condition = cursor.attempt(read);
    if (condition !== undefined) return ofStep(condition, targets);
  }
  return undefined;
}

/** Names this step where none was named. */
function ofStep(condition: Condition, targets: Targets): Condition {
  switch (condition.kind) {
    case 'visits':
      return { ...condition, step: condition.step ?? targets.steps[targets.index]?.name ?? null };
    case 'not':
      return not(ofStep(condition.of, targets));
    case 'all':
      return { ...condition, of: condition.of.map((each) => ofStep(each, targets)) };
    case 'both-readings':
      return { ...condition, of: [ofStep(condition.of[0], targets), ofStep(condition.of[1], targets)] };
    default:
      return condition;
  }
}

const visits = (test: Test, step: string | null = null): Condition => ({ kind: 'visits', step, test });

/** "This is the third attempt", "on the second visit". */
function byOrdinal(cursor: Cursor): Condition | undefined {
  cursor.take(THIS_IS);
  const atLeast = cursor.eat('at') ? cursor.eat('least') : false;
  cursor.eat('the', 'our', 'its', 'your', 'my');
  const number = ordinal(cursor.low());
  if (number === undefined) return undefined;
  cursor.at++;
  if (cursor.take(OCCASIONS) === undefined) return undefined;
  const orLater = cursor.attempt(() => (cursor.eat('or', 'and') && cursor.eat('later', 'more', 'higher', 'any') ? true : undefined));
  if (atLeast || orLater === true) return visits({ is: '>=', than: number });
  return visits({ is: 'one-of', values: [number] });
}

/** "This step has been visited more than three times"; of another step too. */
function byVisited(cursor: Cursor, targets: Targets): Condition | undefined {
  const step = subjectStep(cursor, targets);
  if (step === undefined) return undefined;
  if (cursor.take(NOT_VISITED) !== undefined) return step === null ? undefined : visits({ is: 'one-of', values: [0] }, step);
  if (cursor.take(VISITED) === undefined) return undefined;
  if (cursor.take(BEFORE) !== undefined) return visits({ is: '>', than: step === null ? 1 : 0 }, step);
  const once = timesWord(cursor.low());
  if (once !== undefined) {
    cursor.at++;
    return exactOrMore(once, step);
  }
  const found = quantity(cursor) ?? quantityOfTimes(cursor);
  if (found === undefined) return step === null || !cursor.done ? undefined : visits({ is: '>', than: 0 }, step);
  if (cursor.take(TIMES) === undefined && !('than' in found.test && cursor.done)) return undefined;
  if (cursor.attempt(() => (cursor.eat('or') && cursor.eat('more') ? true : undefined)) === true && found.test.is === 'one-of') {
    return visits({ is: '>=', than: Number(found.test.values[0]) }, step);
  }
  return found.test.is === 'one-of' ? exactOrMore(Number(found.test.values[0]), step) : visits(found.test, step);
}

/** "more than once", "at least twice". */
function quantityOfTimes(cursor: Cursor): { readonly test: Test } | undefined {
  return cursor.attempt(() => {
    const op = cursor.eat('more', 'over') ? '>' : cursor.eat('at') ? '>=' : cursor.eat('less', 'fewer') ? '<' : undefined;
    if (op === undefined) return undefined;
    cursor.eat('than', 'least');
    const number = timesWord(cursor.low());
    if (number === undefined) return undefined;
    cursor.at++;
    return { test: { is: op, than: number } };
  });
}

/** "Visited three times": beyond three, an author may mean either. */
function exactOrMore(number: number, step: string | null): Condition {
  return { kind: 'both-readings', of: [visits({ is: 'one-of', values: [number] }, step), visits({ is: '>=', than: number }, step)] };
}

/** A step's name; `null` for this step. */
function subjectStep(cursor: Cursor, targets: Targets): string | null | undefined {
  if (cursor.take(THIS) !== undefined) return null;
  cursor.eat('the', 'step');
  const token = cursor.peek();
  if (token === undefined) return undefined;
  const isMarked = token.kind === 'quoted' || token.kind === 'code';
  const target = isMarked ? targets.exact(token.text) : targets.spelled(cursor);
  if (target === undefined) return undefined;
  if (isMarked) cursor.at++;
  cursor.eat('step');
  return target.kind === 'step' ? target.step : target.kind === 'stay' ? null : undefined;
}

/** "The number of visits exceeds 3". */
function byCount(cursor: Cursor): Condition | undefined {
  const token = cursor.peek();
  if (token?.kind === 'code' && token.text === 'visits') cursor.at++;
  else if (cursor.take(COUNT) === undefined) return undefined;
  const low = cursor.low();
  const op = cursor.take(COMPARATORS) ?? (low === '<' || low === '<=' || low === '>' || low === '>=' || low === '=' ? (cursor.at++, low) : undefined);
  const number = op === undefined ? undefined : eatNumber(cursor);
  if (op === undefined || number === undefined) return undefined;
  if (op === '=') {
    const more = cursor.attempt(() => (cursor.eat('or') && cursor.eat('more', 'higher', 'greater') ? true : undefined));
    return visits(more === true ? { is: '>=', than: number } : { is: 'one-of', values: [number] });
  }
  if (op === '!=') return not(visits({ is: 'one-of', values: [number] }));
  return visits({ is: op, than: number });
}

/** "After three attempts", "fewer than three attempts have been made", "three failed attempts". */
function byNumber(cursor: Cursor): Condition | undefined {
  if (cursor.eat('there')) cursor.eat('have', 'were', 'are');
  cursor.eat('been');
  const quantified = quantity(cursor);
  if (quantified === undefined) return undefined;
  const failed = cursor.eat('failed', 'unsuccessful');
  if (cursor.take(COUNTED) === undefined) return undefined;
  const { test } = quantified;
  const counted = test.is === 'one-of' ? visits({ is: '>=', than: Number(test.values[0]) }) : visits(test);
  return failed ? all(counted, { kind: 'status', is: 'failure', loose: false }) : counted;
}
