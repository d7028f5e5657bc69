import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig, type Config, type LoadOptions } from '../src/config.ts';
import { configJsonSchema } from '../src/config/schema.ts';
import type { ConfigFault } from '../src/config/source.ts';
import { toLaunchDefinition } from '../src/core/gateway/pin.ts';
import type { ServerSettings } from '../src/core/gateway/settings.ts';
import { TuttiError } from '../src/core/kernel/errors.ts';

let root: string;
let folders: { config: string; data: string };

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'tutti-config-')));
  folders = { config: join(root, 'own'), data: join(root, 'data') };
  mkdirSync(join(root, 'project', 'deep', 'down'), { recursive: true });
  mkdirSync(folders.config);
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, content: unknown): string {
  const file = join(root, path);
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content, null, 2));
  return file;
}

function load(options: LoadOptions = {}): Config {
  return loadConfig({ cwd: join(root, 'project'), env: {}, folders, ...options });
}

/** The error of a configuration that is refused. */
function refusal(options: LoadOptions = {}): {
  readonly message: string;
  readonly faults: readonly ConfigFault[];
} {
  try {
    load(options);
  } catch (error) {
    if (!(error instanceof TuttiError) || error.code !== 'config/invalid') throw error;
    return { message: error.message, faults: error.data as readonly ConfigFault[] };
  }
  throw new Error('the configuration was accepted');
}

/** Faults of a file that the user names. */
function faultsOf(content: unknown, env: NodeJS.ProcessEnv = {}): readonly ConfigFault[] {
  return refusal({ file: write('named.jsonc', content), env }).faults;
}

describe('where it comes from', () => {
  it('is the defaults when there is nothing: on loopback, in the user data folder', () => {
    expect(load()).toEqual({
      file: undefined,
      isNamed: false,
      trusted: true,
      sources: [],
      lockFile: undefined,
      store: { kind: 'sqlite', path: join(root, 'data', 'tutti.db') },
      workflows: {
        dir: join(root, 'data', 'workflows'),
        shipped: true,
        deciders: ['caller'],
        sampling: false,
        minConfidence: 0.7,
        thinkingMs: 0,
        decisionTtlMs: 604_800_000,
      },
      agents: {
        dir: join(root, 'data', 'agents'),
        default: 'agent',
        transitions: 'enforce',
        sharedKnowledge: false,
        maxSessionBytes: 256 * 1_048_576,
        maxOwnerBytes: 1024 * 1_048_576,
      },
      http: {
        host: '127.0.0.1',
        port: 7420,
        tokens: [],
        approvers: [],
        allowedHosts: [],
        allowedOrigins: [],
      },
      toolsets: ['workflows', 'gateway', 'agent'],
      gateway: {
        servers: [],
        broken: [],
        policy: {
          rules: [],
          approve: ['destructive'],
          tainted: 'ask',
          budgets: [],
          resultMaxBytes: 65_536,
          resultStoreMaxBytes: 16_777_216,
          resultTtlMs: 3_600_000,
          approvalTtlMs: 3_600_000,
          fourEyes: false,
          maxHops: 4,
          injection: 'mark',
          unknownArguments: 'schema',
        },
        exposure: { mode: 'auto', maxTools: 40, searchingClients: ['claude-code'] },
        ask: { maxCalls: 32, maxMs: 120_000, maxBytes: 4_194_304, model: 'auto', learn: false },
        cacheBytes: 67_108_864,
        maxProcesses: 64,
      },
      asking: {
        timeoutMs: 30_000,
        concurrency: 4,
        cacheBytes: 16_777_216,
        cacheTtlMs: 3_600_000,
        prices: {},
        budgets: [],
      },
      log: { level: 'info' },
      warnings: [],
    });
  });

  it('is found by walking up, the nearest first', () => {
    write('project/tutti.config.jsonc', { http: { port: 1 } });
    write('project/deep/tutti.config.yaml', 'http:\n  port: 2\n');
    expect(load({ cwd: join(root, 'project', 'deep', 'down') }).http.port).toBe(2);
    expect(load().http.port).toBe(1);
  });

  it.each(['jsonc', 'json', 'yaml', 'yml'])('may end in .%s', (extension) => {
    const file = write(`project/tutti.config.${extension}`, '{ "http": { "port": 3 } }');
    expect(load()).toMatchObject({ file, http: { port: 3 } });
  });

  it('says which file it passes over when there are two', () => {
    write('project/tutti.config.jsonc', {});
    const other = write('project/tutti.config.yml', '');
    expect(load().warnings).toEqual([expect.stringContaining(other)]);
  });

  it('is the one in the user folder when walking up finds none', () => {
    const file = write('own/tutti.config.jsonc', { store: 'sqlite:../elsewhere/x.db' });
    expect(load()).toMatchObject({ file, store: { path: join(root, 'elsewhere', 'x.db') } });
  });

  it('is the named one, whatever lies around, and that one must exist', () => {
    write('project/tutti.config.jsonc', { http: { port: 1 } });
    const file = write('named.jsonc', { http: { port: 9 } });
    expect(load({ file: '../named.jsonc' })).toMatchObject({ file, isNamed: true, http: { port: 9 } });
    expect(refusal({ file: '../absent.jsonc' }).message).toContain(join(root, 'absent.jsonc'));
  });

  it('takes comments, trailing commas, a byte order mark and paths relative to the file', () => {
    write(
      'project/tutti.config.jsonc',
      '\uFEFF{\n // mine\n "store": "sqlite:./x/t.db", "workflows": { "dir": "./w", }, }',
    );
    const found = load({ cwd: join(root, 'project', 'deep') });
    expect(found.workflows.dir).toBe(join(root, 'project', 'w'));
    expect(load({ file: found.file! }).store.path).toBe(join(root, 'project', 'x', 't.db'));
  });

  it('is frozen, all the way down', () => {
    write('project/tutti.config.jsonc', { http: { auth: { tokens: ['0123456789abcdef'] } } });
    const config = load();
    for (const part of [config, config.http, config.http.tokens, config.workflows.deciders]) {
      expect(Object.isFrozen(part)).toBe(true);
    }
  });
});

describe('faults', () => {
  it.each(['Europe/Atlantis', 'half past nine'])('are a time zone that is none: %j', (timeZone) => {
    expect(faultsOf({ ask: { timeZone } })).toMatchObject([
      { path: 'ask.timeZone', message: expect.stringContaining('IANA') },
    ]);
  });

  it('name each decider once', () => {
    expect(faultsOf('{ "workflows": { "deciders": ["human", "human"] } }')).toMatchObject([
      { path: 'workflows.deciders', message: expect.stringContaining('each decider once') },
    ]);
  });

  it('are all reported at once, with path, line, what was expected and what was found', () => {
    const faults = faultsOf(
      `{
  "htp": {},
  "http": { "port": "abc", "allowedOrigins": ["example.com/path"] },
  "store": "mysql:x",
  "workflows": { "dir": 7, "deciders": ["modle"] },
  "toolsets": [],
  "logLevel": "loud"
}`,
    );
    expect(faults.map(({ path, line }) => `${path}:${line}`)).toEqual([
      'htp:2',
      'http.port:3',
      'http.allowedOrigins.0:3',
      'store:4',
      'workflows.dir:5',
      'workflows.deciders.0:5',
      'toolsets:6',
      'logLevel:7',
    ]);
    const text = faults.map(({ message }) => message);
    expect(text[0]).toBe('unknown key; did you mean "http"?');
    expect(text[1]).toBe('expected a whole number from 0 to 65535, found "abc"');
    expect(text[4]).toBe('expected the path of a folder, found 7');
    expect(text[6]).toBe('expected at least one toolset, found an empty list');
    expect(text[7]).toBe('expected one of "debug", "info", "warn", "error", found "loud"');
  });

  it('name the line in YAML too', () => {
    const file = write('named.yaml', 'http:\n  port: 70000\n  hots: x\n');
    expect(refusal({ file }).faults).toMatchObject([
      { path: 'http.port', line: 2 },
      { path: 'http.hots', line: 3, message: 'unknown key; did you mean "host"?' },
    ]);
  });

  it('name every known key when none is near', () => {
    const [fault] = faultsOf({ http: { zebra: 1 } });
    expect(fault?.message).toBe('unknown key; known here: host, port, auth, allowedHosts, allowedOrigins');
  });

  it('say that PostgreSQL is not available, without the password', () => {
    const { message } = refusal({ file: write('named.jsonc', { store: 'postgres://me:hunter2@db/x' }) });
    expect(message).toContain('PostgreSQL is not available in this version');
    expect(message).not.toContain('hunter2');
  });

  it('include broken syntax, keys that stand twice, and a file that is no object', () => {
    expect(faultsOf('{ "store": }')).toMatchObject([
      { line: 1, message: expect.stringContaining('value expected') },
    ]);
    expect(faultsOf('{ "toolsets": ["workflows"],\n "toolsets": ["workflows"] }')).toMatchObject([
      { path: 'toolsets', line: 2 },
    ]);
    expect(faultsOf('[]')).toMatchObject([{ message: 'expected an object, found an empty list' }]);
    expect(faultsOf('{ "__proto__": { "store": "x" } }')).toMatchObject([{ path: '__proto__' }]);
  });

  it('include YAML whose aliases multiply, and nesting without end', () => {
    const bomb = ['a: &a [x, x, x, x, x, x, x, x, x]']
      .concat(
        ['b', 'c', 'd', 'e', 'f', 'g'].map(
          (key, at) => `${key}: &${key} [${`*${'abcdef'[at]}, `.repeat(9)}]`,
        ),
      )
      .join('\n');
    expect(refusal({ file: write('bomb.yaml', bomb) }).faults).toMatchObject([
      { message: expect.stringContaining('aliases') },
    ]);
    expect(faultsOf('['.repeat(200_000))).toMatchObject([{ message: expect.stringContaining('too deeply') }]);
  });

  it('never come as anything but config/invalid, whatever the text', () => {
    const file = join(root, 'fuzz.jsonc');
    const yaml = join(root, 'fuzz.yaml');
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.string({
            unit: fc.constantFrom('{', '}', '[', ']', ':', ',', '"', '\n', ' ', '-', '&', '*', '!'),
          }),
        ),
        (text) => {
          for (const each of [file, yaml]) {
            writeFileSync(each, text);
            try {
              load({ file: each });
            } catch (error) {
              expect(error).toMatchObject({ code: 'config/invalid' });
            }
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('${env:NAME}', () => {
  const config = { http: { auth: { tokens: ['${env:A_TOKEN}'] } }, store: 'sqlite:./${env:NAME}.db' };

  it('stands for the variable', () => {
    const file = write('named.jsonc', config);
    const { http, store } = load({ file, env: { A_TOKEN: 'a-token-of-some-length', NAME: 'x' } });
    expect(http.tokens).toEqual(['a-token-of-some-length']);
    expect(store.path).toBe(join(root, 'x.db'));
  });

  it('is one fault each when it is not set', () => {
    expect(faultsOf(config)).toMatchObject([
      { path: 'http.auth.tokens.0', message: expect.stringContaining('A_TOKEN is not set') },
      { path: 'store', message: expect.stringContaining('NAME is not set') },
    ]);
  });

  it('is expanded once, and never in a variable', () => {
    const file = write('named.jsonc', { store: 'sqlite:./${env:ONE}' });
    expect(load({ file, env: { ONE: '${env:TWO}', TWO: 'x' } }).store.path).toBe(join(root, '${env:TWO}'));
  });

  it('names agents.dir where a file stands, and takes a folder that is not there', () => {
    writeFileSync(join(root, 'a-file'), '');
    const file = write('named.jsonc', { agents: { dir: './a-file' } });
    expect(refusal({ file }).message).toContain(
      'agents.dir: expected the path of a folder, found "./a-file", which is a file.',
    );
    expect(loadConfig({ file: write('named.jsonc', { agents: { dir: './none' } }) }).agents.dir).toBe(
      join(root, 'none'),
    );
  });

  it('never shows what a variable holds', () => {
    const { message } = refusal({
      file: write('named.jsonc', { http: { port: '${env:SECRET}', auth: { tokens: [12345678, ''] } } }),
      env: { SECRET: 'hunter2' },
    });
    expect(message).toContain('found "${env:SECRET}"');
    expect(message).not.toMatch(/hunter2|12345678/);
  });
});

describe('a file found by walking up', () => {
  it.each([
    ['workflows.dir', { workflows: { dir: '..' } }],
    ['workflows.dir', { workflows: { dir: './link' } }],
    ['agents.dir', { agents: { dir: './link' } }],
    ['agents.sharedKnowledge', { agents: { sharedKnowledge: true } }],
    ['http.host', { http: { host: '0.0.0.0' } }],
    ['http.allowedHosts', { http: { allowedHosts: ['evil.test'] } }],
    ['http.allowedOrigins', { http: { allowedOrigins: ['http://evil.test'] } }],
    [
      'http.auth.oauth',
      {
        http: {
          auth: { oauth: { issuer: 'https://evil.test', audience: 'a', jwksUrl: 'https://evil.test/keys' } },
        },
      },
    ],
  ])('may not reach further than its folder and this machine: %s', (path, content) => {
    symlinkSync(root, join(root, 'project', 'link'));
    const file = write('project/tutti.config.jsonc', content);
    expect(refusal().faults).toMatchObject([{ path, message: expect.stringContaining('--config') }]);
    expect(load({ file }).file).toBe(file);
  });

  it('may name what lies in its folder, there or not yet', () => {
    write('project/tutti.config.jsonc', {
      workflows: { dir: './a/b/deep' },
      agents: { dir: './minds', transitions: 'warn' },
      http: { host: 'localhost' },
    });
    expect(load().agents).toMatchObject({ dir: join(root, 'project', 'minds'), transitions: 'warn' });
    expect(load().workflows.dir).toBe(join(root, 'project', 'a', 'b', 'deep'));
  });

  it('is not blamed for what the environment outranks', () => {
    write('project/tutti.config.jsonc', { workflows: { dir: '../out' } });
    expect(load({ env: { WORKFLOW_DEFINITIONS_DIR: '/elsewhere' } }).workflows.dir).toBe('/elsewhere');
  });
});

describe('mcpServers', () => {
  const gateway = (mcpServers: unknown, env: NodeJS.ProcessEnv = {}): Config['gateway'] =>
    load({ file: write('named.jsonc', { mcpServers }), env }).gateway;
  const only = (entry: unknown, env: NodeJS.ProcessEnv = {}): ServerSettings => {
    const { servers, broken } = gateway({ it: entry }, env);
    expect(broken).toEqual([]);
    return servers[0]!;
  };
  const errorOf = (entry: unknown, env: NodeJS.ProcessEnv = {}): string => {
    const { servers, broken } = gateway({ it: entry }, env);
    expect(servers).toEqual([]);
    expect(broken).toMatchObject([{ name: 'it', status: 'down' }]);
    return broken[0]!.error;
  };

  it('takes what other clients write, with every default', () => {
    const env = { A_TOKEN: 'secret' };
    expect(only({ command: 'npx', args: ['-y', 'x'], env: { T: 'a ${env:A_TOKEN}' } }, env)).toEqual({
      name: 'it',
      launch: { kind: 'stdio', command: 'npx', args: ['-y', 'x'], env: { T: 'a secret' } },
      origin: 'operator',
      enabled: true,
      trusted: false,
      prefix: true,
      costMicros: 0,
      connectMs: 10_000,
      idleMs: 30_000,
      timeoutMs: 60_000,
      concurrency: 16,
      maxMemoryBytes: 1_073_741_824,
      cache: { mode: 'auto', ttlMs: 60_000 },
      budgets: [],
      fallback: [],
      tools: {},
      users: {},
    });
  });

  it('takes our own keys', () => {
    const { servers } = gateway({
      it: {
        url: 'https://x.test/mcp',
        headers: { Authorization: 'Bearer x' },
        description: 'what it is for',
        disabled: true,
        cost: 2,
        timeoutMs: 1,
        idleMs: 2,
        connectMs: 3,
        idleShutdownMs: 4,
        concurrency: 5,
        maxMemoryMb: 32,
        budget: { calls: 50, per: 'session' },
        fallback: ['other', 'other'],
        trusted: true,
        prefix: false,
        cache: { mode: 'off' },
        tools: {
          put: { risk: 'destructive', cost: 0.5, enabled: false, sensitive: true, egress: false },
          get: {
            examples: ['where is x'],
            group: 'search',
            parameters: { q: 'query' },
            cache: true,
            timeoutMs: 9,
          },
        },
        users: { ada: { headers: { Authorization: 'Bearer ada' } } },
        oauth: { clientId: 'c', scopes: ['s'] },
      },
      other: {
        command: 'x',
        budget: [
          { cost: 1.5, per: 'day' },
          { ms: 7, calls: 0, per: 'owner' },
        ],
      },
    });
    expect(servers[0]).toEqual({
      name: 'it',
      launch: {
        kind: 'http',
        url: 'https://x.test/mcp',
        headers: { Authorization: 'Bearer x' },
        allowPrivate: false,
        oauth: { clientId: 'c', scopes: ['s'] },
      },
      description: 'what it is for',
      origin: 'operator',
      enabled: false,
      trusted: true,
      prefix: false,
      costMicros: 2_000_000,
      connectMs: 3,
      idleMs: 2,
      timeoutMs: 1,
      idleShutdownMs: 4,
      concurrency: 5,
      maxMemoryBytes: 33_554_432,
      cache: { mode: 'off', ttlMs: 60_000 },
      budgets: [{ calls: 50, per: 'session' }],
      fallback: ['other'],
      tools: {
        put: {
          enabled: false,
          risk: 'destructive',
          examples: [],
          costMicros: 500_000,
          sensitive: true,
          egress: false,
        },
        get: {
          enabled: true,
          examples: ['where is x'],
          group: 'search',
          parameters: { q: 'query' },
          cache: true,
          timeoutMs: 9,
        },
      },
      users: { ada: { env: {}, headers: { Authorization: 'Bearer ada' } } },
    });
    expect(servers[1]?.budgets).toEqual([
      { costMicros: 1_500_000, per: 'day' },
      { ms: 7, calls: 0, per: 'owner' },
    ]);
  });

  it('are pinned by their references where values come from the environment', () => {
    const pinned = (entry: object, env: NodeJS.ProcessEnv) =>
      JSON.stringify(toLaunchDefinition(only(entry, env).launch));
    const program = { command: '${env:BIN}/x', args: ['-t', '${env:T}'], cwd: '${env:DIR}' };
    const here = pinned(program, { BIN: '/a', T: 'hunter2', DIR: '/b' });
    expect(here).toBe(pinned(program, { BIN: '/c', T: 'hunter3', DIR: '/d' }));
    expect(here).toContain('${env:T}');
    expect(here).not.toMatch(/hunter|\/[ab]/);
    const place = { httpUrl: 'https://${env:H}/mcp?x=${env:T}', oauth: { clientId: '${env:C}' } };
    const there = pinned(place, { H: 'a.test', T: 'hunter2', C: 'hunter4' });
    expect(there).toContain('https://${env:H}/mcp?x=${env:T}');
    expect(there).not.toMatch(/hunter|a\.test/);
    expect(only({ command: 'x', args: ['y'] }).launch.pinned).toBeUndefined();
  });

  it.each<readonly [object, string]>([
    [{ url: 'https://x.test/mcp' }, 'http'],
    [{ url: 'https://x.test/sse' }, 'sse'],
    [{ url: 'https://x.test/sse', type: 'http' }, 'http'],
    [{ url: 'https://x.test/', type: 'sse' }, 'sse'],
    [{ url: 'https://x.test/', type: 'streamable-http' }, 'http'],
    [{ url: 'https://x.test/', type: 'streamableHttp' }, 'http'],
    [{ httpUrl: 'https://x.test/' }, 'http'],
    [{ serverUrl: 'https://x.test/' }, 'http'],
    [{ command: 'x', type: 'stdio' }, 'stdio'],
  ])('%j is spoken to over %s', (entry, kind) => {
    expect(only(entry).launch.kind).toBe(kind);
  });

  it.each([
    ['http://localhost:4000/mcp', true],
    ['http://app.localhost/mcp', true],
    ['http://127.0.0.1:4000/mcp', true],
    ['http://2130706433/mcp', true],
    ['http://[::1]/mcp', true],
    ['http://[::ffff:10.0.0.1]/mcp', true],
    ['http://10.1.2.3/mcp', true],
    ['http://192.168.1.1/mcp', true],
    ['http://169.254.169.254/latest', true],
    ['https://8.8.8.8/mcp', false],
    ['https://localhost.evil.test/mcp', false],
    ['https://internal.test/mcp', false],
  ])('%s may lead into a private network: %s', (url, allowPrivate) => {
    expect(only({ url }).launch).toMatchObject({ allowPrivate });
  });

  it('lets the operator say so of a name, too, and warns of what can be read on the way', () => {
    expect(only({ url: 'http://files:4000/mcp', allowPrivate: true }).launch).toMatchObject({
      allowPrivate: true,
    });
    const file = write('named.jsonc', { mcpServers: { it: { url: 'http://x.test/mcp' } } });
    expect(load({ file }).warnings).toEqual([expect.stringContaining('can be read on the way')]);
  });

  it('resolves paths against the file, and leaves programs of the PATH alone', () => {
    expect(only({ command: './run.sh', cwd: 'sub' }).launch).toMatchObject({
      command: join(root, 'run.sh'),
      cwd: join(root, 'sub'),
    });
    expect(only({ command: 'npx' }).launch).toMatchObject({ command: 'npx' });
    expect(only({ command: '/bin/x' }).launch).toMatchObject({ command: '/bin/x' });
  });

  it('expands nothing but ${env:NAME}, and that once', () => {
    const entry = { url: 'https://x.test/${SECRET}/$SECRET', headers: { A: '${env:ONE}', B: '${input:x}' } };
    expect(only(entry, { SECRET: 's', ONE: '${env:SECRET}' }).launch).toMatchObject({
      url: 'https://x.test/${SECRET}/$SECRET',
      headers: { A: '${env:SECRET}', B: '${input:x}' },
    });
  });

  it('passes over what other clients add, and says so', () => {
    const file = write('named.jsonc', {
      mcpServers: { it: { command: 'x', alwaysAllow: ['y'], timeout: 60 } },
    });
    const { gateway: settings, warnings } = load({ file });
    expect(settings.servers).toHaveLength(1);
    expect(warnings).toEqual([expect.stringContaining('alwaysAllow, timeout')]);
  });

  it.each<readonly [object | null | string, string]>([
    [{}, 'mcpServers.it (line 3): expected "command" or "url", found neither'],
    [{ command: 'x', url: 'https://x.test' }, 'expected either "command" or "url", found both'],
    [{ command: 'x', headers: { A: 'b' } }, 'mcpServers.it.headers (line 5): does not go with "command"'],
    [{ url: 'https://x.test', args: ['x'] }, 'args (line 5): does not go with "url"'],
    [{ url: 'https://x.test', type: 'stdio' }, 'type (line 5): "stdio" does not go with "url"'],
    [{ command: 'x', type: 'sse' }, '"sse" does not go with "command"'],
    [{ command: 'x', type: 'pipe' }, 'expected one of "stdio", "http"'],
    [{ url: 'ftp://x.test' }, 'expected an http or https address, found something else'],
    [{ url: '//x.test' }, 'expected an http or https address, found something else'],
    [{ url: 'https://me:hunter2@x.test' }, 'expected an address without user and password'],
    [{ command: '' }, 'expected a program, found an empty string'],
    [{ command: 'x', comand: 'y' }, 'unknown key; did you mean "command"?'],
    [{ command: 'x', args: 'y' }, 'expected a list of texts, found a string'],
    [{ command: 'x', args: [7] }, 'args.0 (line 6): expected a text, found a number'],
    [{ command: 'x', env: { A: '' } }, 'env.A (line 6): expected a text that is not empty'],
    [{ command: 'x', env: { 'A=B': 'c' } }, 'expected the name of an environment variable as key'],
    [{ command: 'x', env: { A: 'b\u0000c' } }, 'expected a text without NUL'],
    [{ url: 'https://x.test', headers: { 'A B': 'c' } }, 'expected the name of a header as key'],
    [{ url: 'https://x.test', headers: { A: 'b\r\nC: d' } }, 'expected a text without line breaks'],
    [
      { url: 'https://x.test', headers: { 'Mcp-Session-Id': 'c' } },
      'expected no header that carries the protocol',
    ],
    [{ command: 'x', timeoutMs: 0 }, 'expected a whole number from 1 to 86400000, found 0'],
    [{ command: 'x', cost: -1 }, 'expected a number from 0 to 1000000, found -1'],
    [{ command: 'x', budget: { per: 'day' } }, 'expected at least one of "calls", "cost" and "ms"'],
    [
      { command: 'x', budget: { calls: 1, per: 'week' } },
      'expected one of "session", "instance", "owner", "day", found "week"',
    ],
    [{ command: 'x', budget: [{ cals: 1, per: 'day' }] }, 'unknown key; did you mean "calls"?'],
    [
      { command: 'x', tools: { t: { risk: 'high' } } },
      'expected one of "read", "write", "destructive", "unknown", found "high"',
    ],
    [{ command: 'x', tools: { t: { rsk: 'read' } } }, 'unknown key; did you mean "risk"?'],
    [{ command: 'x', fallback: ['itt'] }, 'expected the name of a server, found "itt"'],
    [{ command: 'x', fallback: ['it'] }, 'expected another server, found this one'],
    [{ command: 'x', tools: { t: { group: 'find_tools' } } }, "is one of Tutti's own"],
    [{ command: 'x', tools: { t: { group: 'a__b' } } }, 'expected a name without "__"'],
    [{ command: 'x', tools: { t: { group: '__proto__' } } }, 'expected a name without "__"'],
    [{ command: 'x', tools: { t: { group: 'look up' } } }, 'letters, digits, "_" and "-"'],
    [{ command: 'x', tools: { t: { group: 'x'.repeat(65) } } }, 'at most 64'],
    [{ command: 'x', users: { ada: { token: 'x' } } }, 'unknown key; known here: env, headers'],
    [null, 'expected an object, found null'],
    ['x', 'expected an object, found "x"'],
  ])('leaves out %j: %s', (entry, message) => {
    expect(errorOf(entry)).toContain(message);
  });

  it('leaves out one whose variable is not set, unless it is switched off', () => {
    const entry = { command: 'x', env: { T: '${env:NOPE}' } };
    expect(errorOf(entry)).toContain('it.env.T (line 6): the environment variable NOPE is not set');
    expect(only({ ...entry, disabled: true })).toMatchObject({ enabled: false });
  });

  it.each<readonly [string, string]>([
    ['a__b', 'expected a name without "__", which parts server and tool; call it "a_b"'],
    ['my server', 'found the character U+0020; call it "my-server"'],
    ['@scope/x', 'found "@"; call it "scope-x"'],
    ['g\u0456thub', 'found the character U+0456'],
    ['a\u202Eb', 'found the character U+202E'],
    ['-a', 'expected a name that begins and ends with a letter or a digit; call it "a"'],
    ['a_', 'call it "a"'],
    ['', 'expected the name of a server as key, found an empty string'],
    ['a'.repeat(41), 'expected a name of at most 40 characters, found 41'],
    ['tutti', 'this name is reserved'],
    ['constructor', 'this name is reserved'],
    ['__proto__', 'expected a name without "__"'],
    ['GOOD', 'the name looks like "good"'],
    ['g-ood', 'the name looks like "good"'],
    ['g0od', 'the name looks like "good"'],
  ])('leaves out the name %j: %s', (name, message) => {
    const text = `{ "mcpServers": { "good": { "command": "x" }, ${JSON.stringify(name)}: { "command": "x" } } }`;
    const { servers, broken } = load({ file: write('named.jsonc', text) }).gateway;
    expect(servers.map((each) => each.name)).toEqual(['good']);
    expect(broken[0]?.error).toContain(message);
    expect(broken[0]?.name).toMatch(/^[\u0020-\u007E]{0,64}$/);
  });

  it('takes only what has faults out of service, says why, and says it all', () => {
    const good = Object.fromEntries(
      Array.from({ length: 25 }, (_, at) => [`good-${at}`, { command: 'x', fallback: ['bad-0'] }] as const),
    );
    const bad = Object.fromEntries(
      Array.from({ length: 5 }, (_, at) => [`bad-${at}`, { comand: 'x', url: 7 }] as const),
    );
    const file = write('named.jsonc', { mcpServers: { ...bad, ...good } });
    const { gateway: settings, warnings } = load({ file });
    expect(settings.servers).toHaveLength(25);
    expect(settings.servers[0]?.fallback).toEqual([]);
    expect(settings.broken.map(({ name }) => name)).toEqual(Object.keys(bad));
    for (const { error } of settings.broken) {
      expect(error).toMatch(
        /comand \(line \d+\): unknown key.*; .*url \(line \d+\): expected an address|url \(line.*comand/,
      );
    }
    expect(warnings).toHaveLength(5);
    expect(warnings[0]).toContain('The server "bad-0" is left out.');
  });

  it('leaves out an entry with a key that stands twice, and an entry that stands twice', () => {
    const file = write(
      'named.jsonc',
      '{ "mcpServers": { "a": { "command": "x",\n "command": "y" }, "b": {"command": "x"}, "b": {"command": "x"}, "c": {"command": "x"} } }',
    );
    const { servers, broken } = load({ file }).gateway;
    expect(servers.map(({ name }) => name)).toEqual(['c']);
    expect(broken).toMatchObject([
      { name: 'a', error: 'mcpServers.a.command (line 2): the key stands here twice; keep one' },
      { name: 'b', error: expect.stringContaining('twice') },
    ]);
  });

  it('is refused with the rest when it is no object', () => {
    expect(faultsOf({ mcpServers: [] })).toMatchObject([{ path: 'mcpServers' }]);
  });

  it('never shows what may be secret', () => {
    const { broken } = gateway(
      {
        a: { url: 'https://x.test', headers: { A: 'hunter2\n' }, args: 'hunter2' },
        b: { command: 'x', env: { A: ['hunter2'] }, users: { u: { env: 'hunter2' } }, oauth: 'hunter2' },
        c: { url: 'hunter2', type: 'hunter' },
        d: { command: 'x', args: ['${env:S}', 7], timeoutMs: '${env:S}' },
      },
      { S: 'hunter2' },
    );
    expect(broken).toHaveLength(4);
    expect(JSON.stringify(broken)).not.toContain('hunter2');
  });

  it('never stops the rest, whatever it says', () => {
    const entry = fc.oneof(
      fc.jsonValue(),
      fc.record(
        {
          command: fc.oneof(fc.string(), fc.jsonValue()),
          url: fc.oneof(fc.webUrl(), fc.jsonValue()),
          env: fc.dictionary(fc.string(), fc.string()),
          tools: fc.dictionary(fc.string(), fc.jsonValue()),
          fallback: fc.array(fc.string()),
        },
        { requiredKeys: [] },
      ),
    );
    fc.assert(
      fc.property(fc.dictionary(fc.string({ maxLength: 8 }), entry, { maxKeys: 4 }), (mcpServers) => {
        const { servers, broken } = gateway(mcpServers);
        expect(servers.length + broken.length).toBe(
          Object.keys(JSON.parse(JSON.stringify(mcpServers)) as object).length,
        );
      }),
      { numRuns: 200 },
    );
  });
});

describe('policy, exposure and limits', () => {
  it('say what they say', () => {
    const file = write('named.jsonc', {
      policy: {
        rateLimit: { perUser: '60/min' },
        rules: [{ when: "server == 'git' and arguments.path matches '^/tmp'", effect: 'deny', reason: 'no' }],
        budgets: [{ cost: 1, per: 'day' }],
        approve: [],
        tainted: 'deny',
        unknownArguments: 'refuse',
      },
      exposure: { mode: 'search', maxTools: 3 },
      ask: { maxCalls: 5, maxCost: 0.5, learn: true, timeZone: 'Europe/Rome' },
      limits: { cacheMb: 1, maxProcesses: 2 },
    });
    const { policy, exposure, ask, cacheBytes, maxProcesses } = load({ file }).gateway;
    expect(policy).toMatchObject({
      perUser: { count: 60, perMs: 60_000 },
      rules: [{ effect: 'deny', reason: 'no' }],
      budgets: [{ costMicros: 1_000_000, per: 'day' }],
      approve: [],
      tainted: 'deny',
      unknownArguments: 'refuse',
    });
    expect(exposure).toEqual({ mode: 'search', maxTools: 3, searchingClients: ['claude-code'] });
    expect(ask).toEqual({
      maxCalls: 5,
      maxMs: 120_000,
      maxBytes: 4_194_304,
      maxCostMicros: 500_000,
      model: 'auto',
      learn: true,
      timeZone: 'Europe/Rome',
    });
    expect([cacheBytes, maxProcesses]).toEqual([1_048_576, 2]);
  });

  it.each([
    ['1/s', 1000],
    ['5/h', 3_600_000],
    ['9/day', 86_400_000],
  ])('%s is a rate', (perUser, perMs) => {
    const file = write('named.jsonc', { policy: { rateLimit: { perUser } } });
    expect(load({ file }).gateway.policy.perUser).toEqual({ count: Number(perUser[0]), perMs });
  });

  it('refuse the start with every fault at once', () => {
    const faults = faultsOf({
      policy: {
        rateLimit: { perUser: '60 per minute' },
        approve: ['dangerous'],
        rules: [{ when: 'true', effect: 'forbid' }],
        budgets: [{ calls: 1.5, per: 'day' }],
        maxhops: 3,
      },
      exposure: { mode: 'all' },
      limits: { cacheMb: -1 },
    });
    expect(faults.map(({ path }) => path)).toEqual([
      'policy.rateLimit.perUser',
      'policy.approve.0',
      'policy.rules.0.reason',
      'policy.rules.0.effect',
      'policy.budgets.0.calls',
      'policy.maxhops',
      'exposure.mode',
      'limits.cacheMb',
    ]);
    expect(faults[0]?.message).toBe(
      'expected a rate such as "60/min" (s, min, h or day), found "60 per minute"',
    );
    expect(faults[5]?.message).toBe('unknown key; did you mean "maxHops"?');
  });

  it('refuse the start for rules that cannot be read, with the column', () => {
    const rule = (when: string) => ({ when, effect: 'deny', reason: 'r' });
    const faults = faultsOf({
      policy: {
        rules: [rule('server =='), rule("server == 'a'"), rule("sever == 'a'"), rule("tool matches '(a'")],
      },
    });
    expect(faults.map(({ path }) => path)).toEqual([
      'policy.rules.0.when',
      'policy.rules.2.when',
      'policy.rules.3.when',
    ]);
    expect(faults[0]?.message).toMatch(/^column \d+: expected/);
    expect(faults[2]?.message).toContain('linear time');
  });

  it('are warned of where a rule names a server that is not there', () => {
    const rule = (when: string) => ({ when, effect: 'deny', reason: 'r' });
    const mcpServers = { github: { command: 'x' }, off: { command: 'x', disabled: true }, odd: {} };
    const rules = [
      rule("server in ['github', 'off', 'odd'] and tool != 'gihtub' and arguments.a == 'b'"),
      rule("tainted and not (server == 'gihtub')"),
      rule("server in ['github', 'qqq']"),
    ];
    const { warnings } = load({ file: write('rules.jsonc', { mcpServers, policy: { rules } }) });
    const text = (at: number, name: string) =>
      `policy.rules[${at}].when compares server with "${name}", and there is no such server.`;
    expect(warnings.filter((each) => each.startsWith('policy'))).toEqual([
      `${text(1, 'gihtub')} Did you mean github?`,
      text(2, 'qqq'),
    ]);
  });

  it('hold a result that is returned whole within what may be stored', () => {
    expect(faultsOf({ policy: { resultMaxBytes: 4096, resultStoreMaxBytes: 2048 } })).toMatchObject([
      { path: 'policy', message: expect.stringContaining('at most resultStoreMaxBytes') },
    ]);
  });
});

describe('http.auth', () => {
  const oauth = { issuer: 'https://i.test', audience: 'https://t.test/mcp', jwksUrl: 'https://i.test/keys' };

  it('takes tokens with names and bounds', () => {
    const tokens = [
      '0123456789abcdef',
      { token: '${env:ADA}', name: 'ada', toolsets: ['gateway'], tools: [] },
      { token: 'bobs-token-0123456789', name: 'bob' },
    ];
    const file = write('named.jsonc', { http: { auth: { tokens } } });
    expect(load({ file, env: { ADA: 'adas-token-0123456789' } }).http.tokens).toEqual([
      '0123456789abcdef',
      { token: 'adas-token-0123456789', name: 'ada', grants: { toolsets: ['gateway'], tools: [] } },
      { token: 'bobs-token-0123456789', name: 'bob' },
    ]);
  });

  it('takes an authorization server', () => {
    const scopes = { read: { toolsets: ['gateway'], tools: ['git__*'] }, all: {} };
    const file = write('named.jsonc', { http: { auth: { oauth: { ...oauth, scopes } } } });
    const { http } = load({ file });
    expect(http.tokens).toEqual([]);
    expect(http.oauth).toEqual({ ...oauth, audience: [oauth.audience], scopes });
  });

  it.each<readonly [object, string, string]>([
    [{}, 'http.auth', 'expected "tokens" or "oauth"'],
    [{ tokens: [] }, 'http.auth.tokens', 'at least one token'],
    [{ tokens: [{ token: 'x' }] }, 'http.auth.tokens.0.name', 'a name of letters'],
    [{ tokens: [{ token: 'x', name: 'local' }] }, 'http.auth.tokens.0.name', 'other than "local"'],
    [{ tokens: [{ token: 'x', name: 'token:ab' }] }, 'http.auth.tokens.0.name', 'a name of letters'],
    [{ tokens: [{ token: 'x', name: 'Local' }] }, 'http.auth.tokens.0.name', 'other than "local"'],
    [{ tokens: [{ token: 'x', name: 'ada@i.test' }] }, 'http.auth.tokens.0.name', 'a name of letters'],
    [
      { tokens: [{ token: 'x', name: 'a', tolsets: [] }] },
      'http.auth.tokens.0.tolsets',
      'did you mean "toolsets"?',
    ],
    [
      { tokens: [{ token: 'x', name: 'a', toolsets: ['all'] }] },
      'http.auth.tokens.0.toolsets.0',
      'one of "workflows"',
    ],
    [
      {
        tokens: [
          { token: 'x', name: 'a' },
          { token: 'y', name: 'a' },
        ],
      },
      'http.auth.tokens.1.name',
      'no other token',
    ],
    [{ tokens: ['x', { token: 'x', name: 'a' }] }, 'http.auth.tokens.1', 'only once, found an object'],
    [{ oauth: { ...oauth, issuer: 'http://i.test' } }, 'http.auth.oauth.issuer', 'an https address'],
    [{ oauth: { ...oauth, jwksUrl: 'file:///etc/passwd' } }, 'http.auth.oauth.jwksUrl', 'an https address'],
    [{ oauth: { ...oauth, audience: [] } }, 'http.auth.oauth.audience', 'at least one audience'],
    [{ oauth: { ...oauth, scopes: {} } }, 'http.auth.oauth.scopes', 'at least one scope'],
    [{ oauth: { ...oauth, scopes: { 'a"b': {} } } }, 'http.auth.oauth.scopes.a"b', 'a scope'],
  ])('refuses %j at %s', (auth, path, message) => {
    expect(faultsOf({ http: { auth } })).toMatchObject([{ path, message: expect.stringContaining(message) }]);
  });
});

describe('the environment', () => {
  it('outranks the file', () => {
    const file = write('named.jsonc', {
      store: 'sqlite:./file.db',
      logLevel: 'error',
      workflows: { dir: './w' },
    });
    const env = { WORKFLOW_DB_PATH: 'env.db', LOG_LEVEL: 'WARNING', WORKFLOW_DEFINITIONS_DIR: 'defs' };
    expect(load({ file, env })).toMatchObject({
      store: { path: join(root, 'project', 'env.db') },
      log: { level: 'warn' },
      workflows: { dir: join(root, 'project', 'defs'), shipped: false },
    });
  });

  it('prefers TUTTI_STORE, and never reads DATABASE_URL', () => {
    const env = { TUTTI_STORE: 'sqlite:/a.db', WORKFLOW_DB_PATH: '/b.db', DATABASE_URL: 'postgres://c' };
    expect(load({ env }).store.path).toBe('/a.db');
    expect(load({ env: { DATABASE_URL: 'postgres://c' } }).store.path).toBe(join(root, 'data', 'tutti.db'));
  });

  it('takes an empty variable as not set', () => {
    expect(load({ env: { LOG_LEVEL: '', TUTTI_STORE: '', USE_STUB_AI_CLIENT: '' } })).toEqual(load());
  });

  it('reports its faults together with those of the file, without values that may be secret', () => {
    const file = write('named.jsonc', { zebra: 1 });
    const env = {
      LOG_LEVEL: 'loud',
      TUTTI_STORE: 'postgres://me:hunter2@db',
      USE_STUB_AI_CLIENT: 'perhaps',
      AI_REQUEST_TIMEOUT_MS: '-1',
      AI_SERVICE_ENDPOINT: 'hunter2',
    };
    const { faults, message } = refusal({ file, env });
    expect(faults.map(({ path }) => path)).toEqual([
      'zebra',
      'env TUTTI_STORE',
      'env LOG_LEVEL',
      'env USE_STUB_AI_CLIENT',
      'env AI_REQUEST_TIMEOUT_MS',
      'env AI_SERVICE_ENDPOINT',
    ]);
    expect(message).not.toContain('hunter2');
  });

  it('makes the stub a decider of its own', () => {
    const config = load({ env: { USE_STUB_AI_CLIENT: 'true', GEMINI_API_KEY: 'k' } });
    expect(config.model).toEqual({ kind: 'stub' });
    expect(config.workflows.deciders).toEqual(['model', 'caller']);
  });

  it('names a model: an endpoint, else Gemini', () => {
    const env = { GEMINI_API_KEY: 'k', GEMINI_MODEL_NAME: 'm', GEMINI_REQUEST_TIMEOUT_SECONDS: '7' };
    const gemini = load({ env });
    expect(gemini.model).toEqual({
      kind: 'openai',
      url: 'https://generativelanguage.googleapis.com/v1beta/openai',
      name: 'm',
      apiKey: 'k',
    });
    expect(gemini.asking.timeoutMs).toBe(7000);
    expect(gemini.warnings).toEqual([]);
    expect(gemini.workflows.deciders).toEqual(['model', 'caller']);
    const endpoint = { AI_SERVICE_ENDPOINT: 'https://x/v1', AI_SERVICE_API_KEY: 'o' };
    const own = load({ env: { ...env, ...endpoint, AI_REQUEST_TIMEOUT_MS: '5' } });
    expect(own.model).toEqual({ kind: 'openai', url: 'https://x/v1', name: 'm', apiKey: 'o' });
    expect(own.asking.timeoutMs).toBe(5);
  });

  it('names no model by the keys of others', () => {
    const config = load({ env: { OPENAI_API_KEY: 'k', ANTHROPIC_API_KEY: 'k' } });
    expect(config.model).toBeUndefined();
    expect(config.workflows.deciders).toEqual(['caller']);
  });

  it('asks a model without a name as the only one, and says so', () => {
    const config = load({ env: { AI_SERVICE_ENDPOINT: 'http://127.0.0.1:8080/v1' } });
    expect(config.model).toEqual({ kind: 'openai', url: 'http://127.0.0.1:8080/v1', name: 'default' });
    expect(config.warnings).toEqual([expect.stringContaining('GEMINI_MODEL_NAME')]);
  });

  it('names files for copies of the log', () => {
    const env = {
      ORCHESTRATOR_LOG_DIR: 'logs',
      ORCHESTRATOR_LOG_FILE: 'o.log',
      AI_INTERACTIONS_LOG_FILE: 'ai.log',
    };
    const dir = join(root, 'project', 'logs');
    expect(load({ env }).log).toEqual({
      level: 'info',
      file: { dir, name: 'o.log' },
      modelFile: join(dir, 'ai.log'),
    });
  });
});

describe('config.schema.json', () => {
  const schema = JSON.parse(readFileSync('config.schema.json', 'utf8')) as {
    properties: Record<string, { description?: string }>;
  };

  it('is what the definition generates (node scripts/config-schema.mjs)', () => {
    expect(schema).toEqual(JSON.parse(JSON.stringify(configJsonSchema())));
  });

  it('describes every key', () => {
    const nameless = Object.entries(schema.properties).filter(([, { description }]) => !description);
    expect(nameless).toEqual([]);
  });
});
