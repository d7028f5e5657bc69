import { describe, expect, it } from 'vitest';
import { toTool, toToolSettings } from '../../../test/support/fake-downstream.ts';
import { ADA, BOB, MUTE, codeOf, world } from '../../../test/support/gate.ts';
import type { Effect } from './settings.ts';

const servers = {
  git: [
    toTool('get_file', { annotations: { readOnlyHint: true, idempotentHint: true } }),
    toTool('create_file'),
    toTool('delete_file'),
    toTool('frobnicate', { description: '' }),
  ],
  mail: [toTool('send_mail'), toTool('get_inbox')],
};
const rule = (when: string, effect: Effect, reason = 'so it is') => ({ when, effect, reason });

const rules = [
  rule(`caller == 'mallory'`, 'deny', 'not you'),
  rule(`arguments.path startsWith '/etc'`, 'deny', 'system files'),
  rule(`arguments.path matches '\\\\.pem$'`, 'ask', 'keys'),
  rule(`server == 'git' and tool == 'delete_file' and arguments.path startsWith '/tmp'`, 'allow', 'scratch'),
  rule(`arguments.path contains 'slow'`, 'degrade', 'slow'),
  rule(`risk == 'unknown'`, 'deny', 'who knows'),
  rule(`tainted == true and server == 'mail'`, 'deny', 'secrets were read'),
  rule(`arguments.count > 10`, 'ask', 'many'),
  rule(`arguments.to in ['boss@example.com']`, 'deny', 'not the boss'),
  rule(`server == 'mail' and tool == 'get_inbox'`, 'allow', 'mail is fine'),
];
const policy = { rules, approve: ['destructive'] as const };

const cases: readonly (readonly [string, object, string, 'allow' | 'ask' | 'deny' | 'degrade', string])[] = [
  ['git__get_file', { path: '/home' }, 'ada', 'allow', 'No rule'],
  ['git__get_file', { path: '/home' }, 'mallory', 'deny', 'rule 1: not you'],
  ['git__get_file', { path: '/etc/passwd' }, 'ada', 'deny', 'rule 2'],
  ['git__get_file', { path: '/k.pem' }, 'ada', 'ask', 'rule 3'],
  ['git__delete_file', { path: '/tmp/x' }, 'ada', 'allow', 'rule 4'],
  ['git__delete_file', { path: '/home' }, 'ada', 'ask', 'destructive calls are approved'],
  ['git__get_file', { path: '/slow' }, 'ada', 'degrade', 'rule 5'],
  ['git__frobnicate', {}, 'ada', 'deny', 'rule 6'],
  ['git__create_file', { count: 11 }, 'ada', 'ask', 'rule 8'],
  ['mail__send_mail', { to: 'boss@example.com' }, 'ada', 'deny', 'rule 9'],
  ['mail__get_inbox', {}, 'ada', 'allow', 'rule 10'],
];

describe('the policy', () => {
  it.each(cases)('%s %j by %s: %s', async (...[name, sent, owner, effect, because]) => {
    const { gateway, fakes } = world({ servers, policy });
    const input = { name, arguments: sent as Record<string, never> };
    const explained = await gateway.explain({ owner }, input);
    expect(fakes.server('git').sent.length + fakes.server('mail').sent.length).toBe(0);
    expect(explained.effect).toBe(effect);
    expect(JSON.stringify(explained.stages)).toContain(because);
    const made = gateway.call({ owner }, input, MUTE);
    const became = await made.then(
      ({ kind }) => kind,
      (fault: { code: string }) => fault.code,
    );
    expect(became).toBe(
      { allow: 'result', ask: 'approval', deny: 'policy/denied', degrade: 'policy/denied' }[effect],
    );
  });

  it('is explained by the very stages of a call, in their order, without counting anything', async () => {
    const { gateway, call } = world({ servers, policy: { ...policy, perUser: { count: 1, perMs: 60_000 } } });
    const input = { name: 'git__get_file', arguments: {} };
    for (let at = 0; at < 3; at++) await gateway.explain(ADA, input);
    const { stages } = await gateway.explain(ADA, input);
    expect(stages.map(({ stage }) => stage)).toEqual([
      'journal',
      'identity',
      'rate',
      'resolve',
      'session-state',
      'references',
      'state',
      'idempotency',
      'parked',
      'equivalents',
      'arguments',
      'risk',
      'policy',
      'taint',
      'budget',
      'hops',
      'approval',
      'cache',
      'sharing',
      'result',
      'circuit',
      'spending',
      'downstream',
    ]);
    expect(stages.every(({ because }) => because.length > 5)).toBe(true);
    expect(await call('git__get_file')).toMatchObject({ kind: 'result' });
    expect(await gateway.explain(ADA, { name: 'git__nothing', arguments: {} })).toMatchObject({
      effect: 'deny',
    });
  });

  it('degrades to the cache and to other servers', async () => {
    const slow = [rule(`server == 'git'`, 'degrade', 'slow')];
    const { call, gateway, fakes } = world({
      servers: { git: servers.git, spare: servers.git },
      server: { git: { fallback: ['spare'] } },
      policy: { rules: slow },
    });
    expect(await gateway.explain(ADA, { name: 'git__get_file', arguments: {} })).toMatchObject({
      server: 'spare',
      effect: 'allow',
    });
    expect(await call('git__get_file')).toMatchObject({ facts: { server: 'spare' } });
    expect(fakes.server('git').sent).toHaveLength(0);
  });

  it('is swapped at once, and a broken one changes nothing', async () => {
    const { gateway, call, settings } = world({ servers });
    const changed = (when: string) => ({
      ...settings,
      policy: { ...settings.policy, rules: [rule(when, 'deny')] },
    });
    expect(await codeOf(gateway.reconfigure(changed('tool =')))).toBe('config/invalid');
    expect(await codeOf(call('git__get_file'))).toBeUndefined();
    await gateway.reconfigure(changed('true'));
    expect(await codeOf(call('git__get_file'))).toBe('policy/denied');
  });
});

describe('new settings', () => {
  it('come a thousand times under traffic without a failed call', async () => {
    const { gateway, call, settings } = world({ servers });
    await call('git__get_file');
    let failed = 0;
    let made = 0;
    const state = { isOver: false };
    const traffic = async () => {
      while (!state.isOver) {
        if ((await codeOf(call('git__get_file'))) !== undefined) failed++;
        made++;
      }
    };
    const running = [traffic(), traffic(), traffic()];
    for (let at = 0; at < 1_000; at++) {
      const changed = [rule(`tool == 'never-${at}'`, 'deny')];
      await gateway.reconfigure({ ...settings, policy: { ...settings.policy, rules: changed } });
    }
    state.isOver = true;
    await Promise.all(running);
    expect(failed).toBe(0);
    expect(made).toBeGreaterThan(100);
  });
});

describe('secrets that were read', () => {
  const secret = { mail: { tools: { get_inbox: toToolSettings({ sensitive: true }) } } };

  it('are not sent unasked in the same chain; ordinary writes go on', async () => {
    const { call } = world({ servers, server: secret });
    const on = (session?: string) => (session === undefined ? {} : { session });
    expect(await call('mail__send_mail', {}, on('s'))).toMatchObject({ kind: 'result' });
    await call('mail__get_inbox', {}, on('s'));
    expect(await call('git__create_file', {}, on('s'))).toMatchObject({ kind: 'result' });
    expect(await call('mail__send_mail', {}, on('s'))).toMatchObject({ kind: 'approval' });
    // A fresh session id is a word of the caller's own.
    expect(await call('mail__send_mail', {}, on('t'))).toMatchObject({ kind: 'approval' });
    expect(await call('mail__send_mail', {}, on())).toMatchObject({ kind: 'approval' });
    expect(await call('mail__send_mail', {}, { caller: BOB })).toMatchObject({ kind: 'result' });
  });

  it('are not sent past a rule that degrades, and nobody is asked in vain', async () => {
    const slow = [rule(`server == 'mail' and tool == 'send_mail'`, 'degrade', 'slow')];
    const { call, gateway, fakes } = world({ servers, server: secret, policy: { rules: slow } });
    await call('mail__get_inbox');
    for (let at = 0; at < 2; at++) {
      expect(await codeOf(call('mail__send_mail'))).toBe('policy/denied');
      for (const { id } of await gateway.operator.approvals({}))
        await gateway.operator.decide(id, 'approved', 'eve');
    }
    expect(await gateway.explain(ADA, { name: 'mail__send_mail', arguments: {} })).toMatchObject({
      effect: 'degrade',
    });
    expect(fakes.server('mail').sent).toHaveLength(1);
    expect(await gateway.operator.approvals({})).toEqual([]);
  });

  it('are remembered across processes, and may be refused altogether', async () => {
    const { call, gateway, again } = world({ servers, server: secret, policy: { tainted: 'deny' } });
    await call('mail__get_inbox', {}, { session: 's' });
    await gateway.close();
    const input = { name: 'mail__send_mail', arguments: {}, session: 's' };
    const next = again();
    expect(await codeOf(next.call(ADA, input, MUTE))).toBe('policy/denied');
    expect(await next.explain(ADA, input)).toMatchObject({ effect: 'deny' });
    expect(await codeOf(again({ tainted: 'allow' }).call(ADA, input, MUTE))).toBeUndefined();
  });
});
