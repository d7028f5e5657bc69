import { toMermaid } from '../workflow/graph.ts';
import type { Step, Workflow } from '../workflow/workflow.ts';
import type { Agent, State } from './agent.ts';
import { fallOf } from './transitions.ts';

const lowered = new WeakMap<Agent, Workflow>();

/**
 * An agent as a workflow whose steps are its states and whose outcomes are its table, with ERROR from everywhere: what
 * `transition()` moves a session by. Guards are for who decides.
 */
export function lowerAgent(agent: Agent): Workflow {
  const workflow = lowered.get(agent) ?? toWorkflow(agent, fallOf(agent));
  lowered.set(agent, workflow);
  return workflow;
}

/** The states and the ways between them as a Mermaid flowchart, guards on the ways; what leads to ERROR from everywhere is left out. */
export function agentGraph(agent: Agent, at?: string): string {
  return toMermaid(toWorkflow(agent), at === undefined ? {} : { at });
}

/** With `fall`, every state leads there. */
function toWorkflow(agent: Agent, fall?: string): Workflow {
  const { name, hash, files, description, text, states, warnings } = agent;
  const steps = states.map((state) => toStep(state, fall));
  return { name, hash, files, description, text, steps, deciders: ['caller'], warnings };
}

function toStep(state: State, fall: string | undefined): Step {
  const guards = new Map<string, string[]>();
  for (const { to, when } of state.transitions) {
    guards.set(to, [...(guards.get(to) ?? []), ...(when ? [when.text] : [])]);
  }
  if (fall !== undefined && fall !== state.name && !guards.has(fall)) guards.set(fall, []);
  return {
    name: state.name,
    file: state.file,
    instructions: state.prompt.text,
    guidanceText: state.description,
    guidance: {
      rules: [],
      outcomes: Array.from(guards, ([to, texts]) => ({
        id: to,
        when: texts.join(' or '),
        to: { kind: 'step', step: to },
      })),
      expects: [],
      namesTarget: true,
      faults: [],
    },
    text: state.text,
  };
}
