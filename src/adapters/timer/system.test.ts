import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { after, pause } from './system.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

it('calls once, after the time', () => {
  const work = vi.fn<() => void>();
  after(100, work);
  vi.advanceTimersByTime(99);
  expect(work).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1000);
  expect(work).toHaveBeenCalledOnce();
});

it('calls at the next turn, after no time', async () => {
  vi.useRealTimers();
  const called: string[] = [];
  after(0, () => called.push('second'));
  after(0, () => called.push('never'))();
  expect(called).toEqual([]);
  await new Promise(setImmediate);
  expect(called).toEqual(['second']);
});

it('does not call what was called off', () => {
  const work = vi.fn<() => void>();
  after(100, work)();
  vi.advanceTimersByTime(1000);
  expect(work).not.toHaveBeenCalled();
});

it('waits long for what is far away', () => {
  const work = vi.fn<() => void>();
  after(Number.MAX_SAFE_INTEGER, work);
  vi.advanceTimersByTime(1_000_000_000);
  expect(work).not.toHaveBeenCalled();
});

it('pauses for the time, or until it is no longer wanted', async () => {
  vi.useRealTimers();
  const reason = new Error('gone');
  await expect(pause(1, new AbortController().signal)).resolves.toBeUndefined();
  await expect(pause(1e9, AbortSignal.abort(reason))).rejects.toBe(reason);
  const controller = new AbortController();
  const paused = pause(1e9, controller.signal);
  controller.abort(reason);
  await expect(paused).rejects.toBe(reason);
});
