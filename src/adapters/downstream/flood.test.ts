import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Flood } from './flood.ts';

const line = (method: string) =>
  Buffer.from(`{"jsonrpc":"2.0","method":"notifications/${method}","params":{}}`);
const answer = Buffer.from('{"jsonrpc":"2.0","id":"t1","result":{"method":"notifications/progress"}}');

describe('a flood', () => {
  beforeEach(() => vi.useFakeTimers({ now: 5_000 }));
  afterEach(() => vi.useRealTimers());

  const flooded = () => {
    vi.advanceTimersByTime(10_000);
    const pause = vi.fn<() => void>();
    const resume = vi.fn<() => void>();
    const flood = new Flood(pause, resume);
    flood.begin();
    for (let n = 0; n < 1_000; n += 1) {
      expect(flood.excess(line('progress'))).toBeUndefined();
      flood.count();
    }
    flood.count();
    return { flood, pause, resume };
  };

  it('loses what nobody misses, and nothing else', () => {
    const { flood } = flooded();
    const kinds = ['progress', 'message', 'tools/list_changed'];
    expect(kinds.map((kind) => flood.excess(line(kind)))).toEqual(kinds);
    expect(flood.excess(line('resources/updated'))).toBeUndefined();
    expect(flood.excess(answer)).toBeUndefined();
    vi.advanceTimersByTime(1_000);
    flood.begin();
    expect(flood.excess(line('progress'))).toBeUndefined();
  });

  it('has to wait once it took too much of a moment', () => {
    const { flood, pause, resume } = flooded();
    vi.advanceTimersByTime(20);
    flood.begin();
    flood.count();
    flood.end();
    expect(pause).not.toHaveBeenCalled();
    for (let n = 0; n < 200; n += 1) flood.excess(line('progress'));
    flood.end();
    flood.end();
    expect(pause).toHaveBeenCalledTimes(1);
    expect(resume).not.toHaveBeenCalled();
    vi.advanceTimersByTime(10);
    expect(resume).toHaveBeenCalledTimes(1);
  });

  it('waits as long as what came at once would have taken', () => {
    const { flood, resume } = flooded();
    vi.advanceTimersByTime(20);
    flood.begin();
    for (let n = 0; n < 2_000; n += 1) flood.count();
    flood.end();
    vi.advanceTimersByTime(790);
    expect(resume).not.toHaveBeenCalled();
    vi.advanceTimersByTime(20);
    expect(resume).toHaveBeenCalledTimes(1);
  });

  it('is heard again within a second, whatever it sent', () => {
    const { flood, resume } = flooded();
    vi.advanceTimersByTime(20);
    flood.begin();
    for (let n = 0; n < 50_000; n += 1) flood.count();
    flood.end();
    vi.advanceTimersByTime(1_000);
    expect(resume).toHaveBeenCalledTimes(1);
  });

  it('is none while a server only answers', () => {
    const pause = vi.fn<() => void>();
    const flood = new Flood(pause, () => undefined);
    flood.begin();
    for (let n = 0; n < 9_000; n += 1) flood.excess(answer);
    flood.end();
    expect(pause).not.toHaveBeenCalled();
  });
});
