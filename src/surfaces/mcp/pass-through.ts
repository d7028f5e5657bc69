import { ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server';
import type { ForwardMethod, Gateway } from '../../core/gateway/gateway.ts';
import { TuttiError, wireCode } from '../../core/kernel/errors.ts';
import type { JsonObject } from '../../core/kernel/json.ts';
import type { Era } from '../../core/ports/downstream.ts';
import type { Telemetry } from '../../core/ports/telemetry.ts';
import { answerByAsking } from './asking.ts';
import type { OpenChannel } from './channel.ts';
import { exposedTo } from './exposure.ts';
import type { Asking } from './exposure.ts';
import { toProtocolError } from './protocol-error.ts';
import { metaOfTheirs, toReply } from './reply.ts';
import type { Reply } from './reply.ts';
import { resourceNotFound } from './resources.ts';
import { protocolFault, toReported } from './results.ts';
import type { CarriedParts } from './tool.ts';
import type { Toolset } from './toolsets.ts';

/** A request for a prompt or a resource that may belong to one of the servers. */
export interface Forwarded extends Asking {
  readonly method: ForwardMethod;
  readonly params: JsonObject;
  readonly channel: OpenChannel;
  readonly carried: CarriedParts;
  readonly era: Era;
}

export interface ForwardParts {
  readonly gateway: Gateway;
  readonly toolsets: readonly Toolset[];
  readonly telemetry: Telemetry;
}

/**
 * What the server answers that the prompt or resource belongs to; `undefined` when none of those that pass through has it.
 *
 * @throws ProtocolError what the server answered, or why it could not be asked.
 */
export async function forwarded(request: Forwarded, parts: ForwardParts): Promise<JsonObject | undefined> {
  if (!(await exposedTo(request, parts.gateway, parts.toolsets))) return undefined;
  try {
    const first = await attempt(request, parts);
    const reply = await answerByAsking(
      first,
      request.channel,
      async (carried) => await attempt({ ...request, carried: { ...request.carried, ...carried } }, parts),
    );
    return valueOf(reply, request.era);
  } catch (failure) {
    if (failure instanceof ProtocolError) throw failure;
    if (failure instanceof TuttiError && failure.code === 'tool/not-found') return undefined;
    const fault = protocolFault(failure);
    if (fault) throw toProtocolError(fault);
    throw toFailure(failure, request, parts);
  }
}

async function attempt(
  { caller, method, params, channel, carried }: Forwarded,
  { gateway }: ForwardParts,
): Promise<Reply> {
  const { meta, ...retry } = carried;
  const given = { ...params, ...retry, ...(meta && { _meta: meta }) };
  return toReply(await gateway.forward(caller, method, given, channel), channel);
}

function valueOf(reply: Reply, era: Era): JsonObject {
  if (reply.kind === 'error') throw toProtocolError(reply.error);
  if (reply.kind !== 'payload') return reply.value;
  const { resultType: _, cacheScope, ttlMs, _meta, ...rest } = reply.payload.value;
  const meta = metaOfTheirs(_meta);
  const value = Object.keys(meta).length > 0 ? { ...rest, _meta: meta } : rest;
  if (era === 'legacy') return value;
  // What one server lets everybody keep is still this caller's alone here.
  return {
    ...value,
    ...(ttlMs !== undefined && { ttlMs }),
    ...(cacheScope !== undefined && { cacheScope: 'private' }),
  };
}

function toFailure(
  failure: unknown,
  { method, params }: Forwarded,
  { telemetry }: ForwardParts,
): ProtocolError {
  const { uri, name } = params;
  const about = typeof uri === 'string' ? uri : typeof name === 'string' ? name : undefined;
  const error = toReported(failure, { tool: method, instanceId: about }, telemetry);
  const code = wireCode(error.code);
  const rpcCode = error.code.startsWith('input/')
    ? ProtocolErrorCode.InvalidParams
    : ProtocolErrorCode.InternalError;
  return new ProtocolError(rpcCode, `${code}: ${error.message}`, { error_code: code });
}

/** @throws ResourceNotFoundError when nothing was found. */
export function found<T>(value: T | undefined, uri: string): T {
  if (value === undefined) throw resourceNotFound(uri);
  return value;
}
