import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { cites } from '../../../test/support/verifies.ts';
import { lruCache } from './lru.ts';

const MINUTE = { bytes: 100, ttlMs: 60_000 };

describe('lruCache', () => {
  let now = 0;
  const pass = (ms: number) => {
    now += ms;
    vi.advanceTimersByTime(ms);
  };

  beforeEach(() => {
    now = 1;
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    vi.spyOn(performance, 'now').mockImplementation(() => now);
  });
  afterEach(() => {
    vi.restoreAllMocks();
    vi.useRealTimers();
  });

  it(`keeps what it was given, falsy values too, until its time is over ${cites('gateway/G4')}`, () => {
    const cache = lruCache<number | undefined>(10_000);
    cache.set('zero', 0, { bytes: 1, ttlMs: 1000 });
    expect(cache.get('zero')).toBe(0);
    pass(999);
    expect(cache.get('zero')).toBe(0);
    pass(2);
    expect(cache.get('zero')).toBeUndefined();
  });

  it('keeps nothing for no time', () => {
    const cache = lruCache<number>(10_000);
    cache.set('a', 1, MINUTE);
    cache.set('a', 2, { bytes: 1, ttlMs: 0 });
    expect(cache.get('a')).toBeUndefined();
  });

  it(`lets the least recently used go first, by bytes ${cites('gateway/G4')}`, () => {
    const cache = lruCache<string>(310);
    for (const key of ['a', 'b', 'c']) cache.set(key, key, MINUTE);
    expect(cache.get('a')).toBe('a');
    cache.set('d', 'd', MINUTE);
    expect(['a', 'b', 'c', 'd'].filter((key) => cache.get(key) !== undefined)).toEqual(['a', 'c', 'd']);
  });

  it('does not keep what is larger than the whole, nor the value before it', () => {
    const cache = lruCache<string>(310);
    cache.set('a', 'old', MINUTE);
    cache.set('b', 'other', MINUTE);
    cache.set('a', 'new', { bytes: 1000, ttlMs: 60_000 });
    expect(cache.get('a')).toBeUndefined();
    expect(cache.get('b')).toBe('other');
  });

  it('purges what begins so, and nothing else', () => {
    const cache = lruCache<string>(1_000_000);
    const keys = ['git\0read\0{"a":1}', 'git\0read\0{}', 'git\0list\0{}', 'github\0read\0{}', 'git', 'gi'];
    const fill = () => {
      for (const key of keys) cache.set(key, key, MINUTE);
    };
    const left = () => keys.filter((key) => cache.get(key) !== undefined);
    const without = (prefix: string) => keys.filter((key) => !key.startsWith(prefix));
    for (const prefix of ['git\0', 'git\0read', 'git\0read\0', 'git\0read\0{"', 'git', 'g', '', 'nothing']) {
      fill();
      cache.purge(prefix);
      expect({ prefix, left: left() }).toEqual({ prefix, left: without(prefix) });
    }
  });

  it('purges what was set again, and forgets what was evicted', () => {
    const cache = lruCache<number>(1000);
    for (let round = 0; round < 100; round += 1) cache.set(`s:t:${round % 20}`, round, MINUTE);
    cache.purge('s:');
    expect(Array.from({ length: 20 }, (_, each) => cache.get(`s:t:${each}`)).filter(Boolean)).toEqual([]);
    cache.set('s:t:1', 7, MINUTE);
    expect(cache.get('s:t:1')).toBe(7);
  });
});
