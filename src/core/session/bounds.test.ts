import { expect, it } from 'vitest';
import { sessionHouse } from '../../../test/support/session-house.ts';

const ADA = { owner: 'ada' };
const full = { code: 'session/full' };

it('a full session takes nothing more but moves for a while, what a person forces and what deletes, and another goes on', async () => {
  const { sessions } = sessionHouse({ settings: { maxSessionBytes: 5_000, sharedKnowledge: true } });
  await sessions.say(ADA, { role: 'user', content: 'x'.repeat(2_500) });
  await sessions.storeData(ADA, { key: 'k', value: 'y'.repeat(1_500) });
  const more = 'z'.repeat(1_000);
  await expect(sessions.say(ADA, { role: 'user', content: more })).rejects.toMatchObject(full);
  await expect(sessions.storeData(ADA, { key: 'l', value: more })).rejects.toMatchObject(full);
  await expect(sessions.storeKnowledge(ADA, { key: 'k', value: more })).rejects.toMatchObject({
    ...full,
    message: expect.stringContaining('Go on in another one (start_session)'),
  });
  const { revision, messages, dataKeys, state } = await sessions.view(ADA);
  expect([revision, messages.user, dataKeys, state.name]).toEqual([2, 1, ['k'], 'A']);
  const around = async () => {
    for (let round = 0; ; round += 1) {
      for (const to of ['B', 'A']) await sessions.move(ADA, { to, reason: more.repeat(3) });
      if (round === 50)
        await expect(sessions.say(ADA, { role: 'user', content: more })).rejects.toMatchObject(full);
    }
  };
  await expect(around()).rejects.toMatchObject({
    ...full,
    message: expect.not.stringContaining('still move'),
  });
  expect((await sessions.view(ADA)).revision).toBeGreaterThan(200);
  expect((await sessions.move(ADA, { to: 'B', reason: more, isForced: true })).to).toBe('B');
  expect(await sessions.removeData(ADA, { key: 'k' })).toBe(true);
  await sessions.storeKnowledge(ADA, { key: 'k', value: more, space: 'user' });
  const { id: session } = await sessions.start(ADA, {});
  await sessions.say(ADA, { session, role: 'user', content: more });
});

it('a caller keeps no more than one may altogether, in however many sessions, until some are deleted', async () => {
  const { sessions } = sessionHouse({ settings: { maxOwnerBytes: 20_000, sharedKnowledge: true } });
  const begun: string[] = [];
  const begin = async () => begun.push((await sessions.start(ADA, {})).id);
  await expect(
    (async () => {
      for (;;) await begin();
    })(),
  ).rejects.toMatchObject(full);
  expect(begun.length).toBeGreaterThan(20);
  await expect(
    sessions.storeKnowledge(ADA, { key: 'k', value: 'x'.repeat(300), space: 'shared' }),
  ).rejects.toMatchObject({ ...full, message: expect.stringContaining('(end_session, delete_knowledge)') });
  await sessions.say({ owner: 'bob' }, { role: 'user', content: 'x'.repeat(9_000) });
  for (const session of begun.slice(0, 5)) await sessions.remove(ADA, { session });
  await sessions.storeKnowledge(ADA, { key: 'k', value: 'x'.repeat(300), space: 'shared' });
});
