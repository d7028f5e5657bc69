import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createApp } from '../src/app.ts';
import type { App } from '../src/app.ts';
import { loadConfig } from '../src/config.ts';
import { programOf } from './support/programs.ts';
import { verifies } from './support/world.ts';

const GONE = /^The file of the store is gone since it was opened, so nothing is written any more\./;

let root: string;
let data: string;
let open: () => Promise<App>;
let app: App;
let url: string;
let client: Client;
let logged: readonly (readonly [level: string, event: string, fields: unknown])[];
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'tutti-lost-'));
  data = join(root, 'data');
  const file = join(root, 'tutti.config.json');
  const shop = {
    command: process.execPath,
    args: [programOf('hostile-server'), JSON.stringify({ tools: ['echo'] })],
  };
  writeFileSync(file, JSON.stringify({ store: 'sqlite:./data/tutti.db', mcpServers: { shop } }));
  logged = [];
  const log = (level: string, event: string, fields?: unknown) => {
    logged = [...logged, [level, event, fields]];
  };
  const config = loadConfig({ file, cwd: root, env: {}, folders: { config: root, data: root } });
  open = async () => await createApp(config, { telemetry: { log } });
  app = await open();
  ({ url } = await app.serveHttp({ port: 0 }));
  client = new Client({ name: 'test', version: '1' });
  await client.connect(new StreamableHTTPClientTransport(new URL(url)));
});
afterEach(async () => {
  await client.close();
  await app.close();
  rmSync(root, { recursive: true, force: true });
});

const ready = async () => {
  const response = await fetch(url.replace('/mcp', '/readyz'));
  return { status: response.status, body: (await response.json()) as unknown };
};
const call = () =>
  app.orchestrator.gateway.call(
    app.caller,
    { name: 'shop__echo', arguments: { text: 'x' } },
    { capabilities: {}, repeats: false },
  );
const start = () => app.orchestrator.start(app.caller, { workflow: 'WORKFLOW_CREATOR' });
const servers = async () => await client.callTool({ name: 'list_servers', arguments: {} });
const lost = () => logged.filter(([, event]) => event === 'store/lost');

describe('a store whose file goes away while Tutti runs', () => {
  verifies(
    ['gateway/lost-store'],
    'takes no write that nobody would find again, and everybody who looks is told',
    async () => {
      await call();
      expect(await ready()).toEqual({ status: 200, body: { ok: true } });
      expect((await servers()).structuredContent).not.toHaveProperty('problem');
      rmSync(data, { recursive: true });
      const problem = expect.stringMatching(GONE);
      await expect(start()).rejects.toMatchObject({ code: 'store/unavailable', message: problem });
      expect(await ready()).toEqual({ status: 503, body: { ok: false, problem } });
      const listed = await servers();
      expect(listed.structuredContent).toMatchObject({ problem, servers: [{ name: 'shop' }] });
      expect(listed.content).toMatchObject([{ text: problem }]);
      expect(lost()).toEqual([['error', 'store/lost', { path: join(data, 'tutti.db'), message: problem }]]);
      expect(await call()).toMatchObject({ kind: 'result' });
      await expect.poll(() => logged.map(([, event]) => event)).toContain('audit.unwritten');
    },
  );

  it.each([
    { what: 'its file alone', gone: ['tutti.db'], left: ['tutti.db-shm', 'tutti.db-wal'] },
    { what: 'its file and its log', gone: ['tutti.db', 'tutti.db-shm', 'tutti.db-wal'], left: [] },
  ])('says what then begins anew, without $what', async ({ gone, left }) => {
    await call();
    for (const name of gone) rmSync(join(data, name));
    const { body } = await ready();
    const { problem } = body as { readonly problem: string };
    expect(problem).toMatch(GONE);
    for (const name of left) expect(problem).toContain(join(data, name));
    expect(problem).toContain(left.length === 0 ? 'start Tutti anew' : 'remove');
    await client.close();
    await app.close();
    // As it says.
    for (const name of left) rmSync(join(data, name), { force: true });
    app = await open();
    await expect(start()).resolves.toMatchObject({ status: 'RUNNING' });
  });

  it('goes on where it is put back, not where another one lies there', async () => {
    renameSync(data, `${data}-moved`);
    await expect(start()).rejects.toMatchObject({ code: 'store/unavailable' });
    renameSync(`${data}-moved`, data);
    await expect(start()).resolves.toMatchObject({ status: 'RUNNING' });
    expect((await ready()).status).toBe(200);
    const path = join(data, 'tutti.db');
    renameSync(path, `${path}.old`);
    writeFileSync(path, '');
    await expect(start()).rejects.toMatchObject({
      message: expect.stringMatching(/^The file of the store is another one/),
    });
    expect(lost()).toHaveLength(2);
  });
});
