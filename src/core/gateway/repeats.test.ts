import { describe, expect, it } from 'vitest';
import { toTool, toToolSettings } from '../../../test/support/fake-downstream.ts';
import { ADA, MODERN, MUTE, codeOf, heard, said, world } from '../../../test/support/gate.ts';
import { TuttiError } from '../kernel/errors.ts';

const tools = [toTool('create_thing'), toTool('get_thing')];
const name = 'box__create_thing';
const idempotencyKey = 'k';
const input = { name, arguments: {}, idempotencyKey };

function box() {
  const get_thing = toToolSettings({ risk: 'read' });
  const made = world({ servers: { box: tools }, server: { box: { tools: { get_thing } } } });
  return { ...made, box: made.fakes.server('box') };
}

describe('an idempotency key', () => {
  it('stays taken when the caller hung up after the call was sent', async () => {
    const { gateway, call, box: server } = box();
    const leaver = new AbortController();
    server.answer = ({ request }) =>
      new Promise((_, refuse) => {
        request.signal?.addEventListener('abort', () => refuse(request.signal?.reason as Error));
      });
    const first = gateway.call(ADA, input, { ...MUTE, signal: leaver.signal });
    await expect.poll(() => server.sent.length).toBe(1);
    const second = call(name, {}, { idempotencyKey });
    leaver.abort(new DOMException('hung up', 'AbortError'));
    await expect(first).rejects.toThrow('hung up');
    expect(await codeOf(second)).toBe('call/lost');
    expect(await codeOf(call(name, {}, { idempotencyKey }))).toBe('call/lost');
    expect(server.sent).toHaveLength(1);
  });

  it('is not waited for longer than the one who waits wants', async () => {
    const { gateway, call, box: server } = box();
    const answer = Promise.withResolvers<void>();
    server.answer = async () => {
      await answer.promise;
      return said('once');
    };
    const first = call(name, {}, { idempotencyKey });
    await expect.poll(() => server.sent.length).toBe(1);
    const leaver = new AbortController();
    const second = gateway.call(ADA, input, { ...MUTE, signal: leaver.signal });
    leaver.abort(new Error('gone'));
    await expect(second).rejects.toThrow('gone');
    answer.resolve();
    expect(heard(await first)).toBe('once');
    expect(heard(await call(name, {}, { idempotencyKey }))).toBe('once');
  });

  it('is free again when certainly nothing was sent', async () => {
    const { call, again, box: server } = box();
    server.answer = () =>
      Promise.reject(new TuttiError('downstream/unavailable', 'not there', { data: { sent: false } }));
    const both = [call(name, {}, { idempotencyKey }), call(name, {}, { idempotencyKey })];
    expect(await Promise.all(both.map((each) => codeOf(each)))).toEqual([
      'downstream/unavailable',
      'downstream/unavailable',
    ]);
    server.answer = () => said('made');
    expect(heard(await again().call(ADA, input, MUTE))).toBe('made');
  });

  it('of a write is taken in the store: another process gives the same answer, while reads are repeated', async () => {
    const { call, again, pass, box: server } = box();
    server.answer = () => said('made');
    await call(name, {}, { idempotencyKey });
    expect(heard(await again().call(ADA, input, MUTE))).toBe('made');
    expect(await codeOf(again().call(ADA, { ...input, arguments: { n: 2 } }, MUTE))).toBe(
      'input/invalid-format',
    );
    expect(server.sent).toHaveLength(1);
    const read = { ...input, name: 'box__get_thing', idempotencyKey: 'r' };
    await call(read.name, {}, { idempotencyKey: 'r' });
    expect(await again().call(ADA, read, MUTE)).toMatchObject({ kind: 'result' });
    expect(server.sent).toHaveLength(3);
    pass(3_600_001);
    expect(await again().call(ADA, input, MUTE)).toMatchObject({ kind: 'result' });
    expect(server.sent).toHaveLength(4);
  });

  it('gives another process the answers of every kind, and what they say of their reader', async () => {
    const { call, again, box: server } = box();
    const key = 'ghp_012345678901234567890123456789abcdef';
    const error = { code: 7, message: 'No.', data: { why: 'closed' } };
    server.answer = () => ({ kind: 'error', error });
    await call(name, {}, { idempotencyKey });
    expect(await again().call(ADA, input, MUTE)).toMatchObject({ kind: 'error', error });
    const text = `${'lorem ipsum '.repeat(10_000)}${key}`;
    const bytes = new TextEncoder().encode(JSON.stringify({ content: [{ type: 'text', text }] }));
    server.answer = () => ({ kind: 'large', bytes });
    const stored = await call(name, {}, { idempotencyKey: 'large' });
    const there = await again().call(ADA, { ...input, idempotencyKey: 'large' }, MUTE);
    if (stored.kind !== 'stored' || there.kind !== 'stored') throw new Error(there.kind);
    expect(there.uri).toBe(stored.uri);
    expect(there.payload.value).toEqual(stored.payload.value);
    expect(server.sent).toHaveLength(2);
  });

  it('is said to be lost where the store keeps no answer any more', async () => {
    const { call, again, store, box: server } = box();
    store.results.put = () => Promise.reject(new TuttiError('store/unavailable', 'It is full.'));
    server.answer = () => said('made');
    expect(heard(await call(name, {}, { idempotencyKey }))).toBe('made');
    expect(await codeOf(again().call(ADA, input, MUTE))).toBe('call/lost');
    expect(server.sent).toHaveLength(1);
  });

  it('is said to be under way, never lost, for as long as its process lives', async () => {
    const { call, again, pass, leap, box: server } = box();
    const answer = Promise.withResolvers<void>();
    server.answer = async () => {
      await answer.promise;
      return said('once');
    };
    const first = call(name, {}, { idempotencyKey });
    await expect.poll(() => server.sent.length).toBe(1);
    const other = again();
    expect(await codeOf(other.call(ADA, input, MUTE))).toBe('call/under-way');
    for (let at = 0; at < 9; at++) pass(10_000);
    expect(await codeOf(other.call(ADA, input, MUTE))).toBe('call/under-way');
    answer.resolve();
    expect(heard(await first)).toBe('once');
    expect(heard(await other.call(ADA, input, MUTE))).toBe('once');
    server.answer = () => new Promise(() => undefined);
    void call(name, {}, { idempotencyKey: 'dies' });
    await expect.poll(() => server.sent.length).toBe(2);
    leap(30_000);
    const repeat = { ...input, idempotencyKey: 'dies' };
    expect(await codeOf(other.call(ADA, repeat, MUTE))).toBe('call/lost');
    expect(server.sent).toHaveLength(2);
  });

  it('holds over the question of a server, and for a call that waits for its answer', async () => {
    const { gateway, box: server } = box();
    const question = { method: 'elicitation/create', params: { message: 'Sure?' } };
    server.answer = async ({ request }) => {
      await request.onAsk?.(question);
      return said('made');
    };
    const first = await gateway.call(ADA, input, MODERN);
    if (first.kind !== 'input-required') throw new Error(first.kind);
    expect(await codeOf(gateway.call(ADA, input, MODERN))).toBe('call/under-way');
    const { inputRequests, requestState } = first.payload.value;
    const [key = ''] = Object.keys(inputRequests as object);
    const leg = {
      ...input,
      requestState: String(requestState),
      inputResponses: { [key]: { action: 'accept' } },
    };
    expect(heard(await gateway.call(ADA, leg, MODERN))).toBe('made');
    expect(heard(await gateway.call(ADA, input, MODERN))).toBe('made');
    expect(server.sent).toHaveLength(1);
  });
});
