import { expect, it } from 'vitest';
import { agentFiles, sessionHouse } from '../../../test/support/session-house.ts';
import { TuttiError } from '../kernel/errors.ts';
import type { Store } from '../ports/store.ts';
import { memoryDefinitions } from '../../adapters/definitions/memory.ts';
import { memoryStore } from '../../adapters/store/memory.ts';

const ADA = { owner: 'ada' };
const open = agentFiles({ READ: { transitions: ['WRITE'] }, WRITE: { transitions: ['READ'] } });
const narrow = agentFiles({
  READ: { transitions: ['WRITE'], tools: ['git__get_*', 'web__*'] },
  WRITE: { transitions: ['READ'], tools: ['git__*'] },
  FREE: {},
});

function counted(store: Store) {
  let loads = 0;
  const load: Store['load'] = async (...key) => {
    loads += 1;
    return await store.load(...key);
  };
  return { store: { ...store, load }, loads: () => loads };
}

it('says what the state lets be called, and which states let more', async () => {
  const { sessions } = sessionHouse({ agents: { agent: narrow } });
  const gate = await sessions.gateOf(ADA, undefined);
  expect(gate).toMatchObject({ agent: 'agent', state: 'READ' });
  expect(['git__get_file', 'web__fetch', 'git__push', 'git__get'].map((tool) => gate?.allows(tool))).toEqual([
    true,
    true,
    false,
    false,
  ]);
  expect(gate?.statesFor('git__push')).toEqual(['WRITE', 'FREE']);
  await sessions.move(ADA, { to: 'WRITE' });
  expect((await sessions.gateOf(ADA, undefined))?.allows('git__push')).toBe(true);
  await sessions.move(ADA, { to: 'FREE', reason: 'to see', isForced: true });
  expect(await sessions.gateOf(ADA, undefined)).toBeUndefined();
});

it('costs one look at the session while no agent narrows anything', async () => {
  const { store, loads } = counted(memoryStore());
  const { sessions } = sessionHouse({ store, agents: { agent: open } });
  expect(await sessions.gateOf(ADA, undefined)).toBeUndefined();
  for (let at = 0; at < 100; at += 1) expect(sessions.gateOf(ADA, undefined)).toBeUndefined();
  expect(loads()).toBe(1);
});

it('reads no agent that is known to narrow nothing, until a session needs it', async () => {
  const asked: string[] = [];
  // Were it read, it would be seen to narrow.
  const isOpen = async (name: string): Promise<boolean> => await Promise.resolve(asked.push(name) > 0);
  const { sessions } = sessionHouse({ agents: { agent: narrow }, settings: { isOpen } });
  expect(await sessions.gateOf(ADA, undefined)).toBeUndefined();
  expect(asked).toEqual(['agent']);
  const { id } = await sessions.start(ADA, {});
  expect(await sessions.gateOf(ADA, id)).toMatchObject({ state: 'READ' });
});

it('finds a session that is bound to a definition that narrows, also when its agent no longer does', async () => {
  const store = memoryStore();
  const before = sessionHouse({ store, agents: { agent: narrow } });
  await before.sessions.move(ADA, { to: 'WRITE' });
  const { sessions } = sessionHouse({ store, agents: { agent: open } });
  expect(await sessions.gateOf({ owner: 'bob' }, undefined)).toBeUndefined();
  expect(await sessions.gateOf(ADA, undefined)).toMatchObject({ state: 'WRITE' });
});

it('keeps nobody without a session waiting for an agent that cannot be used', async () => {
  const { sessions } = sessionHouse({ agents: { agent: { 'index.md': 'nothing' }, open } });
  expect(await sessions.gateOf(ADA, undefined)).toBeUndefined();
  await expect(sessions.view(ADA)).rejects.toMatchObject({ code: 'agent/not-found' });
});

it('stops nobody without a session for a fault in the default agent, unless that narrowed what may be called', async () => {
  const broken = { 'index.md': 'nothing' };
  const other = sessionHouse({ agents: { agent: broken, narrow } });
  expect(await other.sessions.gateOf(ADA, undefined)).toBeUndefined();
  const { id } = await other.sessions.start(ADA, { agent: 'narrow' });
  expect(await other.sessions.gateOf(ADA, id)).toMatchObject({ state: 'READ' });

  for (const agent of [open, narrow]) {
    const { sessions, agents } = sessionHouse({ agents: { agent, narrow } });
    await sessions.gateOf(ADA, undefined);
    agents['agent'] = broken;
    const gate = Promise.resolve(sessions.gateOf(ADA, undefined));
    if (agent === open) expect(await gate).toBeUndefined();
    else await expect(gate).rejects.toMatchObject({ code: 'agent/not-found' });
  }
});

const refusal = { code: 'agent/not-found' };

it.each([
  ['its text names tools', { ...narrow, 'states/read.md': `${narrow['states/read.md']}\n# Strange\n` }],
  [
    'a state names tools behind an index with faults',
    { ...narrow, 'index.md': `---\n: {\n---\n${narrow['index.md']}` },
  ],
  [
    'its tools are misspelt',
    { ...open, 'states/read.md': `${open['states/read.md']}\n# Tolls\n\n- git__*\n` },
  ],
])(
  'refuses who has no session when the default agent was never seen without faults, and %s',
  async (_, files) => {
    const { sessions, agents } = sessionHouse({ agents: { agent: files } });
    for (let at = 0; at < 2; at += 1)
      await expect(Promise.resolve(sessions.gateOf(ADA, undefined))).rejects.toMatchObject(refusal);
    agents['agent'] = open;
    expect(await sessions.gateOf(ADA, undefined)).toBeUndefined();
  },
);

it.each([
  ['has faults', { agent: { 'index.md': 'nothing' } }],
  ['is not there', {}],
])(
  'refuses who has no session when the default agent %s and narrowed when a session began, in whatever process',
  async (_, agents) => {
    const store = memoryStore();
    await sessionHouse({ store, agents: { agent: narrow } }).sessions.start(ADA, {});
    await sessionHouse({ store, agents: { agent: open } }).sessions.start(ADA, { id: 'b' });
    const { sessions } = sessionHouse({ store, agents });
    for (let at = 0; at < 2; at += 1)
      await expect(Promise.resolve(sessions.gateOf(ADA, undefined))).rejects.toMatchObject(refusal);
    const other = memoryStore();
    await sessionHouse({ store: other, agents: { agent: open, narrow } }).sessions.start(ADA, {});
    await sessionHouse({ store: other, agents: { agent: open, narrow } }).sessions.start(ADA, {
      id: 'n',
      agent: 'narrow',
    });
    expect(await sessionHouse({ store: other, agents }).sessions.gateOf(ADA, undefined)).toBeUndefined();
  },
);

it('asks nothing of the store for an agent that can be used', async () => {
  const store = memoryStore();
  store.definitionHashes = async () => await Promise.reject(new Error('asked'));
  const { sessions } = sessionHouse({ store, agents: { agent: open } });
  expect(await sessions.gateOf(ADA, undefined)).toBeUndefined();
});

it('refuses all while the agents cannot be read, and says why', async () => {
  let isReadable = false;
  const definitions = memoryDefinitions({ agent: open });
  const list = async (): Promise<readonly string[]> => {
    if (isReadable) return await definitions.list();
    throw new TuttiError('definition/service-error', '/x: expected a folder of agents, found a file.');
  };
  const { sessions } = sessionHouse({ definitions: { ...definitions, list } });
  for (let at = 0; at < 2; at += 1)
    await expect(Promise.resolve(sessions.gateOf(ADA, undefined))).rejects.toMatchObject({
      code: 'definition/service-error',
      message: expect.stringMatching(/^The agents cannot be read.+nothing was called.+`tutti doctor`/),
    });
  isReadable = true;
  expect(await sessions.gateOf(ADA, undefined)).toBeUndefined();
});

it('holds what has begun by the definition it began with while the agents cannot be read', async () => {
  const store = memoryStore();
  const { sessions: before } = sessionHouse({ store, agents: { agent: narrow, lax: open } });
  const { id: held } = await before.start(ADA, {});
  const { id: free } = await before.start(ADA, { agent: 'lax' });
  const list = async () =>
    await Promise.reject(new TuttiError('definition/service-error', '/x: expected a folder of agents.'));
  const { sessions } = sessionHouse({ store, definitions: { ...memoryDefinitions(), list } });
  const gate = await sessions.gateOf(ADA, held);
  expect(gate?.allows('git__get_file')).toBe(true);
  expect(gate?.allows('git__push')).toBe(false);
  expect(await sessions.gateOf(ADA, free)).toBeUndefined();
  for (const session of ['unknown', undefined])
    await expect(Promise.resolve(sessions.gateOf(ADA, session))).rejects.toMatchObject({
      code: 'definition/service-error',
    });
});

it.each([
  [1_000, 'beside the calls'],
  [10_000, 'before the next call'],
])('sees after %i ms, %s, that an agent narrows now', async (ms) => {
  const { sessions, agents, clock } = sessionHouse({ agents: { agent: open } });
  const { id } = await sessions.start(ADA, {});
  expect(await sessions.gateOf(ADA, id)).toBeUndefined();
  agents['agent'] = narrow;
  const since = clock.now();
  while (clock.now() < since + ms);
  if (ms < 10_000) {
    expect(sessions.gateOf(ADA, id)).toBeUndefined();
    await sessions.listAgents();
  }
  expect(await sessions.gateOf(ADA, undefined)).toMatchObject({ state: 'READ' });
  expect(await sessions.gateOf(ADA, id)).toBeUndefined();
  await sessions.upgrade(ADA, { session: id });
  expect(await sessions.gateOf(ADA, id)).toMatchObject({ session: id, state: 'READ' });
});

it('of a session that is not there is refused, before and after others were looked at', async () => {
  const { sessions } = sessionHouse({ agents: { agent: open } });
  for (let at = 0; at < 2; at += 1) {
    await expect(sessions.gateOf(ADA, 'none')).rejects.toMatchObject({ code: 'session/not-found' });
    await sessions.gateOf(ADA, undefined);
  }
});
