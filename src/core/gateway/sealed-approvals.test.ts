import { describe, expect, it } from 'vitest';
import { toServer, toTool } from '../../../test/support/fake-downstream.ts';
import { ADA, MODERN, MUTE, codeOf, said, world } from '../../../test/support/gate.ts';
import { cites } from '../../../test/support/verifies.ts';
import { TuttiError } from '../kernel/errors.ts';
import type { CallOutcome } from './gateway.ts';

const name = 'git__delete_repo';
const remove = toTool('delete_repo');
const read = toTool('get_log');

function gate(policy: Parameters<typeof world>[0]['policy'] = {}) {
  const made = world({ servers: { git: [remove, read] }, policy: { approve: ['destructive'], ...policy } });
  return { ...made, git: made.fakes.server('git') };
}

function idOf(outcome: CallOutcome): string {
  if (outcome.kind !== 'approval') throw new Error(outcome.kind);
  return outcome.approval.id;
}

describe(`an approval ${cites('gateway/W3')}`, () => {
  it('keeps its arguments sealed, shows them whole to people, and reads those that were kept in clear', async () => {
    const { call, gateway, store } = gate();
    const sent = { token: 'hunter2-hunter2' };
    const outcome = await call(name, sent);
    if (outcome.kind !== 'approval') throw new Error(outcome.kind);
    expect(outcome.approval.arguments).toEqual(sent);
    const now = Date.UTC(2026, 0, 1);
    expect(JSON.stringify(await store.approvals.list({ limit: 9, now }))).not.toContain('hunter2');
    const id = idOf(outcome);
    expect(await gateway.approval(ADA, id)).toMatchObject({ arguments: sent });
    expect(await gateway.operator.approvals({})).toMatchObject([{ arguments: sent }]);
    expect(await gateway.operator.decide(id, 'approved', 'cli:eve')).toMatchObject({ arguments: sent });
    await store.approvals.request({ ...outcome.approval, id: 'old', digest: 'old' }, now);
    expect(await gateway.approval(ADA, 'old')).toMatchObject({ arguments: sent });
  });

  it('is listed without long arguments', async () => {
    const { call, gateway } = gate();
    const id = idOf(await call(name, { text: 'x'.repeat(10_000) }));
    expect(JSON.stringify(await gateway.listApprovals(ADA, {})).length).toBeLessThan(2_000);
    expect((await gateway.approval(ADA, id)).arguments['text']).toHaveLength(10_000);
  });

  it('holds stored results as the references that were given, and is bound to what they refer to', async () => {
    const { call, gateway, git } = gate();
    const text = JSON.stringify({ secret: 'x'.repeat(70_000) });
    git.answer = ({ request }) =>
      request.params['name'] === 'get_log'
        ? {
            kind: 'large',
            bytes: new TextEncoder().encode(JSON.stringify({ content: [{ type: 'text', text }] })),
          }
        : said('gone');
    const stored = await call('git__get_log');
    if (stored.kind !== 'stored') throw new Error(stored.kind);
    const sent = { all: { $result: stored.uri } };
    const id = idOf(await call(name, sent));
    expect((await gateway.approval(ADA, id)).arguments).toEqual(sent);
    await gateway.operator.decide(id, 'approved', 'cli:eve');
    expect(await call(name, sent)).toMatchObject({ kind: 'result' });
    expect(git.sent.at(-1)?.request.params['arguments']).toEqual({ all: text });
  });

  it('still stands when nothing was sent', async () => {
    const { call, gateway, git } = gate();
    const id = idOf(await call(name));
    await gateway.operator.decide(id, 'approved', 'cli:eve');
    git.answer = () =>
      Promise.reject(new TuttiError('downstream/unavailable', 'not there', { data: { sent: false } }));
    expect(await codeOf(call(name))).toBe('downstream/unavailable');
    expect(await gateway.approval(ADA, id)).toMatchObject({ status: 'approved' });
    git.answer = () => said('gone');
    expect(await call(name)).toMatchObject({ kind: 'result' });
    expect(await gateway.approval(ADA, id)).toMatchObject({ status: 'used' });
    expect(await call(name)).toMatchObject({ kind: 'approval' });
  });

  it('is used up by a call that may have arrived', async () => {
    const { call, gateway, git } = gate();
    await gateway.operator.decide(idOf(await call(name)), 'approved', 'cli:eve');
    git.answer = () => Promise.reject(new TuttiError('downstream/timeout', 'late'));
    expect(await codeOf(call(name))).toBe('downstream/timeout');
    expect(await call(name)).toMatchObject({ kind: 'approval' });
  });

  it('holds for the program that was approved, and for no other under its name', async () => {
    const { call, gateway, store, settings } = gate();
    await gateway.operator.decide(idOf(await call(name)), 'approved', 'cli:eve');
    const launch = { kind: 'stdio', command: '/bin/other', args: [], env: {} } as const;
    await gateway.reconfigure({
      ...settings,
      servers: [toServer('git', { launch })],
    });
    await codeOf(call(name));
    await gateway.operator.approvePins('git', 'cli:ada');
    expect(await call(name)).toMatchObject({ kind: 'approval' });
    expect(await store.approvals.list({ limit: 9, now: 0, status: 'approved' })).toHaveLength(1);
  });
});

describe('four eyes', () => {
  it('are not those of the person who runs the process, nor of anybody who is asked in place', async () => {
    const { gateway, git } = gate({ fourEyes: true });
    const caller = { owner: 'local', person: 'ada' };
    const input = { name, arguments: {} };
    const ask = async () => ({ action: 'accept', content: { approve: true } });
    const id = idOf(await gateway.call(caller, input, { ...MODERN, repeats: false, ask }));
    const refusal = gateway.operator.decide(id, 'approved', 'cli:ada');
    await expect(refusal).rejects.toMatchObject({
      code: 'approval/own',
      message: expect.stringContaining('fourEyes'),
    });
    expect(git.sent).toHaveLength(0);
    await gateway.operator.decide(id, 'approved', 'cli:eve');
    expect(await gateway.call(caller, input, MUTE)).toMatchObject({ kind: 'result' });
  });

  it('leave the rules with the owner they name', async () => {
    const rules = [{ when: `caller == 'local'`, effect: 'deny', reason: 'not here' }] as const;
    const { gateway } = gate({ rules });
    const caller = { owner: 'local', person: 'ada' };
    expect(await codeOf(gateway.call(caller, { name, arguments: {} }, MUTE))).toBe('policy/denied');
  });
});

describe('what a person is shown', () => {
  it('has no hidden characters, and tells of those that are sent', async () => {
    const { gateway } = gate({ rules: [{ when: 'true', effect: 'ask', reason: 'a\u001b[2Jb\u202ec' }] });
    const outcome = await gateway.call(ADA, { name, arguments: { text: 'x\u202ey\u200b' } }, MODERN);
    if (outcome.kind !== 'input-required') throw new Error(outcome.kind);
    const { approval } = outcome.payload.value['inputRequests'] as {
      approval: { params: { message: string } };
    };
    const { message } = approval.params;
    expect(message).toContain(String.raw`{"text":"x\u202ey\u200b"}`);
    expect(message).toContain('Asked because: rule 1: abc.');
  });
});
