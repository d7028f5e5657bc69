import { TEXT, answers, takes } from '../schemas.ts';
import { writes } from '../tool.ts';
import type { McpTool } from '../tool.ts';

export const deleteInstance: McpTool = {
  definition: {
    name: 'delete_instance',
    title: 'Delete an instance',
    description: 'Delete a finished instance with its journal; an unfinished one only with force.',
    inputSchema: takes({ instance_id: TEXT, force: { type: 'boolean' } }, ['instance_id']),
    outputSchema: answers({ deleted: { type: 'boolean' } }),
    annotations: writes({ repeatable: true }),
  },
  async run(input, { orchestrator, caller }) {
    const instanceId = input.name('instance_id');
    const force = input.optionalFlag('force');
    await orchestrator.remove(caller, { instanceId, ...(force !== undefined && { force }) });
    return { structured: { deleted: true }, text: `Deleted instance ${instanceId} with its journal.` };
  },
};
