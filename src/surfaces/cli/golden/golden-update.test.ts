import { expect, it } from 'vitest';
import type { Played } from '../../../core/workflow/rehearsal/play.ts';
import type { Move } from '../../../core/workflow/rehearsal/stage.ts';
import { parseGolden } from './golden-file.ts';
import { updatedText } from './golden-update.ts';

function updated(text: string, moves: readonly Partial<Move>[], played: Partial<Played> = {}): string {
  const file = parseGolden(text, 'tests/one.yaml');
  if ('faults' in file) throw new Error(JSON.stringify(file.faults));
  const whole = moves.map((move) => ({ because: '', context: {}, status: 'RUNNING', ...move }) as Move);
  return updatedText(file, { start: 'A', moves: whole, status: 'RUNNING', context: {}, ...played });
}

const HEAD = 'name: one\nstart: A\n';

it('writes values over the old ones, whatever they are made of and wherever they stand', () => {
  const text = `${HEAD}steps:
  - { report: { status: success, message: 'a,  b' }, expect: B, by: rule } # first
  - report:   {status: success}
    expect: "C" # second

    because: the reason
status:   RUNNING
`;
  const moves = [
    { to: 'Ask: who, {why}?', by: 'prose' },
    { to: '# 3', by: 'prose', because: 'If "x": - y' },
  ] as const;
  const expected = `${HEAD}steps:
  - { report: { status: success, message: 'a,  b' }, expect: "Ask: who, {why}?", by: prose } # first
  - report:   {status: success}
    expect: "# 3" # second

    because: 'If "x": - y'
status:   COMPLETED
`;
  const found = updated(text, moves, { status: 'COMPLETED' });
  expect(found.replaceAll("'", '"')).toBe(expected.replaceAll("'", '"'));
  expect(updated(found, moves, { status: 'COMPLETED' })).toBe(found);
});

it('adds and takes away keys, and keeps comments', () => {
  const text = `# head
${HEAD}steps:
  # why this step
  - report: { status: success } # said
    expect: B
    by: prose
    context: { colour: red, size: { w: 1 } }
  - report: { status: success }
# the end
status: RUNNING
final_context: { colour: red }
`;
  const found = updated(
    text,
    [
      { to: 'decision_required', by: undefined, context: { size: { w: 2 } } },
      { to: 'B', by: 'caller' },
    ],
    { context: { colour: 'blue' } },
  );
  for (const comment of ['# head', '# why this step', '# said', '# the end'])
    expect(found).toContain(comment);
  const file = parseGolden(found, 'x');
  expect('golden' in file && file.golden).toEqual({
    name: 'one',
    start: 'A',
    steps: [
      {
        report: { status: 'success' },
        expect: 'decision_required',
        context: { colour: null, size: { w: 2 } },
      },
      { report: { status: 'success' }, expect: 'B', by: 'caller' },
    ],
    status: 'RUNNING',
    finalContext: { colour: 'blue' },
  });
});
