import { holds, readKeys } from '../../kernel/expression/evaluate.ts';
import type { Decision, Target } from '../../kernel/instance.ts';
import type { JsonObject } from '../../kernel/json.ts';
import { agreedTarget } from './agreement.ts';
import type { Condition } from './condition.ts';
import { someAtom } from './condition.ts';
import { Facts, reportObject } from './facts.ts';
import type { DecideByGuidance, Guidance, Picture } from './guidance.ts';
import { isInPlace, standsApart } from './standing.ts';
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
  const { context, visits } = picture;
  const roots: JsonObject = { context, report: reportObject(picture.report), visits };
  for (const rule of guidance.rules) {
    if (rule.by !== 'rule') continue;
    const isTrue = holds(rule.expression, (root, keys) => {
      if (root === 'visits' && keys.length === 0) return visits[guidance.step] ?? null;
      return readKeys(roots, [root, ...keys]);
    });
    if (isTrue) return toDecision(rule, rule.to, rule.updates);
  }
  return undefined;
}

interface Weighed {
  readonly statement: Statement;
  readonly truth: Truth;
}

function byProse(guidance: CompiledGuidance, facts: Facts): Decision | undefined {
  const weighed = guidance.statements.map((statement): Weighed => ({
    statement,
    truth: truthOf(statement.condition, facts),
  }));
  const live = withoutSpentLoops(weighed.filter(({ truth }) => truth !== false));
  const winners = live
    .filter(({ statement, truth }) => truth === true && leads(statement))
    .map(({ statement }) => statement);
  if (winners.length === 0) return byDefault(guidance, facts, live) ?? byAgreement(guidance, facts, live);
  const to = agreedTarget(winners.map((statement) => statement.to));
  const certain = winners.filter((statement) => isInPlace(statement, facts));
  const winner = certain.find(({ kind }) => kind === 'rule') ?? certain[0];
  if (to === undefined || winner === undefined) return undefined;
  if (live.some((each) => opposes(each, to, (statement) => standsApart(statement, winner, facts))))
    return undefined;
  const updates: JsonObject = Object.assign({}, ...winners.map((statement) => statement.updates));
  return toDecision({ by: 'prose', because: winner.because }, to, updates);
}

function leads({ kind, to }: Statement): boolean {
  return (kind === 'rule' || kind === 'standing') && to !== undefined;
}

/** A count of visits limits a repetition: where it holds, "try again" no longer does. */
function withoutSpentLoops(live: readonly Weighed[]): readonly Weighed[] {
  const isSpent = live.some(
    ({ statement, truth }) =>
      truth === true && leads(statement) && statement.to?.kind !== 'stay' && isCounted(statement.condition),
  );
  return isSpent
    ? live.filter(
        ({ statement, truth }) =>
          statement.to?.kind !== 'stay' ||
          statement.kind !== 'rule' ||
          (truth === true && isCounted(statement.condition)),
      )
    : live;
}

function isCounted(condition: Condition): boolean {
  return someAtom(condition, (atom) => atom.kind === 'visits');
}

/** Whether a statement that holds, or may hold, stands against a target. */
function opposes(
  { statement, truth }: Weighed,
  to: Target,
  isApart: (statement: Statement) => boolean,
): boolean {
  const agrees = agreedTarget([statement.to, to]) !== undefined;
  if (statement.kind === 'prohibition') return agrees;
  if (statement.kind === 'opaque') return truth === true || !isApart(statement);
  return truth !== true && !agrees && !isApart(statement);
}

/** No rule holds: a client that is still at it stays; a step that names no way on leads to the next. */
function byDefault(guidance: CompiledGuidance, facts: Facts, live: readonly Weighed[]): Decision | undefined {
  if (live.some(({ statement }) => statement.kind !== 'prohibition')) return undefined;
  if (facts.status === 'progress') {
    return toDecision(
      { by: 'prose', because: 'The report says that the step is still in progress.' },
      { kind: 'stay' },
    );
  }
  if (facts.status !== 'success' || guidance.namesTarget) return undefined;
  const isBanned = live.some(({ statement }) => agreedTarget([statement.to, guidance.next]) !== undefined);
  return isBanned
    ? undefined
    : toDecision(
        { by: 'prose', because: 'The guidance names no way on, so the next step in order follows.' },
        guidance.next,
      );
}

/** Nothing is known to hold, but whatever does leads to one place: "if `x` is true, A; if `x` is false, A". */
function byAgreement(
  guidance: CompiledGuidance,
  facts: Facts,
  live: readonly Weighed[],
): Decision | undefined {
  const isOpen =
    live.length > 1 &&
    live.length === guidance.statements.length &&
    live.every(({ statement }) => statement.kind === 'rule');
  if (facts.status !== 'success' || !isOpen) return undefined;
  const to = agreedTarget(live.map(({ statement }) => statement.to));
  const conditions = live.map(({ statement }) => statement.condition);
  const isExhaustive = conditions.some((one) => conditions.some((other) => isComplement(one, other)));
  return to === undefined || !isExhaustive
    ? undefined
    : toDecision({ by: 'prose', because: live[0]?.statement.because ?? '' }, to);
}

function isComplement(one: Condition, other: Condition): boolean {
  if (one.kind === 'variable' && other.kind === 'variable')
    return one.name === other.name && one.test.is === 'true' && other.test.is === 'false';
  return one.kind === 'not' && JSON.stringify(one.of) === JSON.stringify(other);
}

function toDecision(
  { by, because }: Pick<Decision, 'by' | 'because'>,
  to: Target,
  updates: JsonObject = {},
): Decision {
  return { to, by, because, ...(Object.keys(updates).length === 0 ? {} : { contextUpdates: updates }) };
}
