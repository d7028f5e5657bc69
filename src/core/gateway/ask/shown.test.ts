import { describe, expect, it } from 'vitest';
import {
  MERGE,
  edited,
  numberOf,
  sentTo,
  stage,
  tools,
  unexpected,
} from '../../../../test/support/asking-stage.ts';
import type { Stage } from '../../../../test/support/asking-stage.ts';
import { toTool } from '../../../../test/support/fake-downstream.ts';
import { ADA, BOB, MUTE, codeOf, said } from '../../../../test/support/gate.ts';
import type { Plan } from '../plan/plan.ts';
import type { AskInput, Resolution } from './ask.ts';

/** Nobody has to approve of anything. */
const free = (more: Parameters<typeof stage>[0] = {}) => stage({ policy: { approve: [] }, ...more });

function planIn(came: Resolution): Plan {
  const plan = came.kind === 'clarification' || came.kind === 'needs_arguments' ? came.plan : undefined;
  if (plan === undefined) throw unexpected(came);
  return plan;
}

const idIn = (came: Resolution): string => planIn(came).id ?? '';

/** In another process. */
const send = async (here: Stage, plan: AskInput['plan'] & object, caller = ADA): Promise<Resolution> =>
  await here.again().ask(caller, { plan }, MUTE);

const merged = (here: Stage) => sentTo(here, 'github').map((each) => each['arguments']);

describe('a plan that is shown before it changes something', () => {
  it('says under which id it is done once, and is there as nothing but shown', async () => {
    const here = free();
    const came = await here.ask(MERGE);
    const id = idIn(came);
    expect(came.kind === 'clarification' && came.question).toContain(`If so, send as plan {"id":"${id}"}: `);
    expect(await here.again().plan(ADA, id)).toMatchObject({ status: 'shown', ends: [], lost: [] });
    expect((await here.w.store.load('ada', id))?.step).toBe('shown');
    expect(merged(here)).toEqual([]);
  });

  it('is done once, by its id alone and as it was given, in whichever process', async () => {
    const here = free();
    const plan = planIn(await here.ask(MERGE));
    const { id = '' } = plan;
    const { query: _left, ...bare } = plan;
    for (const sent of [{ id }, plan, { id }, bare])
      expect(await send(here, sent)).toMatchObject({ kind: 'answer', partial: [], sources: [{}] });
    expect(merged(here)).toEqual([{ number: 7 }]);
    expect((await here.asking.plan(ADA, id)).status).toBe('done');
  });

  it('is done once where two clients send it at the same moment', async () => {
    const here = free();
    const plan = planIn(await here.ask(MERGE));
    const both = await Promise.allSettled([send(here, plan), send(here, { id: plan.id ?? '' })]);
    const answers = both.filter((each) => each.status === 'fulfilled' && each.value.kind === 'answer');
    expect(answers.length).toBeGreaterThan(0);
    for (const each of both)
      if (each.status === 'rejected') expect(each.reason).toMatchObject({ code: 'instance/conflict' });
    expect(merged(here)).toEqual([{ number: 7 }]);
  });

  it('is told as under way while it is', async () => {
    const here = free();
    const id = idIn(await here.ask(MERGE));
    const begun = Promise.withResolvers<void>();
    const end = Promise.withResolvers<void>();
    here.w.fakes.server('github').answer = async () => {
      begun.resolve();
      await end.promise;
      return said('merged');
    };
    const first = here.ask({ plan: { id } });
    await begun.promise;
    await expect(here.ask({ plan: { id } })).rejects.toMatchObject({
      code: 'instance/conflict',
      message: expect.stringContaining('being carried out already') as string,
    });
    end.resolve();
    expect((await first).kind).toBe('answer');
    expect(merged(here)).toEqual([{ number: 7 }]);
  });

  it('is there for its owner alone', async () => {
    const here = free();
    const plan = planIn(await here.ask(MERGE));
    expect(await codeOf(send(here, { id: plan.id ?? '' }, BOB))).toBe('plan/not-found');
    expect(await codeOf(send(here, plan, BOB))).toBe('plan/not-found');
    expect(merged(here)).toEqual([]);
  });

  it('says what the question leaves out, when it is done too', async () => {
    const here = free();
    const id = idIn(await here.ask({ query: `${MERGE.query} and play smooth jazz tonight loud` }));
    expect(await send(here, { id })).toMatchObject({
      kind: 'answer',
      partial: [{ error: expect.stringContaining('play smooth jazz') as string }],
    });
  });

  it('is not done where its tool has changed since', async () => {
    const here = free();
    const id = idIn(await here.ask(MERGE));
    const github = here.w.fakes.server('github');
    const { offer } = github;
    github.offer = {
      ...offer,
      tools: offer.tools.map((tool) => toTool(tool.name, { ...tool, description: 'Another one.' })),
    };
    const again = here.again();
    await codeOf(again.ask(ADA, { query: 'changes of pull request #7' }, MUTE));
    expect(await codeOf(again.ask(ADA, { plan: { id } }, MUTE))).toBe('tool/changed');
    expect(merged(here)).toEqual([]);
    expect((await again.plan(ADA, id)).status).toBe('shown');
  });

  it('has no lost calls that anything could be said about', async () => {
    const here = free();
    const id = idIn(await here.ask(MERGE));
    expect(await codeOf(send(here, { id, lost: { a: 'leave' } }))).toBe('input/invalid-format');
    expect(merged(here)).toEqual([]);
  });

  it('has no id where it only reads, or was only to be looked at', async () => {
    const here = free();
    expect(planIn(await here.ask({ query: 'search messages' }))).not.toHaveProperty('id');
    const looked = await here.ask({ ...MERGE, dryRun: true });
    expect(looked.kind === 'plan' && looked.plan).not.toHaveProperty('id');
  });
});

describe('a shown plan that is edited', () => {
  it('is another one, which is done once as well, and the first is never done', async () => {
    const here = free();
    const plan = planIn(await here.ask(MERGE));
    const other = edited(plan, { arguments: { number: 8 } });
    for (let times = 0; times < 3; times += 1)
      expect(await send(here, other)).toMatchObject({ kind: 'answer', sources: [{}] });
    expect(merged(here)).toEqual([{ number: 8 }]);
    const { replacedBy = '' } = await here.asking.plan(ADA, plan.id ?? '');
    expect((await here.asking.plan(ADA, replacedBy)).status).toBe('done');
    for (const old of [plan, { id: plan.id ?? '' }, edited(plan, { arguments: { number: 9 } })])
      await expect(send(here, old)).rejects.toMatchObject({
        code: 'instance/finished',
        message: expect.stringContaining(`send as plan {"id":"${replacedBy}"}`) as string,
      });
    expect(merged(here)).toEqual([{ number: 8 }]);
  });

  it('is another one where it is to answer another question', async () => {
    const here = free();
    const plan = planIn(await here.ask(MERGE));
    expect(await send(here, { ...plan, query: 'merge what is due' })).toMatchObject({ kind: 'answer' });
    expect((await here.asking.plan(ADA, plan.id ?? '')).status).toBe('cancelled');
    expect(merged(here)).toEqual([{ number: 7 }]);
  });

  it('is shown again where something is read into it, and the first is over', async () => {
    const here = free({ isReal: true });
    const plan = planIn(await here.ask(MERGE));
    const calls = plan.calls.map(({ arguments: _given, ...call }) => ({
      ...call,
      intent: 'merge pull request #8',
    }));
    const second = await send(here, { ...plan, calls });
    const { id = '' } = planIn(second);
    expect(second.kind === 'clarification' && second.question).toContain('{"number":8}');
    expect(id).not.toBe(plan.id);
    await expect(send(here, { id: plan.id ?? '' })).rejects.toMatchObject({ code: 'instance/finished' });
    expect(merged(here)).toEqual([]);
    expect(await send(here, { id })).toMatchObject({ kind: 'answer' });
    expect(merged(here)).toEqual([{ number: 8 }]);
  });

  it('after it was done is refused, and it is said how it is done anew', async () => {
    const here = free();
    const plan = planIn(await here.ask(MERGE));
    await send(here, plan);
    const other = edited(plan, { arguments: { number: 8 } });
    await expect(send(here, other)).rejects.toMatchObject({
      code: 'instance/finished',
      message: expect.stringContaining('without the id') as string,
    });
    const { id: _done, ...anew } = other;
    expect(await send(here, anew)).toMatchObject({ kind: 'answer' });
    expect(merged(here)).toEqual([{ number: 7 }, { number: 8 }]);
  });
});

describe('a plan that goes back for something else before it changes something', () => {
  it('is done once, when its arguments are there', async () => {
    const here = free();
    const came = await here.ask({ query: 'merge a pull request' });
    expect(came.kind).toBe('needs_arguments');
    const plan = planIn(came);
    expect(await send(here, { id: plan.id ?? '' })).toMatchObject({ kind: 'needs_arguments', plan });
    const whole = edited(plan, { arguments: { number: 7 } });
    for (const sent of [whole, whole]) expect(await send(here, sent)).toMatchObject({ kind: 'answer' });
    expect(merged(here)).toEqual([{ number: 7 }]);
  });

  it('is done once, when its order is certain', async () => {
    const here = free();
    const plan = planIn(
      await here.ask({ query: 'changes of pull request #7 and maybe then merge pull request #7' }),
    );
    expect(await send(here, plan)).toMatchObject({ kind: 'clarification', plan: { id: plan.id } });
    const calls = plan.calls.map(({ uncertainOrder: _guess, ...call }) => call);
    for (const sent of [
      { ...plan, calls },
      { ...plan, calls },
    ])
      expect(await send(here, sent)).toMatchObject({ kind: 'answer', partial: [] });
    expect(merged(here)).toEqual([{ number: 7 }, { number: 7 }]);
    expect(sentTo(here, 'github').map((each) => each['name'])).toEqual(['get_changes', 'merge_pull']);
  });

  it('is done once, when its tool is chosen, and the choice is learned from', async () => {
    const post = toTool('post_message', { description: 'post message', inputSchema: numberOf('text') });
    const here = free({
      servers: { ...tools, slack: [post], teams: [post] },
      ask: { learn: true },
    });
    const query = 'post message';
    const came = await here.ask({ query });
    expect(came).toMatchObject({ kind: 'clarification', options: [{}, {}] });
    const whole = edited(planIn(came), {
      tool: 'teams__post_message',
      server: 'teams',
      arguments: { text: 5 },
    });
    expect(await here.ask({ plan: whole })).toMatchObject({ kind: 'answer' });
    expect(await here.ask({ plan: whole })).toMatchObject({ kind: 'answer' });
    expect(sentTo(here, 'teams')).toHaveLength(1);
    expect(await here.w.store.vault.read('ask/learned:ada')).toMatchObject({
      examples: [{ query, tool: 'teams__post_message' }],
    });
  });
});
