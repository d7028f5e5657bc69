import { TuttiError } from '../kernel/errors.ts';
import { AGENT_WORKFLOW, PLAN_WORKFLOW } from '../kernel/instance.ts';
import type { Instance } from '../kernel/instance.ts';
import type { JsonObject } from '../kernel/json.ts';
import type { Directive, InstanceView } from './directive.ts';
import { endDirective, isEnded } from './directive.ts';

/** An instance that is no run of a workflow: listed, shown and removed like one, but moved by tools of its own. */
interface Kind {
  readonly fits: (instance: Instance) => boolean;
  /** As the subject of a sentence that says why reports do not move it. */
  readonly what: string;
  readonly howToGoOn: (instance: Instance) => string;
  /** What of its context may be shown. */
  readonly shown: (context: JsonObject) => JsonObject;
}

const PLAN: Kind = {
  fits: ({ workflow }) => workflow === PLAN_WORKFLOW,
  what: 'This is a plan, not a workflow: it has no steps to report on.',
  howToGoOn: ({ id }) => `Go on with ask {"plan": {"id": ${JSON.stringify(id)}}}.`,
  // The rest is sealed.
  shown: ({ waits = [], session, instance }) => ({
    waits,
    ...(session !== undefined && { session }),
    ...(instance !== undefined && { instance }),
  }),
};

const SESSION: Kind = {
  fits: ({ workflow }) => workflow.startsWith(AGENT_WORKFLOW),
  what: 'This is an agent session, not a workflow: it has states and takes no reports.',
  howToGoOn: ({ id }) =>
    `Move it with transition_state, look at it with get_current_state, bind it to its agent as it is now with upgrade_session (toolset agent-admin), or delete it with end_session (toolset agent-admin). Its session_id is ${JSON.stringify(id)}.`,
  shown: (context) => context,
};

export function isSession(instance: Instance): boolean {
  return SESSION.fits(instance);
}

/** What stands as the workflow of an agent's sessions. */
export function sessionWorkflow(agent: string): string {
  return `${AGENT_WORKFLOW}${agent}`;
}

/** Name of the agent of a session. */
export function agentOf({ workflow }: Instance): string {
  return workflow.slice(AGENT_WORKFLOW.length);
}

/** @throws TuttiError `input/invalid-format` for what is no run of a workflow, saying which tools move it. */
export function refuseOthers(instance: Instance): void {
  const kind = kindOf(instance);
  if (!kind) return;
  throw new TuttiError('input/invalid-format', `${kind.what} ${kind.howToGoOn(instance)}`);
}

/** What is no run of a workflow, as it may be shown; `undefined` for one that is. */
export function viewOther(instance: Instance): InstanceView | undefined {
  const kind = kindOf(instance);
  if (!kind) return undefined;
  const shown: Instance = { ...instance, context: kind.shown(instance.context) };
  const directive = isEnded(instance)
    ? endDirective(undefined, shown)
    : waiting(shown, kind.howToGoOn(instance));
  return { instance: shown, directive };
}

function kindOf(instance: Instance): Kind | undefined {
  return [PLAN, SESSION].find(({ fits }) => fits(instance));
}

function waiting(instance: Instance, instructions: string): Directive {
  return {
    instanceId: instance.id,
    workflow: instance.workflow,
    status: instance.status,
    context: instance.context,
    next: { step: instance.step, instructions, outcomes: [], expects: [] },
  };
}
