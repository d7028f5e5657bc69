import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CalmStream } from './calm-stream.ts';
import { Flood } from './flood.ts';
import { LineReader } from './lines.ts';

const line = (method: string) =>
  Buffer.from(`{"jsonrpc":"2.0","method":"notifications/${method}","params":{}}`);
const answer = Buffer.from('{"jsonrpc":"2.0","id":"t1","result":{"method":"notifications/progress"}}');
const CHUNK = Buffer.alloc(1);

beforeEach(() => vi.useFakeTimers({ now: 5_000 }));
afterEach(() => vi.useRealTimers());

describe('a flood', () => {
  const opened = () => {
    vi.advanceTimersByTime(10_000);
    const pause = vi.fn<() => void>();
    const resume = vi.fn<() => void>();
    const flood = new Flood(pause, resume);
    const read = (work: () => void): void => {
      flood.read(CHUNK, () => {
        work();
        return undefined;
      });
    };
    return { flood, pause, resume, read };
  };
  const flooded = () => {
    const { flood, read, pause, resume } = opened();
    read(() => {
      for (let n = 0; n < 1_000; n += 1) {
        expect(flood.excess(line('progress'))).toBeUndefined();
        flood.count();
      }
      flood.count();
    });
    vi.advanceTimersByTime(900);
    pause.mockClear();
    resume.mockClear();
    return { flood, pause, resume, read };
  };

  it('loses what nobody misses, and nothing else', () => {
    const { flood, read } = flooded();
    const kinds = ['progress', 'message', 'tools/list_changed'];
    expect(kinds.map((kind) => flood.excess(line(kind)))).toEqual(kinds);
    expect(flood.excess(line('resources/updated'))).toBeUndefined();
    expect(flood.excess(answer)).toBeUndefined();
    vi.advanceTimersByTime(1_000);
    read(() => undefined);
    expect(flood.excess(line('progress'))).toBeUndefined();
  });

  const passOver = (flood: Flood, lines: number) => {
    for (let n = 0; n < lines; n += 1) flood.excess(line('progress'));
  };

  it('has to wait once its credit is used up', () => {
    const { flood, read, pause, resume } = flooded();
    read(() => passOver(flood, 1_900));
    read(() => undefined);
    expect(pause).not.toHaveBeenCalled();
    read(() => passOver(flood, 150));
    expect(pause).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(248);
    expect(resume).not.toHaveBeenCalled();
    vi.advanceTimersByTime(4);
    expect(resume).toHaveBeenCalledTimes(1);
  });

  it('gets credit again with time, and no more than it had', () => {
    const { flood, read, pause, resume } = flooded();
    read(() => passOver(flood, 2_400));
    vi.advanceTimersByTime(60_000);
    pause.mockClear();
    resume.mockClear();
    read(() => {
      for (let n = 0; n < 1_001; n += 1) flood.count();
      passOver(flood, 1_990);
    });
    expect(pause).not.toHaveBeenCalled();
    read(() => passOver(flood, 101));
    expect(pause).toHaveBeenCalledTimes(1);
  });

  it('waits as long as its credit takes to come back, and no longer than a second', () => {
    for (const [lines, beforeMs, afterMs] of [
      [2_160, 780, 40],
      [50_000, 980, 40],
    ] as const) {
      const { flood, read, resume } = flooded();
      read(() => passOver(flood, lines));
      vi.advanceTimersByTime(beforeMs);
      expect(resume).not.toHaveBeenCalled();
      vi.advanceTimersByTime(afterMs);
      expect(resume).toHaveBeenCalledTimes(1);
    }
  });

  it('is none while a server only answers', () => {
    const { flood, read, pause } = opened();
    read(() => {
      for (let n = 0; n < 9_000; n += 1) flood.excess(answer);
    });
    expect(pause).not.toHaveBeenCalled();
    expect(flood.spent).toBe(false);
  });

  it('is read in slices, in order, what comes meanwhile after what was left over', () => {
    const { flood, pause, resume } = opened();
    const heard: number[] = [];
    const work = (chunk: Buffer): Buffer | undefined => {
      for (const [at, each] of chunk.entries()) {
        heard.push(each);
        flood.count();
        if (flood.spent && at + 1 < chunk.length) return chunk.subarray(at + 1);
      }
      return undefined;
    };
    const first = Buffer.from(Array.from({ length: 150 }, (_, n) => n));
    flood.read(first, work);
    expect(heard).toHaveLength(100);
    expect([pause.mock.calls.length, resume.mock.calls.length]).toEqual([1, 0]);
    flood.read(Buffer.from([251, 252]), work);
    expect(heard).toHaveLength(100);
    vi.advanceTimersByTime(2);
    expect(heard).toEqual([...first, 251, 252]);
    expect(resume).toHaveBeenCalledTimes(1);
    flood.read(first, work);
    expect(heard).toHaveLength(252);
    flood.finish();
    expect(heard).toHaveLength(302);
  });
});

describe('a stream of notifications', () => {
  const MOST_AT_ONCE = 150;

  it.each([
    ['progress', 500, true],
    ['resources/updated', 50, false],
  ] as const)(
    'of %s, %i,000 of them, takes nobody’s time, and no answer among them is lost',
    (method, times, passes) => {
      vi.advanceTimersByTime(10_000);
      const source = { paused: false };
      let [heard, answers, inTurn, most] = [0, 0, 0, 0];
      const stream = new CalmStream(
        {
          limitBytes: () => 1_000_000,
          onMessage: ({ data }) => {
            if (data.includes('"result"')) answers += 1;
            else heard += 1;
            most = Math.max(most, (inTurn += 1));
          },
          onRetry: () => undefined,
          onTooLong: () => undefined,
        },
        { pause: () => void (source.paused = true), resume: () => void (source.paused = false) },
      );
      const frame = (data: Buffer) => `data: ${data.toString()}\n\n`;
      const chunk = Buffer.from(frame(line(method)).repeat(1_000) + frame(answer));
      const begunAt = Date.now();
      for (let n = 0; n < times; n += 1) {
        inTurn = 0;
        stream.push(chunk);
        while (source.paused) {
          inTurn = 0;
          vi.advanceTimersByTime(1);
        }
      }
      expect(answers).toBe(times);
      expect(most).toBeLessThanOrEqual(MOST_AT_ONCE);
      // Of what can be passed over, the newest is heard again beside each answer.
      const seconds = (Date.now() - begunAt) / 1_000;
      if (passes) expect(heard).toBeLessThan(1_000 * (seconds + 1) + 2 * times);
      else expect([heard, seconds > 15]).toEqual([times * 1_000, true]);
    },
  );

  it('on lines are read in slices that lose nothing and change no order', () => {
    const heard: number[] = [];
    let [inTurn, most] = [0, 0];
    const reader = new LineReader({
      limitBytes: () => 1_000_000,
      onLine: (each) => {
        heard.push((JSON.parse(each.toString()) as { readonly n: number }).n);
        most = Math.max(most, (inTurn += 1));
      },
      onTooLong: () => undefined,
      onNoise: () => undefined,
      spent: () => inTurn >= 200,
    });
    const lines = Array.from({ length: 5_000 }, (_, n) => `{"n":${n}}\n`).join('');
    let left: Buffer | undefined;
    for (let at = 0; at < lines.length; at += 1_777) {
      left = Buffer.from(lines.slice(at, at + 1_777));
      while (left !== undefined) {
        inTurn = 0;
        left = reader.push(left);
      }
    }
    expect(heard).toEqual(Array.from({ length: 5_000 }, (_, n) => n));
    expect(most).toBeLessThanOrEqual(200);
  });
});
