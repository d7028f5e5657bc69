import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseMarkdown } from '../src/adapters/markdown/mdast.ts';
import type { Report, Target } from '../src/core/kernel/instance.ts';
import type { JsonObject } from '../src/core/kernel/json.ts';
import { compileGuidance } from '../src/core/workflow/guidance/compile.ts';
import { decideByGuidance } from '../src/core/workflow/guidance/decide.ts';
import type { Guidance } from '../src/core/workflow/guidance/guidance.ts';
import { openOrchestrator } from './support/orchestrator.ts';

const guide = readFileSync('workflows/authoring-guide.md', 'utf8');

let tutti: Awaited<ReturnType<typeof openOrchestrator>>;

beforeAll(async () => {
  tutti = await openOrchestrator();
});

afterAll(async () => {
  await tutti.close();
});

it('is short enough for a prompt', () => {
  expect(guide.split(/\s+/).length).toBeLessThanOrEqual(1800);
});

it('is what clients are given', async () => {
  expect(await tutti.orchestrator.authoringGuide()).toBe(guide);
});

it('has a complete example that lints clean', async () => {
  const files = exampleFiles();
  expect(Object.keys(files)).toEqual([
    'index.md',
    'steps/collect.md',
    'steps/agree.md',
    'steps/write.md',
    'steps/report_failure.md',
  ]);
  expect(await tutti.orchestrator.validate({ files })).toEqual({ valid: true, faults: [] });
});

describe('the sentences it says decide, decide', () => {
  const success: Report = { status: 'success' };
  const failure: Report = { status: 'failure' };
  const step = (name: string): Target => ({ kind: 'step', step: name });
  const cases: readonly (readonly [Report, JsonObject, Target])[] = [
    [success, {}, step('Build')],
    [failure, {}, step('Report the failure')],
    [success, { tests_passed: true }, step('Commit')],
    [success, { error_count: 2 }, step('Fix the code')],
    [success, { kind: 'bug' }, step('Reproduce the bug')],
    [success, { ready: false }, { kind: 'stay' }],
    [success, {}, step('Test')],
    [failure, {}, step('Clean up')],
    [failure, {}, { kind: 'halt' }],
    [success, {}, { kind: 'finish' }],
    [success, {}, { kind: 'finish', status: 'FAILED' }],
  ];
  const sentences = tableUnder('### Sentences that decide');

  it('has a case for each', () => {
    expect(sentences).toHaveLength(cases.length);
  });

  it.each([...sentences.entries()])('%i: %s', (at, sentence) => {
    const [report, context, to] = cases[at] ?? [success, {}, { kind: 'stay' }];
    const sibling = sentence.startsWith('Otherwise') ? 'If `ready` is true, proceed to "Build".\n' : '';
    const guidance = compiled(`${sibling}${sentence}`);
    expect(guidance.faults).toEqual([]);
    expect(decideByGuidance(guidance, { context, report, visits: { Work: 1 } })?.to).toEqual(to);
  });
});

it('shows only rules that can be read', () => {
  const fence = /^```markdown\n# Transitions\n\n(.*?)^```$/ms.exec(guide)?.[1] ?? '';
  const targets = [...guide.matchAll(/`(FINISH as FAILED|stay|HALT|-> stay set [^`]+)`/g)].map(
    ([, target = '']) => `- otherwise -> ${target.replace('-> ', '')}\n`,
  );
  const rules = `${fence}${targets.join('')}`;
  const { faults, rules: read } = compiled('Tests decide.', rules);
  expect(faults.filter((fault) => fault.code.startsWith('transitions/'))).toEqual([]);
  expect(read).toHaveLength(rules.trim().split('\n').length);
  expect(targets.length).toBeGreaterThan(3);
});

/** The files of the example: a path in code on a line of its own, then the fence with the text. */
function exampleFiles(): Record<string, string> {
  const fenced = guide.matchAll(/^`([^`\n]+\.md)`\n\n```markdown\n(.*?)^```$/gms);
  return Object.fromEntries([...fenced].map(([, path = '', text = '']) => [path, text]));
}

function tableUnder(heading: string): readonly string[] {
  const [, after = ''] = guide.split(`${heading}\n`);
  const rows = after.trimStart().split('\n\n')[0]?.split('\n').slice(2) ?? [];
  return rows.map((row) => row.split('|')[1]?.trim() ?? '');
}

function compiled(text: string, transitions = ''): Guidance {
  const targets = [
    'Build',
    'Report the failure',
    'Commit',
    'Commit the change',
    'Revert the change',
    'Fix the tests',
    'Fix the code',
    'Reproduce the bug',
    'Test',
    'Clean up',
  ];
  const steps = ['Work', ...targets].map((name) => ({
    name,
    file: `steps/${name.toLowerCase().replaceAll(' ', '_')}.md`,
  }));
  return compileGuidance({
    steps,
    step: 'Work',
    file: 'steps/work.md',
    guidance: parseMarkdown(text).blocks,
    transitions: parseMarkdown(transitions).blocks,
    instructions: 'Work.',
  });
}
