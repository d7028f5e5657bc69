import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decideAll, DECISION_TIERS } from '../bench/eval/decided.ts';
import type { DecisionCase } from '../bench/eval/decided.ts';
import { byTier } from '../bench/eval/meter.ts';
import { routeAll, ROUTING_TIERS } from '../bench/eval/routed.ts';
import { scriptedModel } from '../src/adapters/model/scripted.ts';
import { TuttiError } from '../src/core/kernel/errors.ts';
import type { Model } from '../src/core/ports/model.ts';
import { modelServer } from './support/model-server.ts';
import { verifies } from './support/world.ts';

const tools = [
  { server: 'Weather', tool: 'get weather', description: 'Get the weather forecast of a city.' },
  { server: 'Mail', tool: 'search messages', description: 'Search the messages in the mailbox.' },
  { server: 'Bank', tool: 'list payments', description: 'List the payments of an account.' },
];

const steps = [
  { name: 'Write', file: 'steps/write.md' },
  { name: 'Show it', file: 'steps/show.md' },
  { name: 'Publish', file: 'steps/publish.md' },
];
const base = { step: 'Show it', steps, guidance: '', report: { status: 'success' } };
const judged =
  '- If the reader seems content with it, proceed to "Publish".\n- If the reader would rather have another, go back to "Write".';

const cases: readonly DecisionCase[] = [
  {
    ...base,
    id: 'certain',
    guidance: 'Proceed to "Publish".',
    expected: { certain: true, next: ['publish'] },
  },
  { ...base, id: 'judged', guidance: judged, expected: { certain: false, next: ['Write'] } },
  {
    ...base,
    id: 'chosen',
    guidance: judged,
    report: { status: 'success', outcome: 'write' },
    expected: { certain: false, next: ['Write'] },
  },
  {
    ...base,
    id: 'counted',
    visits: { Write: 2 },
    guidance: judged,
    expected: { certain: true, next: ['Write'] },
  },
];
/** The sources need not be read anew each time. */
const COMPILED = { NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] };
const usage = { name: 'm', inputTokens: 200, outputTokens: 10, cost: 0.5, latencyMs: 3 };
const answering = (choice: string): Model =>
  scriptedModel([{ choice, confidence: 0.9, because: 'so it reads', usage }]);

async function tiersOf(model: Model | undefined, outcomes = true) {
  const { results, leftOut } = await decideAll(cases, { model, outcomes });
  const tiers = byTier(results, DECISION_TIERS).filter((each) => each.cases > 0);
  return { tiers: Object.fromEntries(tiers.map((each) => [each.tier, each])), leftOut };
}

describe('the evaluation of decisions', () => {
  verifies('model/evaluation', 'counts what each tier decided, and what a model cost', async () => {
    const { tiers, leftOut } = await tiersOf(answering('write'));
    expect(tiers).toMatchObject({
      prose: { cases: 1, right: 1, asked: 0 },
      outcome: { cases: 1, right: 1, asked: 0 },
      model: {
        cases: 1,
        right: 1,
        accuracy: 1,
        asked: 1,
        failed: 0,
        inputTokens: 200,
        outputTokens: 10,
        cost: 0.5,
      },
      all: { cases: 3, right: 3 },
    });
    expect(leftOut).toMatchObject([{ id: 'counted' }]);
  });

  it('tells a wrong answer of a model from a right one', async () => {
    expect((await tiersOf(answering('publish'))).tiers['model']).toMatchObject({
      cases: 1,
      right: 0,
      accuracy: 0,
    });
  });

  it('counts what a model could not answer as undecided', async () => {
    const failing = scriptedModel([new TuttiError('model/timeout', 'No answer.')]);
    expect((await tiersOf(failing)).tiers).toMatchObject({
      undecided: { cases: 1, right: 0, asked: 1, failed: 1 },
    });
  });

  verifies('model/evaluation', 'gives the tiers without a model where none is configured', async () => {
    const { tiers } = await tiersOf(undefined);
    expect(tiers).toMatchObject({
      prose: { cases: 1 },
      outcome: { cases: 1 },
      undecided: { cases: 1, asked: 0 },
    });
    expect((await tiersOf(undefined, false)).tiers).toMatchObject({ undecided: { cases: 2 } });
  });
});

describe('the program', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'tutti-eval-test-'));
    writeFileSync(join(dir, 'a.jsonl'), `${cases.map((each) => JSON.stringify(each)).join('\n')}\n`);
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  const run = async (...args: readonly string[]) => await runProgram('decisions', ...args);
  const runProgram = async (name: string, ...args: readonly string[]) => {
    const out = join(dir, 'deep', 'figures.json');
    const child = spawn(process.execPath, [`bench/eval/${name}.ts`, '--data', dir, '--out', out, ...args], {
      env: { PATH: process.env['PATH'], HOME: dir, XDG_CONFIG_HOME: dir, XDG_DATA_HOME: dir, ...COMPILED },
    });
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
    return { stdout, stderr, figures: () => JSON.parse(readFileSync(out, 'utf8')) as unknown };
  };

  it.each([
    ['no such folder', ['--data', '/no/such/place'], '--data: /no/such/place is no folder.\n'],
    [
      'no such tier',
      ['--tiers', 'luck'],
      /^--tiers: expected some of rules, outcome, model, found "luck"\.\n$/,
    ],
    ['no such option', ['--bogus'], /^Unknown option '--bogus'.*\n$/],
  ])('says in a line that there is %s', async (_what, args, said) => {
    const { stdout, stderr } = await run(...args);
    expect(stdout).toBe('');
    expect(stderr).toMatch(said);
  });

  it('finds its folder within the data, or says what was expected', async () => {
    mkdirSync(join(dir, 'all', 'decisions'), { recursive: true });
    const all = ['--data', join(dir, 'all')];
    expect((await run(...all)).stderr).toContain('Expected .jsonl files, one decision a line.');
    writeFileSync(join(dir, 'all', 'decisions', 'a.jsonl'), `${JSON.stringify(cases[0])}\n`);
    const { stdout } = await run(...all);
    expect(stdout).toMatch(/prose\s+│ 1\s+│ 1\s+│ 100\.0 %/);
    writeFileSync(join(dir, 'all', 'decisions', 'a.jsonl'), `${JSON.stringify(cases[0])}\n{\n`);
    expect((await run(...all)).stderr).toMatch(/a\.jsonl:2: expected one JSON object a line\.\n$/);
  });

  it('prints a table, writes its figures, and says that no model is configured', async () => {
    const { stdout, figures } = await run();
    expect(stdout).toMatch(/prose\s+│ 1\s+│ 1\s+│ 100\.0 %/);
    expect(stdout).toContain('No model is configured');
    expect(figures()).toMatchObject({
      model: false,
      sets: [{ name: 'certain' }, { name: 'judgement' }, { name: 'all decisions' }],
      leftOut: [{ id: 'counted' }],
    });
  });

  verifies(
    'model/evaluation',
    'asks the model of the configuration over its wire, by another name on demand',
    async () => {
      const server = await modelServer();
      try {
        const config = join(dir, 'tutti.config.json');
        const prices = { other: { input: 1_000_000, output: 0 } };
        const model = { kind: 'openai', name: 'one', url: server.url, apiKey: 'k', prices };
        writeFileSync(config, JSON.stringify({ model }), { mode: 0o600 });
        server.play({ answer: { choice: 'write', confidence: 0.9, because: 'So it reads.' } });
        const { stdout, figures } = await run('--config', config, '--model', 'other');
        expect(stdout).not.toContain('No model is configured');
        expect(figures()).toMatchObject({
          model: true,
          results: [
            { id: 'certain' },
            {
              id: 'judged',
              tier: 'model',
              right: true,
              spent: { asked: 1, inputTokens: 11, outputTokens: 7, cost: 11 },
            },
            { id: 'chosen' },
          ],
        });
        expect(server.requests.map(({ body }) => body['model'])).toEqual(['other']);
      } finally {
        await server.close();
      }
    },
  );

  verifies(
    'model/evaluation',
    'routes with the embeddings and the model of the configuration, where they are to answer',
    async () => {
      const server = await modelServer();
      try {
        const set = join(dir, 'set');
        mkdirSync(set);
        const query = 'Get the weather forecast of Paris';
        const gold = [{ server: 'Weather', tool: 'get weather' }];
        writeFileSync(join(set, 'queries.jsonl'), JSON.stringify({ id: 'a', query, gold }));
        writeFileSync(join(set, 'tools.json'), JSON.stringify(tools));
        const config = join(dir, 'tutti.config.json');
        const embeddings = { name: 'vectors', url: server.url };
        const model = { kind: 'openai', name: 'one', url: server.url, apiKey: 'k', embeddings };
        writeFileSync(config, JSON.stringify({ model, ask: { model: 'always' } }), { mode: 0o600 });
        const wiresOf = async (tiers: string) => {
          const from = server.requests.length;
          const { figures, stderr } = await runProgram('routing', '--config', config, '--tiers', tiers);
          expect(stderr).toBe('');
          const wires = new Set(server.requests.slice(from).map(({ wire }) => wire));
          return { wires: [...wires].toSorted(), figures: figures() };
        };
        expect(await wiresOf('words')).toMatchObject({
          wires: [],
          figures: { model: false, embeddings: false, sets: [{ results: [{ tier: 'words', right: true }] }] },
        });
        expect(await wiresOf('words,embeddings')).toMatchObject({
          wires: ['embeddings'],
          figures: {
            embeddings: true,
            sets: [{ results: [{ tier: 'embeddings', spent: { asked: 1, inputTokens: 11 } }] }],
          },
        });
        expect(await wiresOf('words,embeddings,model')).toMatchObject({
          wires: ['chat', 'embeddings'],
          figures: { model: true, sets: [{ results: [{ id: 'a' }] }] },
        });
      } finally {
        await server.close();
      }
    },
  );
});

describe('the evaluation of routing', () => {
  verifies('model/evaluation', 'asks the whole product over the tools of a set', async () => {
    const questions = [
      {
        id: 'a',
        query: 'Get the weather forecast of Paris',
        gold: [{ server: 'Weather', tool: 'get weather' }],
      },
      { id: 'b', query: 'Search the messages of my mailbox', gold: [{ server: 'Mail', tool: null }] },
      {
        id: 'c',
        query: 'List the payments of my account',
        gold: [{ server: 'Mail', tool: 'search messages' }],
      },
      { id: 'd', query: 'qwertz uiop asdf', inScope: false },
    ];
    const results = await routeAll(questions, tools, { helps: 'auto' });
    expect(results.map(({ id, tier, right }) => ({ id, tier, right }))).toEqual([
      { id: 'a', tier: 'words', right: true },
      { id: 'b', tier: 'words', right: true },
      { id: 'c', tier: 'words', right: false },
      { id: 'd', tier: 'refused', right: true },
    ]);
    expect(byTier(results, ROUTING_TIERS)).toMatchObject([
      { tier: 'words', cases: 3, right: 2, asked: 0 },
      { tier: 'embeddings', cases: 0 },
      { tier: 'model', cases: 0 },
      { tier: 'asked', cases: 0 },
      { tier: 'refused', cases: 1, right: 1 },
      { tier: 'all', cases: 4, right: 3 },
    ]);
  });
});
