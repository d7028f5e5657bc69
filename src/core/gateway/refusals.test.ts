import { describe, expect, it } from 'vitest';
import { toOffer, toTool } from '../../../test/support/fake-downstream.ts';
import { ADA, BOB, MUTE, codeOf, world } from '../../../test/support/gate.ts';

const deny = [{ when: `arguments.id == 'no'`, effect: 'deny', reason: 'because' }] as const;

function box(policy: Parameters<typeof world>[0]['policy'] = {}) {
  const made = world({ servers: { box: [toTool('get_thing')] }, policy });
  const lines = async () =>
    (await made.gateway.operator.auditTail({ limit: 100 }))
      .filter(({ kind }) => kind === 'call')
      .map(({ fields }) => [fields['code'] ?? fields['outcome'], fields['repeated']]);
  return { ...made, lines };
}

describe('a flood of refusals', () => {
  it('is a few lines, which tell how many there were', async () => {
    const { call, pass, lines } = box({ rules: deny });
    for (let at = 0; at < 50; at++) await codeOf(call('box__get_thing', { id: 'no' }));
    for (let at = 0; at < 50; at++) await codeOf(call(`box__nothing_${at}`));
    await codeOf(call('box__get_thing', { id: 'no' }, { caller: BOB }));
    pass(1_000);
    await codeOf(call('box__get_thing', { id: 'no' }));
    await call('box__get_thing');
    await call('box__get_thing');
    const told = await lines();
    expect(told).toHaveLength(8);
    const many = told.filter(([, repeated]) => repeated === 49).map(([code]) => code);
    expect(new Set(many)).toEqual(new Set(['policy/denied', 'tool/not-found']));
    expect(told.filter(([code]) => code === 'result')).toHaveLength(2);
  });
});

describe('a flood of requests that are no calls and are refused', () => {
  it('is a few lines as well', async () => {
    const rules = [{ when: `tool == 'resources/read'`, effect: 'deny', reason: 'because' }] as const;
    const { gateway, fakes } = world({ servers: { box: [] }, policy: { rules } });
    const resources = [{ uri: 'memo://1', name: 'one' }];
    fakes.server('box').offer = toOffer([], { capabilities: { resources: {} }, resources });
    const read = (uri: string) => codeOf(gateway.forward(ADA, 'resources/read', { uri }, MUTE));
    expect(await read('memo://1')).toBe('policy/denied');
    for (let at = 0; at < 50; at++) await read('memo://1');
    for (let at = 0; at < 50; at++) await read(`memo://none/${at}`);
    const told = (await gateway.operator.auditTail({ limit: 200 })).filter(({ kind }) => kind === 'forward');
    const lines = told.map(({ fields }) => [fields['outcome'], fields['repeated']]);
    expect(lines).toHaveLength(4);
    expect(lines).toEqual(
      expect.arrayContaining([
        ['policy/denied', undefined],
        ['policy/denied', 50],
        ['tool/not-found', undefined],
        ['tool/not-found', 49],
      ]),
    );
  });
});

describe('the rate limit', () => {
  it('counts calls that are refused, whatever they name', async () => {
    const { call } = box({ perUser: { count: 2, perMs: 60_000 }, unknownArguments: 'schema' });
    expect(await codeOf(call('box__nothing'))).toBe('tool/not-found');
    expect(await codeOf(call('nowhere__at_all'))).toBe('tool/not-found');
    expect(await codeOf(call('box__get_thing'))).toBe('policy/rate-limited');
    expect(await codeOf(call('box__get_thing', {}, { caller: BOB }))).toBeUndefined();
  });
});

describe('what nobody looks at any more', () => {
  it('is removed, once an hour at most', async () => {
    const { call, pass, store } = box();
    const day = 86_400_000;
    const old = { owner: 'ada', subject: 'server:box', windowAt: Date.UTC(2026, 0, 1) - 60 * day };
    const spent = { calls: 1, costMicros: 0, ms: 0 };
    await store.usage.add([{ ...old, ...spent }]);
    await call('box__get_thing');
    pass(60_000);
    await expect.poll(() => store.usage.read(old)).toMatchObject({ calls: 0 });
    await store.usage.add([{ ...old, ...spent }]);
    await call('box__get_thing');
    pass(120_000);
    await call('box__get_thing');
    expect(await store.usage.read(old)).toMatchObject({ calls: 1 });
  });
});
