import { describe, expect, test, vi } from 'vitest';
import { parseMarkdown } from '../../../adapters/markdown/mdast.ts';
import type { Block } from '../../kernel/document.ts';
import { compileGuidance } from './compile.ts';
import { decideByGuidance } from './decide.ts';
import type { Guidance } from './guidance.ts';
import { resolveOutcome } from './outcomes.ts';

function compile(names: readonly string[], guidance: string | readonly Block[]): Guidance {
  return compileGuidance({
    steps: names.map((name, index) => ({ name, file: `steps/${index}.md` })),
    step: 'Start',
    file: 'steps/0.md',
    guidance: typeof guidance === 'string' ? parseMarkdown(guidance).blocks : guidance,
    instructions: '',
  });
}

function goTo(names: readonly string[], guidance: string): unknown {
  return decideByGuidance(compile(names, guidance), {
    context: {},
    report: { status: 'success' },
    visits: {},
  })?.to;
}

describe('names that differ only in marks', () => {
  const names = ['Start', 'C', 'C++', 'C#', '🎉'];

  test.each(['C', 'C++', 'C#', '🎉'])('%s is reached by its exact name', (step) => {
    expect(goTo(names, `Go to "${step}".`)).toEqual({ kind: 'step', step });
    expect(goTo(names, `Go to ${step}.`)).toEqual({ kind: 'step', step });
  });

  test('case matters less than marks', () => {
    expect(goTo(names, 'Go to "c++".')).toEqual({ kind: 'step', step: 'C++' });
  });

  test('a name that two steps answer to leads nowhere', () => {
    expect(goTo(['Start', 'C++', 'C#'], 'Go to "C".')).toBeUndefined();
    expect(compile(['Start', 'C++', 'C#'], 'Go to "C".').faults[0]?.code).toBe('target/ambiguous');
  });
});

describe('ids of outcomes', () => {
  const guidance = compile(
    ['Start', 'Fix', 'Fix 2', 'C++', 'C#', '🎉'],
    'If `a` is 1, go to Fix. If `b` is 1, go to Fix. If `c` is 1, go to "Fix 2". If `d` is 1, go to "C++". If `e` is 1, go to "C#". If `f` is 1, go to "🎉".',
  );

  test('are never given twice', () => {
    expect(guidance.outcomes.map(({ id }) => id)).toEqual(['fix', 'fix_3', 'fix_2', 'c', 'c_2', 'step']);
  });

  test.each([
    ['fix', 'fix'],
    ['FIX-2', 'fix_2'],
    ['Fix 2', 'fix_2'],
    ['fix_3', 'fix_3'],
    ['C#', 'c_2'],
    ['🎉', 'step'],
    ['', undefined],
    ['!', undefined],
  ])('%s means %s', (written, id) => {
    expect(resolveOutcome(guidance, written)?.id).toBe(id);
  });

  test('an id that two outcomes answer to is none', () => {
    const to = { kind: 'stay' } as const;
    const outcomes = ['fix_2', 'fix2'].map((id) => ({ id, when: '', to }));
    expect(resolveOutcome({ ...guidance, outcomes }, 'Fix 2')).toBeUndefined();
    expect(resolveOutcome({ ...guidance, outcomes }, 'fix2')?.id).toBe('fix2');
  });
});

describe('guidance without end', () => {
  const paragraph = (text: string): Block => ({
    kind: 'paragraph',
    text,
    line: 1,
    start: 0,
    end: text.length,
  });
  const names = ['Start', 'A', 'B'];

  test.each<readonly [string, readonly Block[]]>([
    ['arrows', [paragraph('A -> B -> '.repeat(30_000))]],
    ['rules', [paragraph('If `x` is 1, go to A. '.repeat(15_000))]],
    [
      'bullets',
      [
        {
          kind: 'list',
          ordered: false,
          first: 1,
          line: 1,
          start: 0,
          end: 1,
          items: Array.from({ length: 30_000 }, (_, line) => ({
            line,
            start: 0,
            end: 1,
            blocks: [paragraph('Go to A.')],
          })),
        },
      ],
    ],
    [
      'rows',
      [
        {
          kind: 'table',
          header: ['`x`', 'next'],
          line: 1,
          start: 0,
          end: 1,
          rows: Array.from({ length: 30_000 }, (_, line) => ({ line, cells: ['1', 'A'] })),
        },
      ],
    ],
  ])('%s are one judgement', (_title, blocks) => {
    const { faults, rules } = compile(names, blocks);
    expect(faults.map(({ code }) => code)).toContain('guidance/judgement');
    expect(faults.length).toBeLessThan(3);
    expect(rules.length).toBeLessThan(3);
  });

  test('a name that fits no step is looked up by its words', () => {
    const looks = (steps: number): number => {
      const written = ['Start', ...Array.from({ length: steps }, (_, at) => `Review part ${at} of the book`)];
      compile(written, 'Go to Start.');
      const spies = [vi.spyOn(Map.prototype, 'get'), vi.spyOn(Set.prototype, 'has')];
      compile(written, 'Go to "Reviw prt of the boook". '.repeat(60));
      const made = spies.reduce((sum, spy) => sum + spy.mock.calls.length, 0);
      for (const spy of spies) spy.mockRestore();
      return made;
    };
    expect(looks(498)).toBeLessThan(2 * looks(50));
  });
});
