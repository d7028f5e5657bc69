import { inSession, IN_SESSION } from '../session-input.ts';
import { currentState, toWireAgent, toWireSession } from '../session-wire.ts';
import { LIMIT, TEXT, answers, takes } from '../schemas.ts';
import { faultsText, paragraphs } from '../texts.ts';
import { READS, writes } from '../tool.ts';
import type { McpTool } from '../tool.ts';

const SESSION = answers({
  session_id: TEXT,
  agent: TEXT,
  state: TEXT,
  description: TEXT,
  available_transitions: { type: 'array' },
});

export const startSession: McpTool = {
  definition: {
    name: 'start_session',
    title: 'Start a session',
    description:
      'Begin a further agent session; pass its session_id to the other tools. Without one they use your own.',
    inputSchema: takes({ agent: TEXT, ...IN_SESSION }),
    outputSchema: SESSION,
    annotations: writes({ additive: true }),
  },
  async run(input, { orchestrator: { sessions }, caller }) {
    const agent = input.optionalName('agent');
    const id = input.optionalName('session_id');
    const view = await sessions.start(caller, {
      ...(agent !== undefined && { agent }),
      ...(id !== undefined && { id }),
    });
    return {
      structured: currentState(view),
      text: `Session ${view.id} of the agent ${view.agent} is in ${view.state.name}.`,
    };
  },
};

export const listSessions: McpTool = {
  definition: {
    name: 'list_sessions',
    title: 'List sessions',
    description: 'Your agent sessions, newest first. Pass next_cursor as cursor for the next page.',
    inputSchema: takes({ limit: LIMIT, cursor: TEXT }),
    outputSchema: answers({ sessions: { type: 'array' }, next_cursor: TEXT }),
    annotations: READS,
  },
  async run(input, { orchestrator: { sessions }, caller }) {
    const limit = input.optionalCount('limit', { min: 1, max: 500 });
    const cursor = input.optionalName('cursor');
    const page = await sessions.list(caller, {
      ...(limit !== undefined && { limit }),
      ...(cursor !== undefined && { cursor }),
    });
    const listed = page.sessions.map((each) => toWireSession(each));
    const lines = listed.map(
      ({ session_id: id, agent, updated_at: at }) => `- ${id}: ${agent}, updated ${at}`,
    );
    if (page.nextCursor !== undefined) lines.push(`More: cursor "${page.nextCursor}".`);
    return {
      structured: {
        sessions: listed,
        ...(page.nextCursor !== undefined && { next_cursor: page.nextCursor }),
      },
      text: lines.length === 0 ? 'No sessions.' : lines.join('\n'),
    };
  },
};

export const endSession: McpTool = {
  definition: {
    name: 'end_session',
    title: 'End a session',
    description: 'Delete a session with its conversation, task data and knowledge.',
    inputSchema: takes({ ...IN_SESSION }, ['session_id']),
    outputSchema: answers({ deleted: { type: 'boolean' } }),
    annotations: writes({ repeatable: true }),
  },
  async run(input, { orchestrator: { sessions }, caller }) {
    const session = input.name('session_id');
    await sessions.remove(caller, { session });
    return {
      structured: { deleted: true },
      text: `Deleted session ${session} with its conversation, task data and knowledge.`,
    };
  },
};

export const upgradeSession: McpTool = {
  definition: {
    name: 'upgrade_session',
    title: 'Upgrade a session',
    description: 'Bind a session to its agent as it is now.',
    inputSchema: takes({ ...IN_SESSION }),
    outputSchema: SESSION,
    annotations: writes({ repeatable: true }),
  },
  async run(input, { orchestrator: { sessions }, caller }) {
    const view = await sessions.upgrade(caller, inSession(input));
    return {
      structured: currentState(view),
      text: `Session ${view.id} follows the agent ${view.agent} as it is now, in ${view.state.name}.`,
    };
  },
};

export const listAgents: McpTool = {
  definition: {
    name: 'list_agents',
    title: 'List agents',
    description: 'Agents that sessions can follow: name, purpose, states.',
    inputSchema: takes({}),
    outputSchema: answers({ agents: { type: 'array' } }),
    annotations: READS,
  },
  async run(_input, { orchestrator: { sessions } }) {
    const agents = await sessions.listAgents();
    const texts = agents.map(({ name, description, states, isDefault, faults }) =>
      faults && faults.length > 0
        ? `${name} cannot be used:\n${faultsText(faults)}`
        : `${name}${isDefault ? ' (default)' : ''}: ${description}\nStates: ${states.join(', ')}`,
    );
    return { structured: { agents: agents.map((each) => toWireAgent(each)) }, text: paragraphs(texts) };
  },
};
