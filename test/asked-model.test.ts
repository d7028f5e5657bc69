import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createApp } from '../src/app.ts';
import type { App, AppParts } from '../src/app.ts';
import { loadConfig } from '../src/config.ts';
import { silentTelemetry } from '../src/adapters/telemetry/pino.ts';
import { runCommand, runProcess } from './support/command.ts';
import { modelServer } from './support/model-server.ts';
import type { ModelServer } from './support/model-server.ts';
import { programOf } from './support/programs.ts';
import { workflow } from './support/workflows.ts';
import { verifies } from './support/world.ts';

const KEY = 'key-of-nobody-else';
const SECRET = 'ghp_0123456789abcdefghijklmnopqrstuvwxyzAB';

let dir: string;
let server: ModelServer;
const apps: App[] = [];

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'tutti-asked-'));
  mkdirSync(join(dir, 'own'));
  server = await modelServer();
});

afterEach(async () => {
  for (const app of apps.splice(0)) await app.close();
  await server.close();
  rmSync(dir, { recursive: true, force: true });
});

function write(model: object): string {
  const file = join(dir, 'own', 'tutti.config.json');
  writeFileSync(file, JSON.stringify({ model }), { mode: 0o600 });
  return file;
}

async function open(model: object, env: NodeJS.ProcessEnv = {}, parts: AppParts = {}): Promise<App> {
  const config = loadConfig({
    file: write(model),
    cwd: dir,
    env: { TUTTI_STORE: 'sqlite::memory:', ...env },
    folders: { config: dir, data: dir },
  });
  const app = await createApp(config, { telemetry: silentTelemetry(), ...parts });
  apps.push(app);
  return app;
}

async function tutti(args: readonly string[], file: string, extra: NodeJS.ProcessEnv = {}) {
  const env = { HOME: dir, XDG_CONFIG_HOME: dir, XDG_DATA_HOME: dir, PATH: process.env['PATH'], ...extra };
  return await runCommand([...args, '--json', '--config', file], { cwd: dir, env });
}

const reached = () => ({ kind: 'openai', name: 'test-model', url: server.url, apiKey: KEY });
const question = {
  prompt: `Which way? The token is ${SECRET}.`,
  choices: ['left', 'right'],
  purpose: 'decide',
  account: { owner: 'ada' },
} as const;

verifies('model/cached', 'answers the very same request without asking again, for its owner', async () => {
  const { model } = await open({ ...reached(), prices: { 'test-model': { input: 1 } } });
  const first = await model?.choose(question);
  expect(first?.usage).toMatchObject({ cost: 0.000011 });
  await expect(model?.choose(question)).resolves.toMatchObject({
    choice: first?.choice,
    usage: { cost: 0, cached: true },
  });
  expect(server.requests).toHaveLength(1);
  await model?.choose({ ...question, account: { owner: 'bob' } });
  expect(server.requests).toHaveLength(2);
});

verifies('model/exchanges', 'keeps them in a file for its owner, without secrets', async () => {
  const file = join(dir, 'logs', 'models.jsonl');
  mkdirSync(join(dir, 'logs'));
  writeFileSync(file, '', { mode: 0o644 });
  const env = { ORCHESTRATOR_LOG_DIR: 'logs', AI_INTERACTIONS_LOG_FILE: 'models.jsonl' };
  const { model, embedder } = await open(
    { ...reached(), embeddings: { url: server.url, name: 'e', apiKey: KEY } },
    env,
  );
  server.play({}, { fault: 'unauthorized' });
  await model?.choose(question);
  await expect(model?.choose({ ...question, prompt: 'Again?' })).rejects.toMatchObject({ code: 'model/api' });
  await embedder?.embed({ texts: ['a'], account: { owner: 'ada' } });
  const text = readFileSync(file, 'utf8');
  const lines = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as object);
  expect(lines).toMatchObject([
    {
      purpose: 'decide',
      owner: 'ada',
      prompt: expect.stringContaining('Which way?'),
      answer: { choice: 'left' },
      inputTokens: 11,
      outputTokens: 7,
    },
    { prompt: 'Again?', failure: { code: 'model/api', data: { status: 401 } } },
    { purpose: 'embed', answer: { vectors: 1, dimensions: 8 } },
  ]);
  expect(text).not.toContain(SECRET);
  expect(text).not.toContain(KEY);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

it('writes no file where nothing is asked', async () => {
  const file = join(dir, 'models.jsonl');
  await open({ kind: 'stub' }, { AI_INTERACTIONS_LOG_FILE: file });
  expect(statSync(file, { throwIfNoEntry: false })).toBeUndefined();
});

it('says which variable names a file of exchanges that cannot be written', async () => {
  await expect(open(reached(), { AI_INTERACTIONS_LOG_FILE: dir })).rejects.toMatchObject({
    code: 'config/invalid',
    message: expect.stringContaining('AI_INTERACTIONS_LOG_FILE'),
  });
});

it('says whom it asks when it begins, without the key', async () => {
  const logged: unknown[] = [];
  const telemetry = { log: (...line: readonly unknown[]) => void logged.push(line) };
  await open({ ...reached(), url: `${server.url}?key=${KEY}` }, {}, { telemetry });
  const at = new URL(server.url).origin;
  expect(logged).toContainEqual(['info', 'model/configured', { kind: 'openai', name: 'test-model', at }]);
  expect(JSON.stringify(logged)).not.toContain(KEY);
});

it('asks what it is given instead of what is configured', async () => {
  const given = await open({ kind: 'stub' });
  const embedder = {
    name: 'given',
    identity: 'x',
    embed: async () => ({ vectors: [], usage: { name: 'x', latencyMs: 0 } }),
  };
  const model = given.model as NonNullable<typeof given.model>;
  const app = await open(
    { ...reached(), embeddings: { url: server.url, name: 'e' } },
    {},
    { model, embedder },
  );
  expect(app.model).toBe(model);
  expect(app.embedder).toBe(embedder);
});

verifies('model/configured', 'is shown without its keys', async () => {
  const file = write({
    ...reached(),
    url: `${server.url}?key=${KEY}`,
    embeddings: { url: server.url, name: 'e', apiKey: KEY },
  });
  const { stdout, stderr, status } = await tutti(['config', 'validate'], file);
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    model: { kind: 'openai', name: 'test-model', url: server.url },
    embeddings: { name: 'e' },
    asking: { timeoutMs: 30_000 },
    workflows: { deciders: ['model', 'caller'] },
  });
  expect(stdout + stderr).not.toContain(KEY);
});

it('tells in what shows an instance who decided, and why who was asked before was not followed', async () => {
  const file = write(reached());
  const folder = join(dir, 'tutti', 'workflows', 'JUDGED');
  mkdirSync(join(folder, 'steps'), { recursive: true });
  const files = workflow({
    Judge: 'If the text reads well, proceed to "Print".\nIf it does not, proceed to "Rewrite".',
    Rewrite: 'Proceed to "Judge".',
    Print: 'Proceed to "FINISH".',
  });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  server.play({ answer: { choice: 'print', confidence: 0.31, because: 'It may do.' } });
  const env = {
    HOME: dir,
    XDG_CONFIG_HOME: dir,
    XDG_DATA_HOME: dir,
    PATH: process.env['PATH'],
    COLUMNS: '400',
  };
  const run = async (args: readonly string[], input = '') =>
    (await runCommand([...args, '--config', file], { cwd: dir, env, input })).stdout;
  const reports = [{ status: 'success' }, { status: 'success', outcome: 'rewrite' }];
  const played = await run(
    ['run', 'JUDGED', '--json'],
    reports.map((each) => JSON.stringify(each)).join('\n'),
  );
  const { instanceId } = JSON.parse(played.split('\n')[0] ?? '') as { readonly instanceId: string };
  const shown = await run(['instances', 'show', instanceId]);
  expect(shown).toMatch(/model \(test-model, confidence 0\.31\) was asked before and not followed: .*0\.7/);
  expect(shown).toContain('caller: The client chose rewrite');
});

verifies('model/doctor', 'says what is asked, and whether it is there', async () => {
  const findings = async (model: object) => {
    const { stdout, stderr } = await tutti(['doctor'], write(model));
    expect(stdout + stderr).not.toContain(KEY);
    const found = JSON.parse(stdout) as { readonly findings: readonly { readonly code: string }[] };
    return found.findings.filter(({ code }) => code.startsWith('model/'));
  };
  const gone = await modelServer();
  await gone.close();
  expect(await findings({})).toMatchObject([{ code: 'model/none', state: 'ok' }]);
  expect(await findings(reached())).toMatchObject([{ code: 'model/reached', found: 'test-model' }]);
  expect(await findings({ ...reached(), kind: 'anthropic', name: 'other' })).toMatchObject([
    { code: 'model/unlisted', state: 'warning', found: expect.stringContaining('test-model') },
  ]);
  expect(
    await findings({ ...reached(), embeddings: { url: gone.url, name: 'e', apiKey: KEY } }),
  ).toMatchObject([
    { code: 'model/reached' },
    { code: 'model/down', state: 'error', found: expect.stringContaining('ECONNREFUSED') },
  ]);
  expect(await findings({ kind: 'ai', name: 'm', provider: '@ai-sdk/nobody-has-it' })).toMatchObject([
    { code: 'model/down', found: expect.stringContaining('npm install @ai-sdk/nobody-has-it') },
  ]);
  expect(server.requests.map(({ wire }) => wire)).toEqual(['models', 'models', 'models']);
  expect(
    await findings({ kind: 'ai', name: 'm', provider: '@ai-sdk/openai-compatible', url: server.url }),
  ).toMatchObject([
    { code: 'model/installed', state: 'ok', found: expect.stringContaining('was not asked') },
  ]);
  expect(server.requests).toHaveLength(3);
});

verifies('model/configured', 'commands that answer once end well, whatever is being embedded', async () => {
  const file = join(dir, 'own', 'tutti.config.json');
  const stdio = { command: process.execPath, args: [programOf('sdk-server'), 'v2'] };
  // It takes requests, and answers none while this process waits.
  const embeddings = { url: server.url, name: 'e', apiKey: KEY };
  const written = { mcpServers: { one: stdio, two: stdio }, model: { ...reached(), embeddings } };
  writeFileSync(file, JSON.stringify(written), { mode: 0o600 });
  const env = { HOME: dir, XDG_CONFIG_HOME: dir, XDG_DATA_HOME: dir, PATH: process.env['PATH'] };
  // Whatever the machine is busy with: what they list was seen before.
  expect((await tutti(['servers', 'test'], file)).status).toBe(0);
  for (const args of [
    ['servers', 'list'],
    ['tools', 'echo'],
  ]) {
    const ran = runProcess([...args, '--config', file], { cwd: dir, env });
    expect(ran).toMatchObject({ status: 0, stderr: '', stdout: expect.stringMatching(/one.*\S/) });
  }
});

verifies(
  'model/doctor',
  'names the variable that is to be mended, and a key that is for nothing',
  async () => {
    const gone = await modelServer();
    await gone.close();
    const findings = async (env: NodeJS.ProcessEnv) => (await tutti(['doctor'], write({}), env)).stdout;
    expect(
      JSON.parse(await findings({ AI_SERVICE_ENDPOINT: gone.url, GEMINI_MODEL_NAME: 'm' })),
    ).toMatchObject({
      findings: expect.arrayContaining([
        expect.objectContaining({ code: 'model/down', remedy: 'mend AI_SERVICE_ENDPOINT' }),
      ]),
    });
    const idle = await findings({ AI_SERVICE_API_KEY: KEY });
    expect(JSON.parse(idle)).toMatchObject({
      findings: expect.arrayContaining([
        {
          code: 'config/warning',
          state: 'warning',
          found: expect.stringMatching(/AI_SERVICE_API_KEY .* AI_SERVICE_ENDPOINT/),
        },
      ]),
    });
    expect(idle).not.toContain(KEY);
  },
);
