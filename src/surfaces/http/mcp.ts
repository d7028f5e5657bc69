import type { IncomingMessage, ServerResponse } from 'node:http';
import { createMcpHandler, isJsonContentType, isLegacyRequest } from '@modelcontextprotocol/server';
import type { AuthInfo, Server } from '@modelcontextprotocol/server';
import { isJsonObject } from '../../core/kernel/json.ts';
import type { Caller } from '../../core/kernel/caller.ts';
import type { Telemetry } from '../../core/ports/telemetry.ts';
import { PARSE_ERROR, readMessage, requestIdIn, toFaultResponse } from '../mcp/message-text.ts';
import { announceChanges, listen } from '../mcp/announcements.ts';
import type { Changes } from '../mcp/announcements.ts';
import { wantedResources } from '../mcp/resource-watch.ts';
import type { WatchResources } from '../mcp/resource-watch.ts';
import type { ShortPath } from '../mcp/short-path.ts';
import { readBody } from './body.ts';
import { sendJson, sendTooLarge, sendWebResponse, toWebRequest } from './exchange.ts';
import { answerShortly } from './short-exchange.ts';
import { Sessions } from './sessions.ts';

export interface McpRouteOptions extends Changes {
  readonly build: (caller: Caller) => Server;
  readonly telemetry: Telemetry;
  /** Takes `tools/list` and `tools/call` off the SDK's hands; absent: it answers everything. */
  readonly short?: ShortPath;
  /** Subscribes at the servers behind us for clients that listen. */
  readonly watch?: WatchResources;
  readonly maxSessions?: number;
  readonly sessionIdleMs?: number;
}

/** One request by somebody who was let in. */
export interface McpExchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly caller: Caller;
}

export interface McpRoute {
  handle(exchange: McpExchange): Promise<void>;
  /** Settles once nobody waits for an answer; streams that last until one side leaves do not count. */
  settled(): Promise<unknown>;
  /** Ends sessions and streams of those who are not let in any more. Answers under way still come. */
  endUnless(isAdmitted: (caller: Caller) => boolean): void;
  close(): Promise<void>;
}

const SWEEP_MS = 60_000;
const STREAM = 'subscriptions/listen';
const METHODS: readonly string[] = ['GET', 'POST', 'DELETE'];

/** MCP over Streamable HTTP: the stateless revision for each request on its own, older ones in sessions. */
export function createMcpRoute(options: McpRouteOptions): McpRoute {
  const { build, telemetry, short, watch } = options;
  const changes = changesOf(options);
  const onError = (error: unknown) => telemetry.log('debug', 'http/mcp', { message: String(error) });
  const modern = createMcpHandler(({ authInfo }) => build(callerIn(authInfo)), {
    legacy: 'reject',
    onerror: onError,
  });
  const sessions = new Sessions({
    build: (caller) => {
      const server = build(caller);
      announceChanges(server, { era: 'legacy', onError, ...changes });
      return server;
    },
    ...(options.maxSessions !== undefined && { maxSessions: options.maxSessions }),
    ...(options.sessionIdleMs !== undefined && { idleMs: options.sessionIdleMs }),
    onError,
  });
  const stop = listen(changes, {
    tools: () => modern.notify.toolsChanged(),
    prompts: () => modern.notify.promptsChanged(),
    resources: () => modern.notify.resourcesChanged(),
    updated: (uri) => modern.notify.resourceUpdated(uri),
  });
  const sweep = setInterval(() => sessions.expire(), SWEEP_MS).unref();
  const awaited = new Set<Promise<void>>();
  const streams = new Set<McpExchange>();

  async function answer({ request, response, caller }: McpExchange, body?: unknown): Promise<void> {
    const web = toWebRequest(request, response);
    const old = await isLegacyRequest(web, body);
    // Only who it is goes further: the token stays here.
    const authInfo = { token: '', clientId: caller.owner, scopes: [], extra: { caller } };
    const given = old
      ? await sessions.handle(web, caller, body)
      : await modern.fetch(web, { authInfo, ...(body !== undefined && { parsedBody: body }) });
    await sendWebResponse(response, given);
  }

  async function answerPost(exchange: McpExchange, whenStream: () => void): Promise<void> {
    const body = await readPost(exchange);
    if (body === undefined) return;
    if (short && (await answerShortly(exchange, body.value, { path: short, sessions }))) return;
    if (isJsonObject(body.value) && body.value['method'] === STREAM) {
      whenStream();
      streams.add(exchange);
      exchange.response.on('close', () => streams.delete(exchange));
    }
    const wanted = wantedResources(body.value);
    if (wanted && watch) {
      const { caller, response } = exchange;
      response.on('close', watch({ caller, clientName: wanted.clientName }, wanted.uris));
    }
    await answer(exchange, body.value);
  }

  return {
    async handle(exchange) {
      const { method = '' } = exchange.request;
      if (!METHODS.includes(method)) {
        exchange.response.setHeader('Allow', METHODS.join(', '));
        return sendFault(exchange.response, 405, -32_000, 'Method not allowed.');
      }
      if (method !== 'POST') return await answer(exchange);
      const work = answerPost(exchange, () => awaited.delete(work));
      awaited.add(work);
      await work.finally(() => awaited.delete(work));
    },
    endUnless(isAdmitted) {
      sessions.endUnless(isAdmitted);
      for (const { caller, response } of streams) if (!isAdmitted(caller)) response.destroy();
    },
    settled: async () => await Promise.allSettled(awaited),
    async close() {
      clearInterval(sweep);
      stop();
      await Promise.all([modern.close(), sessions.close()]);
    },
  };
}

function callerIn(authInfo: AuthInfo | undefined): Caller {
  // Every request is let in here, and by nobody else.
  return authInfo?.extra?.['caller'] as Caller;
}

function changesOf({ onDefinitionsChanged, gateway }: Changes): Changes {
  return { ...(onDefinitionsChanged && { onDefinitionsChanged }), ...(gateway && { gateway }) };
}

/** The message of a POST, or nothing when it was refused here. */
async function readPost({
  request,
  response,
}: McpExchange): Promise<{ readonly value: unknown } | undefined> {
  if (!isJsonContentType(request.headers['content-type'] ?? null)) {
    sendFault(response, 415, -32_000, 'Unsupported Media Type: Content-Type must be application/json.');
    return undefined;
  }
  const body = await readBody(request);
  if (body.refusal) {
    const { status, message, head = '' } = body.refusal;
    if (status === 413) {
      const id = requestIdIn(head);
      await sendTooLarge(request, response, toFaultResponse({ code: -32_000, message, id }));
      return undefined;
    }
    sendFault(response, status, status === 400 ? PARSE_ERROR : -32_000, message);
    return undefined;
  }
  const message = readMessage(body.text);
  if (!message.fault) return message;
  sendJson(response, 400, toFaultResponse(message.fault));
  return undefined;
}

function sendFault(
  response: ServerResponse,
  ...[status, code, message]: readonly [number, number, string]
): void {
  sendJson(response, status, toFaultResponse({ code, message, id: null }));
}
