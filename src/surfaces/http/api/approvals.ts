import type { GatewayOperator } from '../../../core/gateway/gateway.ts';
import { APPROVAL_STATUSES } from '../../../core/kernel/approval.ts';
import type { ApprovalStatus } from '../../../core/kernel/approval.ts';
import { TuttiError } from '../../../core/kernel/errors.ts';
import type { JsonObject } from '../../../core/kernel/json.ts';
import { toWireApproval } from '../../mcp/gateway-wire.ts';
import { limitIn } from './api.ts';
import type { ApiRoute } from './api.ts';

const EXPECTED = 'Expected a JSON object with the one member "decision": "approved" or "denied".';

/** The inbox of approvals: `GET /api/approvals`, `GET /api/approvals/ID`, `POST /api/approvals/ID`. */
export function approvalsApi(operator: Pick<GatewayOperator, 'approvals' | 'approval' | 'decide'>): ApiRoute {
  return {
    name: 'approvals',
    list: async (query) => {
      const status = query.get('status') ?? undefined;
      if (status !== undefined && !isStatus(status)) {
        const known = APPROVAL_STATUSES.join(', ');
        throw new TuttiError('input/invalid-format', `Expected status to be one of ${known}; found another.`);
      }
      const limit = limitIn(query);
      const approvals = await operator.approvals({ limit, ...(status !== undefined && { status }) });
      return { approvals: approvals.map(toWireApproval) };
    },
    show: async (id) => toWireApproval(await operator.approval(id)),
    decide: async ({ id, body, by }) => toWireApproval(await operator.decide(id, decisionIn(body), by)),
  };
}

function decisionIn({ decision, ...rest }: JsonObject): 'approved' | 'denied' {
  if ((decision !== 'approved' && decision !== 'denied') || Object.keys(rest).length > 0)
    throw new TuttiError('input/invalid-format', `${EXPECTED} Found something else.`);
  return decision;
}

function isStatus(text: string): text is ApprovalStatus {
  return (APPROVAL_STATUSES as readonly string[]).includes(text);
}
