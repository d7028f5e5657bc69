import type { CallChannel } from '../../core/gateway/gateway.ts';
import type { Caller } from '../../core/kernel/caller.ts';
import { isJsonObject } from '../../core/kernel/json.ts';
import type { JsonObject } from '../../core/kernel/json.ts';
import type { Era, Progress, RpcError } from '../../core/ports/downstream.ts';
import type { ToolDesk } from './desk.ts';
import type { AnswerText } from './answer-text.ts';
import { MISSING_CAPABILITY, objectionTo } from './input-requests.ts';
import {
  INTERNAL_ERROR,
  INVALID_PARAMS,
  LOG_LEVEL_KEY,
  MODERN_VERSION,
} from '../../core/kernel/protocol-names.ts';
import type { RegularRequest } from './regular-request.ts';
import { DISCOVERY_TTL_MS } from './offered.ts';
import type { Offered } from './offered.ts';
import { toResultText, withModernMembers } from './reply.ts';
import type { Reply, ServerIdentity } from './reply.ts';
import { ToolListTexts } from './tool-list-text.ts';

/** What stands behind the short path. */
export interface ShortPathParts {
  readonly desk: ToolDesk;
  readonly identity: ServerIdentity;
  readonly offered: Offered;
}

/** The connection a request came by. */
export interface Side {
  readonly era: Era;
  readonly caller: Caller;
  readonly signal: AbortSignal;
  /** Of the handshake; a request of the stateless revision says it itself. */
  readonly client?: RegularRequest['client'];
  readonly ask?: CallChannel['ask'];
  /** Sends a notification that belongs to this request. */
  notify(method: string, params: JsonObject): void;
  readonly onLog?: CallChannel['onLog'];
  /** From which level on the client hears of log messages, where the handshake or a request before this one said so. */
  readonly logLevel?: string;
}

/** The whole text of a response. */
export interface ShortAnswer {
  readonly text: AnswerText;
  /** A code by which HTTP answers other than with 200. */
  readonly errorCode?: number;
}

const NOT_FOUND = -32_002;

/**
 * Answers regular `server/discover`, `tools/list` and `tools/call` without the SDK: no schema library, no web streams, and the bytes of a downstream's
 * result go out as they came in. What it says is what the SDK would say; a test compares the two.
 */
export class ShortPath {
  readonly #parts: ShortPathParts;
  readonly #lists: ToolListTexts;
  readonly #discovery: string;

  constructor(parts: ShortPathParts) {
    this.#parts = parts;
    this.#lists = new ToolListTexts(parts.identity);
    const { capabilities, instructions } = parts.offered;
    const found = { supportedVersions: [MODERN_VERSION], capabilities, instructions } as const;
    const kept = { ttlMs: DISCOVERY_TTL_MS, cacheScope: 'private' };
    this.#discovery = JSON.stringify(withModernMembers({ ...found, ...kept }, parts.identity));
  }

  /** `undefined` for what it cannot answer after all. */
  async answer(request: RegularRequest, side: Side): Promise<ShortAnswer | undefined> {
    if (request.method === 'tools/call') return this.#write(request, side, await this.#call(request, side));
    if (request.method === 'server/discover')
      return { text: inEnvelope(request.id, 'result', this.#discovery) };
    const clientName = (request.client ?? side.client)?.name;
    const list = await this.#parts.desk.list({ caller: side.caller, clientName });
    const text = this.#lists.text(list, side.era);
    return text && { text: inEnvelope(request.id, 'result', [text]) };
  }

  #call(request: RegularRequest, side: Side): Promise<Reply> {
    const { progressToken } = request;
    const meta =
      side.logLevel === undefined ? request.meta : { ...request.meta, [LOG_LEVEL_KEY]: side.logLevel };
    const client = request.client ?? side.client;
    return this.#parts.desk.call({
      caller: side.caller,
      clientName: client?.name,
      name: request.name,
      arguments: request.arguments,
      ...(meta && { carried: { meta } }),
      channel: {
        signal: side.signal,
        capabilities: client?.capabilities ?? {},
        repeats: side.era === 'modern',
        ask: side.ask,
        onLog: side.onLog,
        onProgress:
          progressToken === undefined
            ? undefined
            : (progress: Progress) => side.notify('notifications/progress', { ...progress, progressToken }),
      },
    });
  }

  #write(request: RegularRequest, side: Side, reply: Reply): ShortAnswer {
    if (reply.kind === 'error') return toFailure(request.id, reply.error);
    if (reply.kind === 'input-required') {
      const objection = objectionTo(reply.value, request.client?.capabilities ?? {});
      if (objection) return toFailure(request.id, objection);
    }
    return { text: inEnvelope(request.id, 'result', toResultText(reply, side.era, this.#parts.identity)) };
  }
}

function toFailure(id: string | number, { code, message, data }: RpcError): ShortAnswer {
  const known = Number.isSafeInteger(code) ? code : INTERNAL_ERROR;
  const told = {
    code: known === NOT_FOUND ? INVALID_PARAMS : known,
    message,
    ...(data !== undefined && { data }),
  };
  return {
    text: inEnvelope(id, 'error', JSON.stringify(told)),
    ...(code === MISSING_CAPABILITY && { errorCode: code }),
  };
}

function inEnvelope(id: string | number, member: 'result' | 'error', text: AnswerText): AnswerText {
  const head = `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"${member}":`;
  return typeof text === 'string' ? `${head}${text}}` : [Buffer.from(head), ...text, END];
}

const END = Buffer.from('}');

/** The id that a cancellation names. */
export function cancelledId(value: unknown): string | number | undefined {
  if (!isJsonObject(value) || value['method'] !== 'notifications/cancelled') return undefined;
  const { params } = value;
  const id = isJsonObject(params) ? params['requestId'] : undefined;
  return typeof id === 'string' || typeof id === 'number' ? id : undefined;
}
