// The same tiny server as most servers are: over the official SDK, which costs it more than a call costs us.
//   node bench/gateway/downstream-sdk.ts 3
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Server, createMcpHandler } from '@modelcontextprotocol/server';

const SENTENCE = 'The quick brown fox jumps over the lazy dog, and nobody minds. ';
const whole = SENTENCE.repeat(Math.ceil(1_048_576 / SENTENCE.length));
const tools = Array.from({ length: Number(process.argv[2] ?? 3) }, (_, n) => ({
  name: n === 0 ? 'echo' : `tool_${n}`,
  description: `Tool number ${n}, answers with text of the length asked for.`,
  inputSchema: {
    type: 'object' as const,
    properties: { n: { type: 'integer' }, bytes: { type: 'integer' } },
    required: ['n'],
  },
  annotations: { readOnlyHint: true, openWorldHint: false },
}));

const handler = createMcpHandler(() => {
  const server = new Server({ name: 'bench', version: '1.0.0' }, { capabilities: { tools: {} } });
  server.setRequestHandler('tools/list', () => ({ tools }));
  server.setRequestHandler('tools/call', ({ params }) => {
    const { n, bytes } = params.arguments as { readonly n: number; readonly bytes: number };
    return { content: [{ type: 'text', text: `${n} ${whole.slice(0, bytes)}` }] };
  });
  return server;
});

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

const server = createServer((request, response) => void exchange(request, response));
server.keepAliveTimeout = 600_000;
server.listen(0, '127.0.0.1', () =>
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp\n`),
);
