import { inSession, IN_SESSION } from '../session-input.ts';
import { timelineText } from '../session-texts.ts';
import { toWireTimeline } from '../session-wire.ts';
import { TEXT, answers, takes } from '../schemas.ts';
import { READS } from '../tool.ts';
import type { McpTool } from '../tool.ts';

const MAX_ITEMS = 1_000;

export const sessionTimeline: McpTool = {
  definition: {
    name: 'session_timeline',
    title: 'Timeline',
    description:
      'All that happened in the session, in order: messages, moves, task data, and the workflows and questions begun from it.',
    inputSchema: takes({
      limit: { type: 'integer', minimum: 1, maximum: MAX_ITEMS },
      ...IN_SESSION,
    }),
    outputSchema: answers({ session_id: TEXT, agent: TEXT, items: { type: 'array' } }),
    annotations: READS,
  },
  async run(input, { orchestrator: { sessions }, caller }) {
    const limit = input.optionalCount('limit', { min: 1, max: MAX_ITEMS });
    const timeline = await sessions.timeline(caller, {
      ...(limit !== undefined && { limit }),
      ...inSession(input),
    });
    return { structured: toWireTimeline(timeline), text: timelineText(timeline) };
  },
};
