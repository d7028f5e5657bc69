import { describe, expect, it } from 'vitest';
import { agentsOf } from '../../../test/support/agents.ts';
import { bareOrchestrator } from '../../../test/support/bare-orchestrator.ts';
import { fakeGateway } from '../../../test/support/fake-gateway.ts';
import { sessionHouse, small } from '../../../test/support/session-house.ts';
import { workflow } from '../../../test/support/workflows.ts';
import { memoryStore } from '../../adapters/store/memory.ts';
import type { Resolution } from '../gateway/ask/ask.ts';
import type { CallChannel } from '../gateway/gateway.ts';
import type { Plan } from '../gateway/plan/plan.ts';
import { entryOf, nextRevision } from '../workflow/entry.ts';
import type { Store } from '../ports/store.ts';
import type { TimelineItem } from './session.ts';

const ADA = { owner: 'ada' };
const BOB = { owner: 'bob' };
const PLAN: Plan = { calls: [], structure: 'single' };
const ANSWER: Resolution = { kind: 'answer', answer: 'much', sources: [], partial: [], plan: PLAN };
const SHOWN: Resolution = {
  kind: 'plan',
  plan: PLAN,
  estimate: { calls: 0, costMicros: 0, risk: 'read' },
  routes: [],
};
const CHANNEL: CallChannel = { capabilities: {}, repeats: false };

function open(store: Store = memoryStore()) {
  const events: string[] = [];
  const telemetry = { log: (_: string, event: string) => void events.push(event) };
  const orchestrator = bareOrchestrator({
    store,
    workflows: { W: workflow({ One: 'Proceed to "Two".', Two: 'Proceed to "FINISH".' }) },
    telemetry,
    gateway: fakeGateway({ ask: async ({ dryRun }) => (dryRun === true ? SHOWN : ANSWER) }).gateway,
    agents: agentsOf({ agent: small }),
  });
  return { orchestrator, sessions: orchestrator.sessions, events, store };
}

/** As a process of another version may have left it. */
async function end(store: Store, id: string): Promise<void> {
  const before = await store.load('ada', id);
  if (!before) throw new Error(`no session ${id}`);
  const ended = { ...before, status: 'CANCELLED', ...nextRevision(before, before.updatedAt) } as const;
  await store.commit({ instance: ended, entry: entryOf(ended, { kind: 'CANCELLED', step: before.step }) });
}

const told = (items: readonly TimelineItem[]): readonly string[] =>
  items.map((item) => {
    switch (item.kind) {
      case 'message':
        return item.content;
      case 'transition':
        return `${item.from}>${item.to}`;
      case 'data':
        return `data ${item.keys.join()}`;
      case 'link':
        return `${item.what} ${item.title}`;
      case 'step':
        return `${item.from}->${item.to} ${item.status}`;
    }
  });

describe('a timeline', () => {
  it('is one story of messages, moves, data, what was begun and how that goes on', async () => {
    const { orchestrator, sessions } = open();
    await sessions.say(ADA, { role: 'user', content: 'hello' });
    await sessions.move(ADA, { to: 'B' });
    const { instanceId } = await orchestrator.start(ADA, { workflow: 'W' });
    await sessions.storeData(ADA, { key: 'k', value: 1 });
    await orchestrator.advance(ADA, { instanceId, report: { status: 'success' } });
    await orchestrator.gateway.ask(ADA, { query: 'what is new?' }, CHANNEL);
    await sessions.say(ADA, { role: 'assistant', content: 'done' });
    await orchestrator.cancel(ADA, { instanceId, reason: 'enough' });
    const { items, isCut, agent, session } = await sessions.timeline(ADA);
    expect(told(items)).toEqual([
      'hello',
      'A>B',
      'workflow W',
      'data k',
      'One->Two RUNNING',
      'ask what is new?',
      'done',
      'Two->Two CANCELLED',
    ]);
    expect(items[2]).toMatchObject({ what: 'workflow', id: instanceId });
    expect(items[5]).toMatchObject({ what: 'ask', outcome: 'answer' });
    expect({ isCut, agent, session }).toEqual({
      isCut: false,
      agent: 'agent',
      session: (await sessions.view(ADA)).id,
    });
  });

  it('says that it was cut where more workflows were begun than it follows', async () => {
    const { sessions } = sessionHouse();
    await sessions.say(ADA, { role: 'user', content: 'x' });
    const begin = async (id: string) =>
      await sessions.link(ADA, { link: { what: 'workflow', id, title: 'W' } });
    for (let at = 0; at < 50; at += 1) await begin(`w${at}`);
    expect((await sessions.timeline(ADA)).isCut).toBe(false);
    await begin('w50');
    expect((await sessions.timeline(ADA)).isCut).toBe(true);
  });

  it('holds the newest, and says that it was cut', async () => {
    const { sessions } = sessionHouse();
    for (let at = 1; at <= 130; at += 1) {
      await sessions.storeData(ADA, { key: `k${at}`, value: at });
      await sessions.say(ADA, { role: 'user', content: `${at}` });
    }
    const { items, isCut } = await sessions.timeline(ADA);
    expect(items).toHaveLength(200);
    expect(isCut).toBe(true);
    expect(told(items).slice(0, 2)).toEqual(['data k31', '31']);
    expect(told((await sessions.timeline(ADA, { limit: 3 })).items)).toEqual(
      ['129', 'data k130', '130'].slice(-3),
    );
    expect(await sessions.timeline(ADA, { limit: 1_000 })).toMatchObject({ isCut: false });
    for (const limit of [0, 1_001, -1, 2.5])
      await expect(sessions.timeline(ADA, { limit })).rejects.toMatchObject({ code: 'input/invalid-type' });
  });
});

it('takes no more text than can be taken at once, and leaves no gap in what it shows', async () => {
  const { sessions } = sessionHouse();
  for (let at = 1; at <= 150; at += 1) {
    await sessions.storeData(ADA, { key: `k${at}`, value: at });
    await sessions.say(ADA, { role: 'user', content: `${at} `.padEnd(40_000, 'x') });
  }
  const { items, isCut } = await sessions.timeline(ADA, { limit: 1_000 });
  const numbers = items.map((item) =>
    item.kind === 'message' ? Number.parseInt(item.content, 10) : item.kind,
  );
  expect(isCut).toBe(true);
  expect(numbers.findLast((each) => each !== 'data')).toBe(150);
  expect(numbers[0]).toBe(99);
  expect(numbers).toHaveLength(103);
});

describe('links', () => {
  it('are noted where a session is named, or where the caller has a default one', async () => {
    const { orchestrator, sessions } = open();
    const { id: session } = await sessions.start(ADA, {});
    await orchestrator.start(ADA, { workflow: 'W' });
    await orchestrator.start(ADA, { workflow: 'W', session });
    expect((await sessions.view(ADA)).revision).toBe(0);
    expect(told((await sessions.timeline(ADA, { session })).items)).toEqual(['workflow W']);
  });

  it('a session that is not there begins nothing', async () => {
    const { orchestrator, sessions, store } = open();
    const { id: session } = await sessions.start(ADA, {});
    await expect(orchestrator.start(BOB, { workflow: 'W', session })).rejects.toMatchObject({
      code: 'session/not-found',
    });
    expect((await store.list('bob', { limit: 10 })).instances).toEqual([]);
  });

  it('are not noted in a default session that has ended', async () => {
    const { orchestrator, sessions, events, store } = open();
    const { session } = await sessions.move(ADA, { to: 'B' });
    await end(store, session.id);
    await orchestrator.start(ADA, { workflow: 'W' });
    expect(events).not.toContain('session/unlinked');
  });

  it('begin nothing in a session that is named and has ended', async () => {
    const { orchestrator, sessions, store } = open();
    const { session } = await sessions.move(ADA, { to: 'B' });
    await end(store, session.id);
    const start = orchestrator.start(ADA, { workflow: 'W', session: session.id });
    await expect(start).rejects.toMatchObject({ code: 'instance/finished' });
    expect((await orchestrator.listInstances(ADA, {})).instances).toHaveLength(1);
  });

  it('that cannot be written fail nothing', async () => {
    const store = memoryStore();
    const failing: Store = {
      ...store,
      commit: async (move) => {
        if (move.entry.kind === 'LINKED') throw new Error('The disk is full.');
        await store.commit(move);
      },
    };
    const { orchestrator, sessions, events } = open(failing);
    await sessions.move(ADA, { to: 'B' });
    expect(await orchestrator.start(ADA, { workflow: 'W' })).toMatchObject({ status: 'RUNNING' });
    await orchestrator.gateway.ask(ADA, { query: 'what?' }, CHANNEL);
    expect(events.filter((event) => event === 'session/unlinked')).toHaveLength(2);
    expect(told((await sessions.timeline(ADA)).items)).toEqual(['A>B']);
  });

  it('a plan that is only shown is no beginning', async () => {
    const { sessions, orchestrator } = open();
    await sessions.move(ADA, { to: 'B' });
    await orchestrator.gateway.ask(ADA, { query: 'what?', dryRun: true }, CHANNEL);
    expect(told((await sessions.timeline(ADA)).items)).toEqual(['A>B']);
  });

  it('are short, and stand in sessions that are there', async () => {
    const { sessions } = sessionHouse();
    await sessions.move(ADA, { to: 'B' });
    await sessions.link(ADA, { link: { what: 'ask', title: 'x'.repeat(1_000), outcome: 'answer' } });
    const [, link] = (await sessions.timeline(ADA)).items;
    expect(link?.kind === 'link' && link.title.length).toBe(300);
    await expect(
      sessions.link(ADA, { session: 'none', link: { what: 'ask', title: 'x' } }),
    ).rejects.toMatchObject({ code: 'session/not-found' });
  });
});
