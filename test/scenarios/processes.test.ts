import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from '../support/command.ts';
import { openPeer } from '../support/stdio-peer.ts';
import { build, review } from '../support/workflows.ts';
import { startHttp } from '../support/http-process.ts';
import { MAIN, verifies } from '../support/world.ts';

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'tutti-processes-'));
  for (const [path, text] of Object.entries(build)) {
    const file = join(dir, 'workflows', 'BUILD', path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const environment = (more: Record<string, string> = {}): Record<string, string> => ({
  PATH: process.env['PATH'] ?? '',
  NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? '',
  HOME: dir,
  XDG_CONFIG_HOME: join(dir, 'config'),
  XDG_DATA_HOME: join(dir, 'share'),
  WORKFLOW_DEFINITIONS_DIR: join(dir, 'workflows'),
  TUTTI_STORE: `sqlite:${join(dir, 'tutti.db')}`,
  LOG_LEVEL: 'error',
  ...more,
});

const ADMIN = ['--toolsets', 'workflows,workflows-admin'];
const STDIO = [MAIN, 'serve', '--stdio', ...ADMIN];

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line to its end; `input` is all of its stdin. */
async function run(
  args: readonly string[],
  env: Record<string, string>,
  input: string | Buffer = '',
): Promise<Ended> {
  const child = spawn(process.execPath, [MAIN, ...args], { env, stdio: ['pipe', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (part) => (stdout += String(part)));
  child.stderr.on('data', (part) => (stderr += String(part)));
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const code = await new Promise<number | null>((done) => child.once('close', done));
  return { code, stdout, stderr };
}

const line = (id: number, method: string, params: object = {}) =>
  `${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`;
const HELLO = line(1, 'initialize', {
  protocolVersion: '2025-11-25',
  capabilities: {},
  clientInfo: { name: 'raw', version: '1' },
});

describe('many at once', () => {
  verifies(
    'workflow/D5',
    'makes exactly one decision of 200 reports with one token, in one process and in two',
    async () => {
      const env = environment({ TUTTI_STORE: `sqlite:${join(dir, 'shared', 'two.db')}` });
      const [one, two] = await Promise.all([openPeer(STDIO, env), openPeer(STDIO, env)]);
      for (const peers of [[one], [one, two]]) {
        const started = await one.call('start_workflow', { workflow_name: 'BUILD' });
        const instance_id = started['instance_id'];
        const step_token = started['step_token'];
        const answers = await Promise.all(
          Array.from(
            { length: 200 },
            async (_, n) =>
              await (peers[n % peers.length] ?? one).call('advance_workflow', {
                instance_id,
                step_token,
                report: { status: 'success', result: n },
              }),
          ),
        );
        const moved = answers.filter((answer) => answer['error_code'] === undefined);
        expect(moved.length).toBeGreaterThan(0);
        expect(new Set(moved.map((answer) => JSON.stringify(answer))).size).toBe(1);
        for (const answer of answers)
          expect([undefined, 'INSTANCE_CONFLICT']).toContain(answer['error_code']);
        const history = await two.call('get_workflow_history', { instance_id });
        expect(history['entries']).toHaveLength(2);
      }
      await Promise.all([one.kill(), two.kill()]);
    },
  );
});

describe('a bind', () => {
  it('beyond loopback stays closed without tokens', async () => {
    const { code, stderr } = await run(
      ['serve', '--http', '--host', '0.0.0.0', '--port', '0'],
      environment(),
    );
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/http\.auth/);
  });
});

describe('bad places', () => {
  const instances = async (env: Record<string, string>) =>
    await runCommand(['instances', 'list'], { cwd: dir, env });
  const failure = async (env: Record<string, string>) => {
    const { status, stderr } = await instances(env);
    expect(status).not.toBe(0);
    expect(stderr).not.toMatch(/\n {4}at /);
    return stderr;
  };

  it('says that a file is not a database, and leaves it alone', async () => {
    const file = join(dir, 'not-a.db');
    writeFileSync(file, 'This is a letter, not a database. '.repeat(200));
    expect(await failure(environment({ TUTTI_STORE: `sqlite:${file}` }))).toMatch(/not a SQLite database/i);
  });

  it('says that the path is a folder', async () => {
    expect(await failure(environment({ TUTTI_STORE: `sqlite:${dir}` }))).toMatch(/folder|directory/i);
  });

  it('says that the schema is newer', async () => {
    const file = join(dir, 'newer.db');
    const env = environment({ TUTTI_STORE: `sqlite:${file}` });
    expect((await instances(env)).status).toBe(0);
    const db = new DatabaseSync(file);
    db.exec(
      `UPDATE tutti_migrations SET name = '9999-from-the-future' WHERE name = (SELECT max(name) FROM tutti_migrations)`,
    );
    db.close();
    expect(await failure(env)).toMatch(/newer/i);
  });

  it.skipIf(process.getuid?.() === 0)('says that the place is read-only', async () => {
    const place = join(dir, 'read-only');
    mkdirSync(place);
    chmodSync(place, 0o555);
    expect(await failure(environment({ TUTTI_STORE: `sqlite:${join(place, 'x.db')}` }))).toMatch(
      /permission|read-only|writ/i,
    );
  });

  it('serves an empty list when the workflow folder is absent or empty', async () => {
    mkdirSync(join(dir, 'empty'));
    for (const folder of ['absent', 'empty']) {
      const env = environment({ WORKFLOW_DEFINITIONS_DIR: join(dir, folder) });
      const { status, stdout } = await runCommand(['workflows', 'list', '--json'], { cwd: dir, env });
      expect(status).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ workflows: [] });
    }
  });

  it('says that the port is taken', async () => {
    const taken = createServer();
    await new Promise<void>((listening) => taken.listen(0, '127.0.0.1', listening));
    const { port } = taken.address() as AddressInfo;
    const { code, stderr } = await run(['serve', '--http', '--port', String(port)], environment());
    taken.close();
    expect(code).not.toBe(0);
    expect(stderr).toContain(String(port));
  });
});

describe('a raw line on stdin', () => {
  const answers = (ended: Ended) =>
    ended.stdout
      .split('\n')
      .filter(Boolean)
      .map(
        (each) =>
          JSON.parse(each) as {
            id: number | null;
            error?: { code: number; message: string };
            result?: object;
          },
      );

  it('ends quietly when stdin is closed', async () => {
    expect(await run(['serve', '--stdio'], environment())).toMatchObject({ code: 0, stdout: '' });
  });

  verifies('trust/bounds', 'survives a line of 50 MB', async () => {
    const big = line(2, 'tools/call', {
      name: 'start_workflow',
      arguments: { workflow_name: 'BUILD', context: { x: 'y'.repeat(50_000_000) } },
    });
    const ended = await run(
      ['serve', '--stdio'],
      environment(),
      Buffer.from(HELLO + big + line(3, 'tools/list')),
    );
    const got = answers(ended);
    expect(ended.code).toBe(0);
    expect(got.find((each) => each.error)?.error?.message).toMatch(/10|limit|large|long/i);
    expect(got.find((each) => each.id === 3)).toHaveProperty('result');
  });

  verifies('trust/14-deep-json', 'survives JSON nested 10,000 and 1,000,000 deep', async () => {
    for (const depth of [10_000, 1_000_000]) {
      const deep = `{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"list_workflows","arguments":{"a":${'['.repeat(depth)}${']'.repeat(depth)}}}}\n`;
      const ended = await run(['serve', '--stdio'], environment(), HELLO + deep + line(3, 'tools/list'));
      const got = answers(ended);
      expect(ended.code).toBe(0);
      expect(got.find((each) => each.id === 3)).toHaveProperty('result');
      expect(
        got.filter((each) => each.error ?? (each.result as { isError?: boolean })?.isError),
      ).toHaveLength(1);
    }
  });

  verifies('workflow/D12', 'keeps stdout to protocol whatever comes', async () => {
    const env = environment({ LOG_LEVEL: 'debug' });
    const ended = await run(
      ['serve', '--stdio'],
      env,
      `${HELLO}this is not JSON\n${line(3, 'tools/list')}${line(4, 'nope')}[]\n{}\n`,
    );
    expect(ended.code).toBe(0);
    for (const answer of answers(ended)) expect(answer).toHaveProperty('jsonrpc', '2.0');
    expect(answers(ended).find((each) => each.id === 3)).toHaveProperty('result');
  });
});

describe('foreign names', () => {
  verifies('trust/27-rebinding', 'refuses foreign Host and Origin', async () => {
    const { child, url } = await startHttp({
      env: environment(),
      args: [MAIN, 'serve', '--http', '--port', '0'],
    });
    const status = async (headers: Record<string, string>) => {
      const { request } = await import('node:http');
      return await new Promise<number | undefined>((done, fail) => {
        const asked = request(
          url,
          { method: 'POST', headers: { 'content-type': 'application/json', ...headers } },
          (answer) => {
            answer.resume();
            done(answer.statusCode);
          },
        );
        asked.on('error', fail);
        asked.end(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' }));
      });
    };
    expect(await status({ host: 'evil.test' })).toBe(403);
    expect(await status({ host: 'localhost.evil.test' })).toBe(403);
    expect(await status({ origin: 'http://evil.test' })).toBe(403);
    expect(await status({ 'content-type': 'text/plain' })).toBe(415);
    child.kill('SIGKILL');
  });
});

describe('no git', () => {
  it('says that the demo needs git', async () => {
    const nowhere = join(dir, 'bin');
    mkdirSync(nowhere);
    const { status, stderr } = await runCommand(['demo'], { cwd: dir, env: environment({ PATH: nowhere }) });
    expect(status).not.toBe(0);
    expect(stderr).toMatch(/git/);
  });
});

describe('the stub client', () => {
  it('answers for a model with the first candidate, and asks nobody', async () => {
    for (const [path, text] of Object.entries(review)) {
      const file = join(dir, 'workflows', 'REVIEW', path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
    const peer = await openPeer(STDIO, environment({ USE_STUB_AI_CLIENT: 'true' }));
    const started = await peer.call('start_workflow', { workflow_name: 'REVIEW' });
    const moved = await peer.call('advance_workflow', {
      instance_id: started['instance_id'],
      report: { status: 'success', message: 'They were not sure.' },
    });
    expect(moved).toMatchObject({ next_step: { step_name: 'Publish' }, decided: { by: 'model' } });
    await peer.kill();
  });
});

describe('a workflow that is not there', () => {
  it('names those there are', async () => {
    const { status, stderr } = await runCommand(['workflows', 'show', 'NOWHERE'], {
      cwd: dir,
      env: environment(),
    });
    expect(status).not.toBe(0);
    expect(stderr).toMatch(/NOWHERE/);
  });
});
