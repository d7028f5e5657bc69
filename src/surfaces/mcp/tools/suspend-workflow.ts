import { STATUS, TEXT, takes } from '../schemas.ts';
import { statusText } from '../texts.ts';
import { writes } from '../tool.ts';
import type { McpTool } from '../tool.ts';
import { toWireStatus } from '../wire.ts';

export const suspendWorkflow: McpTool = {
  definition: {
    name: 'suspend_workflow',
    title: 'Suspend a workflow',
    description:
      'Sets an instance aside, as SUSPENDED. The next advance or resume goes on from the same step.',
    inputSchema: takes({ instance_id: TEXT, reason: TEXT }, ['instance_id']),
    outputSchema: STATUS,
    annotations: writes({ additive: true, repeatable: true }),
  },
  async run(input, { orchestrator, caller }) {
    const instanceId = input.name('instance_id');
    const reason = input.optionalProse('reason');
    const view = await orchestrator.suspend(caller, { instanceId, ...(reason !== undefined && { reason }) });
    return { structured: toWireStatus(view), text: statusText(view) };
  },
};
