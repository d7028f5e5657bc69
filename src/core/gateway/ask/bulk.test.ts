import { describe, expect, it } from 'vitest';
import { READ, numberOf, planned, sentTo, stage, unexpected } from '../../../../test/support/asking-stage.ts';
import type { Stage } from '../../../../test/support/asking-stage.ts';
import { toTool } from '../../../../test/support/fake-downstream.ts';
import { ADA, MUTE, said } from '../../../../test/support/gate.ts';
import { beginRun } from '../../../../test/support/run.ts';
import { sessionHouse } from '../../../../test/support/session-house.ts';

const NUMBER = { inputSchema: numberOf('number') };
const servers = {
  hub: [
    toTool('list_issues', { ...READ, description: 'the issues' }),
    toTool('read_issue', { ...READ, ...NUMBER, description: 'one issue' }),
    toTool('close_issue', { ...NUMBER, description: 'close an issue' }),
  ],
};
const CLOSE_ALL = planned(
  { tool: 'hub__list_issues' },
  { tool: 'hub__close_issue', forEach: '$a', bind: { '/number': '$item' } },
);

/** A hub with so many issues, of which nothing needs an approval. */
function hub(issues: number, about: Parameters<typeof stage>[0] = {}): Stage {
  const here = stage({
    servers,
    policy: { approve: [] },
    ...about,
    server: { hub: { trusted: true, cache: { mode: 'off', ttlMs: 0 }, ...about.server?.['hub'] } },
  });
  here.w.fakes.server('hub').answer = ({ request }) =>
    said(
      request.params['name'] === 'list_issues'
        ? JSON.stringify(Array.from({ length: issues }, (_, at) => at))
        : 'x',
    );
  return here;
}

const madeOf = (here: Stage, tool: string): number =>
  sentTo(here, 'hub').filter(({ name }) => name === tool).length;

describe('what changes many things', () => {
  it.each([
    ['calls of a request', { ask: { maxCalls: 6 } }, /takes 6 calls; of the 6 .* 5 are left/],
    [
      'cost of a request',
      { ask: { maxCostMicros: 20 }, server: { hub: { costMicros: 5 } } },
      /costs 30 micro/,
    ],
    [
      'calls of a server',
      { server: { hub: { budgets: [{ calls: 6, per: 'day' }] } } },
      /calls per day of hub/,
    ],
    [
      'cost of all servers',
      {
        server: { hub: { costMicros: 5 } },
        policy: { approve: [], budgets: [{ costMicros: 30, per: 'owner' }] },
      },
      /cost per owner of all servers/,
    ],
    [
      'calls of an instance',
      { server: { hub: { budgets: [{ calls: 6, per: 'instance' }] } } },
      /calls per instance of hub, spent by today's calls that name no run of their caller, has no room/,
    ],
    [
      'calls of a user',
      { policy: { approve: [], perUser: { count: 5, perMs: 60_000 } } },
      /may make 5 in 60000/,
    ],
  ] as const)('is not done by halves: beyond the %s nothing of it is', async (_what, about, because) => {
    const here = hub(6, about as Parameters<typeof stage>[0]);
    const came = await here.ask({ plan: CLOSE_ALL });
    expect(madeOf(here, 'close_issue')).toBe(0);
    expect(came).toMatchObject({
      kind: 'answer',
      sources: [{ tool: 'list_issues' }],
      partial: [{ server: 'hub', error: expect.stringMatching(because) }],
    });
    expect(came.kind === 'answer' && came.answer).toContain('not made for any of the 6 items');
  });

  it('is done where all of it fits, to the last call', async () => {
    const here = hub(6, {
      ask: { maxCalls: 7, maxCostMicros: 35 },
      server: { hub: { costMicros: 5, budgets: [{ calls: 7, costMicros: 35, per: 'day' }] } },
    });
    expect(await here.ask({ plan: CLOSE_ALL })).toMatchObject({ kind: 'answer', partial: [] });
    expect(madeOf(here, 'close_issue')).toBe(6);
  });

  it('has the room of the session and of the run for which it is asked', async () => {
    const { sessions } = sessionHouse();
    const { id: session } = await sessions.start(ADA, {});
    const here = hub(6, {
      server: {
        hub: {
          budgets: [
            { calls: 7, per: 'session' },
            { calls: 14, per: 'instance' },
          ],
        },
      },
      parts: { toolGateOf: (caller, named) => sessions.gateOf(caller, named) },
    });
    const instance = await beginRun(here.w.store, 'run-1');
    // What others spent leaves less than it takes.
    for (let at = 0; at < 4; at += 1) await here.w.call('hub__list_issues');
    expect(await here.ask({ plan: CLOSE_ALL, session, instance })).toMatchObject({ partial: [] });
    expect(madeOf(here, 'close_issue')).toBe(6);
    expect(await here.ask({ plan: CLOSE_ALL, instance })).toMatchObject({
      partial: [{ error: expect.stringContaining('that name no session') }],
    });
    const other = await sessions.start(ADA, {});
    expect(await here.ask({ plan: CLOSE_ALL, session: other.id, instance })).toMatchObject({
      partial: [{ error: expect.stringMatching(/spent by this run \("run-1"\), has no room/) }],
    });
    expect(madeOf(here, 'close_issue')).toBe(6);
  });

  it('is done whole though its answers are too large together: they are cut', async () => {
    const here = hub(6, { ask: { maxBytes: 1_000 } });
    const { answer } = here.w.fakes.server('hub');
    here.w.fakes.server('hub').answer = async (asked) =>
      asked.request.params['name'] === 'list_issues' ? await answer(asked) : said('y'.repeat(600));
    expect(await here.ask({ plan: CLOSE_ALL })).toMatchObject({ kind: 'answer', partial: [] });
    expect(madeOf(here, 'close_issue')).toBe(6);
  });

  it('is not begun where its plan has more calls than are left; its reads are made', async () => {
    const here = hub(0, { ask: { maxCalls: 2 } });
    const plan = planned(
      { tool: 'hub__list_issues' },
      { tool: 'hub__close_issue', arguments: { number: 1 } },
      { tool: 'hub__close_issue', arguments: { number: 2 } },
    );
    expect(await here.ask({ plan })).toMatchObject({
      sources: [{ tool: 'list_issues' }],
      partial: [
        { error: expect.stringMatching(/takes 3 calls; of the 2 .* split the plan/) },
        { error: expect.stringContaining('split the plan') },
      ],
    });
    expect(madeOf(here, 'close_issue')).toBe(0);
  });

  it('has its calls left by the reads of its plan, which are cut', async () => {
    const here = hub(6, { ask: { maxCalls: 5 } });
    const plan = planned(
      { tool: 'hub__list_issues' },
      { tool: 'hub__read_issue', forEach: '$a', bind: { '/number': '$item' } },
      { tool: 'hub__close_issue', arguments: { number: 1 }, dependsOn: ['b'] },
    );
    const came = await here.ask({ plan });
    if (came.kind !== 'answer') throw unexpected(came);
    expect([madeOf(here, 'read_issue'), madeOf(here, 'close_issue')]).toEqual([3, 1]);
    expect(came.partial).toHaveLength(3);
  });

  it('that waits for approvals is counted when it goes on, without what was done', async () => {
    const here = hub(4, { ask: { maxCalls: 5 }, policy: { approve: ['write'] } });
    const came = await here.ask({ plan: CLOSE_ALL });
    if (came.kind !== 'approval') throw unexpected(came);
    expect(came.approvals).toHaveLength(4);
    const now = here.w.parts().clock.now();
    let last = came as Awaited<ReturnType<Stage['ask']>>;
    for (const { id } of came.approvals) {
      await here.w.store.approvals.decide({ id, status: 'approved', by: 'test', now });
      last = await here.again().ask(ADA, { plan: { id: came.plan.id ?? '' } }, MUTE);
    }
    expect(last).toMatchObject({ kind: 'answer', partial: [] });
    expect(madeOf(here, 'close_issue')).toBe(4);
  });
});

describe('what changes one thing', () => {
  it('after a list that was gone through is made with the last call that is left', async () => {
    const here = hub(3, { ask: { maxCalls: 5 }, policy: { approve: ['write'] } });
    const plan = planned(
      { tool: 'hub__list_issues' },
      { tool: 'hub__read_issue', forEach: '$a', bind: { '/number': '$item' } },
      { tool: 'hub__close_issue', arguments: { number: 1 }, dependsOn: ['b'] },
    );
    const came = await here.ask({ plan });
    if (came.kind !== 'approval') throw unexpected(came);
    const now = here.w.parts().clock.now();
    await here.w.store.approvals.decide({ id: came.approval.id, status: 'approved', by: 'test', now });
    expect(await here.ask({ plan: { id: came.plan.id ?? '' } })).toMatchObject({
      kind: 'answer',
      partial: [],
    });
    expect(madeOf(here, 'close_issue')).toBe(1);
  });
});

describe('what reads many things', () => {
  it('is read as far as the bounds go, and the rest is said', async () => {
    const here = hub(6, { ask: { maxCalls: 4 } });
    const plan = planned(
      { tool: 'hub__list_issues' },
      { tool: 'hub__read_issue', forEach: '$a', bind: { '/number': '$item' } },
    );
    const came = await here.ask({ plan });
    if (came.kind !== 'answer') throw unexpected(came);
    expect(madeOf(here, 'read_issue')).toBe(3);
    expect(came.partial).toHaveLength(3);
  });
});
