import { describe, expect, it } from 'vitest';
import { memoryDefinitions } from '../../../adapters/definitions/memory.ts';
import { sha256 } from '../../../adapters/digest/sha256.ts';
import { parseMarkdown } from '../../../adapters/markdown/mdast.ts';
import { scriptedModel } from '../../../adapters/model/scripted.ts';
import { memoryStore } from '../../../adapters/store/memory.ts';
import { build, review, workflow } from '../../../../test/support/workflows.ts';
import type { WorkflowFiles } from '../../../../test/support/workflows.ts';
import { compileGuidance } from '../guidance/compile.ts';
import { createLibrary } from '../library.ts';
import { onAccountOf } from './account.ts';
import { differencesOf } from './difference.ts';
import { redecided } from './drift.ts';
import type { Golden, GoldenStep } from './golden.ts';
import { playGolden } from './play.ts';
import type { AfterDifference, Played } from './play.ts';
import { openStage } from './stage.ts';
import type { Stage, StageOptions } from './stage.ts';

async function stageOf(files: WorkflowFiles, options?: StageOptions): Promise<Stage> {
  const library = createLibrary({
    definitions: memoryDefinitions({ FLOW: { ...files } }),
    parse: parseMarkdown,
    compile: compileGuidance,
    digest: sha256,
  });
  return await openStage('FLOW', { library, store: memoryStore(), minConfidence: 0.7 }, options);
}

const success = (to: string, more: Partial<GoldenStep> = {}): GoldenStep => ({
  report: { status: 'success' },
  expect: to,
  ...more,
});

async function play(
  files: WorkflowFiles,
  steps: readonly GoldenStep[],
  after: AfterDifference = 'stop',
): Promise<Played & { readonly golden: Golden; readonly ways: readonly string[] }> {
  const golden: Golden = { name: 'one', steps };
  const played = await playGolden(await stageOf(files), golden, after);
  return { ...played, golden, ways: played.moves.map(({ from, to }) => `${from} > ${to}`) };
}

describe('a golden file that is played', () => {
  it('stops where the run takes another way, and compares nothing after it', async () => {
    const { golden, ways, ...played } = await play(build, [
      success('Run the tests'),
      success('Fix the code', { status: 'FAILED' }),
      success('Run the tests'),
    ]);
    expect(ways).toEqual(['Write the code > Run the tests', 'Run the tests > Commit']);
    expect(differencesOf(golden, played)).toEqual([
      expect.objectContaining({ path: ['steps', 1, 'expect'], expected: 'Fix the code', found: 'Commit' }),
    ]);
  });

  it('goes on with what was found, where that is to be taken over', async () => {
    const { ways, status } = await play(build, [success('Commit'), success('Commit'), success('x')], 'go');
    expect(ways).toEqual(['Write the code > Run the tests', 'Run the tests > Commit', 'Commit > FINISH']);
    expect(status).toBe('COMPLETED');
  });

  it('goes on from every place that was expected', async () => {
    const steps = [
      success('Fix the code'),
      success('HALT'),
      success('decision_required'),
      success('OUTCOME_NOT_ALLOWED'),
      success('Run the tests'),
      success('FINISH'),
      success('Commit'),
    ];
    const { golden, ways, ...played } = await play(build, steps, 'expected');
    expect(ways).toEqual([
      'Write the code > Run the tests',
      'Fix the code > Run the tests',
      'Fix the code > Run the tests',
      'Fix the code > Run the tests',
      'Fix the code > Run the tests',
      'Run the tests > Commit',
    ]);
    expect(redecided(golden, played).map(({ differs }) => differs)).toEqual([
      true,
      true,
      true,
      true,
      false,
      true,
    ]);
  });

  it('ends where a step is expected that is there no more', async () => {
    const { ways } = await play(build, [success('Review the code'), success('Commit')], 'expected');
    expect(ways).toEqual(['Write the code > Run the tests']);
  });

  it('keeps context and visits where it goes on elsewhere', async () => {
    const loop = workflow({
      Try: '- If the client reports success, proceed to "Check".\n- If the client reports a failure, stay on this step.',
      Check: 'If `ok` is true, proceed to "FINISH".\nIf `ok` is false, proceed to "Try".',
    });
    const { moves } = await play(
      loop,
      [
        success('Try', { contextUpdates: { ok: true } }),
        success('Check', { contextUpdates: { colour: 'red' } }),
        success('FINISH'),
      ],
      'expected',
    );
    expect(moves.at(-1)).toMatchObject({ from: 'Check', to: 'FINISH', context: { ok: true, colour: 'red' } });
  });
});

describe('a rehearsal', () => {
  it('counts a refusal as a move that changes nothing', async () => {
    const stage = await stageOf(build);
    await stage.start();
    const refused = await stage.advance({ report: { status: 'success', outcome: 'nowhere' } });
    expect(refused).toMatchObject({ from: 'Write the code', to: 'OUTCOME_NOT_ALLOWED', outcomes: [] });
    expect(await stage.advance({ report: { status: 'success' } })).toMatchObject({ to: 'Run the tests' });
  });

  it('says why a model gave no answer, though another decider follows', async () => {
    const model = scriptedModel([new Error('no answer came'), { choice: 'publish_2' }]);
    const stage = await stageOf(review, { deciders: ['model', 'caller'], model });
    await stage.start();
    const report = { status: 'success', message: 'Fine.' };
    expect(await stage.advance({ report })).toMatchObject({
      to: 'decision_required',
      unanswered: 'no answer came',
    });
    expect(await stage.advance({ report: { ...report, message: 'Good.' } })).toMatchObject({
      to: 'Publish',
      by: 'model',
      outcomes: ['publish_2'],
      unanswered: undefined,
    });
  });

  it('lets the caller decide where a person would', async () => {
    const stage = await stageOf(review, { deciders: ['human'] });
    await stage.start();
    expect(await stage.advance({ report: { status: 'success' } })).toMatchObject({ to: 'decision_required' });
    expect(await stage.advance({ report: { status: 'success', outcome: 'publish' } })).toMatchObject({
      to: 'Publish',
      by: 'caller',
    });
  });

  it('asks a model on the account of whoever rehearses, and of no run', async () => {
    const model = scriptedModel([{}]);
    const stage = await stageOf(review, { deciders: ['model'], model: onAccountOf({ owner: 'ada' }, model) });
    await stage.start();
    await stage.advance({ report: { status: 'success' } });
    expect(model.asked.map(({ account }) => account)).toEqual([{ owner: 'ada' }]);
  });

  it('puts the same question to a model in every run', async () => {
    const asked: string[] = [];
    for (let run = 0; run < 2; run += 1) {
      const model = scriptedModel([{}]);
      const stage = await stageOf(review, { deciders: ['model'], model });
      await stage.start({ run: 'same' });
      await stage.advance({ report: { status: 'success' } });
      asked.push(...model.asked.map(({ prompt }) => prompt));
    }
    expect(asked).toHaveLength(2);
    expect(asked[0]).toBe(asked[1]);
  });
});
