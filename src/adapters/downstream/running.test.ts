import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { isJsonObject } from '../../core/kernel/json.ts';
import type { JsonObject } from '../../core/kernel/json.ts';
import { CLIENT_CAPABILITIES_KEY, PROTOCOL_VERSION_KEY } from '../../core/kernel/protocol-names.ts';
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

describe('the text of a request', () => {
  const textOf = (request: Partial<DownstreamRequest>, envelope: string): string => {
    let text = '';
    const link = { send: (call: Outgoing) => void (text = call.text), abandon: () => {} } as unknown as Link;
    const whole = { params: {}, idleMs: Infinity, timeoutMs: Infinity, maxBytes: 1_000, ...request };
    const parts = { id: 't1', method: 'tools/call', inlineBytes: 1_000, lenient: false, link, envelope };
    void run({ ...parts, request: whole });
    return text;
  };
  const ours = { [PROTOCOL_VERSION_KEY]: 'v' };
  const OURS = ['progressToken', PROTOCOL_VERSION_KEY, CLIENT_CAPABILITIES_KEY];

  /** Put together as values are, and written as one. */
  const expected = (request: Partial<DownstreamRequest>, isModern: boolean): string => {
    const { _meta, ...rest } = request.params ?? {};
    const said = Object.entries({ ...(isJsonObject(_meta) ? _meta : undefined), ...request.meta });
    const theirs = said.filter(([key]) => !OURS.includes(key));
    const meta = {
      ...(isModern && { ...ours, [CLIENT_CAPABILITIES_KEY]: request.capabilities ?? {} }),
      ...(request.onProgress && { progressToken: 't1' }),
      ...Object.fromEntries(theirs),
    };
    const params = Object.keys(meta).length === 0 ? rest : { ...rest, _meta: meta };
    return JSON.stringify({ jsonrpc: '2.0', id: 't1', method: 'tools/call', params });
  };

  it('holds what the caller gave, and in `_meta` what is ours once', () => {
    // What begins with a digit comes first in any object, and not in a text.
    const key = fc.oneof(
      fc.constantFrom('traceparent', 'a"b', ...OURS),
      fc.stringMatching(/^[a-zé\u2028]+$/),
    );
    const members = fc.dictionary(key, fc.jsonValue(), { maxKeys: 4, noNullPrototype: true });
    const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
    const requests = fc.record({
      params: members,
      meta: maybe(members),
      capabilities: maybe(members),
      onProgress: maybe(fc.constant(() => {})),
    });
    const inParams = fc.oneof(members, fc.constantFrom(null, undefined));
    fc.assert(
      fc.property(requests, maybe(fc.tuple(inParams)), fc.boolean(), (shape, found, isModern) => {
        const params = found === undefined ? shape.params : { ...shape.params, _meta: found[0] };
        const request = { ...shape, params } as Partial<DownstreamRequest>;
        const envelope = isModern ? `${JSON.stringify(ours).slice(1, -1)},` : '';
        expect(textOf(request, envelope)).toBe(expected(request, isModern));
      }),
      { numRuns: 500 },
    );
  });
});
