import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Target } from '../kernel/instance.ts';
import { toMermaid, workflowGraph } from './graph.ts';
import type { Outcome } from './guidance/guidance.ts';
import type { Step, Workflow } from './workflow.ts';

const to = (name: string): Target => ({ kind: 'step', step: name });
const outcome = (target: Target, when = ''): Outcome => ({ id: 'x', when, to: target });

/** A workflow from the outcomes of its steps; `undefined` for guidance that names no way on. */
function workflow(steps: Readonly<Record<string, readonly Outcome[] | undefined>>): Workflow {
  const made = Object.entries(steps).map(([name, outcomes], at): Step => ({
    name,
    file: `${at}.md`,
    instructions: '',
    guidanceText: '',
    guidance: {
      rules: [],
      outcomes: outcomes ?? [outcome({ kind: 'stay' })],
      expects: [],
      namesTarget: outcomes !== undefined,
      faults: [],
    },
    text: '',
  }));
  return {
    name: 'W',
    hash: '',
    files: {},
    description: '',
    text: '',
    steps: made,
    deciders: ['caller'],
    warnings: [],
  };
}

const build = workflow({
  Write: undefined,
  Test: [
    outcome(to('Commit'), 'success'),
    outcome(to('Write'), 'failure'),
    outcome(to('Write'), 'doubt'),
    outcome({ kind: 'stay' }, 'flaky'),
  ],
  Commit: [outcome({ kind: 'finish', status: 'FAILED' }), outcome({ kind: 'halt' }, 'no access')],
});

describe('graph', () => {
  it('has the steps in order, the ends that are used, and every way', () => {
    expect(workflowGraph(build)).toEqual({
      nodes: [
        { id: 's0', kind: 'step', name: 'Write' },
        { id: 's1', kind: 'step', name: 'Test' },
        { id: 's2', kind: 'step', name: 'Commit' },
        { id: 'finish', kind: 'finish', name: 'FINISH' },
        { id: 'halt', kind: 'halt', name: 'HALT' },
      ],
      edges: [
        { from: 's0', to: 's1', when: '', implied: true },
        { from: 's1', to: 's2', when: 'success', implied: false },
        { from: 's1', to: 's0', when: 'failure', implied: false },
        { from: 's1', to: 's0', when: 'doubt', implied: false },
        { from: 's1', to: 's1', when: 'flaky', implied: false },
        { from: 's2', to: 'finish', when: '', implied: false },
        { from: 's2', to: 'halt', when: 'no access', implied: false },
      ],
    });
  });

  it('takes a step called FINISH for the end', () => {
    const graph = workflowGraph(
      workflow({ One: undefined, FINISH: undefined, Two: [outcome({ kind: 'finish' })] }),
    );
    expect(graph.nodes.map(({ id, kind }) => `${id} ${kind}`)).toEqual(['s0 step', 's1 finish', 's2 step']);
    expect(graph.edges.map((edge) => `${edge.from} ${edge.to}`)).toEqual(['s0 s1', 's2 s1']);
  });

  it('ends after the last step when its guidance names no way', () => {
    expect(workflowGraph(workflow({ One: undefined })).edges).toEqual([
      { from: 's0', to: 'finish', when: '', implied: true },
    ]);
  });
});

describe('Mermaid', () => {
  it('draws it, with the current step marked', () => {
    expect(toMermaid(build, { at: 'Test' })).toBe(
      [
        'flowchart TD',
        '  s0["Write"]',
        '  s1["▶ Test"]',
        '  s2["Commit"]',
        '  finish(["FINISH"])',
        '  halt{{"HALT"}}',
        '  s0 -.-> s1',
        '  s1 -->|"success"| s2',
        '  s1 -->|"failure<br/>doubt"| s0',
        '  s1 -->|"flaky"| s1',
        '  s2 --> finish',
        '  s2 -->|"no access"| halt',
        '  classDef current stroke-width:3px',
        '  class s1 current',
      ].join('\n'),
    );
    expect(toMermaid(build, { at: 'FINISH' })).toContain('  finish(["▶ FINISH"])');
    expect(toMermaid(build, { at: 'Gone' })).toBe(toMermaid(build));
  });

  it('escapes what has a meaning in Mermaid, HTML or Markdown', () => {
    const text = toMermaid(
      workflow({ 'A "b" [c] <i> #d; `e`': [outcome({ kind: 'finish' }, 'x | y -->\n\u202Ez')] }),
    );
    expect(text).toContain('s0["A #34;b#34; #91;c#93; #60;i#62; #35;d#59; #96;e#96;"]');
    expect(text).toContain('-->|"x #124; y --#62; z"| finish');
  });

  it('keeps every name and condition within its label', () => {
    const line =
      /^ {2}(?:s\d+\["[^"[\]{}()<>|`#;&\\*~]*(?:#\d+;[^"[\]{}()<>|`#;&\\*~]*)*"\]|finish\(\["FINISH"\]\)|s0 --> ?(?:\|"[^"|<>]*"\| )?finish)$/;
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', minLength: 1 }),
        fc.string({ unit: 'grapheme' }),
        (name, when) => {
          fc.pre(name !== 'FINISH');
          const [head, ...rest] = toMermaid(workflow({ [name]: [outcome({ kind: 'finish' }, when)] })).split(
            '\n',
          );
          expect(head).toBe('flowchart TD');
          expect(rest).toHaveLength(3);
          for (const each of rest) expect(each).toMatch(line);
        },
      ),
    );
  });

  it('shortens long labels', () => {
    const text = toMermaid(workflow({ ['𝄞'.repeat(200)]: [outcome({ kind: 'finish' })] }));
    expect(text).toContain(`${'#119070;'.repeat(59)}#8230;`);
  });
});
