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

it('changes nothing but what differs, however the file is written', () => {
  const text = `name: one
deciders: [model, caller]   # in this order


context: {a: b,  c:  [1,2]}
start: A
steps:
    # indented by four

    -   report: {status: success}
        context_updates: {x: 1}
        expect: B
        by: rule   # said by the rule
        because: >-
            folded
            text
        context:   # all of it
            colour:
                deep: 1   # kept beside it
            size: {w: 1}


        # after the step
    - {report: {status: success}, expect: B, by: rule}
    - {report: {status: success}, by: rule, expect: B}
    - report: {status: success} # alone
    - by: rule
      report: {status: failure}
      expect: B

# the end
status: RUNNING
# really
`;
  const undecided = { to: 'decision_required', by: undefined };
  const found = updated(text, [
    {
      to: 'B',
      by: undefined,
      because: 'another reason',
      context: { colour: { deep: [2] }, size: null },
    },
    undecided,
    undecided,
    { to: 'D', by: 'prose' },
    undecided,
  ]);
  const expected = text
    .replace('by: rule   # said', '# said')
    .replace('>-\n            folded\n            text', 'another reason')
    .replace('colour:\n                deep: 1   # kept beside it', 'colour: {deep: [2]}   # kept beside it')
    .replace('{w: 1}', 'null')
    .replace('expect: B, by: rule}', 'expect: decision_required}')
    .replace('by: rule, expect: B}', 'expect: decision_required}')
    .replace('# alone\n', '# alone\n      expect: D\n      by: prose\n')
    .replace(
      '- by: rule\n      report: {status: failure}\n      expect: B',
      '- report: {status: failure}\n      expect: decision_required',
    );
  expect(found).toBe(expected);
});

it('writes a file that ends without a line, and one with anchors', () => {
  const bare = updated('name: one\nsteps:\n- report: {status: success}', [{ to: 'B', by: 'rule' }]);
  expect(bare).toBe(
    'name: one\nsteps:\n- report: {status: success}\n  expect: B\n  by: rule\nstart: A\nstatus: RUNNING',
  );
  const anchored = updated(
    `${HEAD}context: &all { a: 1 }\nsteps: []\nstatus: RUNNING\nfinal_context: *all\n`,
    [],
    { context: { a: 2 } },
  );
  const file = parseGolden(anchored, 'x');
  expect('golden' in file && file.golden.finalContext).toEqual({ a: 2 });
});
