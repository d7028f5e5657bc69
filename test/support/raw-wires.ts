import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';
import type { Server } from '@modelcontextprotocol/server';
import { silentTelemetry } from '../../src/adapters/telemetry/pino.ts';
import type { Changes } from '../../src/surfaces/mcp/announcements.ts';
import type { WatchResources } from '../../src/surfaces/mcp/resource-watch.ts';
import type { ShortPath } from '../../src/surfaces/mcp/short-path.ts';
import { serveHttp } from '../../src/surfaces/http/serve.ts';
import { serveStdio } from '../../src/surfaces/mcp/stdio.ts';
import type { StdioConnection } from '../../src/surfaces/mcp/stdio.ts';
import type { Caller } from '../../src/core/kernel/caller.ts';
import type { JsonObject } from '../../src/core/kernel/json.ts';

export type WireEra = 'legacy' | 'modern';

export interface RawMessage {
  readonly id?: string | number | null;
  readonly method?: string;
  readonly params?: JsonObject;
  readonly result?: JsonObject;
  readonly error?: JsonObject;
}

/** A client that sends what it is told and shows everything that comes back. */
export interface RawWire {
  /** Sends a request, with the envelope of its era; all messages up to the response. */
  request(method: string, params?: JsonObject): Promise<Heard>;
  /** The same, as it is written here, and without waiting. */
  begin(message: JsonObject): Pending;
  notify(method: string, params: JsonObject): Promise<void>;
  /** Answers what was asked on the way. */
  answer(response: JsonObject): Promise<void>;
  close(): Promise<void>;
}

export interface Heard {
  /** The HTTP status; 200 on stdio. */
  readonly status: number;
  readonly messages: readonly RawMessage[];
}

export interface Pending {
  readonly heard: Promise<Heard>;
  /** Settles with the first message that comes. */
  readonly first: Promise<RawMessage>;
  /** Goes away, where a request has a connection of its own. */
  leave(): void;
}

export const caller: Caller = { owner: 'local' };
const VERSIONS = { legacy: '2025-11-25', modern: '2026-07-28' };
const CLIENT = { name: 'raw', version: '1' };

export interface Speaker extends Changes {
  readonly build: () => Server | Promise<Server>;
  readonly short?: ShortPath;
  readonly watch?: WatchResources;
  /** The owner of the process by default. */
  readonly caller?: Caller;
}

function withEnvelope(params: JsonObject, era: WireEra, capabilities: JsonObject): JsonObject {
  if (era === 'legacy') return params;
  const own = (params['_meta'] ?? {}) as JsonObject;
  return {
    ...params,
    _meta: {
      'io.modelcontextprotocol/protocolVersion': VERSIONS.modern,
      'io.modelcontextprotocol/clientInfo': CLIENT,
      'io.modelcontextprotocol/clientCapabilities': capabilities,
      ...own,
    },
  };
}

interface WireOptions {
  readonly era: WireEra;
  readonly capabilities?: JsonObject;
}

export async function httpWire(
  speaker: Speaker,
  { era, capabilities = {} }: WireOptions,
): Promise<RawWire & { readonly url: string }> {
  const surface = await serveHttp({
    host: '127.0.0.1',
    port: 0,
    tokens: [],
    approvers: [],
    allowedHosts: [],
    allowedOrigins: [],
    caller,
    telemetry: silentTelemetry(),
    ...speaker,
  });
  return {
    ...(await httpClient(surface.url, { era, capabilities })),
    url: surface.url,
    close: async () => await surface.close(),
  };
}

export async function httpClient(url: string, { era, capabilities = {} }: WireOptions): Promise<RawWire> {
  let session: string | undefined;
  let lastId = 0;
  const post = (message: JsonObject): Pending => {
    const { method, params } = message;
    const name = (params as JsonObject | undefined)?.['name'] ?? (params as JsonObject | undefined)?.['uri'];
    const sent = httpRequest(url, {
      method: 'POST',
      agent: false,
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'mcp-protocol-version': VERSIONS[era],
        ...(session !== undefined && { 'mcp-session-id': session }),
        ...(era === 'modern' && { 'mcp-method': String(method) }),
        ...(era === 'modern' && typeof name === 'string' && method !== 'tools/list' && { 'mcp-name': name }),
      },
    });
    const first = Promise.withResolvers<RawMessage>();
    first.promise.catch(() => {});
    const heard = (async (): Promise<Heard> => {
      const [response] = (await once(sent, 'response')) as [IncomingMessage];
      session ??= response.headers['mcp-session-id']?.toString();
      const messages: RawMessage[] = [];
      const take = (json: string): void => {
        const parsed = JSON.parse(json) as RawMessage;
        if (isAnnouncement(parsed)) return;
        messages.push(parsed);
        first.resolve(parsed);
      };
      let rest = '';
      response.setEncoding('utf8');
      const streams = response.headers['content-type']?.startsWith('text/event-stream') === true;
      for await (const chunk of response) {
        rest += String(chunk);
        if (!streams) continue;
        const events = rest.split('\n\n');
        rest = events.pop() ?? '';
        for (const event of events) {
          const data = event.split('\n').find((line) => line.startsWith('data: '));
          if (data && data !== 'data: ') take(data.slice(6));
        }
      }
      if (!streams && rest !== '') take(rest);
      return { status: response.statusCode ?? 0, messages };
    })();
    heard.catch((error: unknown) => first.reject(error as Error));
    sent.end(JSON.stringify(message));
    return { heard, first: first.promise, leave: () => sent.destroy() };
  };
  const wire: RawWire = {
    begin: (message) =>
      post({ ...message, params: withEnvelope((message['params'] ?? {}) as JsonObject, era, capabilities) }),
    request: async (method, params = {}) => {
      lastId += 1;
      return await wire.begin({ jsonrpc: '2.0', id: lastId, method, params }).heard;
    },
    notify: async (method, params) => void (await post({ jsonrpc: '2.0', method, params }).heard),
    answer: async (response) => void (await post(response).heard),
    close: async () => {},
  };
  if (era === 'legacy') {
    await wire.request('initialize', { protocolVersion: VERSIONS.legacy, capabilities, clientInfo: CLIENT });
    await wire.notify('notifications/initialized', {});
  }
  return wire;
}

export async function stdioWire(speaker: Speaker, options: WireOptions): Promise<RawWire> {
  const { short, ...rest } = speaker;
  return await stdioClient(
    (streams) =>
      serveStdio({
        ...rest,
        ...(short && { short: { path: short, caller } }),
        telemetry: silentTelemetry(),
        ...streams,
      }),
    options,
  );
}

type ServeStreams = (streams: {
  readonly input: PassThrough;
  readonly output: PassThrough;
}) => StdioConnection | Promise<StdioConnection>;

export async function stdioClient(
  serve: ServeStreams,
  { era, capabilities = {} }: WireOptions,
): Promise<RawWire> {
  const input = new PassThrough();
  const output = new PassThrough();
  const connection = await serve({ input, output });
  const waiting = new Map<
    unknown,
    {
      readonly messages: RawMessage[];
      readonly done: (heard: Heard) => void;
      readonly began: (first: RawMessage) => void;
    }
  >();
  let text = '';
  output.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    const lines = text.split('\n');
    text = lines.pop() ?? '';
    for (const line of lines) {
      const message = JSON.parse(line) as RawMessage;
      if (isAnnouncement(message)) continue;
      for (const each of waiting.values()) {
        if (message.method !== undefined || waiting.get(message.id) === each) {
          each.messages.push(message);
          each.began(message);
        }
      }
      const waiter = message.method === undefined ? waiting.get(message.id ?? null) : undefined;
      waiter?.done({ status: 200, messages: waiter.messages });
      if (waiter) waiting.delete(message.id ?? null);
    }
  });
  let lastId = 0;
  const wire: RawWire = {
    begin: (message) => {
      const heard = Promise.withResolvers<Heard>();
      const first = Promise.withResolvers<RawMessage>();
      waiting.set(message['id'] ?? null, { messages: [], done: heard.resolve, began: first.resolve });
      const params = withEnvelope((message['params'] ?? {}) as JsonObject, era, capabilities);
      input.write(`${JSON.stringify({ ...message, params })}\n`);
      return { heard: heard.promise, first: first.promise, leave: () => {} };
    },
    request: async (method, params = {}) => {
      lastId += 1;
      return await wire.begin({ jsonrpc: '2.0', id: lastId, method, params }).heard;
    },
    notify: async (method, params) =>
      void input.write(`${JSON.stringify({ jsonrpc: '2.0', method, params })}\n`),
    answer: async (response) => void input.write(`${JSON.stringify(response)}\n`),
    close: async () => {
      input.end();
      await connection.close();
    },
  };
  if (era === 'legacy') {
    await wire.request('initialize', { protocolVersion: VERSIONS.legacy, capabilities, clientInfo: CLIENT });
    await wire.notify('notifications/initialized', {});
  } else {
    await wire.request('tools/list');
  }
  return wire;
}

/** What is told to everybody, whoever asked for something meanwhile. */
function isAnnouncement({ method }: RawMessage): boolean {
  return method?.endsWith('/list_changed') ?? false;
}
