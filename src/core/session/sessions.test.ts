import { describe, expect, it } from 'vitest';
import { agentFiles, sessionHouse, small } from '../../../test/support/session-house.ts';
import { memoryDefinitions } from '../../adapters/definitions/memory.ts';
import { memoryStore } from '../../adapters/store/memory.ts';
import { TuttiError } from '../kernel/errors.ts';
import type { Store } from '../ports/store.ts';

const ADA = { owner: 'ada' };
const BOB = { owner: 'bob' };

/** Every call that writes fails the test. */
function readOnly(store: Store): Store {
  const refuse = async (): Promise<never> => {
    throw new Error('Something was written.');
  };
  return { ...store, create: refuse, commit: refuse, keepDefinition: refuse };
}

describe('the default session', () => {
  it('is there before anything was written, and reading it writes nothing', async () => {
    const { sessions } = sessionHouse({ store: readOnly(memoryStore()) });
    const view = await sessions.view(ADA);
    expect(view).toMatchObject({ agent: 'agent', revision: 0, createdAt: null, updatedAt: null });
    expect(view.state.name).toBe('A');
    expect(view.messages).toEqual({ user: 0, assistant: 0, system: 0 });
    await sessions.transcript(ADA, { withTransitions: true });
    await sessions.data(ADA);
    await sessions.knowledgeKeys(ADA, {});
    await sessions.prompt(ADA, { state: 'a' });
    await sessions.timeline(ADA);
    await sessions.gateOf(ADA, undefined);
    await sessions.upgrade(ADA);
    await sessions.link(ADA, { link: { what: 'ask', title: 'anything' } });
    expect(await sessions.removeData(ADA, { key: 'none' })).toBe(false);
    await expect(sessions.move(ADA, { to: 'C' })).rejects.toMatchObject({ code: 'state/not-allowed' });
    expect(await sessions.view(ADA, { session: view.id })).toEqual(view);
  });

  it('begins with what is first written, and has the same id in every process', async () => {
    const store = memoryStore();
    const [one, other] = [sessionHouse({ store }), sessionHouse({ store })];
    const virtual = await one.sessions.view(ADA);
    await Promise.all(
      [one, other, one, other].map(async ({ sessions }, at) => {
        await sessions.say(ADA, { role: 'user', content: `message ${at}` });
      }),
    );
    const view = await other.sessions.view(ADA);
    expect(view.id).toBe(virtual.id);
    expect(view.messages.user).toBe(4);
    expect(view.revision).toBe(1);
    expect((await store.list('ada', { limit: 10 })).instances).toHaveLength(1);
    expect((await one.sessions.view(BOB)).id).not.toBe(view.id);
  });

  it('is begun anew by the first write after it was deleted', async () => {
    const { sessions } = sessionHouse();
    await sessions.move(ADA, { to: 'B' });
    const { id } = await sessions.view(ADA);
    await sessions.say(ADA, { role: 'user', content: 'old' });
    await sessions.storeKnowledge(ADA, { key: 'k', value: 'old' });
    await sessions.remove(ADA, { session: id });
    expect(await sessions.view(ADA)).toMatchObject({ id, revision: 0 });
    await sessions.say(ADA, { role: 'user', content: 'new' });
    expect(await sessions.transcript(ADA)).toMatchObject({ lines: [{ seq: 1, content: 'new' }] });
    expect(await sessions.knowledgeKeys(ADA, {})).toEqual([]);
    await expect(sessions.remove(BOB, { session: id })).rejects.toMatchObject({ code: 'session/not-found' });
  });
});

describe('sessions by name', () => {
  it('begin at the first state of their agent, under an id of the caller or a random one', async () => {
    const { sessions } = sessionHouse({ agents: { agent: small, other: agentFiles({ X: {} }) } });
    expect(await sessions.start(ADA, { agent: 'other', id: 'mine' })).toMatchObject({
      id: 'mine',
      agent: 'other',
      revision: 1,
    });
    const random = await sessions.start(ADA, {});
    expect(random.id).not.toBe((await sessions.view(ADA)).id);
    await expect(sessions.start(ADA, { id: 'mine' })).rejects.toMatchObject({ code: 'instance/conflict' });
    await expect(sessions.start(ADA, { agent: 'none' })).rejects.toMatchObject({ code: 'agent/not-found' });
    for (const id of ['', ' ', 'a b', '../x', 'a/b', 'é', 'x'.repeat(129), 'nul\0'])
      await expect(sessions.start(ADA, { id })).rejects.toMatchObject({ code: 'input/invalid-format' });
    await expect(sessions.start(BOB, { id: 'mine' })).resolves.toMatchObject({ id: 'mine', agent: 'agent' });
  });

  it('are listed page by page among other instances', async () => {
    const { sessions, store } = sessionHouse();
    const { instance, entry } = await firstMove(store, sessions);
    for (let at = 0; at < 7; at += 1) {
      await sessions.start(ADA, { id: `s${at}` });
      const other = { ...instance, id: `w${at}`, workflow: 'W', createdAt: instance.createdAt + at };
      await store.create({ instance: other, entry });
    }
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await sessions.list(ADA, { limit: 3, ...(cursor !== undefined && { cursor }) });
      expect(page.sessions.length).toBeLessThanOrEqual(3);
      seen.push(...page.sessions.map(({ id }) => id));
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    expect(seen.toSorted()).toEqual(['first', 's0', 's1', 's2', 's3', 's4', 's5', 's6']);
    expect((await sessions.list(BOB, {})).sessions).toEqual([]);
    await expect(sessions.list(ADA, { limit: 0 })).rejects.toMatchObject({ code: 'input/invalid-type' });
  });

  async function firstMove(store: Store, sessions: ReturnType<typeof sessionHouse>['sessions']) {
    await sessions.start(ADA, { id: 'first' });
    const instance = await store.load('ada', 'first');
    const [entry] = await store.entries('ada', 'first', { limit: 1 });
    if (!instance || !entry) throw new Error('The session is not there.');
    return { instance, entry };
  }

  it('keep to the definition they began with until they are upgraded', async () => {
    const { sessions, agents, clock } = sessionHouse();
    await sessions.move(ADA, { to: 'B' });
    agents['agent'] = agentFiles({ A: {}, B: { transitions: ['NEW'] }, NEW: {} });
    const since = clock.now();
    while (clock.now() < since + 1_000);
    expect(await sessions.view(ADA)).toMatchObject({ isOutdated: true, transitions: ['A', 'ERROR'] });
    expect(await sessions.upgrade(ADA)).toMatchObject({
      isOutdated: false,
      transitions: ['NEW'],
      revision: 3,
    });
    expect((await sessions.upgrade(ADA)).revision).toBe(3);
    agents['agent'] = agentFiles({ A: {} });
    await expect(sessions.upgrade(ADA)).rejects.toMatchObject({
      code: 'state/unknown',
      message: 'Invalid state: B. Valid states are: A',
    });
    agents['agent'] = { 'index.md': 'nothing' };
    expect(await sessions.view(ADA)).toMatchObject({ isOutdated: false });
    await expect(sessions.upgrade(ADA)).rejects.toMatchObject({ code: 'agent/not-found' });
  });

  it('go on while the folder of agents cannot be read, and new ones say why they do not begin', async () => {
    const { sessions: before, store } = sessionHouse();
    await before.move(ADA, { to: 'B' });
    const fail = async () =>
      await Promise.reject(new TuttiError('definition/service-error', '/x: expected a folder of agents.'));
    const { sessions } = sessionHouse({
      store,
      definitions: { ...memoryDefinitions(), list: fail, stamp: fail },
    });
    expect(await sessions.view(ADA)).toMatchObject({ state: { name: 'B' }, isOutdated: false });
    expect(await sessions.move(ADA, { to: 'A' })).toMatchObject({ from: 'B', to: 'A' });
    expect((await sessions.prompt(ADA, { state: 'B' })).text).toBe('Be B.');
    const why = { code: 'definition/service-error', message: '/x: expected a folder of agents.' };
    await expect(sessions.start(ADA, {})).rejects.toMatchObject(why);
    await expect(sessions.view({ owner: 'bob' })).rejects.toMatchObject(why);
    // One that comes along can be read, and may be hidden by one that cannot.
    const { sessions: along } = sessionHouse({
      definitions: { ...memoryDefinitions({ agent: small }), list: fail },
    });
    for (const begin of [
      async () => await along.start(ADA, {}),
      async () => await along.say(ADA, { role: 'user', content: 'x' }),
    ])
      await expect(begin()).rejects.toMatchObject(why);
  });

  it('that were cancelled are read, and take nothing more', async () => {
    const { sessions, store } = sessionHouse();
    await sessions.start(ADA, { id: 'done' });
    const instance = await store.load('ada', 'done');
    const [entry] = await store.entries('ada', 'done', { limit: 1 });
    if (!instance || !entry) throw new Error('The session is not there.');
    await store.commit({
      instance: { ...instance, status: 'CANCELLED', revision: 2 },
      entry: { ...entry, kind: 'CANCELLED', seq: 2 },
    });
    const session = 'done';
    expect(await sessions.view(ADA, { session })).toMatchObject({ id: 'done' });
    for (const write of [
      async () => await sessions.move(ADA, { session, to: 'B' }),
      async () => await sessions.say(ADA, { session, role: 'user', content: 'x' }),
      async () => {
        await sessions.storeData(ADA, { session, key: 'k', value: 1 });
      },
      async () => await sessions.storeKnowledge(ADA, { session, key: 'k', value: 1 }),
    ])
      await expect(write()).rejects.toMatchObject({ code: 'instance/finished' });
  });
});

it('never lies under the id of the default one with another agent than the default', async () => {
  const { sessions } = sessionHouse({ agents: { agent: small, lax: small } });
  const { id } = await sessions.view(ADA);
  const start = sessions.start(ADA, { agent: 'lax', id });
  await expect(start).rejects.toMatchObject({ code: 'input/invalid-format' });
  expect(await sessions.view(ADA)).toMatchObject({ agent: 'agent', revision: 0 });
  expect(await sessions.start({ owner: 'bob' }, { agent: 'lax', id })).toMatchObject({ agent: 'lax' });
  expect(await sessions.start(ADA, { agent: 'agent', id })).toMatchObject({ id, agent: 'agent' });
});
