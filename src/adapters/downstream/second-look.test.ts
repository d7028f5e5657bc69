import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BusyMap } from '../../core/kernel/busy.ts';
import type { JsonObject } from '../../core/kernel/json.ts';
import { toPayload } from '../../core/kernel/payload.ts';
import { greetingIn } from './greeting.ts';
import { lookTwice } from './second-look.ts';
import type { Greeting, Link, Outgoing } from './wire.ts';

const PLAIN: JsonObject = {
  resultType: 'complete',
  supportedVersions: ['2026-07-28'],
  capabilities: { tools: {} },
  instructions: 'Be kind.',
};

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A server that was remembered as `PLAIN`, and what it is asked. */
function remembered() {
  const sent: Outgoing[] = [];
  const told: Greeting[] = [];
  const link: Link = {
    greeting: greetingIn(PLAIN) as Greeting,
    clogged: undefined,
    calls: new BusyMap(),
    send: (call) => void sent.push(call),
    abandon: () => {},
    close: () => Promise.resolve(),
  };
  const stop = lookTwice({
    link,
    envelope: '',
    introduction: { name: 'tutti', version: '0' },
    timeoutMs: 5_000,
    onOther: (greeting) => void told.push(greeting),
  });
  const answer = async (value: JsonObject) => {
    sent[0]?.settle({ kind: 'result', payload: toPayload(value) });
    await vi.dynamicImportSettled();
  };
  return { sent, told, stop, answer };
}

describe('who was met by memory alone', () => {
  it('is asked once, and not at once', async () => {
    const { sent, told, answer } = remembered();
    expect(sent).toEqual([]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sent.map(({ method }) => method)).toEqual(['server/discover']);
    await answer({ ...PLAIN, ttlMs: 5 });
    expect(told).toEqual([]);
  });

  it('is not asked when its connection ended before', async () => {
    const { sent, stop } = remembered();
    stop();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sent).toEqual([]);
  });

  it('is told of when it says something else', async () => {
    const { told, answer } = remembered();
    await vi.advanceTimersByTimeAsync(2_000);
    await answer({ ...PLAIN, instructions: 'Be quick.' });
    expect(told).toMatchObject([{ instructions: 'Be quick.' }]);
  });

  it('is judged by the SDK when it answers in an unusual way', async () => {
    vi.useRealTimers();
    const { sent, told, answer } = remembered();
    await vi.waitFor(() => expect(sent).toHaveLength(1), { timeout: 20_000 });
    await answer({ ...PLAIN, capabilities: { tools: { more: true } }, instructions: 'Be quick.' });
    await vi.waitFor(() => expect(told).toMatchObject([{ instructions: 'Be quick.' }]), { timeout: 20_000 });
  });

  it('may answer nonsense, or nothing', async () => {
    for (const nonsense of [{}, { ...PLAIN, supportedVersions: ['2025-11-25'] }, undefined]) {
      const { told, answer } = remembered();
      await vi.advanceTimersByTimeAsync(2_000);
      if (nonsense !== undefined) await answer(nonsense);
      await vi.advanceTimersByTimeAsync(20_000);
      expect(told).toEqual([]);
    }
  });
});
