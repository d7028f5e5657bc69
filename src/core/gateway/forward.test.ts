import { describe, expect, it } from 'vitest';
import { toOffer } from '../../../test/support/fake-downstream.ts';
import { ADA, BOB, MODERN, MUTE, codeOf, said, world } from '../../../test/support/gate.ts';
import type { Caller } from '../kernel/caller.ts';
import type { JsonObject } from '../kernel/json.ts';
import type { CallChannel, ForwardMethod } from './gateway.ts';

const offer = toOffer([], {
  capabilities: { resources: { subscribe: true }, prompts: {}, completions: {} },
  prompts: [{ name: 'greet' }],
  resources: [{ uri: 'memo://1', name: 'one' }],
});

type From = [caller?: Caller, channel?: CallChannel];

async function gate(policy: Parameters<typeof world>[0]['policy'] = {}) {
  const made = world({ servers: { box: [] }, policy });
  const box = made.fakes.server('box');
  box.offer = offer;
  await made.gateway.operator.testServer('box');
  const forward = (method: ForwardMethod, params: JsonObject, ...[caller, channel]: From) =>
    made.gateway.forward(caller ?? ADA, method, params, channel ?? MUTE);
  return { ...made, box, forward };
}

describe('what is no tool', () => {
  it('goes to the server it belongs to, under the name that is known there', async () => {
    const { forward, box } = await gate();
    await forward('resources/read', { uri: 'memo://1', _meta: { traceparent: 't', authorization: 'no' } });
    await forward('prompts/get', { name: 'box__greet', arguments: { who: 'x' } });
    await forward('completion/complete', {
      ref: { type: 'ref/prompt', name: 'box__greet' },
      argument: { name: 'who', value: '' },
    });
    expect(box.sent.map(({ method, request }) => [method, request.params])).toEqual([
      ['resources/read', { uri: 'memo://1' }],
      ['prompts/get', { name: 'greet', arguments: { who: 'x' } }],
      [
        'completion/complete',
        { ref: { type: 'ref/prompt', name: 'greet' }, argument: { name: 'who', value: '' } },
      ],
    ]);
    expect(box.sent[0]?.request.meta).toEqual({ traceparent: 't', 'io.tutti/hops': [expect.any(String)] });
  });

  it('is absent when it is not there, not granted, or not named', async () => {
    const { forward, box } = await gate();
    expect(await codeOf(forward('resources/read', { uri: 'memo://2' }))).toBe('tool/not-found');
    expect(
      await codeOf(
        forward('prompts/get', { name: 'box__greet' }, { owner: 'x', grants: { tools: ['other__*'] } }),
      ),
    ).toBe('tool/not-found');
    expect(await codeOf(forward('prompts/get', {}))).toBe('input/missing-field');
    expect(box.sent).toHaveLength(0);
  });

  it('passes the same limits: rate, hops, shutting down', async () => {
    const { forward, gateway, box } = await gate({ perUser: { count: 1, perMs: 60_000 } });
    await forward('resources/read', { uri: 'memo://1' });
    const hops = box.sent[0]?.request.meta ?? {};
    expect(await codeOf(forward('resources/read', { uri: 'memo://1' }))).toBe('policy/rate-limited');
    expect(await codeOf(forward('resources/read', { uri: 'memo://1', _meta: hops }, BOB))).toBe('call/loop');
    await gateway.close();
    expect(await codeOf(forward('resources/read', { uri: 'memo://1' }, { owner: 'eve' }))).toBe(
      'server/draining',
    );
  });

  it('subscribes once for all who do, and ends it with the last of them', async () => {
    const { forward, box } = await gate();
    const uri = { uri: 'memo://1' };
    await forward('resources/subscribe', uri, ADA);
    expect(await forward('resources/subscribe', uri, BOB)).toMatchObject({ kind: 'result' });
    await forward('resources/unsubscribe', uri, ADA);
    expect(box.sent.map(({ method }) => method)).toEqual(['resources/subscribe']);
    await forward('resources/unsubscribe', uri, BOB);
    expect(box.sent.map(({ method }) => method)).toEqual(['resources/subscribe', 'resources/unsubscribe']);
  });

  it('may be asked back, with the server’s state inside ours', async () => {
    const { forward, box } = await gate();
    box.answer = ({ request }) =>
      request.params['inputResponses'] === undefined
        ? {
            kind: 'input-required',
            payload: { bytes: new Uint8Array(), value: { inputRequests: {}, requestState: 'theirs' } },
          }
        : said('done');
    const outcome = await forward('prompts/get', { name: 'box__greet' }, ADA, MODERN);
    if (outcome.kind !== 'input-required') throw new Error(outcome.kind);
    const requestState = String(outcome.payload.value['requestState']);
    const again = { name: 'box__greet', inputResponses: {}, requestState };
    expect(await codeOf(forward('prompts/get', again, BOB, MODERN))).toBe('call/stale-state');
    expect(await codeOf(forward('prompts/get', { ...again, arguments: {} }, ADA, MODERN))).toBe(
      'call/stale-state',
    );
    expect(await forward('prompts/get', again, ADA, MODERN)).toMatchObject({ kind: 'result' });
    expect(box.sent.at(-1)?.request.params).toEqual({
      name: 'greet',
      inputResponses: {},
      requestState: 'theirs',
    });
    expect(await codeOf(forward('prompts/get', again, ADA, MODERN))).toBe('call/stale-state');
  });
});
