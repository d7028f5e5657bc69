import { holds, readKeys } from '../../kernel/expression/evaluate.ts';
import type { Expression } from '../../kernel/expression/expression.ts';
import type { Json } from '../../kernel/json.ts';
import type { Condition, Scalar, StatusClass, Test } from './condition.ts';
import type { Facts } from './facts.ts';
import { reportObject } from './facts.ts';
import { testBeside, testText, testValue } from './value-test.ts';

/** True, false, or not known. */
export type Truth = boolean | undefined;

/** What a condition comes to, by Kleene's logic of three values. */
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
    case 'both-readings': {
      const [one, other] = condition.of.map((each) => truthOf(each, facts));
      return one === other ? one : undefined;
    }
    default:
      return atomTruth(condition, facts);
  }
}

function atomTruth(
  atom: Exclude<Condition, { kind: 'always' | 'all' | 'any' | 'not' | 'both-readings' }>,
  facts: Facts,
): Truth {
  switch (atom.kind) {
    case 'status':
      return statusTruth(atom, facts);
    case 'status-text':
      return facts.statusText === '' ? undefined : spelling(atom.is) === spelling(facts.statusText);
    case 'variable':
      return variableTruth(atom, facts);
    case 'text':
      return testText(atom.needle, facts.texts(atom.place));
    case 'visits': {
      const count = facts.visits(atom.step);
      return count === undefined ? undefined : testValue(atom.test, count, false);
    }
    case 'expression':
      return expressionTruth(atom.expression, facts);
    case 'remark':
      return facts.wordless ? false : undefined;
    case 'judgement':
      return undefined;
  }
}

const negate = (truth: Truth): Truth => (truth === undefined ? undefined : !truth);

/** "And"; of the negations when `negated`, so that "or" is its dual. */
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

/** Which reported statuses settle that a status does not hold. What is not listed is not known. */
const SETTLED: Readonly<Record<StatusClass, ReadonlySet<StatusClass>>> = {
  success: new Set(['failure', 'clarification', 'progress']),
  failure: new Set(['success', 'clarification', 'progress', 'data', 'clarified']),
  clarification: new Set(['success', 'failure', 'progress', 'data', 'clarified']),
  progress: new Set(['success', 'failure', 'clarification', 'data', 'clarified']),
  data: new Set(['success', 'failure', 'clarification', 'progress', 'clarified']),
  clarified: new Set(['success', 'failure', 'clarification', 'progress', 'data']),
  resuming: new Set(),
};

function statusTruth(atom: Extract<Condition, { kind: 'status' }>, facts: Facts): Truth {
  const { is, loose } = atom;
  const { status } = facts;
  if (status === undefined) return undefined;
  if (status === 'success' && isDoubtful(atom, facts)) return undefined;
  if (status === is) return true;
  if (loose && is === 'clarification') return undefined;
  return SETTLED[is].has(status) ? false : undefined;
}

/** Whether the rest of a report may mean that its "success" is not the whole story. */
function isDoubtful({ is, loose, literal }: Extract<Condition, { kind: 'status' }>, facts: Facts): boolean {
  if (literal === true) return false;
  return (loose && !facts.untroubled) || ((is === 'success' || is === 'failure') && facts.contradicted);
}

function variableTruth(
  { name, soft, test, absent }: Extract<Condition, { kind: 'variable' }>,
  facts: Facts,
): Truth {
  const [value, ...others] = facts.values(name, soft);
  if (others.length > 0) return undefined;
  if (value === undefined) return absentTruth(test, absent === true, { name, soft, facts });
  if (facts.disputes(name, value)) return undefined;
  if (test.is === 'beside') return testBeside(test, value, facts.values(test.variable, false));
  const truth = testValue(test, value, soft);
  const other = withValuesOf(test, facts);
  return other === undefined || testValue(other, value, soft) === truth ? truth : undefined;
}

interface Missing {
  readonly name: string;
  readonly soft: boolean;
  readonly facts: Facts;
}

/** Of a value that is not there. Where one may be there after all, nothing is known. */
function absentTruth(test: Test, spoken: boolean, { name, soft, facts }: Missing): Truth {
  if (test.is === 'present') {
    const isOpen = soft || facts.status === 'data' || facts.status === 'clarified';
    return isOpen || facts.hints(name) ? undefined : false;
  }
  return spoken && !facts.hints(name) ? false : undefined;
}

/** "`a` equals `b`", where `b` is a variable too: the same test with its value. */
function withValuesOf(test: Test, facts: Facts): Test | undefined {
  if (test.is !== 'one-of' && test.is !== 'containing') return undefined;
  const named = test.names?.filter((name) => facts.values(name, false).length > 0) ?? [];
  if (named.length === 0) return undefined;
  const valuesOf = (written: Scalar): readonly Scalar[] =>
    named.includes(String(written)) ? facts.values(String(written), false).flatMap(toScalars) : [written];
  return test.is === 'one-of'
    ? { is: 'one-of', values: test.values.flatMap(valuesOf) }
    : { ...test, needles: test.needles.flatMap(valuesOf).map(String) };
}

function toScalars(value: Json): readonly Scalar[] {
  if (Array.isArray(value)) return (value as readonly Json[]).flatMap(toScalars);
  return value === null || typeof value !== 'object' ? [value] : [];
}

/** An expression in prose counts only when everything it looks at is there. */
function expressionTruth(expression: Expression, facts: Facts): Truth {
  const { report, visits } = facts.picture;
  const roots = { report: reportObject(report), visits };
  let isMissing = false;
  const result = holds(expression, (root, keys) => {
    const values =
      root === 'context' ? facts.values(keys.join('.'), false) : [readKeys(roots, [root, ...keys])];
    const value = values.length === 1 ? (values[0] ?? null) : null;
    isMissing ||= value === null;
    return value;
  });
  return isMissing ? undefined : result;
}

/** Case and the choice of space, `_` or `-` do not tell two spellings apart. */
function spelling(text: string): string {
  return text
    .trim()
    .toLowerCase()
    .replaceAll(/[\s_-]+/g, ' ');
}
