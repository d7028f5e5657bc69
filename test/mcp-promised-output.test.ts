import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Server } from '@modelcontextprotocol/server';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StreamableHTTPClientTransport as OldHttp } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentTelemetry } from '../src/adapters/telemetry/pino.ts';
import { createApp } from '../src/app.ts';
import type { App } from '../src/app.ts';
import { loadConfig } from '../src/config.ts';
import { newClient, oldClient } from './support/faces.ts';
import type { AnyClient } from './support/faces.ts';
import { httpWire } from './support/raw-wires.ts';

// Tools that promise structured content, under the policy that holds where nothing is configured. Clients of the SDKs throw away what does
// not keep the promise, so what we say in the place of a result must be exempt from it.

const outputSchema = {
  type: 'object' as const,
  properties: { lines: { type: 'array', items: { type: 'string' } } },
  required: ['lines'],
  additionalProperties: false,
};
const inputSchema = {
  type: 'object' as const,
  properties: { lines: { type: 'integer' }, fails: { type: 'boolean' } },
};
const LARGER_THAN_INLINE = 2000;

function server(): Server {
  const made = new Server({ name: 'promising', version: '1' }, { capabilities: { tools: {} } });
  made.setRequestHandler('tools/list', () => ({
    tools: [
      { name: 'read_log', inputSchema, outputSchema, annotations: { readOnlyHint: true } },
      { name: 'delete_log', inputSchema, outputSchema, annotations: { destructiveHint: true } },
      { name: 'read_all', inputSchema, annotations: { readOnlyHint: true } },
    ],
  }));
  made.setRequestHandler('tools/call', ({ params }) => {
    const lines = Array.from({ length: Number(params.arguments?.['lines'] ?? 1) }, () => 'x'.repeat(64));
    if (params.arguments?.['fails'] === true)
      return { content: [{ type: 'text', text: `no: ${lines.join('')}` }], isError: true };
    return { content: [], structuredContent: { lines } };
  });
  return made;
}

describe.each([true, false])('a tool that promises structured content (short path: %s)', (shortPath) => {
  let dir: string;
  let file: string;
  let app: App;
  let url: URL;
  let behind: Awaited<ReturnType<typeof httpWire>>;
  beforeAll(async () => {
    behind = await httpWire({ build: server }, { era: 'modern' });
    dir = mkdtempSync(join(tmpdir(), 'tutti-promised-'));
    file = join(dir, 'tutti.config.json');
    const mcpServers = { logs: { url: behind.url, prefix: false, trusted: true } };
    writeFileSync(file, JSON.stringify({ mcpServers, store: 'sqlite::memory:' }));
    const config = loadConfig({ file, cwd: dir, env: {} });
    app = await createApp(config, { telemetry: silentTelemetry(), shortPath });
    url = new URL((await app.serveHttp({ port: 0, toolsets: ['gateway-all'] })).url);
  });
  afterAll(async () => {
    await app.close();
    await behind.close();
    rmSync(dir, { recursive: true, force: true });
  });

  const clients: readonly (readonly [string, () => Promise<AnyClient>])[] = [
    ['v2, modern', async () => await connected('modern')],
    ['v2, legacy', async () => await connected('legacy')],
    [
      'v1',
      async () => {
        const client = oldClient();
        await client.connect(new OldHttp(url) as never);
        return client as unknown as AnyClient;
      },
    ],
  ];
  async function connected(era: 'modern' | 'legacy'): Promise<AnyClient> {
    const client = newClient(era);
    await client.connect(new StreamableHTTPClientTransport(url));
    return client as unknown as AnyClient;
  }

  it.each(clients)('answers a client that holds it to that: %s', async (_name, connect) => {
    const client = await connect();
    // From now on it knows what was promised.
    await client.listTools();
    const call = async (name: string, args: object) => await client.callTool({ name, arguments: args });
    const kept = await call('read_log', { lines: 2 });
    expect(kept.structuredContent).toEqual({ lines: ['x'.repeat(64), 'x'.repeat(64)] });

    const stored = await call('read_log', { lines: LARGER_THAN_INLINE });
    expect(stored.isError).toBe(true);
    expect(stored.content[0]?.text).toMatch(/^The call succeeded; do not repeat it/);
    expect(stored.content).toContainEqual(
      expect.objectContaining({
        type: 'resource_link',
        uri: expect.stringMatching(/^tutti:\/\/result\//) as string,
      }),
    );

    for (const name of ['read_log', 'read_all']) {
      const failed = await call(name, { lines: LARGER_THAN_INLINE, fails: true });
      expect(failed.isError).toBe(true);
      const said = failed.content.flatMap(({ text = '' }) => text.slice(0, 80)).join(' ');
      expect(said).toContain('no: xxx');
      expect(said).not.toContain('succeeded');
    }

    const waiting = await call('delete_log', { lines: 1 });
    expect(waiting.isError).toBe(true);
    const [told] = waiting.content;
    expect(told?.text).toMatch(/A person must decide.*tutti approvals approve \S+ .*same call again/s);
    const [, id = '', more] = /approve (\S+) ([^`]+)`/.exec(told?.text ?? '') ?? [];
    // It was named, so that whoever does not name it has another store.
    expect(more).toBe(`--config ${file}`);
    expect(waiting).toMatchObject({
      _meta: { tutti: { kind: 'approval', approval: { approval_id: id, status: 'pending' } } },
    });

    const misused = await call('read_log', { lines: 'many' });
    expect(misused.isError).toBe(true);
    expect(misused.content[0]?.text).toMatch(/^[A-Z_]+: /);

    await app.orchestrator.gateway.operator.decide(id, 'approved', 'a person');
    expect((await call('delete_log', { lines: 1 })).structuredContent).toEqual({ lines: ['x'.repeat(64)] });
    await client.close();
  });
});
