import { TuttiError } from '../kernel/errors.ts';
import { PLAN_WORKFLOW } from '../kernel/instance.ts';
import type { Instance } from '../kernel/instance.ts';
import type { Directive, InstanceView } from './directive.ts';
import { endDirective, isEnded } from './directive.ts';

/** A plan of calls that waits, or waited: it is listed, cancelled and removed like a run of a workflow, and goes on by itself. */
export function isPlan({ workflow }: Instance): boolean {
  return workflow === PLAN_WORKFLOW;
}

/** @throws TuttiError `input/invalid-format` for a plan. */
export function refusePlan(instance: Instance): void {
  if (!isPlan(instance)) return;
  throw new TuttiError(
    'input/invalid-format',
    `This is a plan, not a workflow: it has no steps to report on. ${howToGoOn(instance)}`,
  );
}

/** As it is, without what is sealed in it. */
export function viewPlan(instance: Instance): InstanceView {
  const { waits = [], session, instance: asker } = instance.context;
  const of = { ...(session !== undefined && { session }), ...(asker !== undefined && { instance: asker }) };
  const shown: Instance = { ...instance, context: { waits, ...of } };
  return { instance: shown, directive: isEnded(instance) ? endDirective(undefined, shown) : waiting(shown) };
}

function waiting(instance: Instance): Directive {
  return {
    instanceId: instance.id,
    workflow: instance.workflow,
    status: instance.status,
    context: instance.context,
    next: { step: instance.step, instructions: howToGoOn(instance), outcomes: [], expects: [] },
  };
}

function howToGoOn({ id }: Instance): string {
  return `Go on with ask {"plan": {"id": ${JSON.stringify(id)}}}.`;
}
