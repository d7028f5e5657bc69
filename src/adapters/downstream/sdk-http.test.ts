import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { connectDownstream } from './connect.ts';
import { explain } from './sdk-http.ts';

const open = connectDownstream({
  introduction: { name: 'tutti', version: '0.0.0' },
  variables: {},
  clock: { now: Date.now, random: Math.random },
});

/** What is said where whoever connects is treated so; nobody is there without `treat`. */
async function saidOf(kind: 'http' | 'sse', treat?: (socket: Socket) => void): Promise<unknown> {
  const server = createServer(treat).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`;
  if (treat === undefined) await new Promise((resolve) => void server.close(resolve));
  const launch = { kind, url, headers: {}, allowPrivate: true } as const;
  const downstream = open({ server: 'there', launch, connectMs: 20_000, maxMemoryBytes: 1_000_000_000 });
  const said = await downstream.offer().catch((error: unknown) => error);
  expect(downstream.health().error).toBe((said as Error).message);
  await downstream.close();
  server.close();
  return said;
}

describe('a server that cannot be reached', () => {
  it.each(['http', 'sse'] as const)('is said not to be there, over %s', async (kind) => {
    expect(await saidOf(kind)).toMatchObject({
      code: 'downstream/unavailable',
      message: expect.stringMatching(
        /^The server cannot be reached: connect ECONNREFUSED 127\.0\.0\.1:\d+\.$/,
      ),
      data: { sent: false },
    });
  });

  it.each(['http', 'sse'] as const)('is said to have hung up, over %s', async (kind) => {
    expect(await saidOf(kind, (socket) => socket.destroy())).toMatchObject({
      code: 'downstream/unavailable',
      message: expect.stringMatching(
        /^The connection broke before the answer came: .*\((UND_ERR_SOCKET|ECONNRESET)\)\.$/,
      ),
    });
  });

  it('is said to show a certificate that is not trusted, and what to do about it', () => {
    const said =
      'self-signed certificate; if the root CA is installed locally, try running Node.js with --use-system-ca';
    const cause = Object.assign(new Error(said), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
    const failure = new TypeError('fetch failed', { cause });
    const message = expect.stringMatching(
      /found: self-signed certificate \(DEPTH_ZERO_SELF_SIGNED_CERT\)\. .* NODE_EXTRA_CA_CERTS\.$/,
    );
    const probed = new Error('Version negotiation probe failed: fetch failed', { cause: failure });
    expect(explain(probed)).toMatchObject({ message, data: { sent: false } });
    expect(explain(new Error('SSE error: TypeError: fetch failed'), { failure })).toMatchObject({ message });
  });
});

/** Speaks the old transport alone, and answers every call with so much. */
async function oldServer(bytes: number) {
  let stream: ServerResponse | undefined;
  const results: Readonly<Record<string, object>> = {
    initialize: {
      protocolVersion: '2024-11-05',
      capabilities: { tools: {} },
      serverInfo: { name: 'old', version: '1' },
    },
    'tools/list': { tools: [{ name: 'big', inputSchema: { type: 'object' } }] },
    'tools/call': { content: [{ type: 'text', text: 'x'.repeat(bytes) }] },
  };
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (request.method === 'GET') {
      stream = response.writeHead(200, { 'content-type': 'text/event-stream' });
      stream.write('event: endpoint\ndata: /messages\n\n');
      return;
    }
    let body = '';
    for await (const chunk of request) body += String(chunk);
    if (request.url !== '/messages') return void response.writeHead(405).end();
    response.writeHead(202).end();
    const { id, method } = JSON.parse(body) as { readonly id?: string; readonly method: string };
    const result = results[method];
    if (id === undefined || result === undefined) return;
    stream?.write(`data: ${JSON.stringify({ jsonrpc: '2.0', id, result })}\n\n`);
  };
  const server = createHttpServer((request, response) => void answer(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

describe('a server of the old transport that was written down as one of the new', () => {
  it('answers for as long as it likes', async () => {
    const bytes = 3_000_000;
    const server = await oldServer(bytes);
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`;
    const launch = { kind: 'http', url, headers: {}, allowPrivate: true } as const;
    const downstream = open({ server: 'old', launch, connectMs: 20_000, maxMemoryBytes: 1_000_000_000 });
    const limits = { idleMs: 20_000, timeoutMs: 20_000, maxBytes: 2 * bytes, inlineBytes: 2 * bytes };
    for (let made = 0; made < 3; made += 1) {
      const answer = await downstream.call({ params: { name: 'big', arguments: {} }, ...limits });
      if (answer.kind !== 'result') throw new Error(answer.kind);
      expect(answer.payload.bytes.byteLength).toBeGreaterThan(bytes);
    }
    await downstream.close();
    server.closeAllConnections();
    server.close();
  });
});
