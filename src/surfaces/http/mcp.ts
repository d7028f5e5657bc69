import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { RequestId, Server } from '@modelcontextprotocol/server';
import { BusySet } from '../../core/kernel/busy.ts';
import { isJsonObject } from '../../core/kernel/json.ts';
import type { Caller } from '../../core/kernel/caller.ts';
import type { Telemetry } from '../../core/ports/telemetry.ts';
import { PARSE_ERROR, readMessage, requestIdIn, toFaultResponse } from '../mcp/message-text.ts';
import type { Changes } from '../mcp/announcements.ts';
import { wantedResources } from '../mcp/resource-watch.ts';
import type { WatchResources } from '../mcp/resource-watch.ts';
import type { ShortPath } from '../mcp/short-path.ts';
import { readBody } from './body.ts';
import type { BodyRefusal } from './body.ts';
import { cutOff } from './cut-off.ts';
import { sendJson, sendTooLarge } from './exchange.ts';
import { answerShortly } from './short-exchange.ts';
import type { SdkRoute } from './sdk-route.ts';

export interface McpRouteOptions extends Changes {
  readonly build: (caller: Caller) => Server | Promise<Server>;
  readonly telemetry: Telemetry;
  /** Takes `tools/list` and `tools/call` off the SDK's hands; absent: it answers everything. */
  readonly short?: ShortPath;
  /** Subscribes at the servers behind us for clients that listen. */
  readonly watch?: WatchResources;
  readonly maxSessions?: number;
  readonly sessionIdleMs?: number;
}

/** One request by somebody who was let in. */
export interface McpExchange extends Admitted {
  /** Aborts when the client goes away, or the request is cut off. */
  readonly gone: AbortController;
}

/** A POST that somebody waits for. */
interface Waiting {
  readonly exchange: McpExchange;
  /** Of what is to be answered, as soon as it was read. */
  id?: RequestId | undefined;
  over?: Promise<void>;
  readonly refuse?: ((response: ServerResponse) => void) | undefined;
}

interface Admitted {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly caller: Caller;
}

export interface McpRoute {
  /** @param refuse - what is asked anew; answers and cancellations still reach who is under way. */
  handle(admitted: Admitted, refuse?: (response: ServerResponse) => void): Promise<void>;
  /**
   * Lets those under way finish on connections that are not kept. Settles once nobody waits for an answer, or for the rest of one; streams that
   * last until one side leaves do not count.
   */
  drain(): Promise<void>;
  /** Ends sessions and streams of those who are not let in any more. Answers under way still come. */
  endUnless(isAdmitted: (caller: Caller) => boolean): void;
  /** Tells those who still wait for an answer that none will come, and gives up what they asked for. */
  cutOff(): Promise<void>;
  close(): Promise<void>;
}

const STREAM = 'subscriptions/listen';
/** How long a client may take over reading that it was cut off. */
const LAST_WORDS_MS = 1000;
const JSON_TYPE = 'application/json';
const NO_JSON = [415, -32_000, 'Unsupported Media Type: Content-Type must be application/json.'] as const;
const METHODS: readonly string[] = ['GET', 'POST', 'DELETE'];

/** MCP over Streamable HTTP: the stateless revision for each request on its own, older ones in sessions. */
export function createMcpRoute(options: McpRouteOptions): McpRoute {
  const { short, watch, telemetry } = options;
  let sdk: SdkRoute | undefined;
  let loading: Promise<SdkRoute> | undefined;
  const waiting = new BusySet<Waiting>();
  const streams = new Set<McpExchange>();

  /** By the SDK's half, which is loaded with the first request that is not answered on the short path. */
  async function answer(exchange: McpExchange, body?: unknown): Promise<void> {
    loading ??= import('./sdk-route.ts').then(({ createSdkRoute }) => (sdk = createSdkRoute(options)));
    const route = await loading.catch((error: unknown) => {
      loading = undefined;
      throw error;
    });
    await route.answer(exchange, body);
  }

  async function answerPost(exchange: McpExchange, mine: Waiting): Promise<void> {
    const { request, response } = exchange;
    if (!isJson(request.headers['content-type'] ?? '')) return sendFault(response, ...NO_JSON);
    const body = await readBody(request);
    if (body.refusal) return await refuseBody(exchange, body.refusal);
    const message = readMessage(body.text);
    if (message.fault) return sendJson(response, 400, toFaultResponse(message.fault));
    const { value } = message;
    if (mine.refuse && !isAside(request, value)) return mine.refuse(response);
    mine.id = requestIdOf(value);
    if (short && (await answerShortly(exchange, value, { path: short, sessions: sdk?.sessions }))) return;
    await answerAtLength(exchange, value, mine);
  }

  /** What the short path leaves to the SDK. */
  async function answerAtLength(exchange: McpExchange, message: unknown, mine: Waiting): Promise<void> {
    if (isJsonObject(message) && message['method'] === STREAM) {
      waiting.delete(mine);
      streams.add(exchange);
      exchange.response.on('close', () => streams.delete(exchange));
    }
    if (watch) keepWatch(exchange, message, watch);
    await answer(exchange, message);
  }

  return {
    async handle(admitted, refuse) {
      const exchange = { ...admitted, gone: goneOf(admitted.response) };
      const { method = '' } = exchange.request;
      if (!METHODS.includes(method)) {
        exchange.response.setHeader('Allow', METHODS.join(', '));
        return sendFault(exchange.response, 405, -32_000, 'Method not allowed.');
      }
      if (method !== 'POST') return refuse ? refuse(exchange.response) : await answer(exchange);
      const mine: Waiting = { exchange, refuse };
      waiting.add(mine);
      mine.over = answerPost(exchange, mine);
      try {
        await mine.over;
        if (exchange.response.writableLength > 0) await (mine.over = closed(exchange.response));
      } finally {
        waiting.delete(mine);
      }
    },
    endUnless(isAdmitted) {
      sdk?.sessions.endUnless(isAdmitted);
      for (const { caller, response } of streams) if (!isAdmitted(caller)) response.destroy();
    },
    async drain() {
      for (const { exchange } of waiting.values()) exchange.response.shouldKeepAlive = false;
      while (waiting.size > 0) await Promise.allSettled(waiting.values().flatMap(({ over }) => over ?? []));
    },
    async cutOff() {
      const cut = waiting.values().flatMap(({ exchange, id }) => {
        const told = id !== undefined && cutOff(exchange.response, id);
        return told ? [{ told, gone: exchange.gone }] : [];
      });
      if (cut.length === 0) return;
      telemetry.log('warn', 'http/cut-off', { requests: cut.length });
      const told = Promise.all(cut.map(async (each) => await each.told));
      await Promise.race([told, delay(LAST_WORDS_MS, undefined, { ref: false })]);
      for (const { gone } of cut) gone.abort();
    },
    async close() {
      const route = await loading?.catch(() => undefined);
      await route?.close();
    },
  };
}

/** Subscribes for as long as the client listens. */
function keepWatch({ caller, response }: McpExchange, message: unknown, watch: WatchResources): void {
  const wanted = wantedResources(message);
  if (wanted) response.on('close', watch({ caller, clientName: wanted.clientName }, wanted.uris));
}

/** Once all of it was read, or nobody reads it any more. */
async function closed(response: ServerResponse): Promise<void> {
  if (!response.closed) await once(response, 'close');
}

/** Aborts once the client left without its whole answer. */
function goneOf(response: ServerResponse): AbortController {
  const gone = new AbortController();
  response.on('close', () => {
    if (!response.writableFinished) gone.abort();
  });
  return gone;
}

/** An answer or a notification in a session: nobody waits for anything but that it arrived. */
function isAside({ headers }: IncomingMessage, message: unknown): boolean {
  if (headers['mcp-session-id'] === undefined || !isJsonObject(message)) return false;
  return message['method'] === undefined || message['id'] === undefined;
}

/** The id of what is to be answered. */
function requestIdOf(message: unknown): RequestId | undefined {
  if (!isJsonObject(message) || typeof message['method'] !== 'string') return undefined;
  const { id } = message;
  return typeof id === 'string' || typeof id === 'number' ? id : undefined;
}

async function refuseBody(
  { request, response }: McpExchange,
  { status, message, head = '' }: BodyRefusal,
): Promise<void> {
  if (status === 413) {
    const id = requestIdIn(head);
    return await sendTooLarge(request, response, toFaultResponse({ code: -32_000, message, id }));
  }
  sendFault(response, status, status === 400 ? PARSE_ERROR : -32_000, message);
}

function isJson(contentType: string): boolean {
  if (contentType === JSON_TYPE) return true;
  const [type = ''] = contentType.split(';', 1);
  return type.trim().toLowerCase() === JSON_TYPE;
}

function sendFault(
  response: ServerResponse,
  ...[status, code, message]: readonly [number, number, string]
): void {
  sendJson(response, status, toFaultResponse({ code, message, id: null }));
}
