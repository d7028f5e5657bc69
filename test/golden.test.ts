import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../src/config.ts';
import type { Target } from '../src/core/kernel/instance.ts';
import type { Move } from '../src/core/workflow/rehearsal/stage.ts';
import { targetName } from '../src/core/workflow/transition.ts';
import { createRehearsal } from '../src/rehearsal.ts';
import type { Rehearsal } from '../src/rehearsal.ts';
import { hasPassed, rehearseWorkflow } from '../src/surfaces/cli/golden/rehearse.ts';
import type { TestedWorkflow } from '../src/surfaces/cli/golden/rehearse.ts';
import { openOrchestrator } from './support/orchestrator.ts';
import { verifies } from './support/world.ts';

const SHIPPED = resolve('workflows');
const NINE = [
  'ANALYZE_GITLAB_ISSUE',
  'COMMIT_SUGGESTER',
  'JOKE_GENERATOR',
  'README_FRESHNESS_CHECK',
  'REFACTOR_WITH_TESTS',
  'RESUME',
  'SAVE',
  'SUGGEST_REFACTORING',
  'WORKFLOW_CREATOR',
];

let tutti: Awaited<ReturnType<typeof openOrchestrator>>;
let folder: string;

beforeAll(async () => {
  tutti = await openOrchestrator();
  folder = mkdtempSync(join(tmpdir(), 'tutti-golden-'));
});

afterAll(async () => {
  await tutti.close();
  rmSync(folder, { recursive: true, force: true });
});

function rehearsalOf(dir: string): Rehearsal {
  const folders = { config: '/nonexistent', data: '/nonexistent' };
  return createRehearsal(loadConfig({ env: {}, folders, cwd: '/' }), dir);
}

it('ships the nine workflows, and nothing else', async () => {
  const listed = await tutti.orchestrator.listWorkflows();
  expect(listed.map((each) => each.name).toSorted()).toEqual(NINE);
  expect(listed.filter((each) => each.description === '' || each.faults !== undefined)).toEqual([]);
});

describe.each(NINE)('%s', (workflow) => {
  let tested: TestedWorkflow;

  beforeAll(async () => {
    tested = await rehearseWorkflow(workflow, { rehearsal: rehearsalOf(SHIPPED) });
  });

  it('lints clean', async () => {
    expect(await tutti.orchestrator.validate({ workflow })).toEqual({ valid: true, faults: [] });
  });

  it('has nothing to be mended, and no judgement that it does not ask for', async () => {
    const mending = await tutti.orchestrator.mend({ workflow, contracts: true });
    expect(mending).toEqual({ valid: true, faults: [], changes: [], mended: [], contracts: [] });
  });

  it('does what its golden files expect', () => {
    const failed = tested.tests.filter((test) => !hasPassed(test));
    expect(failed.map(({ file, faults, differences }) => ({ file, faults, differences }))).toEqual([]);
    expect(tested.tests.length).toBeGreaterThan(0);
  });

  it('shows no placeholder to a client', () => {
    const shown = movesOf(tested).map(({ directive }) => directive.next.instructions);
    expect(shown.filter((text) => text.includes('{{'))).toEqual([]);
  });

  it('takes every rule and every outcome in some golden file', async () => {
    const { steps } = await tutti.orchestrator.workflow(workflow);
    const moves = movesOf(tested);
    const idle = steps.flatMap((step) => {
      const taken = moves.filter((move) => move.from === step.name && move.by !== undefined);
      const rules = step.guidance.rules.filter(({ to, because }) => {
        const arrival = arrivalOf(to, step.name);
        return !taken.some((move) => move.to === arrival && isOf(because, move.because));
      });
      return rules.map(({ because }) => `${step.name}: ${because}`);
    });
    expect(idle).toEqual([]);
    expect(tested.coverage).toMatchObject({ percent: 100, taken: tested.coverage?.total });
  });

  verifies('workflow/golden', 'fails when any sentence leads elsewhere', async () => {
    const { steps } = await tutti.orchestrator.workflow(workflow);
    const names = steps.map(({ name }) => name);
    const unnoticed: string[] = [];
    let changed = 0;
    cpSync(join(SHIPPED, workflow), join(folder, workflow), { recursive: true });
    for (const step of steps) {
      const file = join(folder, workflow, step.file);
      const text = readFileSync(file, 'utf8');
      for (const name of names.filter((each) => step.guidanceText.includes(`"${each}"`))) {
        const other = names.find((each) => each !== name && each !== step.name) ?? '';
        writeFileSync(file, text.replaceAll(`"${name}"`, `"${other}"`));
        const { tests, faults } = await rehearseWorkflow(workflow, { rehearsal: rehearsalOf(folder) });
        changed += 1;
        if (faults.length === 0 && tests.every(hasPassed))
          unnoticed.push(`${step.file}: ${name} -> ${other}`);
      }
      writeFileSync(file, text);
    }
    expect(unnoticed).toEqual([]);
    expect(changed).toBeGreaterThan(steps.length / 2);
  });
});

function movesOf({ tests }: TestedWorkflow): readonly Move[] {
  return tests.flatMap(({ played }) => played?.moves ?? []);
}

function arrivalOf(to: Target, step: string): string {
  return to.kind === 'halt' ? 'HALT' : targetName(to, step);
}

/** Whether this rule was taken: by itself, or by a client that chose the outcome with its condition. */
function isOf(rule: string, because: string): boolean {
  const chosen = /^The client chose \w+: (.*)\.$/s.exec(because)?.[1];
  return rule.includes(chosen ?? because);
}
