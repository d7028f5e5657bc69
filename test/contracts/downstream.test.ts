import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { connectDownstream } from '../../src/adapters/downstream/connect.ts';
import type { Launch } from '../../src/core/ports/downstream.ts';
import { programOf } from '../support/programs.ts';
import { sdkHttp } from '../support/sdk-server.ts';
import { describeDownstream, textOf, toCall } from './downstream.contract.ts';
import type { Peer } from './downstream.contract.ts';

const open = connectDownstream({
  introduction: { name: 'tutti', version: '0.0.0' },
  variables: process.env,
  clock: { now: Date.now, random: Math.random },
});

function toPeer(launch: Launch, close: () => Promise<void> = () => Promise.resolve()): Peer {
  const options = { server: 'fixture', launch, connectMs: 20_000, maxMemoryBytes: 1_073_741_824 };
  return { open: (more) => open({ ...options, ...more }), close };
}

function program(path: string, ...args: string[]): Launch {
  return { kind: 'stdio', command: process.execPath, args: [path, ...args], env: {} };
}

async function overHttp(generation: 'v1' | 'v2'): Promise<Peer> {
  const server = createServer(sdkHttp(generation)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`;
  return toPeer({ kind: 'http', url, headers: {}, allowPrivate: true }, async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
}

const SDK = programOf('sdk-server');
describeDownstream('the SDK of 2025 over stdio', () => Promise.resolve(toPeer(program(SDK, 'v1'))), {
  era: 'legacy',
});
describeDownstream('the SDK of 2026 over stdio', () => Promise.resolve(toPeer(program(SDK, 'v2'))), {
  era: 'modern',
});
describeDownstream('the SDK of 2025 over HTTP', () => overHttp('v1'), { era: 'legacy' });
describeDownstream('the SDK of 2026 over HTTP', () => overHttp('v2'), { era: 'modern' });

describe('the reference server', () => {
  const everything = resolve('node_modules/@modelcontextprotocol/server-everything/dist/index.js');

  it('is listed and called', async () => {
    const downstream = toPeer(program(everything, 'stdio')).open();
    const offer = await downstream.offer();
    expect(offer).toMatchObject({ era: 'legacy', dropped: [] });
    expect(offer.tools.length).toBeGreaterThan(10);
    expect(offer.prompts.length).toBeGreaterThan(0);
    expect(offer.resources.length).toBeGreaterThan(0);
    expect(offer.resourceTemplates.length).toBeGreaterThan(0);
    expect(textOf(await downstream.call(toCall('echo', { message: 'hello' })))).toBe('Echo: hello');
    await downstream.close();
  });
});
