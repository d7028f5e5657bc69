import { approvalText } from '../gateway-texts.ts';
import { toWireApproval } from '../gateway-wire.ts';
import { OBJECT, TEXT, answers, takes } from '../schemas.ts';
import { READS } from '../tool.ts';
import type { McpTool } from '../tool.ts';

export const getApproval: McpTool = {
  refusesMisspelt: true,
  definition: {
    name: 'get_approval',
    title: 'Get an approval',
    description: 'How one approval stands.',
    inputSchema: takes({ approval_id: TEXT }, ['approval_id']),
    outputSchema: answers({ approval_id: TEXT, status: TEXT, server: TEXT, tool: TEXT, arguments: OBJECT }),
    annotations: READS,
  },
  async run(input, { orchestrator, caller }) {
    const approval = await orchestrator.gateway.approval(caller, input.name('approval_id'));
    return { structured: toWireApproval(approval), text: approvalText(approval) };
  },
};
