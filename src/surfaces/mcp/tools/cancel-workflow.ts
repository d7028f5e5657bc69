import { STATUS, TEXT, takes } from '../schemas.ts';
import { statusText } from '../texts.ts';
import { writes } from '../tool.ts';
import type { McpTool } from '../tool.ts';
import { toWireStatus } from '../wire.ts';

export const cancelWorkflow: McpTool = {
  definition: {
    name: 'cancel_workflow',
    title: 'Cancel a workflow',
    description: 'Ends an instance for good, as CANCELLED. It can still be read and forked.',
    inputSchema: takes({ instance_id: TEXT, reason: TEXT }, ['instance_id']),
    outputSchema: STATUS,
    annotations: writes({ repeatable: true }),
  },
  async run(input, { orchestrator, caller }) {
    const instanceId = input.name('instance_id');
    const reason = input.optionalProse('reason');
    const view = await orchestrator.cancel(caller, { instanceId, ...(reason !== undefined && { reason }) });
    return { structured: toWireStatus(view), text: statusText(view) };
  },
};
