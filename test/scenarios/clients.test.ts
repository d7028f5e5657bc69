import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  realpathSync,
  writeFileSync,
} from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { parse as parseJsonc } from 'jsonc-parser';
import { parse as parseToml } from 'smol-toml';
import { afterEach, beforeEach, expect } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { loadConfig } from '../../src/config.ts';
import { knownClients } from '../../src/surfaces/cli/clients/clients.ts';
import { writeClient } from '../../src/surfaces/cli/clients/export.ts';
import { readClient } from '../../src/surfaces/cli/clients/import.ts';
import { runCommand } from '../support/command.ts';
import { programOf } from '../support/programs.ts';
import { unprivileged } from '../support/unprivileged.ts';
import { MAIN, verifies } from '../support/world.ts';

const SECRET = 'ghp_0123456789abcdefghijABCDEFGHIJ012345';
// oxlint-disable-next-line no-control-regex -- it is what must not come
const CONTROL = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]/;
const HOSTILE = programOf('hostile-server');
let home: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'tutti-clients-'));
});
afterEach(async () => await rm(home, { recursive: true, force: true }));

const clients = () =>
  knownClients({ home, settings: join(home, '.config'), dotConfig: join(home, '.config') });
const trap = () => ({
  command: 'touch',
  args: [join(home, 'was-run')],
  env: { GITHUB_TOKEN: SECRET, MODE: 'fast' },
});

/** What each client would have written, in its own words. */
function written(id: string): string {
  const { command, args, env } = trap();
  const list = JSON.stringify(args);
  switch (id) {
    case 'codex':
      return `model = "x"\n\n# mine\n[mcp_servers.trap]\ncommand = "${command}"\nargs = ${list}\n[mcp_servers.trap.env]\nGITHUB_TOKEN = "${SECRET}"\nMODE = "fast"\n`;
    case 'continue':
      return `name: mine\n# mine\nmcpServers:\n  - name: trap\n    command: ${command}\n    args: ${list}\n    env: ${JSON.stringify(env)}\n`;
    case 'goose':
      return `# mine\nextensions:\n  developer: { type: builtin, enabled: true }\n  trap: { type: stdio, cmd: ${command}, args: ${list}, envs: ${JSON.stringify(env)}, enabled: true }\n`;
    case 'vscode':
      return `// mine\n${JSON.stringify({ servers: { trap: { type: 'stdio', command, args, env } } })}`;
    case 'zed':
      return `// mine\n{ "theme": "dark", "context_servers": { "trap": { "source": "custom", "command": "${command}", "args": ${list}, "env": ${JSON.stringify(env)} } } , }`;
    default:
      return `${JSON.stringify({ other: 1, mcpServers: { trap: { command, args, env } } }, null, 4)}\n`;
  }
}

async function install(): Promise<void> {
  for (const { id, file } of clients()) {
    await mkdir(dirname(file), { recursive: true });
    writeFileSync(file, written(id));
  }
}

verifies(
  ['gateway/clients', 'trust/36-import'],
  'reads the configurations of eleven clients and runs nothing',
  async () => {
    expect(clients()).toHaveLength(11);
    await install();
    for (const client of clients()) {
      const found = readClient(client);
      expect([client.id, found?.problem, found?.servers]).toEqual([
        client.id,
        undefined,
        [
          {
            name: 'trap',
            client: client.id,
            entry: {
              command: 'touch',
              args: [join(home, 'was-run')],
              env: { GITHUB_TOKEN: '${env:GITHUB_TOKEN}', MODE: 'fast' },
            },
            secrets: ['GITHUB_TOKEN'],
            variables: [],
            lost: [],
            asText: [],
          },
        ],
      ]);
    }
    const env = {
      HOME: home,
      XDG_CONFIG_HOME: join(home, '.config'),
      XDG_DATA_HOME: join(home, 'share'),
      PATH: process.env['PATH'],
    };
    const { status, stdout, stderr } = await runCommand(['init', '--here'], { cwd: home, env });
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toContain(`touch ${join(home, 'was-run')}`);
    const file = join(home, 'tutti.config.jsonc');
    expect(readFileSync(file, 'utf8')).not.toContain(SECRET);
    expect(
      loadConfig({ file, env: { ...env, GITHUB_TOKEN: SECRET } }).gateway.servers.map(({ name }) => name),
    ).toContain('trap');
    expect(existsSync(join(home, 'was-run'))).toBe(false);
  },
);

verifies(
  ['gateway/clients', 'trust/36-import'],
  'reads what Claude Code and Gemini CLI keep for the project at hand, and runs nothing',
  async () => {
    const folder = realpathSync(await mkdtemp(join(home, 'project-')));
    const own = { ...trap(), args: [join(home, 'was-run'), 'own'] };
    const put = (file: string, value: object) => {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, JSON.stringify(value));
    };
    put(join(home, '.claude.json'), {
      mcpServers: { trap: trap() },
      projects: {
        [folder]: {
          mcpServers: { trap: own, private: own, off: { ...own, command: 'mkdir' } },
          disabledMcpServers: ['off'],
        },
        [join(folder, 'other')]: { mcpServers: { foreign: own } },
      },
    });
    put(join(home, '.gemini', 'settings.json'), {
      mcpServers: { 'user-wide': { httpUrl: 'https://a.test/mcp' } },
    });
    put(join(folder, '.gemini', 'settings.json'), {
      mcpServers: { shared: { httpUrl: 'https://b.test/mcp' } },
    });
    put(join(folder, '.mcp.json'), {
      mcpServers: {
        team: { ...own, env: { GITHUB_TOKEN: SECRET, MODE: '${MODE}' } },
        distant: {
          type: 'http',
          url: 'https://${HOST:-c.test}/${TENANT}/mcp',
          headers: { Authorization: 'Bearer ${TEAM_TOKEN}' },
        },
      },
    });
    const env = { HOME: home, XDG_CONFIG_HOME: join(home, '.config'), PATH: process.env['PATH'] };
    const init = async (...args: string[]) =>
      JSON.parse(
        (await runCommand(['init', '--dry-run', '--json', ...args], { cwd: folder, env })).stdout,
      ) as {
        readonly servers: readonly { readonly name: string; readonly entry: object }[];
        readonly clients: readonly { readonly file: string; readonly skipped: readonly object[] }[];
      };
    const mine = ['trap', 'user-wide', 'trap-claude-code', 'private', 'off'];
    const { servers, clients: read } = await init();
    expect(servers.map(({ name }) => name)).toEqual(mine);
    expect(servers.find(({ name }) => name === 'trap-claude-code')?.entry).toMatchObject({ args: own.args });
    expect(servers.find(({ name }) => name === 'off')?.entry).toMatchObject({ disabled: true });
    expect(JSON.stringify(servers)).not.toContain(SECRET);
    const reason: unknown = expect.stringContaining('tutti init --here');
    expect(read.slice(-2)).toMatchObject([
      {
        file: join(folder, '.mcp.json'),
        skipped: ['team', 'distant'].map((name) => ({ name, reason })),
      },
      { file: join(folder, '.gemini', 'settings.json'), skipped: [{ name: 'shared', reason }] },
    ]);
    const { servers: here } = await init('--here');
    expect(here.map(({ name }) => name)).toEqual([...mine, 'team', 'distant', 'shared']);
    expect(here.slice(-3, -1)).toMatchObject([
      { entry: { ...own, env: { GITHUB_TOKEN: '${env:GITHUB_TOKEN}', MODE: '${env:MODE}' } } },
      {
        entry: {
          url: 'https://${HOST:-c.test}/${env:TENANT}/mcp',
          headers: { Authorization: 'Bearer ${env:TEAM_TOKEN}' },
        },
        secrets: ['TEAM_TOKEN'],
        variables: ['TENANT'],
        lost: ['${HOST:-c.test}'],
      },
    ]);
    expect((await init('--here', '--config', 'x.jsonc')).servers.map(({ name }) => name)).toEqual(mine);
    expect(existsSync(join(home, 'was-run'))).toBe(false);
    writeFileSync(join(home, '.claude.json'), '{ "projects": ');
    expect((await init()).clients.filter(({ file }) => file.endsWith('.claude.json'))).toHaveLength(1);
  },
);

verifies(
  ['gateway/clients', 'trust/36-import'],
  'copies no secret, wherever it stands and whatever it is called',
  () => {
    const [client] = clients();
    if (!client) throw new Error('No client is known.');
    const secrets = ['sk-ant-api03-a1b2c3d4e5f6g7h8', 'short', 'hunter2', 'pw', 'q1', 'k1', 'abc'];
    const random = ['f81d4fae7dec11d0a765', 'ZXCVbnmASDFghjkQWERtyui', 'AbCd0123EFgh4567ijkl'];
    const [key, token, password, user, flag, header, parameter] = secrets;
    const [hex, letters, segment] = random;
    const innocent = ['-y', '@scope/server@1.2.3', '/home/ada/work', '--author', 'ada', '--verbose'];
    const servers = {
      local: {
        command: 'npx',
        args: [
          ...innocent,
          '--api-key',
          key,
          `--token=${token}`,
          `postgresql://ada:${password}@db/x`,
          '-e',
          `GITHUB_TOKEN=${flag}`,
          '--header',
          `Authorization: Bearer ${header}`,
          '--config',
          JSON.stringify({ apiKey: hex }),
        ],
        env: { K: hex, TOK: letters, MODE: 'fast', HOME_URL: 'https://example.com/a', PORT: '8080' },
      },
      remote: {
        url: `https://ada:${user}@example.com/s/${segment}/mcp?api_key=${parameter}&page=2`,
        headers: { X: hex, Accept: 'text/html' },
      },
      other: { command: 'npx', env: { K: segment } },
    };
    mkdirSync(dirname(client.file), { recursive: true });
    writeFileSync(client.file, JSON.stringify({ [client.key]: servers }));
    const found = readClient(client)?.servers ?? [];
    const text = JSON.stringify(found);
    for (const secret of [...secrets, ...random]) expect(text).not.toMatch(new RegExp(`\\b${secret}\\b`));
    expect(found.map(({ entry }) => entry)).toEqual([
      {
        command: 'npx',
        args: [
          ...innocent,
          '--api-key',
          '${env:LOCAL_API_KEY}',
          '--token=${env:LOCAL_TOKEN}',
          'postgresql://ada:${env:LOCAL_ARG_10_PASSWORD}@db/x',
          '-e',
          'GITHUB_TOKEN=${env:LOCAL_E_GITHUB_TOKEN}',
          '--header',
          'Authorization: Bearer ${env:LOCAL_HEADER_AUTHORIZATION}',
          '--config',
          '${env:LOCAL_CONFIG}',
        ],
        env: {
          K: '${env:K}',
          TOK: '${env:TOK}',
          MODE: 'fast',
          HOME_URL: 'https://example.com/a',
          PORT: '8080',
        },
      },
      {
        url: 'https://example.com/s/${env:REMOTE_PATH}/mcp?api_key=${env:REMOTE_API_KEY}&page=2',
        headers: {
          Authorization: 'Basic ${env:REMOTE_USER_PASSWORD_BASE64}',
          X: '${env:REMOTE_X}',
          Accept: 'text/html',
        },
      },
      { command: 'npx', env: { K: '${env:OTHER_K}' } },
    ]);
    expect(found.flatMap((each) => each.secrets)).toHaveLength(13);
  },
);

verifies(
  'gateway/clients',
  'writes Tutti into each of them, keeping a backup and everything else',
  async () => {
    await install();
    for (const client of clients()) {
      const before = readFileSync(client.file, 'utf8');
      const entry = client.write('npx', ['-y', 'tutti']);
      const { changed, backup = '' } = writeClient(client, entry);
      expect([client.id, changed]).toEqual([client.id, true]);
      expect(readFileSync(backup, 'utf8')).toBe(before);
      const after = readFileSync(client.file, 'utf8');
      if (before.includes('mine')) expect(after).toContain('mine');
      const parse = { json: (text: string) => parseJsonc(text) as unknown, yaml: parseYaml, toml: parseToml }[
        client.format
      ];
      const servers = (parse(after) as Record<string, Record<string, unknown>>)[client.key] ?? {};
      const own = Array.isArray(servers) ? servers.find(({ name }) => name === 'tutti') : servers['tutti'];
      expect(own).toMatchObject(entry);
      expect(JSON.stringify(servers)).toContain('was-run');
      expect(writeClient(client, entry).changed).toBe(false);
    }
  },
);

verifies('gateway/clients', 'writes nothing into a configuration that it cannot read', async () => {
  for (const client of clients()) {
    await mkdir(dirname(client.file), { recursive: true });
    writeFileSync(client.file, client.format === 'yaml' ? 'a: [' : '{ "a": ');
    expect(() => writeClient(client, client.write('npx', []))).toThrow(/nothing was changed/);
    expect(readClient(client)?.problem).toContain('cannot be read');
  }
});

verifies('gateway/clients', 'names the servers that a client keeps beside Tutti', async () => {
  const env = { HOME: home, XDG_CONFIG_HOME: join(home, '.config'), PATH: process.env['PATH'] };
  const connect = async (...args: string[]) =>
    await runCommand(['connect', 'cursor', ...args], { cwd: home, env });
  expect((await connect()).stdout).not.toContain('past the gate');
  const file = join(home, '.cursor', 'mcp.json');
  const { mcpServers } = JSON.parse(readFileSync(file, 'utf8')) as { readonly mcpServers: object };
  const others = {
    'my files\u001B[2J': { command: 'node' },
    off: { command: 'node', disabled: true },
    tickets: { url: 'https://tickets.test/mcp' },
  };
  writeFileSync(file, JSON.stringify({ mcpServers: { ...mcpServers, ...others } }));
  const { stdout } = await connect();
  expect(stdout).toMatch(/past the gate: my files.*, tickets\n/);
  expect(stdout).toContain('take them out of Cursor');
  expect(stdout).not.toMatch(CONTROL);
  expect(JSON.parse((await connect('--json')).stdout)).toMatchObject({
    changed: false,
    beside: ['my files\u001B[2J', 'tickets'],
  });
});

verifies('trust/30-launch', 'says that an edit of a file that was found takes the trust away', async () => {
  const env = {
    HOME: home,
    XDG_CONFIG_HOME: join(home, '.config'),
    XDG_DATA_HOME: join(home, 'share'),
    PATH: process.env['PATH'],
  };
  const tutti = async (...args: string[]) => await runCommand(args, { cwd: home, env });
  const file = join(home, 'tutti.config.jsonc');
  writeFileSync(file, '{}');
  expect((await tutti('trust', '--yes')).status).toBe(0);
  expect((await tutti('servers', 'add', 'a', '--', 'node')).stdout).toMatch(/are held.*\n {2}tutti trust/);
  expect(JSON.parse((await tutti('servers', 'list', '--json')).stdout)).toMatchObject({
    servers: [{ name: 'a', status: 'held' }],
  });
  const added = await tutti('servers', 'add', 'b', '--json', '--', 'node');
  expect(JSON.parse(added.stdout)).toMatchObject({ name: 'b', trusted: false });
  expect((await tutti('trust', '--yes')).status).toBe(0);
  expect((await tutti('servers', 'remove', 'b')).stdout).toMatch(/are held.*\n {2}tutti trust/);
  const named = await tutti('servers', 'remove', 'a', '--config', file);
  expect([named.status, named.stdout]).toEqual([0, expect.not.stringContaining('tutti trust')]);
});

verifies(
  ['gateway/cli', 'trust/29-terminal'],
  'adds, tests, calls and removes a server on the command line',
  async () => {
    const env = {
      HOME: home,
      XDG_CONFIG_HOME: join(home, '.config'),
      XDG_DATA_HOME: join(home, 'share'),
      PATH: process.env['PATH'],
      NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
    };
    const tutti = async (...args: string[]) => await runCommand(args, { cwd: home, env });
    const script = JSON.stringify({
      tools: [
        'echo',
        { name: 'delete_it', description: 'Deletes \u001B[31mit\u001B[0m.', inputSchema: { type: 'object' } },
      ],
      stderr: 'started \u001B]8;;http://evil.test\u0007well\u009B2J\n',
    });
    expect((await tutti('servers', 'add', 'odd__name', '--', 'node')).status).not.toBe(0);
    expect((await tutti('servers', 'add', 'own', '--', process.execPath, HOSTILE, script)).status).toBe(0);
    expect((await tutti('servers', 'add', 'own', '--url', 'http://127.0.0.1:1/mcp')).stderr).toContain(
      'already',
    );
    const tested = await tutti('servers', 'test', '--json');
    expect([tested.status, JSON.parse(tested.stdout)]).toMatchObject([
      0,
      { servers: [{ name: 'own', status: 'ready', tools: 2 }] },
    ]);
    const logs = (await tutti('servers', 'logs', 'own')).stdout;
    expect([logs.includes('well'), CONTROL.test(logs)]).toEqual([true, false]);
    expect((await tutti('tools', 'delete')).stdout).not.toMatch(CONTROL);
    const link = 'text=see \u001B]8;;http://evil.test\u0007here\u001B]8;;\u0007 \u202Eevil';
    const said = await tutti('call', 'own__echo', '--arg', link);
    expect([said.stdout.includes('here'), CONTROL.test(said.stdout)]).toEqual([true, false]);
    const all = JSON.parse((await tutti('tools', '--json')).stdout) as {
      readonly tools: readonly { name: string }[];
    };
    expect(all.tools.map(({ name }) => name)).toEqual(['own__delete_it', 'own__echo']);
    const elsewhere = await tutti('tools', '--server', 'nope');
    expect([elsewhere.status, elsewhere.stderr]).toEqual([
      3,
      expect.stringContaining('There is no server "nope"'),
    ]);
    expect((await tutti('call', 'own__nope')).stderr).not.toContain('find_tools');
    expect(
      (await tutti('call', 'own__echo', '--arg', 'text=5', '--arg', 'message="six"')).stdout.trim(),
    ).toBe('5');
    const explained = JSON.parse((await tutti('policy', 'explain', 'own__delete_it', '--json')).stdout) as {
      readonly effect: string;
    };
    expect(explained.effect).toBe('ask');
    const held = await tutti('call', 'own__delete_it', '--json');
    expect(held.status).toBe(4);
    const { approval } = JSON.parse(held.stdout) as { readonly approval: { readonly approval_id: string } };
    const id = approval.approval_id;
    const unsaid = await tutti('approvals', 'approve', id);
    expect([unsaid.status, unsaid.stdout]).toEqual([4, expect.stringContaining('--yes')]);
    expect(unsaid.stderr).toContain('{}');
    const shown = JSON.parse((await tutti('approvals', 'show', id, '--json')).stdout) as unknown;
    expect(shown).toMatchObject({
      approval: {
        approval_id: id,
        status: 'pending',
        arguments: {},
        requested_by: expect.any(String),
        expires_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      },
    });
    expect((await tutti('approvals', 'approve', id, '--yes')).status).toBe(0);
    expect((await tutti('approvals', 'approve', id)).stderr).toContain('approval/closed');
    expect((await tutti('call', 'own__delete_it')).status).toBe(0);
    expect((await tutti('audit', 'verify')).status).toBe(0);
    const doctor = JSON.parse((await tutti('doctor', '--json')).stdout) as {
      readonly findings: readonly { readonly code: string }[];
    };
    expect(doctor.findings.map(({ code }) => code)).toContain('servers/ready');
    expect((await tutti('servers', 'remove', 'own')).status).toBe(0);
    expect((await tutti('servers', 'remove', 'own')).status).not.toBe(0);
  },
);

verifies(
  'gateway/cli',
  'names what is at fault: a lock file half merged, a tool that is not there',
  async () => {
    const file = join(home, 'tutti.config.json');
    const env = {
      HOME: home,
      XDG_DATA_HOME: join(home, 'share'),
      XDG_CONFIG_HOME: join(home, '.config'),
      PATH: process.env['PATH'],
      NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
    };
    const tutti = async (...args: string[]) =>
      await runCommand([...args, '--json', '--config', file], { cwd: home, env });
    writeFileSync(file, '{}');
    expect((await tutti('policy', 'explain', 'own__nope')).status).toBe(3);
    writeFileSync(join(home, 'tutti.lock.json'), '{\n<<<<<<< ours\n');
    const { findings } = JSON.parse((await tutti('doctor')).stdout) as {
      readonly findings: readonly { readonly code: string; readonly found: string }[];
    };
    expect(findings.at(-1)).toMatchObject({ code: 'lock/invalid', found: expect.stringContaining('line 2') });
  },
);

verifies('gateway/clients', 'writes nothing where it may not, and says where that is', () => {
  if (unprivileged === undefined) return;
  const file = join(home, '.cursor', 'mcp.json');
  mkdirSync(dirname(file));
  writeFileSync(file, '{}', { mode: 0o444 });
  chmodSync(home, 0o755);
  for (const mode of [0o777, 0o555]) {
    chmodSync(dirname(file), mode);
    const { status, stderr } = spawnSync(process.execPath, [MAIN, 'connect', 'cursor'], {
      ...unprivileged,
      cwd: home,
      env: { HOME: home, PATH: process.env['PATH'] },
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([5, expect.stringContaining(`${file} cannot be written (EACCES)`)]);
    expect(readdirSync(dirname(file))).toEqual(['mcp.json']);
    expect(readFileSync(file, 'utf8')).toBe('{}');
  }
  chmodSync(dirname(file), 0o755);
});
