import type { Caller } from '../../../core/kernel/caller.ts';
import { serversText } from '../gateway-texts.ts';
import { toWireServer } from '../gateway-wire.ts';
import { answers, takes } from '../schemas.ts';
import { paragraphs } from '../texts.ts';
import { READS } from '../tool.ts';
import type { McpTool } from '../tool.ts';

export const listServers: McpTool = {
  definition: {
    name: 'list_servers',
    title: 'List servers',
    description: 'Connected servers: purpose, status, number of tools, budget, processes and memory.',
    // Not closed: where a tool takes nothing, some clients put a member of their own.
    inputSchema: takes({}),
    outputSchema: answers({ servers: { type: 'array' } }),
    annotations: READS,
  },
  async run(_input, { orchestrator, caller }) {
    const servers = await orchestrator.gateway.listServers(caller, { look: true });
    const problem = orchestrator.storeProblem();
    return {
      structured: {
        servers: servers.map((each) => toWireServer(each)),
        ...(problem !== undefined && { problem }),
      },
      text: paragraphs([problem, serversText(servers, isLimited(caller))]),
    };
  },
};

function isLimited({ grants }: Caller): boolean {
  return grants?.tools !== undefined && !grants.tools.includes('*');
}
