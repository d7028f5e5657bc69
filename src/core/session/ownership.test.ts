import fc from 'fast-check';
import { expect, it } from 'vitest';
import { agentFiles, sessionHouse } from '../../../test/support/session-house.ts';
import type { Caller } from '../kernel/caller.ts';
import type { Sessions } from './session.ts';

const ADA = { owner: 'ada' };
const BOB = { owner: 'bob' };

type Method = (sessions: Sessions, caller: Caller, session: string) => Promise<unknown> | undefined;

const link = { what: 'ask', title: 'x' } as const;
/** Every method that takes a session. */
const methods: Readonly<Record<string, Method>> = {
  view: (sessions, caller, session) => sessions.view(caller, { session }),
  upgrade: (sessions, caller, session) => sessions.upgrade(caller, { session }),
  remove: (sessions, caller, session) => sessions.remove(caller, { session }),
  move: (sessions, caller, session) => sessions.move(caller, { session, to: 'B' }),
  moveNowhere: (sessions, caller, session) => sessions.move(caller, { session, to: 'Z' }),
  say: (sessions, caller, session) => sessions.say(caller, { session, role: 'user', content: 'x' }),
  transcript: (sessions, caller, session) => sessions.transcript(caller, { session }),
  noTranscript: (sessions, caller, session) => sessions.transcript(caller, { session, maxMessages: 0 }),
  storeData: (sessions, caller, session) => sessions.storeData(caller, { session, key: 'k', value: 1 }),
  readData: (sessions, caller, session) => sessions.readData(caller, { session, key: 'k' }),
  data: (sessions, caller, session) => sessions.data(caller, { session }),
  removeData: (sessions, caller, session) => sessions.removeData(caller, { session, key: 'k' }),
  storeKnowledge: (sessions, caller, session) =>
    sessions.storeKnowledge(caller, { session, key: 'k', value: 1 }),
  storeOwn: (sessions, caller, session) =>
    sessions.storeKnowledge(caller, { session, key: 'k', value: 1, space: 'user' }),
  knowledge: (sessions, caller, session) => sessions.knowledge(caller, { session, key: 'k' }),
  knowledgeKeys: (sessions, caller, session) => sessions.knowledgeKeys(caller, { session }),
  searchKnowledge: (sessions, caller, session) => sessions.searchKnowledge(caller, { session, text: 'k' }),
  removeKnowledge: (sessions, caller, session) => sessions.removeKnowledge(caller, { session, key: 'k' }),
  exportKnowledge: (sessions, caller, session) =>
    sessions.exportKnowledge(caller, { session, space: 'session' }),
  prompt: (sessions, caller, session) => sessions.prompt(caller, { session, state: 'A' }),
  timeline: (sessions, caller, session) => sessions.timeline(caller, { session }),
  checkAlive: (sessions, caller, session) => sessions.checkAlive(caller, { session }),
  link: (sessions, caller, session) => sessions.link(caller, { session, link }),
  gateOf: (sessions, caller, session) => sessions.gateOf(caller, session),
};

const agent = agentFiles({ A: { transitions: ['B'], tools: ['a__*'] }, B: {}, ERROR: {} });

async function failure(work: () => Promise<unknown> | undefined): Promise<string> {
  try {
    return `no failure but ${JSON.stringify(await work())}`;
  } catch (fault) {
    const { code, message, data } = fault as { code?: string; message: string; data?: unknown };
    return JSON.stringify({ code, message, data });
  }
}

/** Everything one owner can see of a session. */
async function seen(sessions: Sessions, caller: Caller, session: string): Promise<unknown> {
  return [
    await sessions.view(caller, { session }),
    await sessions.transcript(caller, { session }),
    await sessions.data(caller, { session }),
    await sessions.exportKnowledge(caller, { session, space: 'session' }),
    await sessions.timeline(caller, { session }),
  ];
}

it.each(Object.entries(methods))(
  '%s fails the very same for foreign and unknown sessions',
  async (_, method) => {
    const { sessions } = sessionHouse({ agents: { agent } });
    const { id } = await sessions.start(ADA, {});
    await sessions.say(ADA, { role: 'user', content: 'begun' });
    await sessions.storeData(ADA, { session: id, key: 'k', value: 'secret' });
    const own = (await sessions.view(ADA)).id;
    const before = await seen(sessions, ADA, id);
    const unknown = await failure(() => method(sessions, BOB, 'never-was'));
    expect(unknown).toContain('session/not-found');
    expect(await failure(() => method(sessions, BOB, id))).toBe(unknown);
    expect(await failure(() => method(sessions, BOB, own))).toBe(unknown);
    expect(await failure(() => method(sessions, ADA, 'never-was'))).toBe(unknown);
    expect(await seen(sessions, ADA, id)).toEqual(before);
  },
);

it('an instance that is no session is as unknown as any', async () => {
  const { sessions, store } = sessionHouse({ agents: { agent } });
  await sessions.start(ADA, { id: 's' });
  const instance = await store.load('ada', 's');
  const [entry] = await store.entries('ada', 's', { limit: 1 });
  if (!instance || !entry) throw new Error('The session is not there.');
  await store.create({ instance: { ...instance, id: 'w', workflow: 'W' }, entry });
  const unknown = await failure(() => sessions.view(ADA, { session: 'never-was' }));
  for (const method of Object.values(methods))
    expect(await failure(() => method(sessions, ADA, 'w'))).toBe(unknown);
  expect(await store.load('ada', 'w')).toBeDefined();
});

it('two owners with sessions of the same ids never see each other, whatever they do', async () => {
  const step = fc.record({
    caller: fc.constantFrom(ADA, BOB),
    method: fc.constantFrom(...Object.keys(methods)),
    session: fc.constantFrom('one', 'two'),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const together = sessionHouse({ agents: { agent } });
      const alone = { ada: sessionHouse({ agents: { agent } }), bob: sessionHouse({ agents: { agent } }) };
      for (const caller of [ADA, BOB])
        for (const { sessions } of [together, alone[caller.owner as 'ada']])
          for (const id of ['one', 'two']) await sessions.start(caller, { id });
      for (const { caller, method, session } of steps) {
        const run = methods[method] as Method;
        await failure(() => run(together.sessions, caller, session));
        await failure(() => run(alone[caller.owner as 'ada' | 'bob'].sessions, caller, session));
      }
      for (const caller of [ADA, BOB])
        for (const session of ['one', 'two']) {
          const house = alone[caller.owner as 'ada' | 'bob'];
          const outcome = async (sessions: Sessions) =>
            withoutTimes(await failure(async () => await seen(sessions, caller, session)));
          expect(await outcome(together.sessions)).toBe(await outcome(house.sessions));
        }
    }),
    { numRuns: 40 },
  );
});

/** Times and ids come from the clock that all share. */
function withoutTimes(text: string): string {
  return text
    .replaceAll(/"(at|createdAt|updatedAt)\\?":\d+/g, '')
    .replaceAll(/\\?"(at|createdAt|updatedAt)\\?":\d+/g, '')
    .replaceAll(/id0{10,}\d+/g, 'id');
}
