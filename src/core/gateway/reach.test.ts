import { describe, expect, it, vi } from 'vitest';
import { toTool } from '../../../test/support/fake-downstream.ts';
import { ADA, BOB, MODERN, said, world } from '../../../test/support/gate.ts';
import { toPayload } from '../kernel/payload.ts';
import { TuttiError } from '../kernel/errors.ts';
import type { JsonObject } from '../kernel/json.ts';
import type { Telemetry } from '../ports/telemetry.ts';

const question = { method: 'elicitation/create', params: { message: 'When?' } };
/** Is asked over its own connection. */
const asked = (ask: () => Promise<JsonObject>) => ({
  capabilities: { elicitation: {} },
  repeats: false,
  ask,
});

describe('what reaches a server', () => {
  it('says whose it is, and whether he can be asked', async () => {
    const { call, fakes } = world({ servers: { inn: [toTool('get_room')] } });
    await call('inn__get_room', {}, { caller: ADA, channel: MODERN });
    await call('inn__get_room', { floor: 2 }, { caller: BOB, channel: asked(async () => ({})) });
    await call('inn__get_room', { floor: 3 });
    const seen = fakes.server('inn').sent.map(({ request }) => [request.asker, typeof request.onAsk]);
    expect(seen).toEqual([
      ['ada', 'function'],
      ['bob', 'function'],
      ['ada', 'undefined'],
    ]);
  });

  it('has all of its time left after somebody thought about an answer', async () => {
    const { call, fakes, pass } = world({ servers: { inn: [toTool('get_room')] } });
    const limits: number[] = [];
    fakes.server('inn').answer = ({ request }) => {
      limits.push(request.timeoutMs);
      return request.params['inputResponses'] === undefined
        ? { kind: 'input-required', payload: toPayload({ inputRequests: { day: question } }) }
        : said('booked');
    };
    const channel = asked(async () => {
      pass(300_000);
      return { action: 'accept', content: {} };
    });
    await call('inn__get_room', {}, { channel });
    expect(limits).toEqual([30_000, 30_000]);
  });

  it('is known not to have been sent where even listing it failed', async () => {
    const { call, fakes } = world({ servers: { box: [toTool('create_thing')] } });
    await call('box__create_thing', { n: 1 });
    fakes.server('box').failure = new TuttiError('downstream/unavailable', 'gone');
    fakes.server('box').emit('tools');
    await expect(call('box__create_thing', { n: 2 })).rejects.toMatchObject({ data: { sent: false } });
    expect(fakes.server('box').sent).toHaveLength(1);
  });
});

describe('a listing that fails', () => {
  const listed = async (end: (gateway: ReturnType<typeof world>['gateway']) => Promise<void>) => {
    const log = vi.fn<Telemetry['log']>();
    const { gateway, fakes } = world({
      servers: { box: [toTool('get_thing')] },
      parts: { telemetry: { log } },
    });
    const cut = Promise.withResolvers<never>();
    const box = fakes.server('box');
    box.listing = cut.promise;
    void gateway.listServers(ADA);
    await expect.poll(() => box.listings).toBe(1);
    await end(gateway);
    cut.reject(new TuttiError('downstream/unavailable', 'The connection was closed.'));
    return { warnings: () => log.mock.calls.map(([, name]) => name) };
  };

  it('is told of', async () => {
    const { warnings } = await listed(async () => {});
    await expect.poll(warnings).toContain('gateway.listing_failed');
  });

  it('is not told of when it was cut off by closing', async () => {
    const { warnings } = await listed((gateway) => gateway.close(0));
    await new Promise((done) => setImmediate(done));
    expect(warnings()).not.toContain('gateway.listing_failed');
  });
});
