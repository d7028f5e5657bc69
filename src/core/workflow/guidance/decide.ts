import type { Decision, Target } from '../../kernel/instance.ts';
import type { JsonObject } from '../../kernel/json.ts';
import { holds, readKeys } from '../../kernel/expression/evaluate.ts';
import type { Condition } from './condition.ts';
import { someAtom } from './condition.ts';
import { Facts } from './facts.ts';
import type { DecideByGuidance, Guidance, Picture } from './guidance.ts';
import { speaksOfFailure } from './open-text.ts';
import type { CompiledGuidance, Statement } from './statement.ts';
import type { Truth } from './truth.ts';
import { truthOf } from './truth.ts';

/** The decision that is certain from rules and prose alone. */
export const decideByGuidance: DecideByGuidance = (guidance, picture) => {
  if (!isCompiled(guidance)) return undefined;
  return byWrittenRules(guidance, picture) ?? byProse(guidance, new Facts(picture));
};

function isCompiled(guidance: Guidance): guidance is CompiledGuidance {
  return 'statements' in guidance;
}

/** Rules of the rule language: the first that holds wins. */
function byWrittenRules(guidance: CompiledGuidance, picture: Picture): Decision | undefined {
  const roots = { context: picture.context, report: { ...picture.report }, visits: picture.visits };
  for (const rule of guidance.rules) {
    if (rule.by !== 'rule') continue;
    const { condition } = rule;
    const isTrue = condition.kind === 'always' || (condition.kind === 'expression' && holds(condition.expression, (root, keys) => {
      if (root === 'visits' && keys.length === 0) return picture.visits[guidance.step] ?? null;
      return readKeys(roots[root === 'report' || root === 'visits' ? root : 'context'] as JsonObject, keys);
    }));
    if (isTrue) return decision(rule.to, rule.because, rule.updates, 'rule');
  }
  return undefined;
}

interface Weighed {
  readonly statement: Statement;
  readonly truth: Truth;
}

function byProse(guidance: CompiledGuidance, facts: Facts): Decision | undefined {
  const weighed = guidance.statements.map((statement): Weighed => ({ statement, truth: truthOf(statement.condition, facts) }));
  const live = weighed.filter(({ truth }) => truth !== false);
  const winners = live.filter(({ statement, truth }) => truth === true && (statement.kind === 'rule' || statement.kind === 'standing') && statement.to !== undefined);
  if (winners.length === 0) return inDefault(guidance, facts, live) ?? byAgreement(guidance, facts, live);
  const to = agreedTarget(winners.map(({ statement }) => statement.to as Target));
  if (to === undefined) return undefined;
  const certain = winners.filter(({ statement }) => isInPlace(statement, facts));
  const winner = certain.find(({ statement }) => statement.kind === 'rule') ?? certain[0];
  if (winner === undefined) return undefined;
  const isOpposed = live.some((each) => opposes(each, { to, winner: winner.statement, facts }));
  if (isOpposed) return undefined;
  const updates = Object.assign({}, ...winners.map(({ statement }) => statement.updates)) as JsonObject;
  return decision(to, winner.statement.because, updates, 'prose');
}

interface Verdict {
  readonly to: Target;
  readonly winner: Statement;
  readonly facts: Facts;
}

/** Whether a statement that may hold stands against the verdict. */
function opposes({ statement, truth }: Weighed, { to, winner, facts }: Verdict): boolean {
  if (statement.kind === 'prohibition') return statement.to !== undefined && agreedTarget([statement.to, to]) !== undefined;
  if (statement.kind === 'opaque') return truth === true || !standsApart(statement, winner, facts);
  if (truth === true) return false;
  if (statement.to !== undefined && agreedTarget([statement.to, to]) !== undefined) return false;
  return !standsApart(statement, winner, facts);
}

/** A rule for the status that was reported stands apart from free conditions that are about something else. */
function standsApart(statement: Statement, winner: Statement, facts: Facts): boolean {
  if (facts.status === undefined || facts.status === 'success' || facts.status === 'data') return false;
  const isAboutStatus = winner.kind === 'rule' && mentionsStatus(winner.condition, facts);
  return isAboutStatus && !someAtom(statement.condition, (atom) => !isApart(atom));
}

function isApart(atom: Condition): boolean {
  switch (atom.kind) {
    case 'judgement':
      return atom.calm;
    case 'variable':
      return !speaksOfFailure(`${atom.name.replaceAll('_', ' ')} ${atom.test.is === 'one-of' ? atom.test.values.join(' ').replaceAll('_', ' ') : ''}`);
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

function mentionsStatus(condition: Condition, facts: Facts): boolean {
  return someAtom(condition, (atom) => (atom.kind === 'status' && atom.is === facts.status) || (atom.kind === 'status-text' && atom.is === facts.statusText));
}

/** Whether a statement that holds may decide for a report of this status. */
function isInPlace(statement: Statement, facts: Facts): boolean {
  const { status } = facts;
  switch (status) {
    case 'success':
      return true;
    case 'data':
      return true;
    case 'failure':
      return isForFailure(statement, facts);
    case 'clarification':
    case 'progress':
    case 'clarified':
      return mentionsStatus(statement.condition, facts) || (statement.to?.kind === 'stay' && !statement.strong);
    case 'resuming':
      return mentionsStatus(statement.condition, facts);
    case undefined:
      return facts.statusText !== '' && (statement.strong || mentionsStatus(statement.condition, facts));
  }
}

function isForFailure(statement: Statement, facts: Facts): boolean {
  if (statement.strong || statement.to?.kind === 'stay') return true;
  if (statement.kind === 'standing' && statement.condition.kind === 'always') return statement.to?.kind === 'finish';
  return someAtom(statement.condition, (atom) => {
    if (atom.kind === 'status') return atom.is === 'failure' || atom.is === 'success';
    if (atom.kind === 'variable') return truthOf(atom, facts) === true && atom.test.is === 'one-of' && speaksOfFailure(atom.test.values.join(' ').replaceAll('_', ' '));
    return atom.kind === 'text' && truthOf(atom, facts) === true && atom.place === 'error';
  });
}

/** No rule holds: a client that is still at it stays; a step that names no way on leads to the next. */
function inDefault(guidance: CompiledGuidance, facts: Facts, live: readonly Weighed[]): Decision | undefined {
  if (live.some(({ statement }) => statement.kind !== 'prohibition')) return undefined;
  if (facts.status === 'progress') return decision({ kind: 'stay' }, 'The report says that the step is still in progress.', {}, 'prose');
  if (facts.status !== 'success' || guidance.namesTarget) return undefined;
  if (live.some(({ statement }) => statement.to !== undefined && agreedTarget([statement.to, guidance.next]) !== undefined)) return undefined;
  return decision(guidance.next, 'The guidance names no way on, so the next step in order follows.', {}, 'prose');
}

/** Nothing is known to hold, but whatever does leads to one place: "if `x` is true, A; if `x` is false, A". */
function byAgreement(guidance: CompiledGuidance, facts: Facts, live: readonly Weighed[]): Decision | undefined {
  if (facts.status !== 'success' || live.length < 2 || live.length !== guidance.statements.length) return undefined;
  if (live.some(({ statement }) => statement.kind !== 'rule' || statement.to === undefined)) return undefined;
  const to = agreedTarget(live.map(({ statement }) => statement.to as Target));
  const conditions = live.map(({ statement }) => statement.condition);
  if (to === undefined || !conditions.some((one) => conditions.some((other) => isComplement(one, other)))) return undefined;
  return decision(to, live[0]?.statement.because ?? '', {}, 'prose');
}

function isComplement(one: Condition, other: Condition): boolean {
  return one.kind === 'not' && JSON.stringify(one.of) === JSON.stringify(other);
}

/** The one target that all mean, the most particular of them; `undefined` when they differ. */
function agreedTarget(targets: readonly Target[]): Target | undefined {
  let agreed = targets[0];
  for (const target of targets) {
    if (agreed === undefined || agreed.kind !== target.kind) return undefined;
    if (agreed.kind === 'step' && target.kind === 'step' && agreed.step !== target.step) return undefined;
    if (agreed.kind === 'finish' && target.kind === 'finish') {
      if (agreed.status !== undefined && target.status !== undefined && agreed.status !== target.status) return undefined;
      agreed = agreed.status === undefined ? target : agreed;
    }
  }
  return agreed;
}

function decision(to: Target, because: string, updates: JsonObject, by: 'rule' | 'prose'): Decision {
  return { to, by, because, ...(Object.keys(updates).length === 0 ? {} : { contextUpdates: updates }) };
}
