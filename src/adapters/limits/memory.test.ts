import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { memoryLimits } from './memory.ts';

describe('memoryLimits', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it('gives as many as there are, then says when to come again', async () => {
    const limits = memoryLimits();
    const limit = { count: 3, perMs: 1000 };
    expect([1, 2, 3].map(() => limits.take('a', limit))).toEqual([0, 0, 0]);
    vi.advanceTimersByTime(400);
    expect(await limits.take('a', limit)).toBe(600);
    vi.advanceTimersByTime(600);
    expect(await limits.take('a', limit)).toBe(0);
  });

  it('locks nobody out when the clock is set back', async () => {
    const limits = memoryLimits();
    const limit = { count: 1, perMs: 1000 };
    await limits.take('a', limit);
    vi.setSystemTime(Date.now() - 5 * 3_600_000);
    expect(await limits.take('a', limit)).toBe(0);
    expect(await limits.take('a', limit)).toBe(1000);
  });

  it('gives exactly as many to callers at once', async () => {
    const limits = memoryLimits();
    const limit = { count: 100, perMs: 60_000 };
    const taken = Array.from({ length: 250 }, () => limits.take('a', limit));
    expect(taken.filter((wait) => wait === 0)).toHaveLength(100);
  });

  it('does not put the end off for who keeps asking', async () => {
    const limits = memoryLimits();
    const limit = { count: 1, perMs: 1000 };
    await limits.take('a', limit);
    for (let round = 0; round < 9; round += 1) {
      vi.advanceTimersByTime(100);
      expect(await limits.take('a', limit)).toBe(900 - round * 100);
    }
    vi.advanceTimersByTime(100);
    expect(await limits.take('a', limit)).toBe(0);
  });

  it('counts each key and each limit for itself', async () => {
    const limits = memoryLimits();
    const limit = { count: 1, perMs: 1000 };
    expect(await limits.take('a', limit)).toBe(0);
    expect(await limits.take('b', limit)).toBe(0);
    expect(await limits.take('a', { count: 5, perMs: 9000 })).toBe(0);
    expect(await limits.take('a', limit)).toBe(1000);
    expect(await memoryLimits().take('a', limit)).toBe(0);
  });

  it('gives nothing where nothing is allowed', async () => {
    expect(await memoryLimits().take('a', { count: 0, perMs: 1000 })).toBe(1000);
  });

  it('holds over windows longer than a timer can be', async () => {
    const limits = memoryLimits();
    const limit = { count: 1, perMs: 365 * 24 * 3_600_000 };
    expect(await limits.take('a', limit)).toBe(0);
    vi.advanceTimersByTime(60_000);
    expect(await limits.take('a', limit)).toBeGreaterThan(0);
  });

  it('forgets many windows that are over, and none that is open', () => {
    const limits = memoryLimits();
    const open = { count: 1, perMs: 60_000 };
    expect(limits.take('a', open)).toBe(0);
    for (let round = 0; round < 3; round += 1) {
      for (let key = 0; key < 11_000; key += 1)
        expect(limits.take(`${round}.${key}`, { count: 1, perMs: 1000 })).toBe(0);
      vi.advanceTimersByTime(1000);
      expect(limits.take('a', open)).toBe(60_000 - (round + 1) * 1000);
    }
  });
});
