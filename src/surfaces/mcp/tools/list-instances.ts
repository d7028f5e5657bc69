import { STATUSES } from '../../../core/kernel/instance.ts';
import { LIMIT, TEXT, answers, takes } from '../schemas.ts';
import { READS } from '../tool.ts';
import type { McpTool } from '../tool.ts';
import { toWireInstance } from '../wire.ts';

export const listInstances: McpTool = {
  definition: {
    name: 'list_instances',
    title: 'List instances',
    description: 'Your workflow instances, newest first. Pass next_cursor as cursor for the next page.',
    inputSchema: takes({
      workflow_name: TEXT,
      status: { type: 'string', enum: [...STATUSES] },
      limit: LIMIT,
      cursor: TEXT,
    }),
    outputSchema: answers({ instances: { type: 'array' }, next_cursor: TEXT }),
    annotations: READS,
  },
  async run(input, { orchestrator, caller }) {
    const workflow = input.optionalName('workflow_name');
    const status = input.optionalChoice('status', STATUSES);
    const limit = input.optionalCount('limit', { min: 1, max: 500 });
    const cursor = input.optionalName('cursor');
    const page = await orchestrator.listInstances(caller, {
      ...(workflow !== undefined && { workflow }),
      ...(status !== undefined && { status }),
      ...(limit !== undefined && { limit }),
      ...(cursor !== undefined && { cursor }),
    });
    const lines = page.instances.map(
      (each) =>
        `- ${each.id} ${each.workflow}: ${each.status} at ${each.step}, updated ${new Date(each.updatedAt).toISOString()}`,
    );
    if (page.nextCursor !== undefined) lines.push(`More: cursor "${page.nextCursor}".`);
    return {
      structured: {
        instances: page.instances.map((each) => toWireInstance(each)),
        ...(page.nextCursor !== undefined && { next_cursor: page.nextCursor }),
      },
      text: lines.length === 0 ? 'No instances match.' : lines.join('\n'),
    };
  },
};
