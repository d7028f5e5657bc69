import { describe, expect, it } from 'vitest';
import { agentFiles, sessionHouse, small } from '../../../test/support/session-house.ts';
import type { Strictness } from './agent.ts';

const ADA = { owner: 'ada' };

function under(transitions: Strictness) {
  return sessionHouse({ settings: { transitions } });
}

describe('under enforce', () => {
  it('a move of the table is made, whatever the case, and journalled', async () => {
    const { sessions, store } = under('enforce');
    const moved = await sessions.move(ADA, { to: ' b ' });
    expect(moved).toMatchObject({
      from: 'A',
      to: 'B',
      session: { revision: 2, transitions: ['A', 'ERROR'] },
    });
    expect(moved).not.toHaveProperty('warning');
    const [entry] = await store.entries('ada', moved.session.id, { limit: 1, newest: true });
    expect(entry).toMatchObject({
      kind: 'ADVANCED',
      step: 'A',
      next: 'B',
      report: { status: 'allowed' },
      decision: { by: 'caller', because: 'A leads to B.' },
    });
  });

  it('any other is refused, naming the moves there are; reasons change nothing', async () => {
    const { sessions } = under('enforce');
    await expect(sessions.move(ADA, { to: 'C', reason: 'I want to' })).rejects.toMatchObject({
      code: 'state/not-allowed',
      message: 'A leads to C only when data.approved == true. Allowed from A now: B, ERROR.',
      data: { state: 'A', allowed: ['B', 'ERROR'] },
    });
    await expect(sessions.move(ADA, { to: 'A' })).rejects.toMatchObject({ code: 'state/not-allowed' });
  });

  it('an unknown state is named as it was sent, with those there are', async () => {
    const { sessions } = under('enforce');
    await expect(sessions.move(ADA, { to: 'Nowhere' })).rejects.toMatchObject({
      code: 'state/unknown',
      message: 'Invalid state: Nowhere. Valid states are: A, B, C, ERROR',
    });
    for (const to of ['', ' \t', '\u001b[0m'])
      await expect(sessions.move(ADA, { to })).rejects.toMatchObject({
        code: 'state/unknown',
        message: 'Invalid state: an empty name. Valid states are: A, B, C, ERROR',
      });
    for (const to of ['FINISH', '__proto__', 'A\0', '\u001b[31mA', 'A'.repeat(1_000_000)])
      await expect(sessions.move(ADA, { to })).rejects.toMatchObject({ code: 'state/unknown' });
  });

  it('ERROR is reached from every state but itself', async () => {
    const { sessions } = under('enforce');
    for (const path of [[], ['B'], ['B', 'A', 'B', 'C']]) {
      const { id } = await sessions.start(ADA, {});
      for (const to of path) await sessions.move(ADA, { session: id, to });
      const { session } = await sessions.move(ADA, { session: id, to: 'error' });
      expect(session.state.name).toBe('ERROR');
      expect(session.transitions).toEqual(['A']);
    }
  });

  it('a guard opens its move while it holds; what it reads may be missing', async () => {
    const { sessions } = under('enforce');
    expect((await sessions.view(ADA)).transitions).toEqual(['B', 'ERROR']);
    await sessions.storeData(ADA, { key: 'approved', value: 'true' });
    expect((await sessions.view(ADA)).transitions).toEqual(['B', 'ERROR']);
    await sessions.storeData(ADA, { key: 'approved', value: true });
    expect((await sessions.view(ADA)).transitions).toEqual(['B', 'C', 'ERROR']);
    expect((await sessions.move(ADA, { to: 'C' })).to).toBe('C');
    await sessions.move(ADA, { to: 'A' });
    await sessions.move(ADA, { to: 'B' });
    await sessions.move(ADA, { to: 'A' });
    expect((await sessions.move(ADA, { to: 'B' })).session.transitions).toEqual(['A', 'C', 'ERROR']);
  });
});

describe('under warn and off', () => {
  it('warn asks for a reason, keeps it, and says what was made of it', async () => {
    const { sessions, store } = under('warn');
    for (const reason of [undefined, '', '  '])
      await expect(
        sessions.move(ADA, { to: 'C', ...(reason !== undefined && { reason }) }),
      ).rejects.toMatchObject({
        code: 'state/not-allowed',
        message: expect.stringContaining('Send a reason'),
      });
    const moved = await sessions.move(ADA, { to: 'C', reason: 'the user said so' });
    expect(moved.warning).toContain('does not hold the move from A to C');
    const [entry] = await store.entries('ada', moved.session.id, { limit: 1, newest: true });
    expect(entry).toMatchObject({ report: { status: 'outside' }, decision: { because: 'the user said so' } });
    expect(await sessions.move(ADA, { to: 'A' })).not.toHaveProperty('warning');
  });

  it('off makes the move, also to where it is', async () => {
    const { sessions } = under('off');
    expect((await sessions.move(ADA, { to: 'C' })).session.state.name).toBe('C');
    expect((await sessions.move(ADA, { to: 'C' })).warning).toBeDefined();
  });

  it('the agent decides before the configuration', async () => {
    const agents = { agent: agentFiles({ A: {}, B: {} }, 'transitions: off') };
    const { sessions } = sessionHouse({ agents, settings: { transitions: 'enforce' } });
    expect((await sessions.move(ADA, { to: 'B' })).session.strictness).toBe('off');
  });
});

it('a person may force any move, with a reason', async () => {
  const { sessions, store } = under('enforce');
  await expect(sessions.move(ADA, { to: 'C', isForced: true })).rejects.toMatchObject({
    code: 'input/missing-field',
  });
  const { session } = await sessions.move(ADA, { to: 'C', isForced: true, reason: 'stuck' });
  expect(session.state.name).toBe('C');
  const [entry] = await store.entries('ada', session.id, { limit: 1, newest: true });
  expect(entry).toMatchObject({ report: { status: 'forced' }, decision: { by: 'human', because: 'stuck' } });
  await expect(sessions.move(ADA, { to: 'A', reason: 'x'.repeat(4_001) })).rejects.toMatchObject({
    code: 'input/too-large',
  });
});

it('takes turns: of moves at the same moment each finds the state the one before left', async () => {
  const { sessions } = sessionHouse({ agents: { agent: small } });
  const moves = Array.from({ length: 200 }, (_, at) => (at % 2 === 0 ? 'B' : 'A'));
  await Promise.all(moves.map(async (to) => await sessions.move(ADA, { to })));
  expect(await sessions.view(ADA)).toMatchObject({ revision: 201, state: { name: 'A' } });
});
