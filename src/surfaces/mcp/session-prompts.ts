import { ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server';
import type { GetPromptResult, Prompt } from '@modelcontextprotocol/server';
import type { Caller } from '../../core/kernel/caller.ts';
import type { Agent, State } from '../../core/session/agent.ts';
import type { Sessions } from '../../core/session/session.ts';

const ARGUMENT_LENGTH = 65_536;

/** A state of an agent, under the name of its prompt. */
interface Named {
  readonly name: string;
  readonly agent: Agent;
  readonly state: State;
}

/** One prompt for each state: those of the default agent under their own names, those of others with their agent before. */
export async function listStatePrompts(sessions: Sessions): Promise<Prompt[]> {
  const named = await statesByPrompt(sessions);
  return named.map(({ name, agent, state }) => ({
    name,
    title: `${state.name} of ${agent.name}`,
    description: state.description,
    arguments: state.prompt.arguments.map((argument) => ({
      name: argument.name,
      ...(argument.description !== undefined && { description: argument.description }),
      required: argument.default === undefined,
    })),
  }));
}

/** `undefined` when no state has this prompt. @throws ProtocolError `-32602` when an argument is too long. */
export async function getStatePrompt(
  sessions: Sessions,
  caller: Caller,
  { name, given }: { readonly name: string; readonly given: Readonly<Record<string, string>> },
): Promise<GetPromptResult | undefined> {
  const found = (await statesByPrompt(sessions)).find((each) => each.name === name);
  if (!found) return undefined;
  checkLengths(given);
  const { agent, state } = found;
  const { text } = await sessions.prompt(caller, { agent: agent.name, state: state.name, arguments: given });
  return {
    description: state.description,
    messages: [{ role: 'user', content: { type: 'text', text } }],
  };
}

/** The first of two states whose names come to the same keeps it. */
async function statesByPrompt(sessions: Sessions): Promise<readonly Named[]> {
  const usable = (await sessions.listAgents()).filter(({ faults = [] }) => faults.length === 0);
  const ordered = usable.toSorted((a, b) => Number(b.isDefault) - Number(a.isDefault));
  const named = new Map<string, Named>();
  for (const { name, isDefault } of ordered) {
    const agent = await sessions.agent(name);
    for (const state of agent.states) {
      const prompt = promptName(isDefault ? [state.name] : [name, state.name]);
      if (!named.has(prompt)) named.set(prompt, { name: prompt, agent, state });
    }
  }
  return [...named.values()];
}

function promptName(parts: readonly string[]): string {
  return [...parts, 'prompt']
    .map((part) => part.toLowerCase().replaceAll(/[^\p{L}\p{N}.-]+/gu, '_'))
    .join('_');
}

function checkLengths(given: Readonly<Record<string, string>>): void {
  for (const [key, value] of Object.entries(given)) {
    if (value.length <= ARGUMENT_LENGTH) continue;
    throw new ProtocolError(
      ProtocolErrorCode.InvalidParams,
      `${key.slice(0, 100)} has ${value.length} characters; expected at most ${ARGUMENT_LENGTH}.`,
    );
  }
}
