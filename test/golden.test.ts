import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Target } from '../src/core/kernel/instance.ts';
import { targetName } from '../src/core/workflow/transition.ts';
import { goldensOf, play } from './support/golden.ts';
import type { Move } from './support/golden.ts';
import { openOrchestrator } from './support/orchestrator.ts';

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

beforeAll(async () => {
  tutti = await openOrchestrator();
});

afterAll(async () => {
  await tutti.close();
});

it('ships the nine workflows, and nothing else', async () => {
  const listed = await tutti.orchestrator.listWorkflows();
  expect(listed.map((each) => each.name).toSorted()).toEqual(NINE);
  expect(listed.filter((each) => each.description === '' || each.faults !== undefined)).toEqual([]);
});

describe.each(NINE)('%s', (workflow) => {
  const moves: Move[] = [];

  it('lints clean', async () => {
    expect(await tutti.orchestrator.validate({ workflow })).toEqual({ valid: true, faults: [] });
  });

  it('has nothing to be mended, and no judgement that it does not ask for', async () => {
    const mending = await tutti.orchestrator.mend({ workflow, contracts: true });
    expect(mending).toEqual({ valid: true, faults: [], changes: [], mended: [], contracts: [] });
  });

  it.each(goldensOf(workflow))('plays %s', async (_file, transcript) => {
    const played = await play(tutti.orchestrator, workflow, transcript);
    moves.push(...played.moves);
    const expected = transcript.steps.map(({ expect: to, by }) => (by === undefined ? { to } : { to, by }));
    expect(played).toMatchObject({ start: transcript.start, moves: expected, status: transcript.status });
    expect(played.moves.filter((move) => move.instructions.includes('{{'))).toEqual([]);
  });

  it('takes every rule and every outcome in some transcript', async () => {
    const { steps } = await tutti.orchestrator.workflow(workflow);
    const idle = steps.flatMap((step) => {
      const taken = moves.filter((move) => move.from === step.name && move.because !== undefined);
      const rules = step.guidance.rules.filter(({ to, because }) => {
        const arrival = arrivalOf(to, step.name);
        return !taken.some((move) => move.to === arrival && isOf(because, move.because ?? ''));
      });
      const outcomes = step.guidance.outcomes.filter(({ to }) => {
        const arrival = arrivalOf(to, step.name);
        return !taken.some((move) => move.to === arrival);
      });
      return [...rules.map(({ because }) => because), ...outcomes.map(({ id }) => id)].map(
        (way) => `${step.name}: ${way}`,
      );
    });
    expect(idle).toEqual([]);
  });
});

function arrivalOf(to: Target, step: string): string {
  return to.kind === 'halt' ? 'HALT' : targetName(to, step);
}

/** Whether this rule was taken: by itself, or by a client that chose the outcome with its condition. */
function isOf(rule: string, because: string): boolean {
  const chosen = /^The client chose \w+: (.*)\.$/s.exec(because)?.[1];
  return rule.includes(chosen ?? because);
}
