import { foundText } from '../gateway-texts.ts';
import { toWireFound } from '../gateway-wire.ts';
import { inSession, IN_SESSION } from '../session-input.ts';
import { LIMIT, TEXT, answers, takes } from '../schemas.ts';
import { READS } from '../tool.ts';
import type { McpTool } from '../tool.ts';

const DEFAULT_LIMIT = 8;
const MAX_LIMIT = 50;

export const findTools: McpTool = {
  refusesMisspelt: true,
  definition: {
    name: 'find_tools',
    title: 'Find tools',
    description: 'Find tools of the connected servers by what they do, best first.',
    inputSchema: takes(
      { query: TEXT, limit: { ...LIMIT, maximum: MAX_LIMIT }, server: TEXT, ...IN_SESSION },
      ['query'],
    ),
    outputSchema: answers({ tools: { type: 'array' }, confidence: { type: 'number' } }),
    annotations: READS,
  },
  async run(input, { orchestrator, caller }) {
    const query = input.prose('query');
    const limit = input.optionalCount('limit', { min: 1, max: MAX_LIMIT }) ?? DEFAULT_LIMIT;
    const server = input.optionalName('server');
    const found = await orchestrator.gateway.findTools(caller, {
      query,
      limit,
      ...(server !== undefined && { server }),
      ...inSession(input),
    });
    return { structured: toWireFound(found), text: foundText(found, query) };
  },
};
