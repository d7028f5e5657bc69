import { ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server';
import type { GetPromptResult, Prompt } from '@modelcontextprotocol/server';
import { foldName } from '../../core/gateway/confusables.ts';
import type { Orchestrator, WorkflowSummary } from '../../core/orchestrator.ts';
import type { ResourceContext } from './resources.ts';
import { getStatePrompt, listStatePrompts } from './session-prompts.ts';

const CONTEXT_LENGTH = 65_536;

/** What of ours a caller may see. */
export type PromptContext = Pick<ResourceContext, 'orchestrator' | 'caller' | 'workflows' | 'sessions'>;

/**
 * Those of workflows, of states, and of servers. A name is a state's before it is a workflow's, so that what was published stays what it
 * is, and ours before it is a server's: nobody else's text stands under it.
 */
export async function listPrompts(context: PromptContext, theirs: readonly Prompt[]): Promise<Prompt[]> {
  const { ofStates, ofWorkflows } = await ownPrompts(context);
  const free = without(ofWorkflows, ofStates);
  return [...free, ...ofStates, ...unlike(theirs, [...free, ...ofStates])];
}

/** `undefined` when there is none of ours of this name. @throws ProtocolError `-32602` when an argument is too long. */
export async function getPrompt(
  { orchestrator, caller, workflows, sessions }: PromptContext,
  { name, given }: { readonly name: string; readonly given: Readonly<Record<string, string>> },
): Promise<GetPromptResult | undefined> {
  const ofState = sessions && (await getStatePrompt(orchestrator.sessions, caller, { name, given }));
  if (ofState) return ofState;
  return workflows ? await getWorkflowPrompt(orchestrator, name, given['context']) : undefined;
}

/** Whether a name is that of one of our prompts, or looks like it: what is asked about it is told to no server. */
export async function isOwnPrompt(context: PromptContext, name: string): Promise<boolean> {
  const { ofStates, ofWorkflows } = await ownPrompts(context);
  return unlike([{ name }], [...ofStates, ...ofWorkflows]).length === 0;
}

/** What is not listed because of {@link listPrompts}: workflows by their names, and prompts of servers. */
export async function hiddenPrompts(
  context: PromptContext,
  theirs: readonly Prompt[],
): Promise<{ readonly workflows: readonly string[]; readonly servers: readonly string[] }> {
  const { ofStates, ofWorkflows } = await ownPrompts(context);
  const listed = new Set(unlike(theirs, [...ofStates, ...ofWorkflows]));
  const free = new Set(without(ofWorkflows, ofStates));
  return {
    workflows: ofWorkflows.filter((each) => !free.has(each)).map(({ name }) => name),
    servers: theirs.filter((each) => !listed.has(each)).map(({ name }) => name),
  };
}

async function ownPrompts({ orchestrator, workflows, sessions }: PromptContext): Promise<{
  readonly ofStates: readonly Prompt[];
  readonly ofWorkflows: readonly Prompt[];
}> {
  const [ofStates, ofWorkflows] = await Promise.all([
    sessions ? listStatePrompts(orchestrator.sessions) : [],
    workflows ? listWorkflowPrompts(orchestrator) : [],
  ]);
  return { ofStates, ofWorkflows };
}

function without(prompts: readonly Prompt[], taken: readonly Prompt[]): readonly Prompt[] {
  const names = new Set(taken.map(({ name }) => name));
  return prompts.filter(({ name }) => !names.has(name));
}

/** Those whose names could not be taken for one of the others. */
function unlike(prompts: readonly Prompt[], others: readonly Prompt[]): readonly Prompt[] {
  const folded = new Set(others.map(({ name }) => foldName(name)));
  return prompts.filter(({ name }) => !folded.has(foldName(name)));
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
