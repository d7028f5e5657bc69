import { ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server';
import type { GetPromptResult, Prompt } from '@modelcontextprotocol/server';
import type { Orchestrator, WorkflowSummary } from '../../core/orchestrator.ts';
import type { ResourceContext } from './resources.ts';
import { getStatePrompt, listStatePrompts } from './session-prompts.ts';

const CONTEXT_LENGTH = 65_536;

/** What of ours a caller may see. */
export type PromptContext = Pick<ResourceContext, 'orchestrator' | 'caller' | 'workflows' | 'sessions'>;

/** Those of workflows, of states, and of servers: who comes first here keeps a name, but for states, which give way to all. */
export async function listPrompts(
  { orchestrator, workflows, sessions }: PromptContext,
  theirs: readonly Prompt[],
): Promise<Prompt[]> {
  const ofWorkflows = workflows ? await listWorkflowPrompts(orchestrator) : [];
  const others = without(theirs, ofWorkflows);
  const ofStates = sessions ? await listStatePrompts(orchestrator.sessions) : [];
  return [...ofWorkflows, ...without(ofStates, [...ofWorkflows, ...others]), ...others];
}

/** `undefined` when there is none of this name. @throws ProtocolError `-32602` when an argument is too long. */
export async function getPrompt(
  { orchestrator, caller, workflows, sessions }: PromptContext,
  { name, given, theirs }: AskedPrompt,
): Promise<GetPromptResult | undefined> {
  const ofWorkflow = workflows && (await getWorkflowPrompt(orchestrator, name, given['context']));
  if (ofWorkflow) return ofWorkflow;
  if (!sessions || theirs.some((each) => each.name === name)) return undefined;
  return await getStatePrompt(orchestrator.sessions, caller, { name, given });
}

interface AskedPrompt {
  readonly name: string;
  readonly given: Readonly<Record<string, string>>;
  /** What the servers offer to this caller. */
  readonly theirs: readonly Prompt[];
}

function without(prompts: readonly Prompt[], taken: readonly Prompt[]): readonly Prompt[] {
  const names = new Set(taken.map(({ name }) => name));
  return prompts.filter(({ name }) => !names.has(name));
}

/** One prompt for each workflow that can be started, in the order of their names. */
async function listWorkflowPrompts(orchestrator: Orchestrator): Promise<Prompt[]> {
  const workflows = await startable(orchestrator);
  return workflows.map(({ name, description }) => ({
    name,
    title: `Run ${name}`,
    description,
    arguments: [
      {
        name: 'context',
        description: 'What is known at the start: a JSON object, or a few sentences.',
        required: false,
      },
    ],
  }));
}

/** `undefined` when there is no such workflow. @throws ProtocolError `-32602` when the context is too long. */
async function getWorkflowPrompt(
  orchestrator: Orchestrator,
  name: string,
  context: string | undefined,
): Promise<GetPromptResult | undefined> {
  const workflows = await startable(orchestrator);
  const workflow = workflows.find((each) => each.name === name);
  if (!workflow) return undefined;
  if (context !== undefined && context.length > CONTEXT_LENGTH) {
    throw new ProtocolError(
      ProtocolErrorCode.InvalidParams,
      `context has ${context.length} characters; expected at most ${CONTEXT_LENGTH}.`,
    );
  }
  return {
    description: workflow.description,
    messages: [{ role: 'user', content: { type: 'text', text: promptText(workflow, context) } }],
  };
}

async function startable(orchestrator: Orchestrator): Promise<readonly WorkflowSummary[]> {
  const workflows = await orchestrator.listWorkflows();
  return workflows
    .filter((each) => (each.faults ?? []).length === 0)
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function promptText({ name, description }: WorkflowSummary, context: string | undefined): string {
  const known =
    context === undefined || context.trim() === ''
      ? ''
      : ` Put what is known at the start into its context:\n\n${context}\n\n`;
  return [
    `Run the workflow ${name}: ${description}`,
    `Call start_workflow with workflow_name "${name}".${known}`,
    'Follow next_step.instructions exactly. When a step is done, call advance_workflow with instance_id, step_token and a truthful report. If outcomes are listed, send the one that fits as report.outcome. Go on until step_name is FINISH, then say what came of it.',
  ].join('\n\n');
}
