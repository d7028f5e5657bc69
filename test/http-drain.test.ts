import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { modern } from './support/http-peer.ts';
import { silentTelemetry } from '../src/adapters/telemetry/pino.ts';
import { createMcpRoute } from '../src/surfaces/http/mcp.ts';
import type { McpRouteOptions } from '../src/surfaces/http/mcp.ts';
import type { ShortPath } from '../src/surfaces/mcp/short-path.ts';

/** More than the kernel holds for somebody who does not read. */
const LARGE = 12_000_000;

it('waits for who still reads the rest of an answer', async () => {
  const text = [Buffer.from(JSON.stringify('x'.repeat(LARGE)))];
  const short = { answer: () => Promise.resolve({ text }) } satisfies Pick<ShortPath, 'answer'>;
  const route = createMcpRoute({ telemetry: silentTelemetry(), short } as unknown as McpRouteOptions);
  const server = createServer((request, response) => {
    void route.handle({ request, response, caller: { owner: 'me' } });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const { headers, body } = modern('read', {});
  const all = { host: 'localhost', ...headers, 'mcp-name': 'read', 'content-length': body.length };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${String(value)}\r\n`);
  socket.write(`POST /mcp HTTP/1.1\r\n${lines.join('')}\r\n${body}`);
  let bytes = 0;
  const [first] = (await once(socket, 'data')) as [Buffer];
  socket.pause();
  bytes += first.length;
  let isOver = false;
  const drained = route.drain().then(() => (isOver = true));
  for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
  expect(isOver).toBe(false);
  socket.on('data', (chunk: Buffer) => (bytes += chunk.length));
  socket.resume();
  await drained;
  server.close();
  await once(socket, 'close');
  expect(bytes).toBeGreaterThan(LARGE);
});
