import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { connectDownstream } from '../../src/adapters/downstream/connect.ts';
import type { DownstreamOptions, Launch } from '../../src/core/ports/downstream.ts';
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

describe('a server that is replaced while we run by one that speaks another revision', () => {
  /** Both are there all the time, at one address. */
  async function replaceable() {
    let now: keyof typeof listeners = 'v2';
    const listeners = { v1: sdkHttp('v1'), v2: sdkHttp('v2') };
    const methods: string[] = [];
    const server = createServer((request, response) => {
      methods.push(String(request.headers['mcp-method']));
      listeners[now](request, response);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`;
    const launch: Launch = { kind: 'http', url, headers: {}, allowPrivate: true };
    return {
      launch,
      methods,
      replace: () => {
        now = 'v1';
      },
      close: async () => {
        server.closeAllConnections();
        server.close();
        await once(server, 'close');
      },
    };
  }

  it('is met anew by the next call over HTTP', async () => {
    const server = await replaceable();
    const verdicts: DownstreamOptions['verdict'][] = [];
    const downstream = toPeer(server.launch, server.close).open({
      onVerdict: (verdict) => void verdicts.push(verdict),
    });
    expect(await downstream.offer()).toMatchObject({ era: 'modern' });
    expect(textOf(await downstream.call(toCall('echo', { text: 'one' })))).toBe('one');
    server.replace();
    const both = await Promise.all(
      ['two', 'three'].map((text) => downstream.call(toCall('echo', { text })).then(textOf)),
    );
    expect(both).toEqual(['two', 'three']);
    expect(downstream.health()).toMatchObject({ status: 'ready', era: 'legacy' });
    expect(verdicts).toMatchObject([{ era: 'modern' }, { era: 'legacy' }]);
    await downstream.close();
    await server.close();
  });

  it('is met anew when it is started again', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'tutti-replaced-'));
    const build = join(dir, 'build');
    writeFileSync(build, 'v2');
    const script = `exec '${process.execPath}' '${SDK}' "$(cat '${build}')"`;
    const launch: Launch = { kind: 'stdio', command: '/bin/sh', args: ['-c', script], env: {} };
    const downstream = toPeer(launch).open({ idleShutdownMs: 1 });
    expect(await downstream.offer()).toMatchObject({ era: 'modern' });
    await vi.waitFor(() => expect(downstream.health().status).toBe('idle'), { timeout: 30_000 });
    writeFileSync(build, 'v1');
    expect(textOf(await downstream.call(toCall('echo', { text: 'two' })))).toBe('two');
    expect(downstream.health().era).toBe('legacy');
    await downstream.close();
    rmSync(dir, { recursive: true, force: true });
  });

  it('is not asked for its revision at each refusal, when it still speaks the same', async () => {
    const server = await replaceable();
    const downstream = toPeer(server.launch).open();
    await downstream.offer();
    const other = () => downstream.request('prompts/unheard-of', toCall('echo', {}));
    for (let calls = 0; calls < 5; calls += 1) expect(await other()).toMatchObject({ kind: 'error' });
    expect(server.methods.filter((method) => method === 'server/discover').length).toBeLessThanOrEqual(2);
    await downstream.close();
    await server.close();
  });
});
