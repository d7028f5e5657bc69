import { spawnSync } from 'node:child_process';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TuttiError } from '../../../core/kernel/errors.ts';
import type { Client } from './client.ts';
import { knownClients } from './clients.ts';
import { writeClient } from './export.ts';
import { readClient } from './import.ts';

let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'tutti-client-files-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

function clientOf(id: string): Client {
  const settings = join(home, 'settings');
  const client = knownClients({ home, settings, dotConfig: settings }).find((each) => each.id === id);
  if (!client) throw new Error(`There is no client ${id}.`);
  mkdirSync(dirname(client.file), { recursive: true });
  return client;
}

function given(id: string, text: string): Client {
  const client = clientOf(id);
  writeFileSync(client.file, text);
  return client;
}

function connect(client: Client): ReturnType<typeof writeClient> {
  return writeClient(client, client.write('npx', ['-y', 'tutti']));
}

/** What `connect` says of a file that it leaves alone. */
function refusal(client: Client): string {
  try {
    connect(client);
  } catch (error) {
    if (error instanceof TuttiError && error.code === 'config/invalid') return error.message;
    throw error;
  }
  throw new Error('It was written.');
}

describe('a symbolic link', () => {
  it.skipIf(process.platform === 'win32')('stays, and what it leads to is written', () => {
    const client = clientOf('cursor');
    const real = join(home, 'dotfiles.json');
    writeFileSync(real, '{"mine": 1}\n', { mode: 0o640 });
    symlinkSync('../dotfiles.json', client.file);
    connect(client);
    expect(lstatSync(client.file).isSymbolicLink()).toBe(true);
    expect(JSON.parse(readFileSync(real, 'utf8'))).toMatchObject({ mine: 1, mcpServers: { tutti: {} } });
    expect(statSync(real).mode & 0o777).toBe(0o640);
  });

  it.skipIf(process.platform === 'win32')('stays where nothing is behind it yet', () => {
    const client = clientOf('cursor');
    symlinkSync('../later/mcp.json', client.file);
    connect(client);
    expect(lstatSync(client.file).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(home, 'later', 'mcp.json'), 'utf8')).toContain('tutti');
  });

  it.skipIf(process.platform === 'win32')('that leads to itself is told of', () => {
    const client = clientOf('cursor');
    symlinkSync(client.file, client.file);
    expect(readClient(client)?.problem).toContain('ELOOP');
    expect(refusal(client)).toContain('ELOOP');
  });
});

describe('what is no plain file', () => {
  it('is told of, be it a folder', () => {
    const client = clientOf('cursor');
    mkdirSync(client.file);
    expect(readClient(client)?.problem).toContain('is a folder');
    expect(refusal(client)).toContain(client.file);
  });

  it.skipIf(process.platform === 'win32')('is not waited for', () => {
    const client = clientOf('cursor');
    expect(spawnSync('mkfifo', [client.file]).status).toBe(0);
    expect(readClient(client)?.problem).toContain('is no plain file');
    expect(refusal(client)).toContain('is no plain file');
  });

  it('is told of where a folder should be', () => {
    const client = clientOf('cursor');
    rmSync(dirname(client.file), { recursive: true });
    writeFileSync(dirname(client.file), '');
    expect(readClient(client)).toBeUndefined();
    expect(refusal(client)).toMatch(/mcp\.json cannot be written \((?:ENOTDIR|EEXIST)\)/);
  });
});

describe('a file of another shape', () => {
  it.each([
    ['cursor', '{"mcpServers":[]}', '"mcpServers"'],
    ['cursor', '{"mcpServers":"x"}', '"mcpServers"'],
    ['cursor', '[]', 'JSON'],
    ['cursor', '{"mcpServers":{},"mcpServers":{}}', 'twice'],
    ['goose', 'extensions: [a]\n', '"extensions"'],
    ['goose', 'extensions: text\n', '"extensions"'],
    ['continue', 'mcpServers: { a: 1 }\n', '"mcpServers"'],
    ['codex', 'mcp_servers = "x"\n', '"mcp_servers"'],
  ])('is left as it is: %s %s', (id, text, said) => {
    const client = given(id, text);
    expect(refusal(client)).toContain(said);
    expect(readFileSync(client.file, 'utf8')).toBe(text);
    expect(readClient(client)).toMatchObject({ servers: [], problem: expect.any(String) });
  });

  it('is taken with a byte order mark, which stays', () => {
    const client = given('cursor', '\uFEFF{"mcpServers":{"a":{"command":"x"}}}');
    expect(readClient(client)?.servers.map(({ name }) => name)).toEqual(['a']);
    connect(client);
    expect(readFileSync(client.file, 'utf8')).toMatch(/^\uFEFF\{\s+"mcpServers"/);
  });

  it('is read and written however much else stands in it', () => {
    const client = given('claude-code', JSON.stringify({ history: 'x'.repeat(5_000_000) }));
    expect(readClient(client)).toEqual({ client, servers: [], skipped: [] });
    expect(connect(client).changed).toBe(true);
  });
});

describe('a file that takes no further server as it is written', () => {
  it.each([
    ['codex', 'mcp_servers = { a = { command = "x" } }\n'],
    ['codex', 'mcp_servers = {}\n'],
    ['goose', 'x: &x\n  a: { cmd: y }\nextensions: *x\n'],
    ['goose', 'extensions: &x\n  a: { cmd: y }\nother: *x\n'],
    ['goose', 'extensions:\n  tutti: &x { cmd: y }\n  b: *x\n'],
    ['continue', 'mcpServers: &x\n  - { name: a, command: y }\nother: *x\n'],
    ['continue', 'mcpServers:\n  - &x { name: tutti, command: y }\nother: *x\n'],
  ])('is left as it is: %s %j', (id, text) => {
    const client = given(id, text);
    expect(refusal(client)).toContain('nothing was changed');
    expect(readFileSync(client.file, 'utf8')).toBe(text);
    expect(readdirSync(dirname(client.file))).toEqual([basename(client.file)]);
  });

  it.each([
    ['codex', 'since = 2026-01-02\nbig = inf\n[mcp_servers]\na.command = "x"\n'],
    [
      'codex',
      'model = "x"\n[other]\n[mcp_servers]\ntutti2 = {}\n[[mcp_servers.b]]\nc = 1\n[mcp_servers.d]\ntutti = 1\n',
    ],
    ['codex', 'mcp_servers.a = { command = "x" }\n'],
    ['goose', 'extensions:\nat: 2026-01-02\n'],
    ['goose', 'extensions: { a: &x { cmd: y }, b: *x }\n'],
    ['continue', 'mcpServers: []\n'],
    ['cursor', '{"a":1e400,"mcpServers":{"__proto__":{},"b":{"command":"x"},},}'],
  ])('is written where it does: %s %j', (id, text) => {
    const client = given(id, text);
    expect(connect(client).changed).toBe(true);
    expect(connect(client).changed).toBe(false);
  });
});

describe('an entry of ours', () => {
  it.each([
    ['cursor', '{"mcpServers":{"tutti":{"command":"old","env":{"A":"1"}}}}', '"A": "1"'],
    ['goose', 'extensions:\n  tutti: { type: stdio, cmd: old, envs: { A: "1" } }\n', 'A: "1"'],
    ['continue', 'mcpServers:\n  - { name: tutti, command: old, env: { A: "1" } }\n', 'A: "1"'],
  ])('keeps its variables: %s', (id, text, kept) => {
    const client = given(id, text);
    expect(connect(client).changed).toBe(true);
    const after = readFileSync(client.file, 'utf8');
    expect(after).toContain(kept);
    expect(after).not.toContain('old');
    expect(connect(client).changed).toBe(false);
  });
});

describe('what is imported', () => {
  it('says what it leaves out', () => {
    const servers = `{"num":5,"none":null,"__proto__":{"command":"x"},"empty":{},"me":{"command":"npx","args":["tutti@0.1.0"]},"日本":{"command":"x"},"ok":{"command":"x"}}`;
    const found = readClient(given('cursor', `{"mcpServers":${servers}}`));
    expect(found?.servers.map(({ name }) => name)).toEqual(['ok']);
    expect(found?.skipped.map(({ name }) => name)).toEqual([
      'num',
      'none',
      '__proto__',
      'empty',
      'me',
      '日本',
    ]);
    expect(found?.skipped.find(({ name }) => name === 'me')?.reason).toBe('this is Tutti itself');
  });

  it.each([
    ['ünï', 'uni'],
    ['Straße', 'Strasse'],
    ['My  Server!', 'My-Server'],
    ['a__b', 'a_b'],
  ])('is called %s there and %s here', (from, name) => {
    const found = readClient(given('cursor', JSON.stringify({ mcpServers: { [from]: { command: 'x' } } })));
    expect(found?.servers).toMatchObject([{ name, from }]);
  });
});

describe('a server that is switched off there', () => {
  const json = (key: string, off: object) =>
    JSON.stringify({ [key]: { on: { command: 'x' }, off: { command: 'y', ...off } } });
  it.each([
    ['claude-code', json('mcpServers', { disabled: true })],
    ['claude-desktop', json('mcpServers', { disabled: true })],
    ['cline', json('mcpServers', { disabled: true })],
    ['codex', '[mcp_servers.on]\ncommand = "x"\n[mcp_servers.off]\ncommand = "y"\nenabled = false\n'],
    [
      'continue',
      'mcpServers:\n  - { name: on, command: x }\n  - { name: off, command: y, disabled: true }\n',
    ],
    ['cursor', json('mcpServers', { disabled: true })],
    ['gemini-cli', json('mcpServers', {}).replace(/}$/, ',"mcp":{"excluded":["off"]}}')],
    ['gemini-cli', json('mcpServers', {}).replace(/}$/, ',"mcp":{"allowed":["on"]}}')],
    ['gemini-cli', json('mcpServers', {}).replace(/}$/, ',"excludeMCPServers":["off"]}')],
    [
      'goose',
      'extensions:\n  on: { type: stdio, cmd: x, enabled: true }\n  off: { type: stdio, cmd: y, enabled: false }\n',
    ],
    ['vscode', json('servers', { disabled: true })],
    ['windsurf', json('mcpServers', { disabled: true })],
    ['zed', json('context_servers', { enabled: false })],
    ['zed', json('context_servers', { command: { path: 'y' }, enabled: false })],
  ])('stays so: %s %s', (id, text) => {
    expect(readClient(given(id, text))?.servers.map(({ name, entry }) => [name, entry])).toEqual([
      ['on', { command: 'x' }],
      ['off', { command: 'y', disabled: true }],
    ]);
  });
});

describe('credentials', () => {
  it.each([
    [
      'codex',
      '[mcp_servers.a]\nurl = "https://h.example/mcp"\nbearer_token_env_var = "TOK"\nhttp_headers = { B = "b" }\nenv_http_headers = { X-Key = "KEY" }\n',
      {
        url: 'https://h.example/mcp',
        headers: { B: 'b', 'X-Key': '${env:KEY}', Authorization: 'Bearer ${env:TOK}' },
      },
      ['KEY', 'TOK'],
    ],
    [
      'codex',
      '[mcp_servers.a]\ncommand = "x"\nenv_vars = ["TOK"]\n',
      { command: 'x', env: { TOK: '${env:TOK}' } },
      ['TOK'],
    ],
    [
      'goose',
      'extensions:\n  a: { type: stdio, cmd: x, envs: { A: b }, env_keys: [TOK] }\n',
      { command: 'x', env: { TOK: '${env:TOK}', A: 'b' } },
      ['TOK'],
    ],
    [
      'continue',
      'mcpServers:\n  - { name: a, url: "https://h.example/mcp", requestOptions: { headers: { Authorization: Bearer hunter2 } } }\n',
      { url: 'https://h.example/mcp', headers: { Authorization: '${env:A_AUTHORIZATION}' } },
      ['A_AUTHORIZATION'],
    ],
  ])('are references here where %s names them: %j', (...row) => {
    const [id, text, entry, named] = row;
    const { secrets = [], variables = [], ...server } = readClient(given(id, text))?.servers[0] ?? {};
    expect(server).toMatchObject({ entry, lost: [] });
    expect([...secrets, ...variables]).toEqual(named);
  });

  it('are told apart from variables that merely have to be set', () => {
    const entry = {
      command: '${env:BIN}',
      args: ['--key', '${env:API_KEY}', '${env:CLAUDE_PROJECT_DIR}'],
      cwd: '${env:ROOT}',
      env: { MODE: '${env:MODE}', GITHUB_TOKEN: '${env:GH}', PLAIN: 'x' },
    };
    const [local] = readClient(given('vscode', JSON.stringify({ servers: { a: entry } })))?.servers ?? [];
    expect(local).toMatchObject({
      secrets: ['API_KEY', 'GH'],
      variables: ['BIN', 'CLAUDE_PROJECT_DIR', 'ROOT', 'MODE'],
      lost: [],
    });
  });

  it.each([
    ['vscode', '{"servers":{"a":{"command":"x","envFile":".env"}}}', ['envFile']],
    [
      'vscode',
      '{"servers":{"a":{"command":"x","env":{"K":"${input:key}","W":"${env:W}"}}}}',
      ['${input:key}'],
    ],
    [
      'continue',
      'mcpServers:\n  - { name: a, url: "https://h.example/mcp", requestOptions: { clientCertificate: { key: k } } }\n',
      ['requestOptions'],
    ],
    [
      'continue',
      'mcpServers:\n  - { name: a, command: x, env: { K: "${{ secrets.K }}" } }\n',
      ['${{ secrets.K }}'],
    ],
    ['cursor', '{"mcpServers":{"a":{"url":"https://h.example/mcp","auth":{"CLIENT_ID":"x"}}}}', ['auth']],
    [
      'claude-code',
      '{"mcpServers":{"a":{"url":"https://h.example/mcp","headersHelper":"x"}}}',
      ['headersHelper'],
    ],
    ['cursor', '{"mcpServers":{"a":{"command":"${BIN:-npx}"}}}', ['${BIN:-npx}']],
    ['cursor', '{"mcpServers":{"a":{"command":"x","cwd":"${workspaceFolder}/a"}}}', ['${workspaceFolder}']],
  ])('are named where they cannot be carried over: %s %s', (id, text, lost) => {
    expect(readClient(given(id, text))?.servers).toMatchObject([{ lost }]);
  });
});

describe('parts of a server that have no place in ours', () => {
  it.each([
    ['cursor', { command: 'one', args: 'x y', env: ['A=b'] }, { command: 'one' }, ['args', 'env']],
    ['cursor', { command: 'x', url: 'https://y' }, { command: 'x' }, ['url']],
    ['cursor', { command: 'x', cwd: 1, headers: { A: 'b' } }, { command: 'x' }, ['cwd', 'headers']],
    [
      'cursor',
      { url: 'https://y', command: ['x'], args: ['y'], headers: 'A: b' },
      { url: 'https://y' },
      ['command', 'args', 'headers'],
    ],
    ['windsurf', { command: 'x', serverUrl: 'https://y' }, { command: 'x' }, ['url']],
    ['cursor', { command: 'x', args: '', env: null, url: '', headers: {} }, { command: 'x' }, []],
    ['cursor', { url: 'https://y', command: '', args: [], env: {} }, { url: 'https://y' }, []],
    [
      'cursor',
      { command: 'x', args: ['a', null, ['b'], 'c'], env: { A: { b: 'c' }, D: 'e', F: null } },
      { command: 'x', args: ['a', 'c'], env: { D: 'e' } },
      ['args.1', 'args.2', 'env.A', 'env.F'],
    ],
    [
      'cursor',
      { url: 'https://y', args: [['z']], headers: { A: [] } },
      { url: 'https://y', headers: {} },
      ['args', 'headers.A'],
    ],
  ])('are named: %s %j', (...row) => {
    const [id, server, entry, lost] = row;
    const [found] = readClient(given(id, JSON.stringify({ mcpServers: { a: server } })))?.servers ?? [];
    expect(found).toMatchObject({ lost });
    expect(found?.entry).toEqual(entry);
  });
});

describe('members of a server that are no texts but read like one', () => {
  it.each([
    [
      'cursor',
      '{"mcpServers": {"a": {"command": "x", "args": ["--port", 8080, true], "env": {"PORT": 1.50, "ON": false, "A": "b"}}}}',
      { command: 'x', args: ['--port', '8080', 'true'], env: { PORT: '1.5', ON: 'false', A: 'b' } },
      ['args.1', 'args.2', 'env.PORT', 'env.ON'],
    ],
    [
      'cursor',
      '{"mcpServers": {"a": {"url": "https://y", "headers": {"X-Version": 2}, "env": {"A": 1}}}}',
      { url: 'https://y', headers: { 'X-Version': '2' } },
      ['headers.X-Version'],
    ],
    ['codex', '[mcp_servers.a]\ncommand = "x"\nargs = ["y"]\n', { command: 'x', args: ['y'] }, []],
  ])('are taken as texts, and named: %s %s', (...row) => {
    const [id, text, entry, asText] = row;
    const [found] = readClient(given(id, text))?.servers ?? [];
    expect(found?.entry).toEqual(entry);
    expect(found).toMatchObject({ asText });
  });
});
