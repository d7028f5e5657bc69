import { describe, expect, it } from 'vitest';
import { memoryDefinitions } from '../../../adapters/definitions/memory.ts';
import { sha256 } from '../../../adapters/digest/sha256.ts';
import { parseMarkdown } from '../../../adapters/markdown/mdast.ts';
import { build, review } from '../../../../test/support/workflows.ts';
import type { Entry } from '../../kernel/instance.ts';
import { compileGuidance } from '../guidance/compile.ts';
import { createLibrary } from '../library.ts';
import type { Workflow } from '../workflow.ts';
import { recollect, remembering } from './recollection.ts';

const library = createLibrary({
  definitions: memoryDefinitions({ BUILD: { ...build }, REVIEW: { ...review } }),
  parse: parseMarkdown,
  compile: compileGuidance,
  digest: sha256,
});

async function workflowOf(name: string, deciders: Workflow['deciders']): Promise<Workflow> {
  return { ...(await library.startable(name)), deciders };
}

const USUAL: Omit<Entry, 'seq' | 'at'> = {
  kind: 'ADVANCED',
  step: 'Show the draft',
  report: { status: 'success' },
  contextUpdates: {},
  status: 'RUNNING',
  next: 'Show the draft',
  decision: null,
  candidates: [],
};

function journalOf(first: Partial<Entry>, ...rest: readonly Partial<Entry>[]): readonly Entry[] {
  return [first, ...rest].map((entry, at) => Object.assign({ seq: at + 1, at }, USUAL, entry));
}

const STARTED = { kind: 'STARTED', report: null } as const;
const PUBLISH = { kind: 'step', step: 'Publish' } as const;

describe('a run that is recollected', () => {
  it('tells what a person decided as what the caller chose, and no choice while the person was asked', async () => {
    const workflow = await workflowOf('REVIEW', ['human', 'caller']);
    const journal = journalOf(
      STARTED,
      { kind: 'PENDING', report: { status: 'success', stepId: 'Show the draft', outcome: 'publish' } },
      { next: 'Publish', decision: { to: PUBLISH, by: 'human', because: 'Good.' } },
    );
    expect(recollect({ name: 'one', journal, workflow }).golden).toEqual({
      name: 'one',
      start: 'Show the draft',
      steps: [
        { report: { status: 'success' }, expect: 'decision_required' },
        { report: { status: 'success', outcome: 'publish' }, expect: 'Publish', by: 'caller' },
      ],
      status: 'RUNNING',
    });
  });

  it('carries over what it was resumed with, and expects the bound that it met', async () => {
    const workflow = await workflowOf('REVIEW', ['caller']);
    const journal = journalOf(
      { ...STARTED, contextUpdates: { draft: 1 } },
      { kind: 'SUSPENDED', report: null, status: 'SUSPENDED' },
      { kind: 'RESUMING', report: { status: 'resuming' }, contextUpdates: { draft: 2 } },
      {
        contextUpdates: { seen: true, asked: 'ada' },
        decision: { to: { kind: 'stay' }, by: 'rule', because: 'a rule', contextUpdates: { asked: 'ada' } },
      },
      { kind: 'SUSPENDED', status: 'SUSPENDED', decision: { to: { kind: 'halt' }, by: 'rule', because: '' } },
      { kind: 'CANCELLED', report: null, status: 'CANCELLED' },
    );
    const { golden, left } = recollect({ name: 'one', journal, workflow });
    expect(golden).toEqual({
      name: 'one',
      context: { draft: 1 },
      start: 'Show the draft',
      steps: [
        {
          report: { status: 'success' },
          contextUpdates: { draft: 2, seen: true },
          expect: 'Show the draft',
          by: 'rule',
          context: { asked: 'ada' },
        },
        { report: { status: 'success' }, expect: 'BUDGET_EXCEEDED' },
      ],
      status: 'SUSPENDED',
    });
    expect(left).toEqual([
      'What it was resumed with is told with the report after it.',
      'It was cancelled; the file ends before that.',
    ]);
  });

  it('has the model answer as it did, unsure where its answer was not kept, and no more than that', async () => {
    const workflow = await workflowOf('REVIEW', ['caller']);
    const usage = { name: 'm', latencyMs: 9 };
    const journal = journalOf(
      STARTED,
      { kind: 'PENDING' },
      { decision: { to: { kind: 'stay' }, by: 'caller', because: 'The client chose stay.' } },
      {
        next: 'Publish',
        decision: {
          to: PUBLISH,
          by: 'model',
          because: 'password=swordfish99',
          confidence: 0.8,
          model: usage,
        },
      },
    );
    expect(recollect({ name: 'one', journal, workflow }).golden.deciders).toEqual(['model', 'caller']);
    const model = remembering({ journal, workflow });
    const question = {
      prompt: '?',
      choices: ['stay'],
      purpose: 'decide',
      account: { owner: 'ada' },
    } as const;
    expect(await model.choose(question)).toMatchObject({ choice: 'stay', confidence: 0 });
    const sure = await model.choose(question);
    expect(sure).toMatchObject({ choice: 'publish', confidence: 0.8, usage });
    expect(sure.because).not.toContain('swordfish');
    await expect(model.choose(question)).rejects.toMatchObject({ code: 'model/failed' });
  });
});
