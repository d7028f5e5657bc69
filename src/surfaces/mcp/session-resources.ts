import type { ReadResourceResult, Resource, ResourceTemplateType } from '@modelcontextprotocol/server';
import type { Caller } from '../../core/kernel/caller.ts';
import { TuttiError } from '../../core/kernel/errors.ts';
import type { Json, JsonObject } from '../../core/kernel/json.ts';
import { agentGraph } from '../../core/session/lower.ts';
import type { AgentSummary, InSession, Sessions } from '../../core/session/session.ts';
import { historyNotes, oldestSeq } from './session-history.ts';
import { currentState, toWireLine, toWireView } from './session-wire.ts';

export interface SessionReader {
  readonly sessions: Sessions;
  readonly caller: Caller;
}

const MARKDOWN = 'text/markdown';
const MERMAID = 'text/vnd.mermaid';
const JSON_TYPE = 'application/json';
const CURRENT = 'state://current';
const HISTORY = 'orchestration://history';
const ADDRESS =
  /^(?:(state):\/\/([^/?#]{1,1536})\/prompt|(session|agent):\/\/([^/?#]{1,1536})(?:\/(\w{1,16}))?)$/i;

const MESSAGES_MAX = 10_000;
/** Characters of the messages that are given at once. */
const HISTORY_LENGTH = 8 * 1_048_576;

const current: Resource = {
  uri: CURRENT,
  name: 'current state',
  description: 'Where your agent session stands and where it may move.',
  mimeType: JSON_TYPE,
};

const history: Resource = {
  uri: HISTORY,
  name: 'conversation',
  description: 'What was said in your agent session, with its moves between states.',
  mimeType: JSON_TYPE,
};

export const sessionTemplates: readonly ResourceTemplateType[] = [
  {
    name: 'state-prompt',
    title: 'Prompt of a state',
    uriTemplate: 'state://{state_name}/prompt',
    description: 'What to do in a state of your agent, filled in from the task data.',
    mimeType: 'text/plain',
  },
  {
    name: 'session',
    title: 'Agent session',
    uriTemplate: 'session://{session_id}',
    description: 'State, keys and counts of one of your agent sessions.',
    mimeType: JSON_TYPE,
  },
  {
    name: 'session-history',
    title: 'Conversation of a session',
    uriTemplate: 'session://{session_id}/history',
    description: 'What was said in one of your agent sessions.',
    mimeType: JSON_TYPE,
  },
  {
    name: 'agent',
    title: 'Agent definition',
    uriTemplate: 'agent://{name}',
    description: 'The whole definition of an agent as one Markdown text.',
    mimeType: MARKDOWN,
  },
  {
    name: 'agent-graph',
    title: 'Agent graph',
    uriTemplate: 'agent://{name}/graph',
    description: 'The states of an agent and the ways between them as a Mermaid flowchart.',
    mimeType: MERMAID,
  },
];

/** The caller's own session, and every agent that can be used. */
export async function listSessionResources(sessions: Sessions): Promise<Resource[]> {
  const agents = (await usableAgents(sessions)).flatMap(({ name, description }): Resource[] => {
    const uri = `agent://${encodeURIComponent(name)}`;
    return [
      { uri, name: `agent ${name}`, description, mimeType: MARKDOWN },
      {
        uri: `${uri}/graph`,
        name: `agent ${name} graph`,
        description: `Graph of ${name}`,
        mimeType: MERMAID,
      },
    ];
  });
  return [current, history, ...agents];
}

/** None while their folder cannot be read: there are other resources besides. Whoever begins a session then hears why. */
async function usableAgents(sessions: Sessions): Promise<readonly AgentSummary[]> {
  try {
    return (await sessions.listAgents()).filter(({ faults = [] }) => faults.length === 0);
  } catch (fault) {
    if (fault instanceof TuttiError && fault.code === 'definition/service-error') return [];
    throw fault;
  }
}

/** `undefined` for an address of something else. @throws TuttiError `state/unknown`, `session/not-found`, `agent/not-found`. */
export async function readOfSessions(
  uri: string,
  reader: SessionReader,
): Promise<ReadResourceResult | undefined> {
  const { sessions, caller } = reader;
  if (uri.toLowerCase() === CURRENT) return json(uri, currentState(await sessions.view(caller)));
  if (uri.toLowerCase() === HISTORY) return json(uri, await conversation(reader, {}));
  const [, , state, scheme, encoded = '', part] = ADDRESS.exec(uri) ?? [];
  if (state !== undefined) {
    const { text } = await sessions.prompt(caller, { state: decoded(state) });
    return content(uri, 'text/plain', text);
  }
  if (scheme?.toLowerCase() === 'agent')
    return await readAgent(uri, sessions, { name: decoded(encoded), part });
  if (scheme?.toLowerCase() !== 'session') return undefined;
  const session = decoded(encoded);
  if (part === 'history') return json(uri, await conversation(reader, { session }));
  return part === undefined ? json(uri, toWireView(await sessions.view(caller, { session }))) : undefined;
}

async function readAgent(
  uri: string,
  sessions: Sessions,
  { name, part }: { readonly name: string; readonly part: string | undefined },
): Promise<ReadResourceResult | undefined> {
  if (part !== undefined && part !== 'graph') return undefined;
  const agent = await sessions.agent(name);
  if (part === 'graph') return content(uri, MERMAID, agentGraph(agent));
  return content(uri, MARKDOWN, [agent.text, ...agent.states.map(({ text }) => text)].join('\n\n'));
}

/** All of a conversation, or the newest of a long one, which is said before it. */
async function conversation({ sessions, caller }: SessionReader, about: InSession): Promise<Json> {
  const { lines, lacksMoves } = await sessions.transcript(caller, {
    ...about,
    maxMessages: MESSAGES_MAX,
    maxLength: HISTORY_LENGTH,
    withTransitions: true,
  });
  const isCut = oldestSeq(lines) > 1;
  return [...historyNotes({ isCut, lacksMoves }), ...lines.map((line): JsonObject => toWireLine(line))];
}

function json(uri: string, value: Json): ReadResourceResult {
  return content(uri, JSON_TYPE, JSON.stringify(value, null, 2));
}

function content(uri: string, mimeType: string, text: string): ReadResourceResult {
  return { contents: [{ uri, mimeType, text }] };
}

/** What cannot be decoded names nothing. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
