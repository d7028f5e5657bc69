import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig, type Config, type LoadOptions } from '../src/config.ts';
import type { ConfigFault } from '../src/config/source.ts';
import { TuttiError } from '../src/core/kernel/errors.ts';

let root: string;

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'tutti-config-model-')));
  mkdirSync(join(root, 'project'));
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

function load(model: unknown, env: NodeJS.ProcessEnv = {}, options: LoadOptions = {}): Config {
  const file = join(root, 'named.jsonc');
  writeFileSync(file, JSON.stringify({ model }));
  const folders = { config: join(root, 'own'), data: join(root, 'data') };
  return loadConfig({ cwd: join(root, 'project'), env, folders, file, ...options });
}

function refusal(work: () => unknown): { readonly message: string; readonly faults: readonly ConfigFault[] } {
  try {
    work();
  } catch (error) {
    if (!(error instanceof TuttiError) || error.code !== 'config/invalid') throw error;
    return { message: error.message, faults: error.data as readonly ConfigFault[] };
  }
  throw new Error('the configuration was accepted');
}

const faultsOf = (model: unknown, env?: NodeJS.ProcessEnv) => refusal(() => load(model, env)).faults;

describe('a model in the file', () => {
  it.each([
    [
      { kind: 'openai', name: 'm', apiKey: '${env:KEY}' },
      { kind: 'openai', name: 'm', url: 'https://api.openai.com/v1', apiKey: 'from-env' },
    ],
    [
      { kind: 'anthropic', name: 'm' },
      { kind: 'anthropic', name: 'm', url: 'https://api.anthropic.com/v1' },
    ],
    [
      { kind: 'openai', name: 'm', url: 'http://127.0.0.1:11434/v1' },
      { kind: 'openai', name: 'm', url: 'http://127.0.0.1:11434/v1' },
    ],
    [
      { kind: 'ai', name: 'm', provider: '@ai-sdk/google' },
      { kind: 'ai', name: 'm', provider: '@ai-sdk/google' },
    ],
    [{ kind: 'stub' }, { kind: 'stub' }],
  ])('is read: %j', (written, expected) => {
    const config = load(written, { KEY: 'from-env' });
    expect(config.model).toEqual(expected);
    expect(config.workflows.deciders).toEqual(['model', 'caller']);
    expect(config.warnings).toEqual([]);
  });

  it('says how it is asked, and what it may cost', () => {
    const { asking } = load({
      kind: 'openai',
      name: 'm',
      timeoutMs: 5000,
      concurrency: 2,
      cache: { ttlMs: 0, maxMb: 1 },
      prices: { m: { input: 3, output: 15 } },
      budgets: [
        { calls: 10, per: 'instance' },
        { cost: 1.5, tokens: 9, per: 'day' },
      ],
    });
    expect(asking).toEqual({
      timeoutMs: 5000,
      concurrency: 2,
      cacheBytes: 1_048_576,
      cacheTtlMs: 0,
      prices: { m: { input: 3, output: 15 } },
      budgets: [
        { calls: 10, per: 'instance' },
        { costMicros: 1_500_000, tokens: 9, per: 'day' },
      ],
    });
  });

  it('says that prices are for nothing where nothing is asked', () => {
    expect(load({ prices: { m: { input: 1 } } }).warnings.join(' ')).toContain('model.prices');
  });

  it('may be vectors alone', () => {
    const { model, embeddings, workflows } = load({
      embeddings: { url: 'http://localhost:1/v1', name: 'e', apiKey: 'k' },
    });
    expect(model).toBeUndefined();
    expect(embeddings).toEqual({ url: 'http://localhost:1/v1', name: 'e', apiKey: 'k' });
    expect(workflows.deciders).toEqual(['caller']);
  });

  it.each([
    [{ kind: 'gpt' }, 'model.kind', '"openai"'],
    [{ kind: 'stub', url: 'http://127.0.0.1:1/v1' }, 'model.url', 'asks nobody'],
    [{ kind: 'stub', apiKey: 'a-key' }, 'model.apiKey', 'asks nobody'],
    [{ kind: 'stub', prices: { m: { input: 1 } } }, 'model.prices', 'asks nobody'],
    [{ kind: 'ai', name: 'm', provider: './mine.js' }, 'model.provider', 'not a path'],
    [{ kind: 'ai', name: 'm', provider: '/etc/mine.mjs' }, 'model.provider', 'not a path'],
    [{ kind: 'ai', name: 'm', provider: 'a/../../mine' }, 'model.provider', 'not a path'],
    [{ kind: 'ai', name: 'm', provider: 'file:///mine.mjs' }, 'model.provider', 'not a path'],
    [{ name: 'm' }, 'model.kind', 'name'],
    [{ kind: 'openai' }, 'model.name', 'name of a model'],
    [{ kind: 'openai', name: 'm', provider: '@ai-sdk/google' }, 'model.provider', 'kind is "ai"'],
    [{ kind: 'openai', name: 'm', url: 'ftp://x' }, 'model.url', 'https://host/v1'],
    [{ kind: 'openai', name: 'm', url: 'https://me:hunter2@x/v1' }, 'model.url', 'without a user'],
    [{ kind: 'openai', name: 'm', apiKey: '' }, 'model.apiKey', 'an empty string'],
    [{ kind: 'openai', name: 'm', apiKey: '${env:ABSENT}' }, 'model.apiKey', 'ABSENT is not set'],
    [{ kind: 'openai', name: 'm', timeoutMs: 0 }, 'model.timeoutMs', 'from 1 to 300000'],
    [{ kind: 'openai', name: 'm', budgets: [{ per: 'day' }] }, 'model.budgets.0', 'at least one of'],
    [
      { kind: 'openai', name: 'm', budgets: [{ cost: 1, per: 'day' }] },
      'model.budgets.0.cost',
      'found none for m',
    ],
    [{ kind: 'openai', name: 'm', prices: { m: { input: -1 } } }, 'model.prices.m.input', 'from 0'],
    [{ kind: 'openai', name: 'm', tokens: 1 }, 'model.tokens', 'unknown key'],
    [{ embeddings: { url: 'https://x/v1' } }, 'model.embeddings.name', 'name of a model'],
  ])('is refused as %j', (written, path, message) => {
    expect(faultsOf(written)).toMatchObject([{ path, message: expect.stringContaining(message) }]);
  });

  it('is never shown with its keys', () => {
    const secret = 'hunter2hunter2';
    const { message } = refusal(() =>
      load({
        kind: 'openai',
        url: `https://x:${secret}@y`,
        apiKey: [secret],
        embeddings: { apiKey: 12_345_678 },
      }),
    );
    expect(message).toContain('model.apiKey');
    expect(message).not.toContain(secret);
    expect(message).not.toContain('12345678');
  });

  it('warns of a key that everybody can read on its way', () => {
    const written = { kind: 'openai', name: 'm', url: 'http://models.example/v1' };
    expect(load({ ...written, apiKey: 'k' }).warnings).toEqual([expect.stringContaining('Use https')]);
    expect(load(written).warnings).toEqual([]);
  });

  it('is not taken from a file found by walking up, which could have reports sent anywhere', () => {
    writeFileSync(
      join(root, 'project', 'tutti.config.json'),
      JSON.stringify({ model: { kind: 'openai', name: 'm', url: 'https://evil.example/v1' } }),
    );
    const { faults } = refusal(() =>
      loadConfig({
        cwd: join(root, 'project'),
        env: {},
        folders: { config: join(root, 'own'), data: join(root, 'data') },
      }),
    );
    expect(faults).toEqual([
      {
        path: 'model',
        message:
          'refused until you trust the file, because it has what runs report sent to an address that the file chooses. ' +
          'Tutti found the file by itself, so somebody else may have written it. Read it, then run `tutti trust` in its folder, or name it with --config',
        remedy: 'tutti trust',
      },
    ]);
  });
});

describe('a model in the environment', () => {
  const written = { kind: 'anthropic', name: 'mine', apiKey: 'k', timeoutMs: 9, concurrency: 3 };

  it('outranks the file where it says whom to ask', () => {
    const config = load(written, { AI_SERVICE_ENDPOINT: 'https://x/v1', GEMINI_MODEL_NAME: 'm' });
    expect(config.model).toEqual({ kind: 'openai', url: 'https://x/v1', name: 'm' });
    expect(config.asking).toMatchObject({ timeoutMs: 9, concurrency: 3 });
  });

  it('leaves whom the file names when there is only a key for Gemini', () => {
    const config = load(written, { GEMINI_API_KEY: 'g', GEMINI_MODEL_NAME: 'm' });
    expect(config.model).toMatchObject({ kind: 'anthropic', name: 'mine', apiKey: 'k' });
    expect(load({ concurrency: 1 }, { GEMINI_API_KEY: 'g' }).model).toMatchObject({
      name: 'gemini-flash-latest',
      apiKey: 'g',
    });
  });

  it('is the stub whatever the file names, vectors included', () => {
    const config = load({ ...written, embeddings: { name: 'e' } }, { USE_STUB_AI_CLIENT: 'true' });
    expect(config.model).toEqual({ kind: 'stub' });
    expect(config.embeddings).toBeUndefined();
  });

  it('sets the time, and warns of costs that nobody can count', () => {
    const budgets = [{ cost: 1, per: 'day' }];
    const config = load(
      { kind: 'openai', name: 'm', prices: { m: { input: 1 } }, budgets },
      { AI_REQUEST_TIMEOUT_MS: '77', AI_SERVICE_ENDPOINT: 'https://x/v1', GEMINI_MODEL_NAME: 'other' },
    );
    expect(config.asking.timeoutMs).toBe(77);
    expect(config.warnings).toEqual([expect.stringContaining('no price for other')]);
  });
});
