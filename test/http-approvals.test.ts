import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createApp } from '../src/app.ts';
import type { App } from '../src/app.ts';
import { loadConfig } from '../src/config.ts';
import { programOf } from './support/programs.ts';

const PERSON = 'the-token-of-a-person-who-decides';
const SAME = 'the-token-of-the-one-who-asked-it';
const AGENT = 'the-token-of-an-agent-that-calls';

let dir: string;
let app: App;
let api: string;
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'tutti-approvals-'));
  const file = join(dir, 'tutti.config.json');
  const shop = {
    command: process.execPath,
    args: [programOf('hostile-server'), JSON.stringify({ tools: ['echo'] })],
  };
  const config = {
    store: 'sqlite::memory:',
    http: {
      auth: {
        tokens: [{ token: AGENT, name: 'ada' }],
        approvers: [
          { token: PERSON, name: 'ada' },
          { token: SAME, name: 'ada@login.example.com' },
        ],
      },
    },
    policy: {
      fourEyes: true,
      rules: [{ when: 'true', effect: 'ask', reason: 'Somebody looks at everything here.' }],
    },
    mcpServers: { shop },
  };
  writeFileSync(file, JSON.stringify(config));
  app = await createApp(loadConfig({ file, cwd: dir, env: {}, folders: { config: dir, data: dir } }));
  const { url } = await app.serveHttp({ port: 0 });
  api = url.replace('/mcp', '/api/approvals');
});
afterEach(async () => {
  await app.close();
  rmSync(dir, { recursive: true, force: true });
});

const call = async (text: string) =>
  await app.orchestrator.gateway.call(
    app.caller,
    { name: 'shop__echo', arguments: { text } },
    { capabilities: {}, repeats: false },
  );

async function ask(path: string, { token = PERSON, ...rest }: RequestInit & { token?: string } = {}) {
  const response = await fetch(`${api}${path}`, { ...rest, headers: { authorization: `Bearer ${token}` } });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}
const decide = async (id: string, body: string, token?: string) =>
  await ask(`/${id}`, { method: 'POST', body, ...(token !== undefined && { token }) });

async function waiting(): Promise<string> {
  const outcome = await call('hello');
  return outcome.kind === 'approval' ? outcome.approval.id : '';
}

describe('the approvals over HTTP', () => {
  it('are shown whole to a person, and let a call through once', async () => {
    const id = await waiting();
    const { body } = await ask('?status=pending');
    expect(body).toMatchObject({
      approvals: [{ approval_id: id, server: 'shop', tool: 'echo', arguments: { text: 'hello' } }],
    });
    expect(await ask(`/${id}`)).toMatchObject({ status: 200, body: { status: 'pending' } });
    expect(await decide(id, '{"decision":"approved"}')).toMatchObject({
      status: 200,
      body: { status: 'approved', decided_by: 'api:ada' },
    });
    expect((await call('hello')).kind).toBe('result');
    expect((await call('hello')).kind).toBe('approval');
    expect(await decide(id, '{"decision":"denied"}')).toMatchObject({ status: 409 });
  });

  it('are for nobody but those who are named for it, and their tokens for nothing else', async () => {
    const id = await waiting();
    expect((await ask('', { token: AGENT })).status).toBe(401);
    expect((await decide(id, '{"decision":"approved"}', AGENT)).status).toBe(401);
    expect((await fetch(api)).status).toBe(401);
    const mcp = await fetch(api.replace('/api/approvals', '/mcp'), {
      method: 'POST',
      headers: { authorization: `Bearer ${PERSON}` },
    });
    expect(mcp.status).toBe(401);
    expect((await ask(`/${id}`)).body).toMatchObject({ status: 'pending' });
  });

  it('cannot be given by whoever asked, where four eyes are wanted', async () => {
    const asked = { owner: 'oauth:x', name: 'ada@login.example.com' };
    const outcome = await app.orchestrator.gateway.call(
      asked,
      { name: 'shop__echo', arguments: { text: 'mine' } },
      { capabilities: {}, repeats: false },
    );
    const id = outcome.kind === 'approval' ? outcome.approval.id : '';
    expect(await decide(id, '{"decision":"approved"}', SAME)).toMatchObject({ status: 403 });
    expect(await decide(id, '{"decision":"approved"}')).toMatchObject({ status: 200 });
  });

  it.each([
    ['no JSON', 'approved', 400],
    ['another word', '{"decision":"yes"}', 400],
    ['more than the decision', '{"decision":"approved","all":true}', 400],
    ['far too much', `{"decision":"${'x'.repeat(10_000)}"}`, 413],
  ])('refuse %s, and nothing is decided', async (_, body, status) => {
    const id = await waiting();
    expect(await decide(id, body)).toMatchObject({ status });
    expect((await ask(`/${id}`)).body).toMatchObject({ status: 'pending' });
  });

  it('say what is not there', async () => {
    expect((await ask('/00000000-0000-0000-0000-000000000000')).status).toBe(404);
    expect((await ask('?status=never')).status).toBe(400);
    expect((await ask('?limit=0')).status).toBe(400);
    expect((await ask('', { method: 'DELETE' })).status).toBe(405);
    expect((await fetch(`${api}x`, { headers: { authorization: `Bearer ${PERSON}` } })).status).toBe(404);
  });
});
