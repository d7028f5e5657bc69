import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect as connectTo, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../src/app.ts';
import { loadConfig } from '../../src/config.ts';
import { startHostileHttp } from '../support/hostile-server.ts';
import type { HostileScript } from '../support/hostile-server.ts';
import { runCommand } from '../support/command.ts';
import { homeIn, programOf } from '../support/programs.ts';
import { startHttp } from '../support/http-process.ts';
import { MAIN, openWorld, verifies } from '../support/world.ts';
import type { World } from '../support/world.ts';

const HOSTILE = programOf('hostile-server');
const TOKENS = { ada: 'token-of-ada-0123456789', bob: 'token-of-bob-0123456789' };

function scripted(script: HostileScript, more: object = {}): object {
  return { command: process.execPath, args: [HOSTILE, JSON.stringify(script)], ...more };
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tutti-gate-'));
});
afterAll(async () => await rm(folder, { recursive: true, force: true }));

/** A folder of its own with a configuration, and the environment for a server that reads it. */
async function place(name: string, config: object) {
  const dir = join(folder, name);
  await mkdir(dir, { recursive: true });
  const file = join(dir, 'tutti.config.json');
  await writeFile(file, JSON.stringify({ store: 'sqlite:./tutti.db', ...config }));
  const env = homeIn(dir);
  return { dir, file, env };
}

async function connect(url: string, token?: string): Promise<Client> {
  const client = new Client(
    { name: 'scenario', version: '1.0.0' },
    { versionNegotiation: { mode: { pin: '2026-07-28' } } },
  );
  const headers = token === undefined ? {} : { Authorization: `Bearer ${token}` };
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } }));
  return client;
}

async function call(client: Client, name: string, args: object = {}) {
  const result = await client.callTool({ name: 'call_tool', arguments: { name, arguments: args } });
  const text = result.content.map((part) => (part.type === 'text' ? part.text : '')).join('\n');
  return {
    text,
    isError: result.isError === true,
    body: (result.structuredContent ?? {}) as Record<string, unknown>,
  };
}

describe('processes', () => {
  verifies(
    ['gateway/drain', 'trust/31-processes'],
    'finishes calls under way at SIGTERM and reaps its children',
    async () => {
      const record = join(folder, 'drain.jsonl');
      const { file, env } = await place('drain', {
        mcpServers: { slow: scripted({ tools: ['delay', 'fork'], recordFile: record }) },
      });
      const { child, url } = await startHttp({
        env,
        args: [MAIN, 'serve', '--http', '--port', '0', '--config', file],
      });
      const client = await connect(url);
      const gone = new Promise<number | null>((done) => child.once('exit', done));
      const left = Number((await call(client, 'slow__fork', { detached: true })).text);
      expect(isRunning(left)).toBe(true);
      const answer = call(client, 'slow__delay', { ms: 600 });
      await expect
        .poll(() => existsSync(record) && readFileSync(record, 'utf8').includes('"delay"'))
        .toBe(true);
      child.kill('SIGTERM');
      expect((await answer).text).toBe('done');
      expect(await gone).toBe(0);
      await client.close();
      expect(await running(HOSTILE, record)).toEqual([]);
      await expect.poll(() => isRunning(left)).toBe(false);
    },
  );

  it.skipIf(process.platform === 'win32').each(['SIGHUP', 'SIGINT'] as const)(
    'end with 0 at %s, as at SIGTERM',
    async (signal) => {
      const { file, env } = await place(`end-${signal}`, { mcpServers: {} });
      const args = [MAIN, 'serve', '--http', '--port', '0', '--config', file];
      const { child } = await startHttp({ env, args });
      const gone = once(child, 'exit');
      child.kill(signal);
      expect(await gone).toEqual([0, null]);
    },
  );

  verifies(
    'gateway/idempotency-key',
    'give the same answer to the same key, whichever of them made the call',
    async () => {
      const record = join(folder, 'key.jsonl');
      const { file, env } = await place('key', {
        mcpServers: {
          one: scripted({ tools: ['echo'], recordFile: record }, { tools: { echo: { risk: 'write' } } }),
        },
      });
      const args = [MAIN, 'serve', '--http', '--port', '0', '--config', file];
      const calls = () => readFileSync(record, 'utf8').split('"tools/call"').length - 1;
      const sent = { name: 'one__echo', arguments: { text: 'once' }, idempotency_key: 'k' };
      const answers: unknown[] = [];
      for (let each = 0; each < 2; each += 1) {
        const { child, url } = await startHttp({ env, args });
        const gone = new Promise((done) => child.once('exit', done));
        const client = await connect(url);
        const { content } = await client.callTool({ name: 'call_tool', arguments: sent });
        answers.push(content);
        await client.close();
        child.kill('SIGTERM');
        await gone;
      }
      expect(answers).toEqual(Array.from({ length: 2 }, () => [{ type: 'text', text: 'once' }]));
      expect(calls()).toBe(1);
    },
  );

  verifies(
    'gateway/reload',
    'takes a changed configuration without a failed call, and keeps the old one when it is broken',
    async () => {
      const { dir, file, env } = await place('reload', {
        mcpServers: { one: scripted({ tools: ['echo'] }) },
      });
      let loads = 0;
      const load = () => {
        loads += 1;
        return loadConfig({ file, env, cwd: dir, logLevel: 'error' });
      };
      const app = await createApp(load());
      const { gateway } = app.orchestrator;
      const settings = [load().gateway];
      await writeFile(
        file,
        JSON.stringify({
          mcpServers: { one: scripted({ tools: ['echo'] }), two: scripted({ tools: ['add'] }) },
        }),
      );
      settings.push(load().gateway);
      try {
        const ask = async (text: string) =>
          await gateway.call(
            app.caller,
            { name: 'one__echo', arguments: { text } },
            { capabilities: {}, repeats: false },
          );
        const kinds = new Set<string>();
        for (let round = 0; round < 1_000; round += 1) {
          const asked = [ask(`a${round}`), ask(`b${round}`)];
          const next = settings[round % 2];
          if (next) await gateway.reconfigure(next);
          for (const { kind } of await Promise.all(asked)) kinds.add(kind);
        }
        expect([...kinds]).toEqual(['result']);
        app.follow(load);
        await writeFile(file, '{ "mcpServers": ');
        await writeFile(file, JSON.stringify({ mcpServers: { three: scripted({ tools: ['echo'] }) } }));
        await expect
          .poll(async () => (await gateway.listServers(app.caller)).map(({ name }) => name))
          .toEqual(['three']);
        const before = loads;
        await writeFile(file, '{ broken');
        await expect.poll(() => loads).toBeGreaterThan(before);
        expect((await gateway.listServers(app.caller)).map(({ name }) => name)).toEqual(['three']);
      } finally {
        await app.close();
      }
    },
  );

  verifies(
    'gateway/broken-servers',
    'starts with 30 servers of which five are broken, and says what is wrong',
    async () => {
      const remote = await startHostileHttp({ tools: ['echo'] });
      const good = Object.fromEntries(
        Array.from({ length: 25 }, (_, n) => [
          `good-${n}`,
          n === 7 ? scripted({ tools: ['echo'] }) : { url: remote.url },
        ]),
      );
      const { file, env } = await place('many', {
        mcpServers: {
          ...good,
          both: { command: 'node', url: 'http://127.0.0.1:1/mcp' },
          absent: { command: '/nowhere/at-all' },
          quits: scripted({ exits: { code: 3 }, stderr: 'no licence found\n' }),
          two__names: { command: 'node' },
          unset: { command: 'node', env: { KEY: '${env:TUTTI_TEST_UNSET}' } },
        },
      });
      const { child, url } = await startHttp({
        env,
        args: [MAIN, 'serve', '--http', '--port', '0', '--config', file],
      });
      const client = await connect(url);
      try {
        expect((await call(client, 'good-7__echo', { text: 'hello' })).text).toBe('hello');
        expect((await call(client, 'quits__anything')).isError).toBe(true);
        expect((await call(client, 'absent__anything')).isError).toBe(true);
        const { structuredContent } = await client.callTool({ name: 'list_servers', arguments: {} });
        const { servers } = structuredContent as {
          readonly servers: readonly { readonly name: string; readonly error?: string }[];
        };
        expect(servers).toHaveLength(30);
        const errorOf = (name: string) => servers.find((each) => each.name === name)?.error ?? '';
        expect(errorOf('absent')).toContain('/nowhere/at-all');
        expect(errorOf('both')).toMatch(/command.*url/);
        expect(errorOf('quits')).toContain('no licence found');
        expect(errorOf('two__names')).toContain('__');
        expect(errorOf('unset')).toContain('TUTTI_TEST_UNSET');
      } finally {
        await client.close();
        child.kill('SIGKILL');
        await remote.close();
      }
    },
  );

  verifies(
    ['trust/4-rug-pull', 'trust/5-prompt-rug-pull', 'gateway/pins', 'gateway/lock'],
    'holds what changed while it was away, until it is approved',
    async () => {
      const state = join(folder, 'rug-runs');
      // How it is started stays the same: only what it then offers is another thing.
      const program = join(folder, 'rug.mjs');
      const become = async (description: string, instructions: string) => {
        const script = {
          tools: [
            {
              name: 'add',
              description,
              inputSchema: { type: 'object', properties: { a: { type: 'number' }, b: { type: 'number' } } },
            },
          ],
          prompts: [{ name: 'greet', description }],
          instructions,
          stateFile: state,
        };
        const argv = JSON.stringify([HOSTILE, JSON.stringify(script)]);
        await writeFile(
          program,
          `process.argv.splice(1, 2, ...${argv}); await import(${JSON.stringify(HOSTILE)});`,
        );
      };
      await become('Adds two numbers.', 'Add with care.');
      const { dir, file, env } = await place('rug', {
        mcpServers: { rug: { command: process.execPath, args: [program] } },
      });
      const options = { env, cwd: dir };
      expect(
        (
          await runCommand(['call', 'rug__add', '--arg', 'a=1', '--arg', 'b=2', '--config', file], options)
        ).stdout.trim(),
      ).toBe('3');
      expect((await runCommand(['lock', '--config', file], options)).status).toBe(0);
      expect(JSON.parse(await readFile(join(dir, 'tutti.lock.json'), 'utf8'))).toMatchObject({
        servers: { rug: {} },
      });
      await become('Adds three numbers.', 'Add with joy.');
      const refused = await runCommand(
        ['call', 'rug__add', '--arg', 'a=1', '--json', '--config', file],
        options,
      );
      expect(refused.stdout).toContain('tool/changed');
      const { status, stdout } = await runCommand(['lock', 'diff', '--config', file], options);
      expect(status).toBe(1);
      expect(stdout).toContain('Adds three numbers.');
      const approve = ['lock', 'approve', 'rug', '--yes', '--config', file];
      expect((await runCommand(approve, options)).status).toBe(0);
      expect(
        (
          await runCommand(['call', 'rug__add', '--arg', 'a=1', '--arg', 'b=2', '--config', file], options)
        ).stdout.trim(),
      ).toBe('3');
      await writeFile(join(dir, 'tutti.lock.json'), '{\n<<<<<<< ours\n');
      const merged = await runCommand(['tools', '--config', file], options);
      expect(merged.stderr).toContain('lock/invalid');
    },
  );

  for (const eras of ['legacy', 'modern'] as const)
    verifies(
      'trust/5-prompt-rug-pull',
      `tells of instructions that changed while it was away, and shows them to nobody: a server of the ${eras} revisions`,
      async () => {
        const program = join(folder, `instructed-${eras}.mjs`);
        const become = async (instructions: string) => {
          const script: HostileScript = { tools: ['echo'], eras, instructions };
          const argv = JSON.stringify([HOSTILE, JSON.stringify(script)]);
          await writeFile(
            program,
            `process.argv.splice(1, 2, ...${argv}); await import(${JSON.stringify(HOSTILE)});`,
          );
        };
        await become('Echo with care.');
        const world = await openWorld({
          medium: 'stdio',
          era: '2026-07-28',
          toolsets: ['gateway'],
          config: (dir) => ({
            store: `sqlite:${join(dir, 'tutti.db')}`,
            mcpServers: { rug: { command: process.execPath, args: [program] } },
          }),
        });
        try {
          const echo = async (text: string) =>
            (await world.call('call_tool', { name: 'rug__echo', arguments: { text } })).text;
          const row = async () => {
            const { servers } = (await world.call('list_servers')).body as unknown as {
              readonly servers: readonly object[];
            };
            return servers[0];
          };
          expect(await echo('one')).toContain('one');
          const agreed = await row();
          expect(agreed).toMatchObject({ description: 'Echo with care.' });
          expect(agreed).not.toHaveProperty('held');
          await become('Echo with joy.');
          await world.restart();
          expect(await echo('two')).toContain('two');
          await expect
            .poll(row, { timeout: 20_000 })
            .toMatchObject({ held: [{ kind: 'instructions', reason: 'changed' }] });
          expect(JSON.stringify(await row())).not.toContain('Echo with joy.');
          const approve = await world.run('lock', 'approve', 'rug', '--yes');
          expect(approve.status).toBe(0);
          await expect.poll(row, { timeout: 20_000 }).toMatchObject({ description: 'Echo with joy.' });
        } finally {
          await world.close();
        }
      },
    );

  verifies(
    'trust/30-launch',
    'starts nothing of a configuration that was merely found, until it is trusted',
    async () => {
      const marker = join(folder, 'stranger-ran');
      const { dir, env } = await place('stranger', {
        mcpServers: { trap: scripted({ tools: ['echo'], stateFile: marker }) },
      });
      const options = { env, cwd: dir };
      const before = await runCommand(['servers', 'list'], options);
      expect(before.stderr).toContain('mcpServers and store is held');
      expect(before.stderr + before.stdout).toContain('tutti trust');
      await runCommand(['servers', 'test'], options);
      await runCommand(['call', 'trap__echo', '--arg', 'text=x'], options);
      expect(existsSync(marker)).toBe(false);
      // Nor was its store: what is there now came with it.
      const store = join(dir, 'tutti.db');
      expect(existsSync(store)).toBe(false);
      await writeFile(store, '');
      const refused = await runCommand(['trust', '--yes'], options);
      expect([refused.status, refused.stderr]).toEqual([5, expect.stringContaining('Remove it')]);
      await rm(store);
      expect((await runCommand(['trust', '--yes'], options)).status).toBe(0);
      // How it is reached was shown; what it offers was not.
      const held = await runCommand(['call', 'trap__echo', '--arg', 'text=x'], options);
      expect(held.stderr + held.stdout).toContain('tutti lock approve');
      expect((await runCommand(['lock', 'approve', '--yes'], options)).status).toBe(0);
      expect((await runCommand(['call', 'trap__echo', '--arg', 'text=x'], options)).stdout.trim()).toBe('x');
      expect(existsSync(marker)).toBe(true);
      expect(existsSync(store)).toBe(true);
      await place('stranger', {
        mcpServers: { trap: scripted({ tools: ['echo', 'add'], stateFile: marker }) },
      });
      expect((await runCommand(['call', 'trap__echo', '--arg', 'text=x'], options)).status).not.toBe(0);
    },
  );

  verifies(['gateway/G13', 'trust/34-runaway'], 'stops a call that comes back to where it was', async () => {
    const { file, dir, env } = await place('mirror', {});
    const inner = {
      command: process.execPath,
      args: [MAIN, 'serve', '--stdio', '--toolsets', 'gateway', '--config', file],
      env,
    };
    await place('mirror', { mcpServers: { leaf: scripted({ tools: ['echo'] }) } });
    const nested = await place('outer', {
      mcpServers: { inner: { ...inner, tools: { call_tool: { risk: 'read' } } } },
    });
    const through = ['call', 'inner__call_tool', '--config', nested.file, '--args'];
    const passed = await runCommand(
      [...through, JSON.stringify({ name: 'leaf__echo', arguments: { text: 'deep' } })],
      { env: nested.env, cwd: nested.dir },
    );
    expect(passed.stdout.trim()).toBe('deep');
    await place('mirror', { mcpServers: { mirror: { ...inner, tools: { call_tool: { risk: 'read' } } } } });
    let nestedCall: object = { name: 'leaf__echo', arguments: {} };
    for (let depth = 0; depth < 8; depth += 1)
      nestedCall = { name: 'mirror__call_tool', arguments: nestedCall };
    // Hops are limited to four as well. Begun three deep, the processes are counted out first, whether or not the last one knows the tool
    // already from what the other stored.
    for (let seen = 0; seen < 2; seen += 1) {
      const looped = await runCommand(
        ['call', 'mirror__call_tool', '--json', '--config', file, '--args', JSON.stringify(nestedCall)],
        { env: { ...env, TUTTI_DEPTH: '3' }, cwd: dir },
      );
      expect(looped.stdout).toContain('CALL_LOOP: Tutti was started by Tutti 4 times over');
    }
  });

  verifies(
    ['gateway/G13', 'trust/34-runaway'],
    'stops a call that comes back over the network, where nobody is started',
    async () => {
      let port = 0;
      // Its address has to be written down before it is known.
      const way = createServer((socket) => {
        const on = connectTo(port, '127.0.0.1');
        for (const each of [socket, on]) each.on('error', () => each.destroy());
        socket.pipe(on).pipe(socket);
      });
      way.listen(0, '127.0.0.1');
      await once(way, 'listening');
      const mirror = {
        url: `http://127.0.0.1:${(way.address() as AddressInfo).port}/mcp`,
        tools: { call_tool: { risk: 'read' } },
      };
      const { file, env } = await place('network', {
        mcpServers: { leaf: scripted({ tools: ['echo'] }), mirror },
      });
      const args = [MAIN, 'serve', '--http', '--port', '0', '--toolsets', 'gateway', '--config', file];
      const { child, url } = await startHttp({ env, args });
      port = Number(new URL(url).port);
      const client = await connect(url);
      try {
        expect((await call(client, 'leaf__echo', { text: 'straight' })).text).toBe('straight');
        const back = { name: 'leaf__echo', arguments: { text: 'in a circle' } };
        const looped = await call(client, 'mirror__call_tool', back);
        expect(looped.text).toContain('came back to the orchestrator it had passed before');
      } finally {
        await client.close();
        child.kill('SIGKILL');
        way.close();
      }
    },
  );
});

describe('callers', () => {
  let url: string;
  let stop: () => void;
  let remote: Awaited<ReturnType<typeof startHostileHttp>>;
  let starts: string;
  beforeAll(async () => {
    remote = await startHostileHttp({ tools: ['echo', 'params'] });
    starts = join(folder, 'starts');
    const { file, env } = await place('callers', {
      mcpServers: {
        notes: scripted(
          {
            tools: [
              'echo',
              'delay',
              { name: 'delete_all', description: 'Deletes everything.', inputSchema: { type: 'object' } },
              { name: 'read_it', description: 'Reads it.', inputSchema: { type: 'object' } },
              'counts',
              'big',
            ],
            stateFile: starts,
          },
          {
            tools: { read_it: { cache: true, risk: 'read' }, big: { risk: 'read' } },
          },
        ),
        remote: {
          url: remote.url,
          headers: { 'X-Key': 'of-everybody' },
          users: { ada: { headers: { 'X-Key': 'of-ada' } } },
        },
      },
      policy: { rateLimit: { perUser: '40/min' } },
      http: {
        auth: {
          tokens: [
            { token: TOKENS.ada, name: 'ada' },
            { token: TOKENS.bob, name: 'bob', tools: ['notes__*', 'remote__echo'] },
          ],
        },
      },
    });
    const served = await startHttp({
      env,
      args: [MAIN, 'serve', '--http', '--port', '0', '--toolsets', 'gateway', '--config', file],
    });
    url = served.url;
    stop = () => void served.child.kill('SIGKILL');
  });
  afterAll(async () => {
    stop();
    await remote.close();
  });

  verifies(
    ['gateway/identity', 'trust/19-token-passthrough', 'gateway/W8'],
    'knows callers by their tokens, what they may do, and whose credentials they use',
    async () => {
      const [ada, bob] = await Promise.all([connect(url, TOKENS.ada), connect(url, TOKENS.bob)]);
      await expect(connect(url, 'not-a-token-0123456789')).rejects.toThrow();
      expect((await call(ada, 'remote__params')).isError).toBe(false);
      expect((await call(bob, 'remote__params')).body['error_code']).toBe('TOOL_NOT_FOUND');
      await call(bob, 'remote__echo', { text: 'x' });
      const keys = remote
        .requests()
        .filter(({ method }) => method === 'tools/call')
        .map(({ headers }) => headers?.['x-key']);
      expect(keys).toEqual(['of-ada', 'of-everybody']);
      expect(JSON.stringify(remote.requests())).not.toContain(TOKENS.ada);
      const third = await connect(url, TOKENS.ada);
      for (const client of [ada, bob, third])
        expect((await call(client, 'notes__echo', { text: 'x' })).text).toBe('x');
      // It writes one character each time it is started.
      expect(readFileSync(starts, 'utf8')).toBe('.');
      await Promise.all([ada.close(), bob.close(), third.close()]);
    },
  );

  verifies('gateway/W8', 'starts no more processes than it may, and says so', async () => {
    const world = await openWorld({
      medium: 'memory',
      era: '2026-07-28',
      toolsets: ['gateway'],
      config: () => ({
        mcpServers: { one: scripted({ tools: ['echo'] }), two: scripted({ tools: ['echo'] }) },
        limits: { maxProcesses: 1 },
      }),
    });
    try {
      const ask = async (name: string) =>
        await world.call('call_tool', { name: `${name}__echo`, arguments: { text: 'x' } });
      const answers = [await ask('one'), await ask('two')];
      expect(answers.filter(({ isError }) => isError)).toHaveLength(1);
      expect(JSON.stringify((await world.call('list_servers')).body)).toContain('maxProcesses is 1');
    } finally {
      await world.close();
    }
  });

  verifies(
    ['trust/21-handles', 'trust/25-cache-crossing', 'gateway/W5'],
    'keeps results, approvals and cached answers of callers apart',
    async () => {
      const [ada, bob] = await Promise.all([connect(url, TOKENS.ada), connect(url, TOKENS.bob)]);
      const asked = await call(ada, 'notes__delete_all');
      const id = (asked.body['approval'] as { readonly approval_id: string }).approval_id;
      const foreign = await bob.callTool({ name: 'get_approval', arguments: { approval_id: id } });
      const unknown = await bob.callTool({
        name: 'get_approval',
        arguments: { approval_id: 'AAAAAAAAAAAAAAAAAAAAAA' },
      });
      const said = ({ content }: typeof foreign) =>
        JSON.stringify(content).replaceAll(/"[\w-]{22}\\"/g, 'ID');
      expect(said(foreign)).toBe(said(unknown));
      const stored = await call(ada, 'notes__big', { bytes: 100_000 });
      const uri = /tutti:\/\/result\/[\w-]+/.exec(JSON.stringify(stored))?.[0] ?? '';
      await expect(ada.readResource({ uri })).resolves.toBeDefined();
      await expect(bob.readResource({ uri })).rejects.toThrow();
      for (const client of [ada, bob, ada]) await call(client, 'notes__read_it');
      const counts = JSON.parse((await call(ada, 'notes__counts')).text) as {
        readonly calls: Record<string, number>;
      };
      expect(counts.calls['read_it']).toBe(2);
      await Promise.all([ada.close(), bob.close()]);
    },
  );

  verifies('gateway/G7', 'limits how often one user calls', async () => {
    const bob = await connect(url, TOKENS.bob);
    const answers = await Promise.all(
      Array.from({ length: 60 }, async () => await call(bob, 'notes__echo', { text: 'again' })),
    );
    const limited = answers.filter(({ body }) => body['error_code'] === 'POLICY_RATE_LIMITED');
    expect(limited.length).toBeGreaterThan(10);
    expect(limited[0]?.body['retry_after_ms']).toBeGreaterThan(0);
    await bob.close();
  });

  verifies('trust/26-header-mismatch', 'refuses headers that differ from the body', async () => {
    const meta = {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientCapabilities': {},
    };
    const post = async (headers: Record<string, string>) => {
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          Authorization: `Bearer ${TOKENS.ada}`,
          'Content-Type': 'application/json',
          Accept: 'application/json, text/event-stream',
          'MCP-Protocol-Version': '2026-07-28',
          'Mcp-Method': 'tools/call',
          'Mcp-Name': 'list_servers',
          ...headers,
        },
        body: JSON.stringify({
          jsonrpc: '2.0',
          id: 1,
          method: 'tools/call',
          params: { name: 'list_servers', arguments: {}, _meta: meta },
        }),
      });
      return { status: response.status, text: await response.text() };
    };
    expect((await post({})).status).toBe(200);
    for (const wrong of [
      { 'Mcp-Name': 'call_tool' },
      { 'Mcp-Method': 'tools/list' },
      { 'MCP-Protocol-Version': '2025-11-25' },
      { 'Mcp-Name': '=?base64?Y2FsbF90b29s?=' },
    ]) {
      const { status, text } = await post(wrong);
      expect([status, text.includes('-32020')]).toEqual([400, true]);
    }
    expect((await post({ 'Mcp-Name': '=?base64?bGlzdF9zZXJ2ZXJz?=' })).status).toBe(200);
  });
});

describe('questions over two requests', () => {
  let world: World;
  const KEY = 'io.modelcontextprotocol/clientCapabilities';
  beforeAll(async () => {
    world = await openWorld({
      medium: 'http',
      era: '2026-07-28',
      toolsets: ['gateway-all'],
      config: () => ({
        mcpServers: {
          elder: scripted({ eras: 'legacy', tools: ['ask'] }, { tools: { ask: { risk: 'write' } } }),
        },
      }),
    });
  });
  afterAll(async () => await world.close());

  verifies('trust/22-request-state', 'takes requestState once, unchanged, for the same call', async () => {
    const request = async (more: object): Promise<Record<string, unknown>> =>
      await world.client.request(
        {
          method: 'tools/call',
          params: {
            name: 'elder__ask',
            arguments: {},
            _meta: { [KEY]: { elicitation: { form: {} } } },
            ...more,
          },
        },
        {
          '~standard': {
            version: 1,
            vendor: 'test',
            validate: (value: unknown) => ({ value: value as Record<string, unknown> }),
          },
        } as never,
        { allowInputRequired: true } as never,
      );
    const asked = async () => {
      const { requestState, inputRequests } = await request({});
      const [key = ''] = Object.keys(inputRequests as object);
      return {
        requestState: String(requestState),
        inputResponses: { [key]: { action: 'accept', content: { go: true } } },
      };
    };
    // A server that takes its time to start is not waited for.
    await expect.poll(async () => await request({})).toHaveProperty('requestState');
    const good = await asked();
    for (const at of [0, 10, good.requestState.length - 1]) {
      const letter = good.requestState[at] === 'A' ? 'B' : 'A';
      const changed = `${good.requestState.slice(0, at)}${letter}${good.requestState.slice(at + 1)}`;
      expect(JSON.stringify(await request({ ...good, requestState: changed }).catch(String))).toMatch(
        /requestState/,
      );
    }
    expect(JSON.stringify(await request({ ...good, arguments: { text: 'other' } }).catch(String))).toMatch(
      /requestState/,
    );
    expect(JSON.stringify(await request(good))).toContain('go');
    expect(JSON.stringify(await request(good).catch(String))).toMatch(/requestState/);
  });
});

/** A process that has ended may stay listed until its parent asks for it. */
function isRunning(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

/** Processes whose command line holds both. */
async function running(...parts: readonly string[]): Promise<readonly string[]> {
  const { readdir } = await import('node:fs/promises');
  const found = await Promise.all(
    (await readdir('/proc'))
      .filter((name) => /^\d+$/.test(name))
      .map(async (pid) => await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')),
  );
  return found.filter((line) => parts.every((part) => line.includes(part)));
}
