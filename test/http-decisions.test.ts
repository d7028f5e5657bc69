import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect } from 'vitest';
import { createApp } from '../src/app.ts';
import type { App } from '../src/app.ts';
import { loadConfig } from '../src/config.ts';
import { workflow } from './support/workflows.ts';
import { verifies } from './support/world.ts';

const PERSON = 'the-token-of-a-person-who-decides';
const AGENT = 'the-token-of-an-agent-that-calls';

const judged = workflow(
  {
    Judge: 'If it reads well, proceed to "Print". If it does not, proceed to "Rewrite".',
    Rewrite: 'Proceed to "Judge".',
    Print: 'Proceed to "FINISH".',
  },
  '---\ndeciders: [human]\n---\n\n# Judged\n',
);

let dir: string;
let app: App;
let api: string;
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'tutti-decisions-'));
  for (const [path, text] of Object.entries(judged)) {
    const at = join(dir, 'workflows', 'JUDGED', path);
    mkdirSync(dirname(at), { recursive: true });
    writeFileSync(at, text);
  }
  const file = join(dir, 'tutti.config.json');
  const auth = { tokens: [{ token: AGENT, name: 'bot' }], approvers: [{ token: PERSON, name: 'bea' }] };
  const workflows = { dir: 'workflows', shipped: false, thinkingMs: 3_600_000 };
  writeFileSync(file, JSON.stringify({ store: 'sqlite::memory:', workflows, http: { auth } }));
  app = await createApp(loadConfig({ file, cwd: dir, env: {}, folders: { config: dir, data: dir } }));
  const { url } = await app.serveHttp({ port: 0 });
  api = url.replace('/mcp', '/api/decisions');
});
afterEach(async () => {
  await app.close();
  rmSync(dir, { recursive: true, force: true });
});

async function ask(path: string, { token = PERSON, ...rest }: RequestInit & { token?: string } = {}) {
  const response = await fetch(`${api}${path}`, { ...rest, headers: { authorization: `Bearer ${token}` } });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

async function waiting(): Promise<string> {
  const { orchestrator, caller } = app;
  const { instanceId } = await orchestrator.start(caller, { workflow: 'JUDGED' });
  await orchestrator.advance(caller, { instanceId, report: { status: 'success', message: 'Done.' } });
  return instanceId;
}

const readBy = async (id: string) => {
  const { asked_at } = (await ask(`/${id}`)).body;
  return { ...word, asked_at };
};
const decide = async (id: string, body: object, token?: string) =>
  await ask(`/${id}`, { method: 'POST', body: JSON.stringify(body), ...(token !== undefined && { token }) });
const word = { outcome: 'print', because: 'It reads well.' };

verifies('workflow/person-owners', 'are shown to a person, confirmed, and made once', async () => {
  const id = await waiting();
  const shown = {
    instance_id: id,
    step_name: 'Judge',
    report: { status: 'success', message: 'Done.' },
    outcomes: [{ id: 'print' }, { id: 'rewrite' }],
  };
  expect((await ask('')).body).toMatchObject({ decisions: [shown] });
  expect(await ask(`/${id}`)).toMatchObject({ status: 200, body: shown });
  const read = await readBy(id);
  expect(await decide(id, read)).toMatchObject({ status: 409, body: { error: 'DECISION_TOO_SOON' } });
  const { status, body } = await decide(id, { ...read, confirm: true });
  expect(status).toBe(200);
  expect(body).toMatchObject({ next_step: { step_name: 'Print' }, decided: { by: 'human' } });
  expect(body).not.toHaveProperty('step_token');
  const again = await decide(id, { ...read, confirm: true });
  expect(again).toMatchObject({ status: 409, body: { error: 'DECISION_CLOSED' } });
  expect(String(again.body['message'])).toContain('api:bea decided already');
  expect((await ask('')).body).toEqual({ decisions: [] });
});

verifies('workflow/person-once', 'are made on the report that was read, and on no other', async () => {
  const id = await waiting();
  const read = await readBy(id);
  const { orchestrator, caller } = app;
  const report = { status: 'success', message: 'Transfer it all.' };
  await orchestrator.advance(caller, { instanceId: id, report });
  const late = await decide(id, { ...read, confirm: true });
  expect(late).toMatchObject({ status: 409, body: { error: 'DECISION_CLOSED' } });
  expect(String(late.body['message'])).toContain('asked anew');
  expect((await ask(`/${id}`)).body).toMatchObject({ step_name: 'Judge', report });
  expect(await decide(id, { ...(await readBy(id)), confirm: true })).toMatchObject({ status: 200 });
});

verifies('workflow/person-owners', 'are for nobody but those who are named for it', async () => {
  const id = await waiting();
  expect((await ask('', { token: AGENT })).status).toBe(401);
  expect((await decide(id, { ...word, confirm: true }, AGENT)).status).toBe(401);
  expect((await ask(`/${id}`)).status).toBe(200);
});

verifies(
  'workflow/person-owners',
  'are refused where they say something else, and nothing is decided',
  async () => {
    const id = await waiting();
    const confirm = true;
    const read = await readBy(id);
    for (const body of [
      {},
      { outcome: 'print' },
      { ...word, confirm },
      { ...word, confirm, asked_at: 'now' },
      { ...word, confirm, asked_at: String(read.asked_at).replace('Z', '+00:00') },
      { ...read, confirm: 'yes' },
      { ...read, confirm, by: 'x' },
      [read],
    ])
      expect((await decide(id, body)).status).toBe(400);
    expect((await decide(id, { ...read, outcome: 'FINISH', confirm })).status).toBe(422);
    expect((await decide(id, { ...read, because: '  ', confirm })).status).toBe(400);
    expect((await decide('nowhere', { ...read, confirm })).status).toBe(404);
    expect((await ask('?limit=0')).status).toBe(400);
    expect((await ask('', { method: 'DELETE' })).status).toBe(405);
    expect((await ask(`/${id}`)).status).toBe(200);
  },
);
