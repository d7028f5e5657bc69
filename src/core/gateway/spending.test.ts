import { describe, expect, it } from 'vitest';
import { toTool } from '../../../test/support/fake-downstream.ts';
import { ADA, MODERN, MUTE, codeOf, said, world } from '../../../test/support/gate.ts';
import { cites } from '../../../test/support/verifies.ts';
import { TuttiError } from '../kernel/errors.ts';

const input = { name: 'box__create_thing', arguments: {} };

function budgeted(calls: number, more: Parameters<typeof world>[0]['policy'] = {}) {
  return world({
    servers: { box: [toTool('create_thing')] },
    server: { box: { costMicros: 5, budgets: [{ calls, per: 'session' }] } },
    policy: { budgets: [{ costMicros: 1_000, per: 'owner' }], ...more },
  });
}

describe(`what a call costs ${cites('gateway/G5')}`, () => {
  it('is in the store before the call leaves, whatever becomes of the process', async () => {
    const { call, store, fakes, again } = budgeted(1);
    fakes.server('box').answer = () => new Promise(() => undefined);
    void call(input.name, {}, { session: 'a' });
    await expect.poll(() => fakes.server('box').sent.length).toBe(1);
    expect(await store.usage.read({ owner: 'ada', subject: 'all', windowAt: 0 })).toMatchObject({
      calls: 1,
      costMicros: 5,
    });
    const other = again();
    expect(await codeOf(other.call(ADA, { ...input, session: 'b' }, MUTE))).toBe('budget/spent');
  });

  it('is taken once of two processes that want the last of it', async () => {
    const { gateway, again } = budgeted(3);
    const other = again();
    const codes = await Promise.all(
      Array.from({ length: 8 }, (_, at) => codeOf((at % 2 === 0 ? gateway : other).call(ADA, input, MUTE))),
    );
    expect(codes.filter((code) => code === undefined)).toHaveLength(3);
  });

  it('is given back where nothing was tried, also to other processes', async () => {
    const { call, again, fakes, pass, gateway } = budgeted(7);
    fakes.server('box').answer = () => Promise.reject(new TuttiError('downstream/timeout', 'late'));
    for (let at = 0; at < 5; at++) await codeOf(call(input.name));
    expect(await codeOf(call(input.name))).toBe('downstream/circuit-open');
    pass(1_000);
    await gateway.close();
    const other = again();
    fakes.server('box').answer = () => said('made');
    expect(await codeOf(other.call(ADA, input, MUTE))).toBeUndefined();
    expect(await codeOf(other.call(ADA, input, MUTE))).toBeUndefined();
    expect(await codeOf(other.call(ADA, input, MUTE))).toBe('budget/spent');
  });

  it('holds no time that a person needed', async () => {
    const { gateway, fakes, pass, store } = budgeted(9);
    fakes.server('box').answer = async ({ request }) => {
      await request.onAsk?.({ method: 'elicitation/create', params: { message: 'Sure?' } });
      pass(20);
      return said('made');
    };
    const ask = async () => {
      pass(300_000);
      return { action: 'accept' };
    };
    await gateway.call(ADA, input, { ...MODERN, repeats: false, ask });
    await gateway.close();
    expect(await store.usage.read({ owner: 'ada', subject: 'all', windowAt: 0 })).toEqual({
      calls: 1,
      costMicros: 5,
      ms: 20,
    });
  });
});
