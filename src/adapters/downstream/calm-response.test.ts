import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { calmed } from './calm-response.ts';

const event = (message: object) =>
  `event: message\ndata: ${JSON.stringify({ jsonrpc: '2.0', ...message })}\n\n`;
const floodOf = (count: number) =>
  Array.from({ length: count }, (_, n) =>
    event({ method: 'notifications/progress', params: { progress: n + 1 } }),
  ).join('');

function responseOf(pieces: readonly string[], type = 'text/event-stream') {
  const left = [...pieces];
  const body = new ReadableStream<Uint8Array>(
    {
      pull: (controller) => {
        const piece = left.shift();
        if (piece === undefined) controller.close();
        else controller.enqueue(Buffer.from(piece));
      },
    },
    { highWaterMark: 0 },
  );
  return { left, response: new Response(body, { headers: { 'content-type': type } }) };
}

describe('an event stream that somebody else reads', () => {
  beforeEach(() => vi.useFakeTimers({ now: 5_000 }));
  afterEach(() => vi.useRealTimers());

  it('tells what matters of a flood, and takes nothing more from its server for a while', async () => {
    vi.advanceTimersByTime(10_000);
    const endpoint = 'event: endpoint\ndata: /messages?session=1\n\n';
    const { left, response } = responseOf([
      `${endpoint}retry: 5\n${floodOf(3_300)}`,
      event({ id: 1, result: {} }),
    ]);
    const reader = calmed(response).body?.pipeThrough(new TextDecoderStream()).getReader();
    const answer = event({ id: 1, result: {} });
    const readings = (async () => {
      const all: string[] = [];
      for (let piece = await reader?.read(); piece?.done === false; piece = await reader?.read())
        all.push(piece.value);
      return all;
    })();
    await vi.advanceTimersByTimeAsync(100);
    expect(left).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(10_000);
    const texts = await readings;
    const whole = texts.join('');
    expect(whole).toMatch(/^event: endpoint\ndata: \/messages\?session=1\n\n/);
    expect(whole).toContain('retry: 5\n\n');
    expect(whole.split('notifications/progress').length).toBeLessThan(1_010);
    expect(whole.endsWith(`${floodOf(3_300).split('\n\n').at(-2)}\n\n${answer}`)).toBe(true);
  });

  it('keeps ids and the lines of what it tells', async () => {
    const text = 'id: 7\ndata: {"method":\ndata:  "x"}\n\n';
    expect(await calmed(responseOf([text.slice(0, 9), text.slice(9)]).response).text()).toBe(text);
  });

  it('is no other response', () => {
    const { response } = responseOf(['{}'], 'application/json');
    expect(calmed(response)).toBe(response);
  });
});
