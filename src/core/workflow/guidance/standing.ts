import type { Condition } from './condition.ts';
import { someAtom } from './condition.ts';
import type { Facts } from './facts.ts';
import { canonicalName } from './name.ts';
import { speaksOfFailure } from './open-text.ts';
import type { Statement } from './statement.ts';
import { truthOf } from './truth.ts';

/** Whether a statement that holds may decide for a report of this status. */
export function isInPlace(statement: Statement, facts: Facts): boolean {
  switch (facts.status) {
    case 'success':
    case 'data':
      return true;
    case 'failure':
      return isForFailure(statement, facts);
    case undefined:
      return facts.statusText !== '' && (statement.strong || mentionsStatus(statement.condition, facts));
    default:
      return mentionsStatus(statement.condition, facts) || isWaiting(statement, facts);
  }
}

/** Who is still at it, or asks, may always stay where the guidance says so. */
function isWaiting({ to, strong }: Statement, { status }: Facts): boolean {
  return to?.kind === 'stay' && !strong && status !== 'resuming';
}

/** A failure needs a rule that is about failure, or a way on that presupposes nothing. */
function isForFailure({ kind, condition, strong, to }: Statement, facts: Facts): boolean {
  if (strong || to?.kind === 'stay') return true;
  if (kind === 'standing' && condition.kind === 'always')
    return to?.kind === 'finish' && to.status !== 'COMPLETED';
  return someAtom(condition, (atom) => isAboutFailure(atom, facts));
}

function isAboutFailure(atom: Condition, facts: Facts): boolean {
  switch (atom.kind) {
    case 'status':
      return atom.is === 'failure' || atom.is === 'success';
    case 'variable':
      return isExitCode(atom) || (speaksOfFailure(valuesOf(atom)) && truthOf(atom, facts) === true);
    case 'text':
      return atom.place === 'error' && truthOf(atom, facts) === true;
    case 'visits':
      return truthOf(atom, facts) === true;
    default:
      return false;
  }
}

/** A rule for the status that was reported stands apart from conditions that are about something else. */
export function standsApart(statement: Statement, winner: Statement, facts: Facts): boolean {
  if (facts.status === undefined || facts.status === 'success' || facts.status === 'data') return false;
  const isAboutStatus = winner.kind === 'rule' && mentionsStatus(winner.condition, facts);
  return isAboutStatus && !someAtom(statement.condition, (atom) => !isApart(atom, facts));
}

/** Whether a condition is about something else than the failure. What the report itself speaks of may be its cause. */
function isApart(atom: Condition, facts: Facts): boolean {
  switch (atom.kind) {
    case 'judgement':
      return atom.calm && !facts.speaksOf(atom.text);
    case 'variable': {
      const words = `${atom.name.replaceAll('_', ' ')} ${valuesOf(atom)}`;
      return !speaksOfFailure(words) && (!atom.soft || !facts.speaksOf(`${words} ${atom.test.is}`));
    }
    case 'text':
      return atom.place !== 'error';
    case 'status':
    case 'status-text':
    case 'always':
      return true;
    default:
      return false;
  }
}

/** Where a rule looks at an exit code, it is about how things went. */
function isExitCode({ name }: Extract<Condition, { kind: 'variable' }>): boolean {
  return canonicalName(name).endsWith('exitcode');
}

function valuesOf({ test }: Extract<Condition, { kind: 'variable' }>): string {
  return test.is === 'one-of' ? test.values.join(' ').replaceAll('_', ' ') : '';
}

function mentionsStatus(condition: Condition, facts: Facts): boolean {
  return someAtom(
    condition,
    (atom) =>
      (atom.kind === 'status' && atom.is === facts.status) ||
      (atom.kind === 'status-text' && atom.is === facts.statusText),
  );
}
