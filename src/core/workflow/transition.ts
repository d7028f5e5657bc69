import { TuttiError } from '../kernel/errors.ts';
import { FINISH } from '../kernel/instance.ts';
import type { Decision, Entry, Instance, Report, Status, Target } from '../kernel/instance.ts';
import type { JsonObject } from '../kernel/json.ts';
import { checkJson } from '../kernel/json.ts';
import { nextRevision } from './entry.ts';
import type { Workflow } from './workflow.ts';
import { findStep } from './workflow.ts';

export interface Movement {
  readonly workflow: Workflow;
  readonly instance: Instance;
  readonly decision: Decision;
  readonly report: Report;
  readonly contextUpdates: JsonObject;
  readonly at: number;
  /** The token of the next directive. */
  readonly token: string;
}

/**
 * The instance after a decision, and the journal entry that says so.
 *
 * Pure: it reads no clock and writes nothing. It refuses a decision outside the step's allowed set, so that no decider, however
 * it errs, can move an instance off the map.
 *
 * @throws TuttiError `outcome/not-allowed`, `budget/exceeded`, `input/too-large`.
 */
export function transition(movement: Movement): { readonly instance: Instance; readonly entry: Entry } {
  const { workflow, instance, decision, contextUpdates, token } = movement;
  const change = nextRevision(instance, movement.at);
  const { updatedAt: at } = change;
  const step = findStep(workflow, instance.step);
  const allowed = step.guidance.outcomes;
  if (!allowed.some((outcome) => sameTarget(outcome.to, decision.to))) {
    throw new TuttiError(
      'outcome/not-allowed',
      `"${targetName(decision.to, instance.step)}" cannot follow "${step.name}". Allowed: ${allowed.map((o) => o.id).join(', ')}.`,
    );
  }
  const next = targetName(decision.to, instance.step);
  const status = statusAfter(decision, next);
  const enters = next !== FINISH && decision.to.kind !== 'halt';
  const visited = Object.hasOwn(instance.visits, next) ? (instance.visits[next] ?? 0) : 0;
  if (enters) checkVisits(workflow, next, visited + 1);
  const visits = enters ? { ...instance.visits, [next]: visited + 1 } : instance.visits;
  const context = { ...instance.context, ...contextUpdates, ...decision.contextUpdates };
  checkJson(context, 'The context after this report');
  const moved: Instance = {
    ...instance,
    step: next,
    status,
    context,
    pending: null,
    visits,
    token,
    ...change,
    completedAt: status === 'COMPLETED' || status === 'FAILED' ? at : null,
  };
  const entry: Entry = {
    seq: moved.revision,
    at,
    kind: 'ADVANCED',
    step: instance.step,
    report: movement.report,
    contextUpdates: { ...contextUpdates, ...decision.contextUpdates },
    status,
    next,
    decision,
    candidates: allowed.map((outcome) => outcome.id),
  };
  return { instance: moved, entry };
}

/** The step's name that a target stands for when taken at `step`. */
export function targetName(to: Target, step: string): string {
  switch (to.kind) {
    case 'step':
      return to.step;
    case 'finish':
      return FINISH;
    case 'stay':
    case 'halt':
      return step;
  }
}

export function sameTarget(a: Target, b: Target): boolean {
  if (a.kind !== b.kind) return false;
  if (a.kind === 'step' && b.kind === 'step') return a.step === b.step;
  if (a.kind === 'finish' && b.kind === 'finish')
    return (a.status ?? 'COMPLETED') === (b.status ?? 'COMPLETED');
  return true;
}

function statusAfter({ to, status }: Decision, next: string): Status {
  if (to.kind === 'halt') return 'SUSPENDED';
  if (to.kind === 'finish') return to.status ?? 'COMPLETED';
  if (next === FINISH) return 'COMPLETED';
  return status ?? 'RUNNING';
}

function checkVisits(workflow: Workflow, name: string, visits: number): void {
  const { maxVisits } = findStep(workflow, name);
  if (maxVisits !== undefined && visits > maxVisits) {
    throw new TuttiError(
      'budget/exceeded',
      `"${name}" may be entered ${maxVisits} times (max_visits) and was. The instance is suspended: choose another outcome, or cancel it.`,
    );
  }
}
