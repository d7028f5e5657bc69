// What a gateway is when the official SDK's server and client are joined and nothing is done about speed.
//   node bench/gateway/sdk-joined.ts http|stdio URL|COMMAND …
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { Server, createMcpHandler } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';

const [face, ...behind] = process.argv.slice(2);
const [target = ''] = behind;
const info = { name: 'sdk-joined', version: '1.0.0' };
const downstream = new Client(info, { capabilities: {}, versionNegotiation: { mode: 'auto' } });
await downstream.connect(
  target.startsWith('http')
    ? new StreamableHTTPClientTransport(new URL(target))
    : new StdioClientTransport({ command: target, args: behind.slice(1) }),
);
const { tools } = await downstream.listTools();

function build(): Server {
  const server = new Server(info, { capabilities: { tools: {} } });
  server.setRequestHandler('tools/list', () => ({ tools }));
  server.setRequestHandler('tools/call', async ({ params }, { mcpReq }) => {
    const call = {
      method: 'tools/call' as const,
      params: { name: params.name, arguments: params.arguments ?? {} },
    };
    return await downstream.request(call, { signal: mcpReq.signal });
  });
  return server;
}

const handler = createMcpHandler(build);

async function exchange(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { method = 'GET' } = request;
  const web = new Request(`http://localhost${request.url ?? '/'}`, {
    method,
    headers: request.headers as Record<string, string>,
    ...(method === 'POST' && { body: Buffer.concat(chunks) }),
  });
  const answer = await handler.fetch(web);
  response.writeHead(answer.status, Object.fromEntries(answer.headers));
  if (answer.body === null) response.end();
  else await pipeline(Readable.fromWeb(answer.body), response).catch(() => undefined);
}

if (face === 'http') {
  const server = createServer((request, response) => void exchange(request, response));
  server.listen(0, '127.0.0.1', () =>
    process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp\n`),
  );
} else serveStdio(build);
