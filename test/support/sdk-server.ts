// One and the same server over the two generations of the official SDK.
//   node test/support/sdk-server.ts v1|v2            over stdio
//   node test/support/sdk-server.ts v1|v2 --http     over HTTP on a free port; its address is the first line on stdout
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pathToFileURL } from 'node:url';
import { Server, createMcpHandler, inputRequired } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { Server as ServerV1 } from '@modelcontextprotocol/sdk/server/index.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import {
  CallToolRequestSchema,
  GetPromptRequestSchema,
  ListPromptsRequestSchema,
  ListToolsRequestSchema,
} from '@modelcontextprotocol/sdk/types.js';

type Arguments = Readonly<Record<string, unknown>>;

/** What a tool may do besides answering. */
interface Reach {
  readonly meta: unknown;
  readonly signal: AbortSignal;
  progress(step: number): Promise<void>;
  changed(): Promise<void>;
  ask(): Promise<object>;
}

const TOOLS = ['echo', 'meta', 'fail', 'refuse', 'hang', 'steps', 'big', 'ask', 'change'];
const FORM = { type: 'object' as const, properties: { name: { type: 'string' as const } } };
const capabilities = { tools: { listChanged: true }, prompts: {} };
const info = { name: 'fixture', version: '1.2.3' };
const text = (said: unknown) => ({ content: [{ type: 'text' as const, text: String(said) }] });
const prompt = () => ({
  messages: [{ role: 'user' as const, content: { type: 'text' as const, text: 'Hello.' } }],
});

let added = false;
const tools = () =>
  [...TOOLS, ...(added ? ['added'] : [])].map((name) => ({
    name,
    description: `Does ${name}.`,
    inputSchema: { type: 'object' as const, properties: { text: { type: 'string' } } },
  }));

async function act(name: string, args: Arguments, reach: Reach): Promise<object> {
  switch (name) {
    case 'echo':
      return text(args['text']);
    case 'meta':
      return text(JSON.stringify(reach.meta ?? {}));
    case 'fail':
      return { ...text('It failed.'), isError: true };
    case 'refuse':
      throw Object.assign(new Error('Refused.'), { code: -32_050, data: { why: 'because' } });
    case 'hang':
      await new Promise((done) => reach.signal.addEventListener('abort', done));
      return text('cancelled');
    case 'steps':
      for (let step = 1; step <= 3; step += 1) await reach.progress(step);
      return text('done');
    case 'big':
      return text('x'.repeat(Number(args['bytes'])));
    case 'ask':
      return reach.ask();
    case 'change':
      added = true;
      await reach.changed();
      return text('changed');
    default:
      return text(name);
  }
}

function buildV2(changed: () => Promise<void>): Server {
  const server = new Server(info, { capabilities, instructions: 'Be kind.' });
  server.setRequestHandler('tools/list', () => ({ tools: tools() }));
  server.setRequestHandler('prompts/list', () => ({ prompts: [{ name: 'greet' }] }));
  server.setRequestHandler('prompts/get', prompt);
  server.setRequestHandler('tools/call', async (request, ctx) => {
    const { name, arguments: args = {} } = request.params;
    const meta = request.params['_meta'] as Record<string, unknown> | undefined;
    const answer = await act(name, args, {
      meta,
      signal: ctx.mcpReq.signal,
      progress: (progress) =>
        ctx.mcpReq.notify({
          method: 'notifications/progress',
          params: { progressToken: meta?.['progressToken'] as string, progress, total: 3 },
        }),
      changed,
      ask: () => {
        const given = ctx.mcpReq.inputResponses?.['name'];
        return Promise.resolve(
          given === undefined
            ? inputRequired({
                inputRequests: { name: inputRequired.elicit({ message: 'Who?', requestedSchema: FORM }) },
              })
            : text(JSON.stringify(given)),
        );
      },
    });
    return answer as { content: [] };
  });
  return server;
}

function buildV1(): ServerV1 {
  const server = new ServerV1(info, { capabilities, instructions: 'Be kind.' });
  server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: tools() }));
  server.setRequestHandler(ListPromptsRequestSchema, () => ({ prompts: [{ name: 'greet' }] }));
  server.setRequestHandler(GetPromptRequestSchema, prompt);
  server.setRequestHandler(CallToolRequestSchema, async (request, extra) => {
    const { name, arguments: args = {} } = request.params;
    const meta = request.params['_meta'];
    const answer = await act(name, args, {
      meta,
      signal: extra.signal,
      progress: (progress) =>
        extra.sendNotification({
          method: 'notifications/progress',
          params: { progressToken: meta?.progressToken ?? '', progress, total: 3 },
        }),
      changed: () => server.sendToolListChanged(),
      ask: async () =>
        text(
          JSON.stringify(
            await server.elicitInput(
              { message: 'Who?', requestedSchema: FORM },
              { relatedRequestId: extra.requestId },
            ),
          ),
        ),
    });
    return answer as { content: [] };
  });
  return server;
}

/** Both generations of the SDK over HTTP, as plain request listeners. */
export function sdkHttp(generation: 'v1' | 'v2'): RequestListener {
  return generation === 'v1' ? httpV1() : httpV2();
}

function httpV2(): RequestListener {
  const handler = createMcpHandler(() =>
    buildV2(() => {
      handler.notify.toolsChanged();
      return Promise.resolve();
    }),
  );
  return (request, response) => {
    void relay(handler, request, response).catch(() => response.destroy());
  };
}

/** Answers a request of Node by a handler of web requests. */
export async function relay(
  handler: { fetch(request: Request): Promise<Response> },
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { method = 'GET', headers, url = '/' } = request;
  const answer = await handler.fetch(
    new Request(`http://${headers.host}${url}`, {
      method,
      headers: Object.entries(headers).map(([name, value]) => [name, String(value)] as [string, string]),
      signal: gone.signal,
      ...(chunks.length > 0 && { body: Buffer.concat(chunks) }),
    }),
  );
  response.writeHead(answer.status, Object.fromEntries(answer.headers));
  for await (const chunk of answer.body ?? []) response.write(chunk);
  response.end();
}

function httpV1(): RequestListener {
  const sessions = new Map<string, StreamableHTTPServerTransport>();
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const id = request.headers['mcp-session-id'];
    let transport = sessions.get(String(id));
    if (id !== undefined && transport === undefined) {
      const error = { code: -32_001, message: 'Session not found' };
      response.writeHead(404, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ jsonrpc: '2.0', error, id: null }));
      return;
    }
    if (transport === undefined) {
      const fresh = new StreamableHTTPServerTransport({
        sessionIdGenerator: randomUUID,
        onsessioninitialized: (session) => {
          sessions.set(session, fresh);
        },
      });
      await buildV1().connect(fresh as Parameters<ServerV1['connect']>[0]);
      transport = fresh;
    }
    await transport.handleRequest(request, response);
  };
  return (request, response) => void serve(request, response);
}

async function main(): Promise<void> {
  const [generation = 'v2', http] = process.argv.slice(2);
  if (http !== undefined) {
    const server = createServer(sdkHttp(generation as 'v1' | 'v2')).listen(0, '127.0.0.1', () => {
      process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp\n`);
    });
  } else if (generation === 'v1') await buildV1().connect(new StdioServerTransport());
  else {
    serveStdio(() => {
      const server = buildV2(() => server.sendToolListChanged());
      return server;
    });
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main();
