import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Approver } from '../../../config.ts';
import type { GatewayOperator } from '../../../core/gateway/gateway.ts';
import { APPROVAL_STATUSES } from '../../../core/kernel/approval.ts';
import type { ApprovalStatus } from '../../../core/kernel/approval.ts';
import { TuttiError, errorTable, wireCode } from '../../../core/kernel/errors.ts';
import { isJsonObject } from '../../../core/kernel/json.ts';
import { toWireApproval } from '../../mcp/gateway-wire.ts';
import { readBody } from '../body.ts';
import { sendJson, sendTooLarge } from '../exchange.ts';
import { bearerTokens } from '../tokens.ts';

const MAX_BODY_BYTES = 4_096;
const MAX_LIMIT = 500;
const ROUTE = /^\/api\/approvals(?:\/([\w-]{1,64}))?$/;
const EXPECTED = 'Expected a JSON object with the one member "decision": "approved" or "denied".';

export interface ApprovalsApi {
  /** Answers what lies under `/api`. */
  answer(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

export interface ApprovalsApiParts {
  readonly operator: Pick<GatewayOperator, 'approvals' | 'approval' | 'decide'>;
  /** Who may look and decide. Nobody else may, whatever else a token admits to. */
  readonly approvers: readonly Approver[];
}

/**
 * The inbox of approvals for people, and for what people build on it: `GET /api/approvals`, `GET /api/approvals/ID`, `POST /api/approvals/ID`.
 * The tokens of those who decide admit to nothing else, and those of agents admit to nothing here: a model cannot agree to its own calls.
 */
export function approvalsApi({ operator, approvers }: ApprovalsApiParts): ApprovalsApi {
  const find = bearerTokens(approvers);

  async function respond(request: IncomingMessage, by: string): Promise<readonly [number, object]> {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    const route = ROUTE.exec(pathname);
    if (!route) return [404, failure('not found', 'There is /api/approvals and /api/approvals/ID.')];
    const [, id] = route;
    if (request.method === 'GET') {
      if (id === undefined) return [200, { approvals: (await list(searchParams)).map(toWireApproval) }];
      return [200, toWireApproval(await operator.approval(id))];
    }
    if (request.method === 'POST' && id !== undefined) {
      return [200, toWireApproval(await operator.decide(id, await decisionIn(request), `api:${by}`))];
    }
    return [405, failure('method not allowed', 'GET reads, POST to /api/approvals/ID decides.')];
  }

  async function list(query: URLSearchParams) {
    const status = query.get('status') ?? undefined;
    if (status !== undefined && !isStatus(status)) {
      const known = APPROVAL_STATUSES.join(', ');
      throw new TuttiError('input/invalid-format', `Expected status to be one of ${known}; found another.`);
    }
    const limit = Number(query.get('limit') ?? 100);
    if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT)
      throw new TuttiError('input/invalid-format', `Expected limit to be 1 to ${MAX_LIMIT}; found another.`);
    return await operator.approvals({ limit, ...(status !== undefined && { status }) });
  }

  return {
    answer: async (request, response) => {
      if (approvers.length === 0) {
        const told =
          'Nobody is named in http.auth.approvers, so approvals are decided at the terminal alone.';
        return sendJson(response, 404, failure('not found', told));
      }
      const token = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
      const approver = token === undefined ? undefined : find(token);
      if (!approver) {
        response.setHeader('WWW-Authenticate', 'Bearer realm="tutti approvals"');
        const told = 'Send the token of an approver (http.auth.approvers) as Authorization: Bearer.';
        return sendJson(response, 401, failure('unauthorized', told));
      }
      try {
        sendJson(response, ...(await respond(request, approver.name ?? approver.owner)));
      } catch (error) {
        if (!(error instanceof TuttiError)) throw error;
        const { http } = errorTable[error.code];
        const body = failure(wireCode(error.code), error.message);
        if (http === 413) await sendTooLarge(request, response, body);
        else sendJson(response, http, body);
      }
    },
  };
}

async function decisionIn(request: IncomingMessage): Promise<'approved' | 'denied'> {
  const read = await readBody(request, MAX_BODY_BYTES);
  if (read.refusal) {
    const { status, message } = read.refusal;
    throw new TuttiError(status === 413 ? 'input/too-large' : 'input/invalid-format', message);
  }
  let body: unknown;
  try {
    body = JSON.parse(read.text);
  } catch {
    throw new TuttiError('input/invalid-format', `${EXPECTED} Found no JSON.`);
  }
  const { decision, ...rest } = isJsonObject(body) ? body : {};
  if ((decision !== 'approved' && decision !== 'denied') || Object.keys(rest).length > 0)
    throw new TuttiError('input/invalid-format', `${EXPECTED} Found something else.`);
  return decision;
}

function isStatus(text: string): text is ApprovalStatus {
  return (APPROVAL_STATUSES as readonly string[]).includes(text);
}

function failure(error: string, message: string): object {
  return { error, message };
}
