import type { BudgetView, CallFacts, Found, ServerView, ToolView } from '../../core/gateway/gateway.ts';
import type { JsonObject } from '../../core/kernel/json.ts';
import type { Approval } from '../../core/kernel/approval.ts';
import { definedOnly, toWireTime } from './wire.ts';

// Names of the gateway on the wire. Schemas and annotations of a tool keep the names the protocol gives them.

const MICROS = 1_000_000;
const MIB = 1_048_576;

export function toWireFound({ tools, confidence, connecting }: Found): JsonObject {
  return definedOnly({
    tools: tools.map(({ name, server, title, description, score, risk }) =>
      definedOnly({ name, server, title, description, score, risk }),
    ),
    confidence,
    connecting,
  });
}

export function toWireTool(tool: ToolView): JsonObject {
  return definedOnly({
    name: tool.name,
    server: tool.server,
    title: tool.title,
    description: tool.description,
    inputSchema: tool.inputSchema,
    outputSchema: tool.outputSchema,
    annotations: tool.annotations ?? {},
    risk: tool.risk,
    cost: tool.costMicros === undefined ? undefined : tool.costMicros / MICROS,
    group: tool.group,
    available: tool.available,
  });
}

export function toWireServer(server: ServerView): JsonObject {
  return definedOnly({
    name: server.name,
    description: server.description,
    status: server.status,
    tools: server.tools,
    listed_at: server.seenAt === undefined ? undefined : toWireTime(server.seenAt),
    error: server.error,
    login_url: server.loginUrl,
    held:
      server.held.length > 0
        ? server.held.map(({ kind, name, reason }) => ({ kind, name, reason }))
        : undefined,
    dropped:
      server.dropped.length > 0 ? server.dropped.map(({ name, reason }) => ({ name, reason })) : undefined,
    unchecked: server.unchecked?.map(({ name, message }) => ({ name, reason: message })),
    budget: server.budget?.map((each) => toWireBudget(each)),
    processes: server.processes,
    memory_mb: server.memoryBytes === undefined ? undefined : Math.ceil(server.memoryBytes / MIB),
  });
}

export function toWireApproval(approval: Approval): JsonObject {
  return definedOnly({
    approval_id: approval.id,
    server: approval.server,
    tool: approval.tool,
    arguments: approval.arguments,
    risk: approval.risk,
    requested_by: approval.requestedBy,
    query: approval.query,
    reason: approval.reason,
    expires_at: toWireTime(approval.expiresAt),
    status: approval.status,
    decided_by: approval.decidedBy ?? undefined,
    decided_at: approval.decidedAt === null ? undefined : toWireTime(approval.decidedAt),
  });
}

/** `_meta.tutti` of a result. */
export function toWireFacts(facts: CallFacts): JsonObject {
  return {
    server: facts.server,
    cached: facts.cached,
    duration_ms: facts.durationMs,
    attempts: facts.attempts,
    call_id: facts.callId,
  };
}

function toWireBudget({ per, kind, spent, of }: BudgetView): JsonObject {
  return kind === 'cost' ? { per, kind, spent: spent / MICROS, of: of / MICROS } : { per, kind, spent, of };
}
