import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterEach, describe, expect, it } from 'vitest';
import { createApp } from '../src/app.ts';
import { loadConfig } from '../src/config.ts';
import { serveFake } from './support/faces.ts';
import type { Served } from './support/faces.ts';
import { JSON_HEADERS, ask, initialize, ping } from './support/http-peer.ts';

const OLD = 'token-that-is-taken-back';
const STAYS = 'token-that-stays-as-it-is';
const NEW = 'token-that-is-given-out-now';
const SETTINGS = { approvers: [], allowedHosts: [], allowedOrigins: [] };

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

async function serve(options: Parameters<typeof serveFake>[0]): Promise<Served> {
  const served = await serveFake(options);
  ends.push(async () => await served.close());
  return served;
}

const bearer = (token: string) => ({ ...JSON_HEADERS, authorization: `Bearer ${token}` });

async function openSession(url: string, headers: Record<string, string>): Promise<Record<string, string>> {
  const answer = await ask(url, { headers, body: initialize });
  expect(answer.status).toBe(200);
  return { ...headers, 'mcp-session-id': String(answer.headers['mcp-session-id']) };
}

describe('who is let in', () => {
  it('changes at once: sessions and streams of those who are not let in any more end', async () => {
    const served = await serve({ tokens: [OLD, STAYS] });
    const gone = await openSession(served.url, bearer(OLD));
    const kept = await openSession(served.url, bearer(STAYS));
    const listening = JSON.stringify({
      jsonrpc: '2.0',
      id: 7,
      method: 'subscriptions/listen',
      params: {
        notifications: { toolsListChanged: true },
        _meta: {
          'io.modelcontextprotocol/protocolVersion': '2026-07-28',
          'io.modelcontextprotocol/clientCapabilities': {},
        },
      },
    });
    const streams = [
      await fetch(served.url, { headers: { ...gone, accept: 'text/event-stream' } }),
      await fetch(served.url, {
        method: 'POST',
        headers: {
          ...bearer(OLD),
          'mcp-protocol-version': '2026-07-28',
          'mcp-method': 'subscriptions/listen',
        },
        body: listening,
      }),
    ];
    expect(streams.map(({ status }) => status)).toEqual([200, 200]);
    const ended = streams.map(async (each) => await each.text().catch(() => 'cut'));

    const use = await served.prepare({ ...SETTINGS, tokens: [STAYS, NEW] });
    expect((await ask(served.url, { headers: gone, body: ping })).status).toBe(200);
    use();

    await Promise.all(ended);
    expect((await ask(served.url, { headers: gone, body: ping })).status).toBe(401);
    expect((await ask(served.url, { headers: kept, body: ping })).status).toBe(200);
    await openSession(served.url, bearer(NEW));
    // Given back, the token opens sessions of its own: the former one is gone.
    (await served.prepare({ ...SETTINGS, tokens: [OLD] }))();
    expect((await ask(served.url, { headers: gone, body: ping })).status).toBe(404);
  });

  it.each([
    ['that can be asked nothing', {}],
    ['that can be asked', { elicitation: { form: {} } }],
  ])('tells a client %s that waits for an answer that none will come', async (_who, capabilities) => {
    const served = await serve({ tokens: [OLD] });
    const client = new Client({ name: 'waits', version: '1' }, { capabilities });
    const requestInit = { headers: { authorization: `Bearer ${OLD}` } };
    await client.connect(new StreamableHTTPClientTransport(new URL(served.url), { requestInit }));
    const started = await client.callTool({
      name: 'start_workflow',
      arguments: { workflow_name: 'DEMO' },
    });
    const { instance_id } = started.structuredContent as { instance_id: string };
    const report = { status: 'wait' };
    const answer = client.callTool({ name: 'advance_workflow', arguments: { instance_id, report } });
    const failed = answer.then(
      () => 'answered',
      (error: unknown) => String(error),
    );
    await expect.poll(() => served.fake.signals.length).toBe(1);
    (await served.prepare({ ...SETTINGS, tokens: [STAYS] }))();
    served.fake.release();
    expect(await failed).toContain('This session ended before the request was answered');
    await client.close();
  });

  it('ends the sessions of a token that got another name or other bounds', async () => {
    const served = await serve({ tokens: [{ token: OLD, name: 'ada' }] });
    const session = await openSession(served.url, bearer(OLD));
    (await served.prepare({ ...SETTINGS, tokens: [{ token: OLD, name: 'bob' }] }))();
    expect((await ask(served.url, { headers: session, body: ping })).status).toBe(404);
  });

  it('is not everybody beyond this machine; nothing changes then', async () => {
    const served = await serve({ host: '0.0.0.0', tokens: [STAYS] });
    await expect(served.prepare({ ...SETTINGS, tokens: [] })).rejects.toMatchObject({
      code: 'server/unsafe-bind',
    });
    await expect(served.prepare({ ...SETTINGS, tokens: [' '] })).rejects.toMatchObject({
      code: 'config/invalid',
    });
    const local = served.url.replace('0.0.0.0', '127.0.0.1');
    expect((await ask(local, { body: ping })).status).toBe(401);
    await openSession(local, bearer(STAYS));
  });
});

describe('a configuration that changed', () => {
  it('is taken at once where it says who is let in, and named where it waits for the next start', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'tutti-admittance-'));
    ends.push(async () => rmSync(dir, { recursive: true, force: true }));
    const file = join(dir, 'tutti.config.json');
    const write = (config: object) => writeFileSync(file, JSON.stringify(config));
    const load = () => loadConfig({ file, cwd: dir, env: {}, folders: { config: dir, data: dir } });
    const store = 'sqlite::memory:';
    write({ store, http: { auth: { tokens: [OLD] } } });
    const logged: (readonly [string, string])[] = [];
    const app = await createApp(load(), {
      telemetry: {
        log: (_level, event, fields) => void logged.push([event, String(fields?.['message'] ?? '')]),
      },
    });
    ends.push(async () => await app.close());
    const { url } = await app.serveHttp({ port: 0 });
    app.follow(load);
    const status = async (token: string) =>
      (await ask(url, { headers: bearer(token), body: initialize })).status;
    expect([await status(OLD), await status(NEW)]).toEqual([200, 401]);

    write({ store, http: { auth: { tokens: [NEW] } } });
    await expect.poll(() => logged.map(([event]) => event)).toContain('config/taken');
    expect([await status(OLD), await status(NEW)]).toEqual([401, 200]);

    logged.length = 0;
    write({ store, toolsets: ['gateway'], http: { port: 7, auth: { tokens: [NEW] } } });
    await expect
      .poll(() => logged)
      .toEqual([['config/restart', 'What changed in toolsets, http.port takes effect at the next start.']]);
  });
});
