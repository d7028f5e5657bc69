import { describe, expect, test } from 'vitest';
import { parseMarkdown } from '../../../adapters/markdown/mdast.ts';
import type { JsonObject } from '../../kernel/json.ts';
import { compileGuidance } from './compile.ts';
import { decideByGuidance } from './decide.ts';
import type { Guidance, GuidanceSource } from './guidance.ts';

const steps = ['Draft', 'Review', 'Publish', 'Review Notes'].map((name) => ({
  name,
  file: `steps/${name.toLowerCase().replaceAll(' ', '_')}.md`,
}));

function compile(transitions: string | undefined, more: Partial<GuidanceSource> = {}): Guidance {
  return compileGuidance({
    steps,
    step: 'Review',
    file: 'steps/review.md',
    guidance: [],
    instructions: '',
    ...(transitions === undefined ? {} : { transitions: parseMarkdown(transitions).blocks }),
    ...more,
  });
}

function decide(guidance: Guidance, context: JsonObject = {}, status = 'success'): unknown {
  return decideByGuidance(guidance, { context, report: { status }, visits: { Review: 2, Draft: 1 } });
}

describe('a list of rules', () => {
  const guidance = compile(`
- score >= 8 and report.status == "success" -> Publish
- \`report.status == "failure"\` → FINISH as FAILED set reason = "review failed", code = 3
- visits > 4 or visits["Draft"] > 2 -> HALT
- score exists -> Draft
- otherwise -> stay
`);

  test.each<readonly [JsonObject, string, object]>([
    [
      { score: 9 },
      'success',
      {
        to: { kind: 'step', step: 'Publish' },
        by: 'rule',
        because: 'score >= 8 and report.status == "success" -> Publish',
      },
    ],
    [
      { score: 9 },
      'failure',
      { to: { kind: 'finish', status: 'FAILED' }, contextUpdates: { reason: 'review failed', code: 3 } },
    ],
    [{ score: 2 }, 'success', { to: { kind: 'step', step: 'Draft' } }],
    [{}, 'success', { to: { kind: 'stay' } }],
  ])('%j %s', (context, status, expected) => {
    expect(decide(guidance, context, status)).toMatchObject(expected);
  });

  test('has its outcomes, its variables and no faults', () => {
    expect(guidance.outcomes.map(({ id }) => id)).toEqual(['publish', 'finish', 'halt', 'draft', 'stay']);
    expect(guidance.expects).toEqual(['score']);
    expect(guidance.faults).toEqual([]);
  });

  test('counts visits of this step and of others', () => {
    const counted = compile('- visits == 2 and visits.Draft == 1 -> Publish');
    expect(decide(counted)).toMatchObject({ to: { step: 'Publish' } });
  });

  test('comes before prose', () => {
    const { blocks } = parseMarkdown('Proceed to Draft.');
    expect(decide(compile('- ready -> Publish', { guidance: blocks }), { ready: true })).toMatchObject({
      to: { step: 'Publish' },
    });
    expect(decide(compile('- ready -> Publish', { guidance: blocks }), { ready: false })).toMatchObject({
      to: { step: 'Draft' },
      by: 'prose',
    });
  });
});

test('front matter says the same as data', () => {
  const guidance = compile(undefined, {
    frontMatter: [
      { when: 'score > 5', to: 'publish', set: { checked: true } },
      { when: 'score < 0', to: 'FINISH', status: 'failed' },
      { to: 'Draft' },
    ],
  });
  expect(guidance.faults).toEqual([]);
  expect(decide(guidance, { score: 6 })).toMatchObject({
    to: { step: 'Publish' },
    contextUpdates: { checked: true },
  });
  expect(decide(guidance, { score: -1 })).toMatchObject({ to: { kind: 'finish', status: 'FAILED' } });
  expect(decide(guidance, {})).toMatchObject({ to: { step: 'Draft' } });
});

describe('faults are errors with their line', () => {
  test.each([
    ['\n- score > -> Publish', 'transitions/expression:2', 'a value'],
    ['- score > 3', 'transitions/form:1', 'condition -> target'],
    ['- ready -> Nowhere Known', 'transitions/target:1', 'No step is called "Nowhere Known"'],
    ['- ready -> Publish as FAILED', 'transitions/status:1', 'Only FINISH'],
    ['- ready -> FINISH as SLEEPY', 'transitions/status:1', 'COMPLETED or FAILED'],
    ['- ready -> Publish set a = b', 'transitions/set:1', 'key = literal'],
    ['Ready goes to Publish.', 'transitions/form:1', 'a list'],
    ['- ready -> Publish\n  - and more', 'transitions/form:1', 'one line'],
  ])('%j', (transitions, code, message) => {
    const { faults, rules } = compile(transitions);
    expect(
      faults.filter(({ severity }) => severity === 'error').map((fault) => `${fault.code}:${fault.line}`),
    ).toEqual([code]);
    expect(faults[0]?.message).toContain(message);
    expect(rules).toEqual([]);
  });

  test.each([
    ['no list', 'transitions/form'],
    [[{ when: 'x' }], 'transitions/form'],
    [[3], 'transitions/form'],
    [[{ to: 'Draft', status: 3 }], 'transitions/status'],
    [[{ to: 'Draft', set: 'x' }], 'transitions/set'],
    [[{ to: 'Draft', when: 'x ==' }], 'transitions/expression'],
  ])('front matter %j', (frontMatter, code) => {
    expect(
      compile(undefined, { frontMatter })
        .faults.filter(({ severity }) => severity === 'error')
        .map((fault) => fault.code),
    ).toEqual([code]);
  });
});

test('a literal cannot reach a prototype', () => {
  const guidance = compile('- ready -> Publish set `__proto__` = 1');
  const decision = decide(guidance, { ready: true }) as { contextUpdates?: object };
  expect(Object.hasOwn(decision.contextUpdates ?? {}, '__proto__')).toBe(true);
  expect(Object.getPrototypeOf(decision.contextUpdates)).toBe(Object.prototype);
});
