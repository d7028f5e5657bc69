import { describe, expect, it } from 'vitest';
import type { AskInput, Resolution } from '../../core/gateway/ask/ask.ts';
import { plan, toApproval, toPlannedCall } from '../../../test/support/ask-fixtures.ts';
import type { Plan } from '../../core/gateway/plan/plan.ts';
import { answerTo } from './ask-dialog.ts';
import { toldText } from './ask-text.ts';
import { createTerminal } from './terminal.ts';
import type { Terminal } from './terminal.ts';

const call = toPlannedCall;
const approval = toApproval({ arguments: { id: '\u001B[31m1' } });
const waiting = { kind: 'approval', approval, approvals: [approval], plan } as const satisfies Resolution;
const unclear = {
  kind: 'clarification',
  question: 'Did you mean A or B?',
  options: [
    { id: 'hub__a', server: 'hub', tool: 'hub__a', intent: 'do a', confidence: 0.4 },
    { id: 'lab__b', server: 'lab', tool: 'lab__b', intent: 'do a', confidence: 0.3 },
  ],
} as const satisfies Resolution;
const schema = {
  type: 'object',
  properties: {
    number: { type: 'integer', description: 'of the \u001B[2Jissue' },
    title: { type: 'string' },
    state: { enum: ['open', 'closed', 3] },
  },
};

const told = (resolution: Parameters<typeof toldText>[0], explains = false): string =>
  toldText(resolution, createTerminal(false), { explains });

/** A terminal at which somebody gives these answers, one after the other. */
function desk(...answers: readonly string[]) {
  const asked: string[] = [];
  const notes: string[] = [];
  const decided: unknown[] = [];
  const terminal: Terminal = { ...createTerminal(false), note: (text) => void notes.push(text) };
  const rest = [...answers];
  return {
    asked,
    notes,
    decided,
    answer: async (resolution: Resolution, input: AskInput = { query: 'q', servers: ['hub', 'lab'] }) =>
      await answerTo(resolution, input, {
        terminal,
        ask: async (question) => {
          asked.push(question);
          return rest.shift();
        },
        operator: {
          decide: async (...given) => {
            decided.push(given);
            return approval;
          },
        },
      }),
  };
}

describe('at a terminal', () => {
  it('an approval is given by the word yes alone, and the plan goes on with or without the call', async () => {
    const yes = desk('yes');
    expect(await yes.answer(waiting)).toEqual({
      plan: { id: 'p1' },
      servers: ['hub', 'lab'],
    });
    expect(yes.decided).toMatchObject([['a1', 'approved', expect.stringMatching(/^cli:/)]]);
    expect(yes.notes.join('\n')).toContain('Destructive calls need a person.');
    expect(yes.notes.join('\n')).not.toContain('\u001B[31m1');
    for (const word of ['y', '', 'Yes', undefined]) {
      const no = desk(...(word === undefined ? [] : [word]));
      expect(await no.answer(waiting)).toMatchObject({ plan: { id: 'p1' } });
      expect(no.decided).toMatchObject([['a1', 'denied', expect.anything()]]);
    }
  });

  it('an approval of a plan without an id repeats what was asked', async () => {
    const { id: _, ...bare } = plan;
    const resolution = { ...waiting, plan: bare };
    expect(await desk('yes').answer(resolution, { query: 'q' })).toEqual({ query: 'q' });
    expect(await desk('yes').answer(resolution, { plan })).toEqual({ plan });
    expect(await desk('no').answer(resolution, { plan })).toBeUndefined();
  });

  it('a choice goes into the call that was meant, or narrows the question', async () => {
    const open: Plan = { ...plan, calls: [call('a'), call('b')] };
    const picked = desk('2');
    expect(await picked.answer({ ...unclear, plan: open })).toEqual({
      plan: { ...open, calls: [call('a', { server: 'lab', tool: 'lab__b' }), call('b')] },
      servers: ['hub', 'lab'],
    });
    expect(picked.notes).toEqual(['Did you mean A or B?', '1. hub__a (hub)', '2. lab__b (lab)']);
    expect(await desk('1').answer(unclear)).toEqual({ query: 'q', servers: ['hub'] });
    for (const other of ['', '0', '3', 'hub', '1.5'])
      expect(await desk(other).answer({ ...unclear, plan: open })).toBeUndefined();
  });

  it('what the plan leaves out is said before it is sent back, since the answer does not say it', async () => {
    const unanswered = ['I have no tool for \u001B[31mjazz.'];
    const lacking = { kind: 'needs_arguments', plan, missing: [] } as const;
    for (const resolution of [unclear, lacking]) {
      const asked = desk();
      await asked.answer({ ...resolution, unanswered });
      expect(asked.notes[0]).toMatch(/^I have no tool for .*jazz\.$/);
      expect(asked.notes[0]).not.toContain('\u001B');
    }
  });

  it('an order that was guessed is taken once somebody says yes', async () => {
    const guessed: Plan = {
      structure: 'sequential',
      calls: [call('a'), call('b', { dependsOn: ['a'], uncertainOrder: true })],
    };
    const resolution = {
      kind: 'clarification',
      question: 'Is this right? Send it without uncertainOrder.',
      options: [],
      plan: guessed,
    } as const;
    const yes = desk('yes');
    expect(await yes.answer(resolution)).toMatchObject({
      plan: { ...guessed, calls: [call('a'), call('b', { dependsOn: ['a'] })] },
    });
    expect(yes.notes).toEqual(['Is this right? Send it without uncertain_order.']);
    expect(await desk('').answer(resolution)).toBeUndefined();
  });

  it('a call that may have been made is made again, or left, as somebody says in so many words', async () => {
    const resolution = {
      kind: 'clarification',
      question: 'b was under way: look first.',
      options: [],
      plan,
      lost: [
        { key: 'a', tool: 'hub__list' },
        { key: 'b[1]', tool: 'hub__close' },
      ],
    } as const;
    const decided = desk('leave', 'repeat');
    expect(await decided.answer(resolution)).toMatchObject({
      plan: { id: 'p1', lost: { a: 'leave', 'b[1]': 'repeat' } },
    });
    expect(decided.notes).toEqual(['b was under way: look first.']);
    const many = Array.from({ length: 50 }, (_, at) => ({ key: `b[${at}]`, tool: 'hub__close' }));
    const [, command = ''] =
      /echo '(.*)' \| tutti ask --plan-file -/.exec(told({ ...resolution, lost: many })) ?? [];
    expect(Object.keys((JSON.parse(command) as { lost: object }).lost)).toHaveLength(50);
    for (const words of [[], ['yes'], ['repeat', '']])
      expect(await desk(...words).answer(resolution)).toBeUndefined();
  });

  it('all that a plan waits for is asked about in one go', async () => {
    const both = { ...waiting, approvals: [approval, toApproval({ id: 'a2', tool: 'drop' })] };
    const some = desk('yes', 'no');
    expect(await some.answer(both)).toMatchObject({ plan: { id: 'p1' } });
    expect(some.decided).toMatchObject([
      ['a1', 'approved', expect.anything()],
      ['a2', 'denied', expect.anything()],
    ]);
    expect(told(both)).toMatch(
      /hub close.*hub drop.*`tutti approvals approve a1`, `tutti approvals approve a2`, then `tutti ask --resume p1`/s,
    );
  });

  it('an approval shows the question that it came of, with nothing hidden in it', () => {
    const asked = toApproval({ query: 'close "all"\u001B[2J\nnow' });
    expect(told({ ...waiting, approval: asked, approvals: [asked] })).toContain(
      'Of the question: "close \\"all\\" now"',
    );
  });

  it('what would change something is done once somebody says yes', async () => {
    const shown: Plan = { structure: 'single', calls: [call('a')] };
    const resolution = {
      kind: 'clarification',
      question: 'This would write. Is that what is meant?',
      options: [],
      plan: shown,
    } as const;
    expect(await desk('yes').answer(resolution)).toMatchObject({ plan: shown });
    expect(await desk('no').answer(resolution)).toBeUndefined();
  });

  it('missing arguments are asked for one by one, and read by their types', async () => {
    const missing = [{ call: 'b', schema, missing: ['number', 'title', 'state', 'other'] }];
    const filled = desk('7', '7', 'open', '["x"]');
    expect(await filled.answer({ kind: 'needs_arguments', plan, missing })).toEqual({
      plan: {
        ...plan,
        calls: [
          plan.calls[0],
          { ...plan.calls[1], arguments: { number: 7, title: '7', state: 'open', other: ['x'] } },
        ],
      },
      servers: ['hub', 'lab'],
    });
    expect(filled.asked).toEqual([
      '  number (of the issue; integer): ',
      '  title: ',
      '  state (open | closed | 3): ',
      '  other: ',
    ]);
    expect(filled.notes).toEqual(['hub__close needs more (empty: leave it):']);
    expect(await desk('7', '').answer({ kind: 'needs_arguments', plan, missing })).toBeUndefined();
  });

  it('nothing is asked where nothing is missing', async () => {
    const quiet = desk();
    expect(
      await quiet.answer({ kind: 'answer', answer: '', sources: [], partial: [], plan }),
    ).toBeUndefined();
    expect(await quiet.answer({ kind: 'out_of_scope', message: '', nearest: [] })).toBeUndefined();
    expect(await quiet.answer({ kind: 'input-required', value: {} })).toBeUndefined();
    expect(quiet.asked).toEqual([]);
  });
});

describe('what is told at a terminal', () => {
  it('is the answer, who did not answer, and where it is from', () => {
    const text = told({
      kind: 'answer',
      answer: 'Two\u001B[2J are open.',
      sources: [1, 2].map((each) => ({ server: 'hub', tool: 'list', callId: `c${each}` })),
      partial: [{ server: 'lab', error: 'is\ndown' }],
      plan,
    });
    expect(text).toMatch(
      /^Two.* are open\.\n\nNot answered by all that were asked:\n- lab: is down\n\n.*From: hub list/s,
    );
    expect(text.match(/hub list/g)).toHaveLength(1);
    expect(text).not.toContain('\u001B[2J');
  });

  it.each([
    ['close it only if nobody objects', 'b hub__close (after a; not judged: "only if nobody objects")'],
    ['list them, and maybe close one', 'b hub__close (after a; order guessed)'],
  ])('is a plan that says what is uncertain of it: %j', (query, line) => {
    const shown = told({
      kind: 'plan',
      plan: {
        query,
        calls: [call('a'), call('b', { tool: 'hub__close', dependsOn: ['a'], uncertainOrder: true })],
        structure: 'sequential',
      },
      estimate: { calls: 2, costMicros: 0, risk: 'write' },
      routes: [],
    });
    expect(shown).toContain(line);
    expect(shown).toContain('(uncertain)');
    expect(shown).not.toContain('a guess');
  });

  it('is a plan to agree to, with the command that does it where it is certain', () => {
    const shown = { kind: 'clarification', question: 'Is that what is meant?', options: [] } as const;
    const certain: Plan = { ...plan, calls: [call('a')] };
    expect(told({ ...shown, plan: certain })).toContain('Do it: `tutti ask --resume p1`.');
    for (const other of [plan, { ...certain, id: undefined }] as Plan[])
      expect(told({ ...shown, plan: other })).not.toContain('--resume');
  });

  it('is a plan with all that would be sent, and on request why', () => {
    const resolution = {
      kind: 'plan',
      plan,
      estimate: { calls: 51, costMicros: 2_500_000, risk: 'write' },
      routes: [
        {
          call: 'a',
          query: 'do a',
          decision: 'route',
          because: 'Its confidence reaches what calling needs.',
          confidence: 0.8,
          refuseBelow: 0.2,
          routeFrom: 0.5,
          candidates: [
            {
              name: 'hub__list',
              server: 'hub',
              score: 0.9,
              whole: 0.7,
              isChosen: true,
              terms: [{ term: 'list', field: 'name', weight: 0.6 }],
            },
          ],
        },
      ],
    } as const satisfies Resolution;
    const plainly = told(resolution);
    for (const part of [
      '│ a hub__list: the issues of #7 │',
      'of = 7',
      '/id = $item.id',
      'for each of $a.items',
      'after a',
    ])
      expect(plainly).toContain(part);
    expect(plainly).toContain('sequential, 51 calls, cost 2.5, risk write\n\nNothing was called.');
    expect(plainly).not.toContain('list in name');
    const explained = told(resolution, true);
    expect(explained).toContain(
      '"do a": route, since 0.80 is held against 0.20 (refuse below) and 0.50 (call from)',
    );
    expect(explained).toContain('Its confidence reaches what calling needs.');
    expect(explained).toMatch(/hub__list \(taken\) +0\.90 +0\.70 +list in name 0\.60/);
  });

  it('does not repeat what the answer says', () => {
    const partial = [{ server: 'lab', error: 'is down for the night' }];
    const answer = '### What failed\n\n> - lab: is down for the night';
    expect(told({ kind: 'answer', answer, sources: [], partial, plan })).toBe(answer);
  });

  it('is what to do where there is no answer', () => {
    expect(told({ kind: 'clarification', question: 'Right? Drop uncertainOrder.', options: [] })).toBe(
      'Right? Drop uncertain_order.\n\nThe plan: --json prints it, --plan-file sends it back.',
    );
    expect(told(unclear)).toMatch(/Did you mean A or B\?.*hub__a +hub +40 %.*--servers NAME/s);
    expect(told(waiting)).toMatch(/tutti approvals approve a1`, then `tutti ask --resume p1`/);
    const named = { explains: false, configFile: 'my.json' };
    expect(toldText(waiting, createTerminal(false), named)).toMatch(
      /approve a1 --config my\.json`, then `tutti ask --resume p1 --config my\.json`/,
    );
    expect(
      told({ kind: 'needs_arguments', plan, missing: [{ call: 'b', schema, missing: ['number'] }] }),
    ).toMatch(/b +hub__close +number.*--plan-file/s);
    const unanswered = ['I don\'t have a tool for "play jazz".'];
    for (const each of [unclear, waiting, { kind: 'needs_arguments', plan, missing: [] } as const])
      expect(told({ ...each, unanswered })).toContain(unanswered[0]);
    const nearest = [{ name: 'hub__list', description: 'Lists.\nAll of them.' }];
    expect(told({ kind: 'out_of_scope', message: 'No tool for that.', nearest })).toMatch(
      /No tool for that\..*hub__list +Lists\.$/s,
    );
  });
});
