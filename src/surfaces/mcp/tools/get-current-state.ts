import { inSession, IN_SESSION } from '../session-input.ts';
import { currentState } from '../session-wire.ts';
import { TEXT, answers, takes } from '../schemas.ts';
import { READS } from '../tool.ts';
import type { McpTool } from '../tool.ts';

export const getCurrentState: McpTool = {
  definition: {
    name: 'get_current_state',
    title: 'Current state',
    description: 'The state of your agent session and where it may move.',
    inputSchema: takes({ ...IN_SESSION }),
    outputSchema: answers({
      session_id: TEXT,
      agent: TEXT,
      state: TEXT,
      description: TEXT,
      available_transitions: { type: 'array' },
    }),
    annotations: READS,
  },
  async run(input, { orchestrator: { sessions }, caller }) {
    const view = await sessions.view(caller, inSession(input));
    return { structured: currentState(view), text: view.state.name };
  },
};
