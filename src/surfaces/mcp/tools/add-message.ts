import type { Role } from '../../../core/kernel/role.ts';
import { inSession, IN_SESSION } from '../session-input.ts';
import { toWireMessage } from '../session-wire.ts';
import { OBJECT, TEXT, answers, takes } from '../schemas.ts';
import { writes } from '../tool.ts';
import type { McpTool } from '../tool.ts';

export const addUserMessage: McpTool = addMessage('user', 'Keep what the user said.');
export const addAssistantMessage: McpTool = addMessage('assistant', 'Keep what you said.');
export const addSystemMessage: McpTool = addMessage('system', 'Keep a note in the conversation.');

function addMessage(role: Role, description: string): McpTool {
  return {
    definition: {
      name: `add_${role}_message`,
      title: `Add a message: ${role}`,
      description,
      inputSchema: takes({ message: TEXT, ...IN_SESSION }, ['message']),
      outputSchema: answers({ message: OBJECT }),
      annotations: writes({ additive: true }),
    },
    async run(input, { orchestrator: { sessions }, caller }) {
      const said = await sessions.say(caller, {
        role,
        content: input.text('message'),
        ...inSession(input),
      });
      return {
        structured: { message: toWireMessage(said) },
        text: `Added the ${role} message as number ${said.seq}.`,
      };
    },
  };
}
