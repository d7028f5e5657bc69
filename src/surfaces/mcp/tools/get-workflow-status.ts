import { STATUS, TEXT, takes } from '../schemas.ts';
import { statusText } from '../texts.ts';
import { READS } from '../tool.ts';
import type { McpTool } from '../tool.ts';
import { toWireStatus } from '../wire.ts';

export const getWorkflowStatus: McpTool = {
  definition: {
    name: 'get_workflow_status',
    title: 'Workflow status',
    description: 'Where an instance stands: current step with its instructions, status, context.',
    inputSchema: takes({ instance_id: TEXT }, ['instance_id']),
    outputSchema: STATUS,
    annotations: READS,
  },
  async run(input, { orchestrator, caller }) {
    const view = await orchestrator.status(caller, input.name('instance_id'));
    return { structured: toWireStatus(view), text: statusText(view) };
  },
};
