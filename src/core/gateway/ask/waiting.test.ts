import { describe, expect, it } from 'vitest';
import {
  MERGE,
  READ,
  planned,
  numberOf,
  sentTo,
  stage,
  tools,
  unexpected,
} from '../../../../test/support/asking-stage.ts';
import type { Stage } from '../../../../test/support/asking-stage.ts';
import { toTool } from '../../../../test/support/fake-downstream.ts';
import { ADA, MODERN, MUTE, codeOf, said } from '../../../../test/support/gate.ts';
import type { Approval } from '../../kernel/approval.ts';
import type { Plan } from '../plan/plan.ts';
import type { PlanReference, Resolution } from './ask.ts';

type Held = Extract<Resolution, { kind: 'approval' }>;

function held(came: Resolution): Held {
  if (came.kind !== 'approval') throw unexpected(came);
  return came;
}

const idOf = (came: Resolution): string => held(came).plan.id ?? '';

async function decide(
  { w }: Stage,
  { id }: Approval,
  status: 'approved' | 'denied' = 'approved',
): Promise<void> {
  await w.store.approvals.decide({ id, status, by: 'test', now: w.parts().clock.now() });
}

/** Goes on with a plan in another process. */
const resumed = async (here: Stage, plan: PlanReference): Promise<Resolution> =>
  await here.again().ask(ADA, { plan }, MUTE);

describe('what no tool was found for', () => {
  const query = 'merge pull request #7 and play smooth jazz tonight loud';

  it('is said by the answer of a plan that waited, in whichever process', async () => {
    const here = stage();
    const first = held(await here.ask({ query }));
    const id = idOf(first);
    const unanswered = [expect.stringContaining('play smooth jazz')];
    expect(first).toMatchObject({ unanswered });
    expect(await resumed(here, { id })).toMatchObject({ kind: 'approval', unanswered });
    expect(await here.asking.plan(ADA, id)).toMatchObject({
      unanswered: [expect.stringContaining('play smooth jazz')],
    });
    await decide(here, first.approval);
    // The second time it is through already.
    for (const came of [await resumed(here, { id }), await resumed(here, { id })]) {
      expect(came).toMatchObject({
        kind: 'answer',
        sources: [{ server: 'github' }],
        partial: [{ server: 'tutti', error: expect.stringContaining('play smooth jazz') }],
      });
      expect(came.kind === 'answer' && came.answer).toContain('play smooth jazz');
    }
  });

  it('is said by the answer of a plan that was edited while it waited', async () => {
    const here = stage();
    const { plan } = held(await here.ask({ query }));
    const calls = plan.calls.map((call) => ({ ...call, arguments: { number: 8 } }));
    const edited = held(await here.ask({ plan: { ...plan, calls } }));
    await decide(here, edited.approval);
    expect(await resumed(here, { id: idOf(edited) })).toMatchObject({
      partial: [{ error: expect.stringContaining('play smooth jazz') }],
    });
  });

  it('is said by the answer to whoever repeats his request with an approval', async () => {
    const here = stage();
    const first = await here.ask({ query }, { channel: MODERN });
    if (first.kind !== 'input-required') throw unexpected(first);
    const [key = ''] = Object.keys(first.value['inputRequests'] as object);
    const inputResponses = { [key]: { action: 'accept', content: { approve: true } } };
    const again = { query, requestState: String(first.value['requestState']), inputResponses };
    expect(await here.again().ask(ADA, again, MODERN)).toMatchObject({
      kind: 'answer',
      sources: [{ server: 'github' }],
      partial: [{ error: expect.stringContaining('play smooth jazz') }],
    });
  });

  it('is said in the form that is shown before something is changed', async () => {
    const here = stage({ policy: { approve: [] } });
    const first = await here.ask({ query }, { channel: MODERN });
    if (first.kind !== 'input-required') throw unexpected(first);
    expect(first.value['inputRequests']).toMatchObject({
      ask: { params: { message: expect.stringMatching(/Is that what is meant\?\n.*play smooth jazz/s) } },
    });
  });

  it('is said where the plan goes back to be completed, agreed to or looked at', async () => {
    const here = stage({ policy: { approve: [] } });
    const unanswered = [expect.stringContaining('play smooth jazz')];
    expect(await here.ask({ query })).toMatchObject({ kind: 'clarification', unanswered });
    expect(await here.ask({ query, dryRun: true })).toMatchObject({ kind: 'plan', unanswered });
    const lacking = 'changes of pull request and play smooth jazz tonight loud';
    expect(await here.ask({ query: lacking })).toMatchObject({ kind: 'needs_arguments', unanswered });
    expect(await here.ask(MERGE)).not.toHaveProperty('unanswered');
  });
});

describe('several approvals', () => {
  const plan = planned(
    { tool: 'github__merge_pull', arguments: { number: 1 } },
    { tool: 'slack__list_members' },
    { tool: 'github__merge_pull', arguments: { number: 2 } },
  );

  it('are all named, and the plan goes on whenever one of them is decided', async () => {
    const here = stage();
    const first = held(await here.ask({ plan }));
    const [one, two] = first.approvals;
    if (one === undefined || two === undefined) throw unexpected(first);
    expect(first.approval).toEqual(one);
    expect(first.approvals.map((each) => each.arguments)).toEqual([{ number: 1 }, { number: 2 }]);
    const id = idOf(first);
    expect((await here.asking.plan(ADA, id)).approvalIds).toEqual([one.id, two.id]);
    expect(held(await resumed(here, { id })).approvals).toHaveLength(2);
    expect(sentTo(here, 'github')).toEqual([]);

    await decide(here, two);
    const second = held(await resumed(here, { id }));
    expect(second.approvals.map((each) => each.id)).toEqual([one.id]);
    expect(sentTo(here, 'github').map((each) => each['arguments'])).toEqual([{ number: 2 }]);

    await decide(here, one, 'denied');
    expect(await resumed(here, { id })).toMatchObject({
      kind: 'answer',
      sources: [{ server: 'slack' }, { server: 'github' }],
      partial: [{ server: 'github', error: expect.stringContaining('refused') }],
    });
    expect(sentTo(here, 'github')).toHaveLength(1);
    expect(sentTo(here, 'slack')).toHaveLength(1);
  });
});

describe('who is to approve', () => {
  const query = 'merge pull request #7 "for me"\u202e';

  it('sees the question that the call came of, wherever approvals are shown', async () => {
    const here = stage();
    const { approval } = held(await here.ask({ query }));
    const shown = { query: 'merge pull request #7 "for me"' };
    expect(approval).toMatchObject(shown);
    expect(await here.w.gateway.listApprovals(ADA, {})).toMatchObject([shown]);
    expect(await here.w.gateway.operator.approval(approval.id)).toMatchObject(shown);
    const raw = await here.w.store.approvals.list({ limit: 1, now: here.w.parts().clock.now() });
    expect(JSON.stringify(raw)).not.toContain('for me');
  });

  it('sees it in a form, as what somebody wrote', async () => {
    const asked = JSON.stringify(await stage().ask({ query }, { channel: MODERN }));
    expect(asked).toContain(JSON.stringify(JSON.stringify('merge pull request #7 "for me"')).slice(1, -1));
  });

  it('sees in a form what of it is left out', async () => {
    const left = { query: 'merge pull request #7 by ada' };
    const here = stage({ isReal: true });
    const asked = JSON.stringify(await here.ask(left, { channel: MODERN }));
    expect(asked).toMatch(
      /Allow the call of merge_pull .*Of it is left out: Not taken into account by github__merge_pull: .*by ada/,
    );
  });

  it('sees its beginning where it is long', async () => {
    const { approval } = held(await stage().ask({ query: `${MERGE.query} `.repeat(60) }));
    expect(approval.query?.length).toBeLessThanOrEqual(501);
    expect(approval.query).toContain(MERGE.query);
  });

  it('is asked about no question where there was none', async () => {
    const here = stage();
    await here.w.call('github__merge_pull', { number: 7 });
    const [approval] = await here.w.gateway.listApprovals(ADA, {});
    expect(approval).not.toHaveProperty('query');
  });
});

describe('a call that was lost', () => {
  const servers = {
    ...tools,
    github: [
      toTool('merge_pull', { description: 'merge a pull request', inputSchema: numberOf('number') }),
      toTool('read_log', { ...READ, description: 'a log' }),
    ],
  };
  const plan = planned(
    { tool: 'github__merge_pull', arguments: { number: 7 } },
    { tool: 'teams__search_messages', bind: { '/text': '$a.sha' } },
  );
  const LOST = JSON.stringify({ name: 'merge_pull', arguments: { number: 7 } });
  /** A process dies while it merges number 7. */
  const lostPlan = async (given: Plan = plan) => {
    const here = stage({ servers });
    here.w.fakes.server('slack').answer = () => said('[3, 7]');
    const first = held(await here.ask({ plan: given }));
    for (const each of first.approvals) await decide(here, each);
    const begun = Promise.withResolvers<void>();
    const github = here.w.fakes.server('github');
    github.answer = async ({ request }) => {
      if (JSON.stringify(request.params) !== LOST) return said('', { structuredContent: { sha: 'f00' } });
      begun.resolve();
      return await new Promise(() => undefined);
    };
    const id = idOf(first);
    resumed(here, { id }).catch(() => undefined);
    await begun.promise;
    github.answer = () => said('', { structuredContent: { sha: 'beef' } });
    return { here, id };
  };
  const adviceIn = (came: Resolution): PlanReference => {
    const sent = /send as plan (\{.*\});/.exec(came.kind === 'clarification' ? came.question : '')?.[1];
    if (sent === undefined) throw unexpected(came);
    return JSON.parse(sent) as PlanReference;
  };

  it('is taken up by nobody before it is certain that its process is gone, and it is said when that is', async () => {
    const { here, id } = await lostPlan();
    here.w.leap(18_000);
    expect(await codeOf(resumed(here, { id, lost: { a: 'leave' } }))).toBe('instance/conflict');
    await expect(resumed(here, { id })).rejects.toMatchObject({
      code: 'instance/conflict',
      message: expect.stringMatching(/^Another process took this plan up .* or is gone\. .* in 42 s/),
    });
  });

  it('is made again as the question says, where another call needs what it answers', async () => {
    const { here, id } = await lostPlan();
    here.w.leap(120_000);
    const asked = await resumed(here, { id });
    expect(asked).toMatchObject({ lost: [{ key: 'a', tool: 'github__merge_pull' }] });
    expect((await here.asking.plan(ADA, id)).lost).toEqual([{ key: 'a', tool: 'github__merge_pull' }]);
    const again = held(await resumed(here, adviceIn(asked)));
    expect(sentTo(here, 'github')).toHaveLength(1);
    await decide(here, again.approval);
    expect(await resumed(here, { id })).toMatchObject({ kind: 'answer', partial: [], sources: [{}, {}] });
    expect(sentTo(here, 'github')).toHaveLength(2);
    expect(sentTo(here, 'teams')).toEqual([{ name: 'search_messages', arguments: { text: 'beef' } }]);
  });

  it('is left as the question says, and what needs it is not made', async () => {
    const { here, id } = await lostPlan();
    here.w.leap(120_000);
    const { lost = {} } = adviceIn(await resumed(here, { id }));
    const left = Object.fromEntries(Object.keys(lost).map((key) => [key, 'leave' as const]));
    expect(await resumed(here, { id, lost: left })).toMatchObject({
      kind: 'answer',
      sources: [],
      partial: [{ error: expect.stringContaining('unknown') }, { error: expect.stringContaining('needs') }],
    });
    expect(sentTo(here, 'github')).toHaveLength(1);
    expect(sentTo(here, 'teams')).toEqual([]);
  });

  it('among items is made again without the others', async () => {
    const { here, id } = await lostPlan(
      planned(
        { tool: 'slack__list_members' },
        { tool: 'github__merge_pull', bind: { '/number': '$item' }, forEach: '$a' },
      ),
    );
    await expect.poll(async () => (await here.asking.plan(ADA, id)).ends.length).toBe(2);
    here.w.leap(120_000);
    const asked = await resumed(here, { id });
    expect(adviceIn(asked)).toEqual({ id, lost: { 'b[1]': 'repeat' } });
    await decide(here, held(await resumed(here, adviceIn(asked))).approval);
    expect(await resumed(here, { id })).toMatchObject({ kind: 'answer', partial: [], sources: [{}, {}, {}] });
    expect(sentTo(here, 'github').map((each) => each['arguments'])).toEqual([
      { number: 3 },
      { number: 7 },
      { number: 7 },
    ]);
  });

  it.each([{ z: 'leave' }, { a: 'perhaps' }, 'leave'])('is decided about by no %j', async (lost) => {
    const { here, id } = await lostPlan();
    here.w.leap(120_000);
    const code = await codeOf(resumed(here, { id, lost } as unknown as PlanReference));
    expect(code).toMatch(/^input\//);
    expect((await here.asking.plan(ADA, id)).status).toBe('waiting');
    expect(sentTo(here, 'github')).toHaveLength(1);
  });
});

describe('for whom a plan was asked', () => {
  it('is kept with it, and its calls count for them in every process', async () => {
    const here = stage();
    const first = held(await here.ask({ ...MERGE, instance: 'flow-1', session: 'session-1' }));
    const id = idOf(first);
    expect(first.approval.instance).toBe('flow-1');
    expect((await here.w.store.load('ada', id))?.context).toMatchObject({
      instance: 'flow-1',
      session: 'session-1',
    });
    await decide(here, first.approval);
    expect((await resumed(here, { id })).kind).toBe('answer');
    here.w.timer.pass(1_000);
    const calls = async () =>
      (await here.w.store.audit.tail({ limit: 100 })).filter(({ fields }) => fields['tool'] === 'merge_pull');
    await expect.poll(async () => (await calls()).length).toBeGreaterThan(1);
    for (const { fields, kind } of await calls())
      if (kind === 'call') expect(fields).toMatchObject({ instance: 'flow-1', session: 'session-1' });
  });
});
