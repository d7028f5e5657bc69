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
      store: { kind: 'sqlite', path: join(root, 'data', 'tutti.db') },
      workflows: { dir: join(root, 'data', 'workflows'), shipped: true, deciders: ['caller'] },
      http: { host: '127.0.0.1', port: 7420, tokens: [], allowedHosts: [], allowedOrigins: [] },
      toolsets: ['workflows'],
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
    expect(load({ file: '../named.jsonc' })).toMatchObject({ file, http: { port: 9 } });
    expect(refusal({ file: '../absent.jsonc' }).message).toContain(join(root, 'absent.jsonc'));
  });

  it('takes comments, trailing commas, a byte order mark and paths relative to the file', () => {
    write(
      'project/tutti.config.jsonc',
      '\uFEFF{\n // mine\n "store": "sqlite:./x/t.db", "workflows": { "dir": "./w", }, }',
    );
    const config = load({ cwd: join(root, 'project', 'deep') });
    expect(config.store.path).toBe(join(root, 'project', 'x', 't.db'));
    expect(config.workflows.dir).toBe(join(root, 'project', 'w'));
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

  it.each(['agents', 'policy', 'model'])('say that %s is not supported yet', (key) => {
    expect(faultsOf({ [key]: {} })).toMatchObject([
      { path: key, message: expect.stringContaining('does not support') },
    ]);
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
    ['store', { store: 'sqlite:../out.db' }],
    ['store', { store: 'sqlite:/tmp/out.db' }],
    ['store', { store: 'sqlite:./link/out.db' }],
    ['workflows.dir', { workflows: { dir: '..' } }],
    ['workflows.dir', { workflows: { dir: './link' } }],
    ['http.host', { http: { host: '0.0.0.0' } }],
    ['http.allowedHosts', { http: { allowedHosts: ['evil.test'] } }],
    ['http.allowedOrigins', { http: { allowedOrigins: ['http://evil.test'] } }],
  ])('may not reach further than its folder and this machine: %s', (path, content) => {
    symlinkSync(root, join(root, 'project', 'link'));
    const file = write('project/tutti.config.jsonc', content);
    expect(refusal().faults).toMatchObject([{ path, message: expect.stringContaining('--config') }]);
    expect(load({ file }).file).toBe(file);
  });

  it('may name what lies in its folder, there or not yet', () => {
    write('project/tutti.config.jsonc', {
      store: 'sqlite:./a/b/c.db',
      workflows: { dir: 'deep' },
      http: { host: 'localhost' },
    });
    expect(load().store.path).toBe(join(root, 'project', 'a', 'b', 'c.db'));
  });

  it('is not blamed for what the environment outranks', () => {
    write('project/tutti.config.jsonc', { store: 'sqlite:../out.db' });
    expect(load({ env: { TUTTI_STORE: 'sqlite:/elsewhere.db' } }).store.path).toBe('/elsewhere.db');
  });
});

describe('mcpServers, as other clients write it', () => {
  it('is accepted with a warning, and nothing in it is expanded', () => {
    const file = write('named.jsonc', {
      mcpServers: { a: { command: 'x', env: { T: '${env:NOPE}' } }, b: { url: 'y' } },
    });
    expect(load({ file }).warnings).toEqual([expect.stringContaining('does not use them yet')]);
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

  it('reads how a model would be asked, and warns that none is', () => {
    const env = { GEMINI_API_KEY: 'k', GEMINI_MODEL_NAME: 'm', GEMINI_REQUEST_TIMEOUT_SECONDS: '7' };
    const gemini = load({ env });
    expect(gemini.model).toMatchObject({ kind: 'endpoint', name: 'm', apiKey: 'k', timeoutMs: 7000 });
    expect(gemini.warnings).toEqual([expect.stringContaining('this version asks none')]);
    expect(gemini.workflows.deciders).toEqual(['caller']);
    const own = load({
      env: {
        ...env,
        AI_SERVICE_ENDPOINT: 'https://x/v1',
        AI_SERVICE_API_KEY: 'o',
        AI_REQUEST_TIMEOUT_MS: '5',
      },
    });
    expect(own.model).toMatchObject({ url: 'https://x/v1', apiKey: 'o', timeoutMs: 5 });
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
