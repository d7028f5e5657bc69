import { APPROVAL_STATUSES } from '../../../core/kernel/approval.ts';
import { approvalsText } from '../gateway-texts.ts';
import { toWireApproval } from '../gateway-wire.ts';
import { answers, takes } from '../schemas.ts';
import { READS } from '../tool.ts';
import type { McpTool } from '../tool.ts';

export const listApprovals: McpTool = {
  refusesMisspelt: true,
  definition: {
    name: 'list_approvals',
    title: 'List approvals',
    description: 'Your calls that a person must approve, or did.',
    inputSchema: takes({ status: { type: 'string', enum: [...APPROVAL_STATUSES] } }),
    outputSchema: answers({ approvals: { type: 'array' } }),
    annotations: READS,
  },
  async run(input, { orchestrator, caller }) {
    const status = input.optionalChoice('status', APPROVAL_STATUSES);
    const approvals = await orchestrator.gateway.listApprovals(caller, { ...(status && { status }) });
    return {
      structured: { approvals: approvals.map((each) => toWireApproval(each)) },
      text: approvalsText(approvals),
    };
  },
};
