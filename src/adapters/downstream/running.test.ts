import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { JsonObject } from '../../core/kernel/json.ts';
import type { DownstreamRequest } from '../../core/ports/downstream.ts';
import { run } from './running.ts';
import type { Link, Outgoing } from './wire.ts';

const QUESTION = { method: 'elicitation/create', params: {} };
const MINUTE_MS = 60_000;

describe('a call under way', () => {
  let sent: Outgoing;
  const abandon = vi.fn<Link['abandon']>();
  const link = {
    send: (call: Outgoing) => {
      sent = call;
    },
    abandon,
  } as unknown as Link;
  const begin = (more: Partial<DownstreamRequest>) => {
    const request = { params: {}, idleMs: 1_000, timeoutMs: 3_000, maxBytes: 1_000, ...more };
    const parts = { id: 't1', method: 'tools/call', inlineBytes: 1_000, lenient: false, link, envelope: '' };
    const outcome = run({ ...parts, request }).then(
      (answer) => answer.kind,
      (error: unknown) => (error as { code: string }).code,
    );
    return { outcome };
  };
  const settle = () => sent.settle({ kind: 'result', payload: { bytes: Buffer.from('{}'), value: {} } });
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('has all the time that a person takes to answer', async () => {
    const person = Promise.withResolvers<JsonObject>();
    const { outcome } = begin({ onAsk: () => person.promise });
    await vi.advanceTimersByTimeAsync(500);
    const asked = sent.ask?.(QUESTION);
    await vi.advanceTimersByTimeAsync(5 * MINUTE_MS);
    expect(sent.settled).toBe(false);
    person.resolve({ action: 'accept' });
    expect(await asked).toEqual({ action: 'accept' });
    // The idle time begins anew, and of the whole there is what was left.
    for (let n = 0; n < 4; n += 1) {
      await vi.advanceTimersByTimeAsync(600);
      expect(sent.settled).toBe(false);
      sent.progress({ progress: n });
    }
    await vi.advanceTimersByTimeAsync(600);
    expect(await outcome).toBe('downstream/timeout');
  });

  it('waits ten minutes for an answer, and goes on without', async () => {
    const { outcome } = begin({ onAsk: () => new Promise(() => {}) });
    const asked = sent.ask?.(QUESTION).catch((error: unknown) => (error as Error).message);
    await vi.advanceTimersByTimeAsync(10 * MINUTE_MS);
    expect(await asked).toContain('Nobody answered');
    expect(sent.settled).toBe(false);
    settle();
    expect(await outcome).toBe('result');
  });

  it('passes on every step of a few, and the last of many before the answer', async () => {
    const heard: number[] = [];
    const { outcome } = begin({ onProgress: ({ progress }) => void heard.push(progress) });
    for (let n = 1; n <= 20; n += 1) sent.progress({ progress: n });
    expect(heard).toHaveLength(20);
    for (let n = 21; n <= 1_000; n += 1) sent.progress({ progress: n });
    expect(heard.length).toBeLessThan(30);
    settle();
    expect(heard.at(-1)).toBe(1_000);
    await vi.advanceTimersByTimeAsync(10);
    expect(await outcome).toBe('result');
  });

  it('passes on twenty steps a second, each in its time', async () => {
    const heard: number[] = [];
    begin({ onProgress: ({ progress }) => void heard.push(progress), timeoutMs: MINUTE_MS });
    for (let n = 1; n <= 200; n += 1) {
      sent.progress({ progress: n });
      await vi.advanceTimersByTimeAsync(50);
    }
    expect(heard).toEqual(Array.from({ length: 200 }, (_, n) => n + 1));
    settle();
  });
});
