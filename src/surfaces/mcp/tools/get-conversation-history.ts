import { inSession, IN_SESSION } from '../session-input.ts';
import { spokenLine, toWireLine } from '../session-wire.ts';
import { answers, takes } from '../schemas.ts';
import { READS } from '../tool.ts';
import type { McpTool } from '../tool.ts';

const MAX_MESSAGES = 1_000;
const MAX_TOKENS = 100_000_000;

export const getConversationHistory: McpTool = {
  definition: {
    name: 'get_conversation_history',
    title: 'Conversation',
    description: 'The newest messages, in order.',
    inputSchema: takes({
      max_messages: { type: 'integer', minimum: 0, maximum: MAX_MESSAGES, default: 10 },
      max_tokens: { type: 'integer', minimum: 0, description: 'As many as fit' },
      include_transitions: { type: 'boolean' },
      ...IN_SESSION,
    }),
    outputSchema: answers({ messages: { type: 'array' } }),
    annotations: READS,
  },
  async run(input, { orchestrator: { sessions }, caller }) {
    const maxMessages = input.optionalCount('max_messages', { min: 0, max: MAX_MESSAGES });
    const maxTokens = input.optionalCount('max_tokens', { min: 0, max: MAX_TOKENS });
    const withTransitions = input.optionalFlag('include_transitions');
    const lines = await sessions.transcript(caller, {
      ...(maxMessages !== undefined && { maxMessages }),
      ...(maxTokens !== undefined && { maxTokens }),
      ...(withTransitions !== undefined && { withTransitions }),
      ...inSession(input),
    });
    return {
      structured: { messages: lines.map((each) => toWireLine(each)) },
      text: JSON.stringify(lines.map((each) => spokenLine(each))),
    };
  },
};
