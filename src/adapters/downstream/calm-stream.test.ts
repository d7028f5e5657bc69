import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CalmStream } from './calm-stream.ts';

const event = (message: object) => `data: ${JSON.stringify({ jsonrpc: '2.0', ...message })}\n\n`;
const progress = (n: number) => event({ method: 'notifications/progress', params: { progress: n } });
const floodOf = (count: number) =>
  Buffer.from(Array.from({ length: count }, (_, n) => progress(n + 1)).join(''));

describe('an event stream that is flooded', () => {
  beforeEach(() => vi.useFakeTimers({ now: 5_000 }));
  afterEach(() => vi.useRealTimers());

  function opened() {
    vi.advanceTimersByTime(10_000);
    const heard: string[] = [];
    const pause = vi.fn<() => void>();
    const resume = vi.fn<() => void>();
    const stream = new CalmStream(
      {
        limitBytes: () => 1_000_000,
        onMessage: ({ data }) => void heard.push(data.toString()),
        onRetry: () => undefined,
        onTooLong: () => undefined,
      },
      { pause, resume },
    );
    return { stream, heard, pause, resume };
  }

  it('is left to wait, loses what nobody misses, and keeps the last word and every answer', () => {
    const { stream, heard, pause, resume } = opened();
    stream.push(floodOf(3_300));
    expect(heard).toHaveLength(100);
    expect(pause).toHaveBeenCalledOnce();
    expect(resume).not.toHaveBeenCalled();
    vi.advanceTimersByTime(900);
    expect(heard.length).toBeLessThan(1_010);
    expect(heard.at(-1)).toContain('"progress":3300');
    expect(resume).not.toHaveBeenCalled();
    vi.advanceTimersByTime(200);
    expect(resume).toHaveBeenCalledOnce();
    stream.push(Buffer.concat([floodOf(3_000), Buffer.from(event({ id: 1, result: {} }))]));
    vi.advanceTimersByTime(5_000);
    expect(heard.at(-2)).toContain('"progress":3000');
    expect(heard.at(-1)).toContain('"result"');
  });

  it('is not held up while it only answers, or says little', () => {
    const { stream, heard, pause } = opened();
    for (let n = 0; n < 3_000; n += 1) stream.push(Buffer.from(event({ id: n, result: {} })));
    expect(pause).not.toHaveBeenCalled();
    stream.push(floodOf(500));
    expect(pause.mock.calls.length).toBeLessThan(3);
    vi.advanceTimersByTime(6);
    expect(heard).toHaveLength(3_500);
  });
});
