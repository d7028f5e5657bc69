import { inSession, IN_SESSION } from '../session-input.ts';
import { historyNotes, oldestSeq } from '../session-history.ts';
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
      before: { type: 'integer', minimum: 1, description: 'Only messages with a smaller seq' },
      include_transitions: { type: 'boolean' },
      ...IN_SESSION,
    }),
    outputSchema: answers({ messages: { type: 'array' } }),
    annotations: READS,
  },
  async run(input, { orchestrator: { sessions }, caller }) {
    const maxMessages = input.optionalCount('max_messages', { min: 0, max: MAX_MESSAGES });
    const maxTokens = input.optionalCount('max_tokens', { min: 0, max: MAX_TOKENS });
    const before = input.optionalCount('before', { min: 1, max: Number.MAX_SAFE_INTEGER });
    const withTransitions = input.optionalFlag('include_transitions');
    const told = await sessions.transcript(caller, {
      ...(maxMessages !== undefined && { maxMessages }),
      ...(maxTokens !== undefined && { maxTokens }),
      ...(before !== undefined && { before }),
      ...(withTransitions !== undefined && { withTransitions }),
      ...inSession(input),
    });
    const { lines, isCut, lacksMoves } = told;
    const notes = historyNotes(told, ` Send before: ${oldestSeq(lines)}.`);
    return {
      structured: {
        messages: lines.map((each) => toWireLine(each)),
        ...(isCut && { is_cut: true }),
        ...(lacksMoves && { lacks_moves: true }),
      },
      text: JSON.stringify([...notes, ...lines.map((each) => spokenLine(each))]),
    };
  },
};
