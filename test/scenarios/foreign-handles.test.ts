import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { call, planOf } from '../support/ask-house.ts';
import { startHttp } from '../support/http-process.ts';
import { programOf } from '../support/programs.ts';
import { build } from '../support/workflows.ts';
import { MAIN, verifies } from '../support/world.ts';

const UNKNOWN = 'AAAAAAAAAAAAAAAAAAAAAA';
/** Of 128 bits, in base64url. */
const RANDOM = /^[\w-]{22}$/;
const TOOLSETS = 'workflows,workflows-admin,gateway,agent,agent-admin';
/** What a tool needs beside the handle. */
const FILLED: Readonly<Record<string, unknown>> = {
  workflow_name: 'BUILD',
  report: { status: 'success' },
  assumed_current_step_name: 'Write the code',
  query: 'echo a text',
  name: 'notes__echo',
  arguments: { text: 'x' },
  new_state: 'PLANNING',
  message: 'x',
  key: 'secret',
  value: 1,
};

type Args = Record<string, unknown>;
let dir: string;
let stop: () => void = () => undefined;
let ada: Client;
let bob: Client;
let stepToken: string;
/** Handles of Ada's. */
const hers: Record<string, string> = {};

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'tutti-handles-'));
  for (const [path, text] of Object.entries(build)) {
    const file = join(dir, 'workflows', 'BUILD', path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  const script = {
    tools: [
      'echo',
      'big',
      { name: 'delete_all', description: 'Deletes everything.', inputSchema: { type: 'object' } },
    ],
  };
  const notes = {
    command: process.execPath,
    args: [programOf('hostile-server'), JSON.stringify(script)],
    tools: { echo: { risk: 'read' }, big: { risk: 'read' } },
  };
  const file = join(dir, 'tutti.config.json');
  writeFileSync(
    file,
    JSON.stringify({
      store: 'sqlite:./tutti.db',
      workflows: { dir: './workflows' },
      mcpServers: { notes },
      http: { auth: { tokens: ['ada-token-0123456789', 'bob-token-0123456789'] } },
    }),
  );
  const { child, url } = await startHttp({
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: dir,
      XDG_DATA_HOME: join(dir, 'share'),
      LOG_LEVEL: 'error',
    },
    args: [MAIN, 'serve', '--http', '--port', '0', '--toolsets', TOOLSETS, '--config', file],
  });
  stop = () => void child.kill('SIGKILL');
  [ada, bob] = (await Promise.all(['ada', 'bob'].map(async (name) => await connect(url, name)))) as [
    Client,
    Client,
  ];
  const started = await said(ada, 'start_workflow', { workflow_name: 'BUILD' });
  hers['instance_id'] = String(started.body['instance_id']);
  stepToken = String(started.body['step_token']);
  hers['session_id'] = String((await said(ada, 'start_session')).body['session_id']);
  await said(ada, 'store_task_data', { key: 'secret', value: 'of Ada', session_id: hers['session_id'] });
  const held = await said(ada, 'call_tool', { name: 'notes__delete_all' });
  hers['approval_id'] = (held.body['approval'] as { readonly approval_id: string }).approval_id;
  const stored = await said(ada, 'call_tool', { name: 'notes__big', arguments: { bytes: 100_000 } });
  hers['result'] = /tutti:\/\/result\/([\w-]+)/.exec(stored.text)?.[1] ?? '';
  const deletes = call('one', 'notes__delete_all');
  const asked = await said(ada, 'ask', { plan: planOf(deletes) });
  hers['plan'] = (asked.body['plan'] as { readonly id: string }).id;
});
afterAll(async () => {
  await Promise.all([ada.close(), bob.close()]);
  stop();
  rmSync(dir, { recursive: true, force: true });
});

async function connect(url: string, name: string): Promise<Client> {
  const client = new Client({ name, version: '1' }, { versionNegotiation: { mode: { pin: '2026-07-28' } } });
  const headers = { authorization: `Bearer ${name}-token-0123456789` };
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } }));
  return client;
}

async function said(client: Client, name: string, args: Args = {}) {
  const { content, structuredContent, isError } = await client.callTool({ name, arguments: args });
  return {
    text: JSON.stringify(content),
    body: (structuredContent ?? {}) as Readonly<Record<string, unknown>>,
    isError: isError === true,
  };
}

/** What Bob is told of a handle, without the handle itself. */
async function toldBob(handle: string, ask: (handle: string) => Promise<unknown>): Promise<string> {
  const told = await ask(handle).catch((error: unknown) => ({ error: String(error), ...(error as object) }));
  return JSON.stringify(told).replaceAll(handle, 'HANDLE');
}

async function expectSame(
  what: string,
  handle: string,
  ask: (handle: string) => Promise<unknown>,
): Promise<void> {
  const [foreign, unknown] = [await toldBob(handle, ask), await toldBob(UNKNOWN, ask)];
  expect([what, foreign]).toEqual([what, unknown]);
  expect([what, foreign]).toEqual([what, expect.stringMatching(/error|not found/i)]);
}

describe('handles of somebody else', () => {
  verifies('trust/21-handles', 'are 128 random bits', () => {
    expect(Object.keys(hers)).toEqual(['instance_id', 'session_id', 'approval_id', 'result', 'plan']);
    for (const handle of Object.values(hers)) expect(handle).toMatch(RANDOM);
    expect(new Set(Object.values(hers)).size).toBe(5);
  });

  verifies('trust/21-handles', 'are unknown to every tool that takes one', async () => {
    const { tools } = await bob.listTools();
    const tried: string[] = [];
    for (const { name, inputSchema } of tools) {
      const { properties = {}, required = [] } = inputSchema;
      for (const [key, handle] of Object.entries(hers)) {
        if (!(key in properties)) continue;
        const needed = required.filter((each) => each !== key);
        expect([name, needed.filter((each) => !(each in FILLED))]).toEqual([name, []]);
        const args = Object.fromEntries(needed.map((each) => [each, FILLED[each]]));
        await expectSame(name, handle, async (id) => await said(bob, name, { ...args, [key]: id }));
        tried.push(name);
      }
    }
    expect(tried.length).toBeGreaterThanOrEqual(30);
  });

  verifies('trust/21-handles', 'are unknown inside arguments, as plans, results and addresses', async () => {
    const { plan = '', result = '', instance_id = '', session_id = '' } = hers;
    await expectSame('ask', plan, async (id) => await said(bob, 'ask', { plan: { id } }));
    const report = (id: string) => ({
      instance_id: id,
      step_token: stepToken,
      report: { status: 'success' },
    });
    const reported = async (id: string) => await said(bob, 'advance_workflow', report(id));
    await expectSame('advance_workflow', instance_id, reported);
    const given = (id: string) => ({
      name: 'notes__echo',
      arguments: { text: { $result: `tutti://result/${id}` } },
    });
    await expectSame('call_tool', result, async (id) => await said(bob, 'call_tool', given(id)));
    for (const [address, handle] of [
      ['tutti://result/', result],
      ['plan://', plan],
      ['instance://', instance_id],
      ['session://', session_id],
    ] as const) {
      const read = async (id: string) => await bob.readResource({ uri: `${address}${id}` });
      await expectSame(address, handle, read);
      await expect(ada.readResource({ uri: `${address}${handle}` })).resolves.toBeDefined();
    }
    await expectSame('graph', plan, async (id) => await bob.readResource({ uri: `plan://${id}/graph` }));
    await expectSame(
      'history',
      session_id,
      async (id) => await bob.readResource({ uri: `session://${id}/history` }),
    );
  });

  verifies('trust/21-handles', 'are in no list of others, and nothing of theirs was changed', async () => {
    expect((await said(bob, 'list_instances')).body).toEqual({ instances: [] });
    expect((await said(bob, 'list_approvals')).body).toEqual({ approvals: [] });
    expect((await said(bob, 'list_sessions')).text).not.toContain(hers['session_id']);
    const { instance_id, session_id, approval_id } = hers;
    expect((await said(ada, 'get_workflow_status', { instance_id })).body).toMatchObject({
      status: 'RUNNING',
      current_step_name: 'Write the code',
    });
    expect((await said(ada, 'get_task_data', { key: 'secret', session_id })).text).toContain('of Ada');
    expect((await said(ada, 'get_approval', { approval_id })).text).toContain('pending');
  });
});
