import { describe, expect, it } from 'vitest';
import { toTool, toToolSettings } from '../../../test/support/fake-downstream.ts';
import { ADA, BOB, MUTE, codeOf, world } from '../../../test/support/gate.ts';
import { agentFiles, sessionHouse } from '../../../test/support/session-house.ts';
import { memoryStore } from '../../adapters/store/memory.ts';
import { TuttiError } from '../kernel/errors.ts';
import type { Sessions } from '../session/session.ts';
import type { GatewayParts } from './parts.ts';

const agent = agentFiles({
  READ: { transitions: ['WRITE'], tools: ['git__get_*', 'wiki__*', 'spare__get_*'] },
  WRITE: { transitions: ['READ'], tools: ['git__*', 'wiki__*'] },
});
const servers = {
  git: [
    toTool('get_file', { description: 'Reads a file.' }),
    toTool('push', { description: 'Pushes a branch.' }),
  ],
  wiki: [toTool('page', { description: 'Reads a page of the wiki.' })],
};

function gated(sessions: Sessions): Pick<GatewayParts, 'toolGateOf'> {
  return { toolGateOf: (caller, session) => sessions.gateOf(caller, session) };
}

function open() {
  const store = memoryStore();
  const { sessions } = sessionHouse({ store, agents: { agent } });
  return { sessions, ...world({ servers, parts: gated(sessions) }) };
}

describe('the state of a session', () => {
  it('keeps a tool from being called, and names the states that let it', async () => {
    const { sessions, call, fakes, gateway } = open();
    expect((await call('git__get_file')).kind).toBe('result');
    await expect(call('git__push')).rejects.toMatchObject({
      code: 'state/forbids-tool',
      message: expect.stringMatching(/READ .*"git__push".*States that do: WRITE\./),
      data: { state: 'READ', states: ['WRITE'] },
    });
    expect(fakes.server('git').sent).toHaveLength(1);
    const explained = await gateway.explain(ADA, { name: 'git__push', arguments: {} });
    expect(explained).toMatchObject({ effect: 'deny' });
    expect(explained.stages.at(-1)).toMatchObject({ stage: 'session-state', code: 'state/forbids-tool' });
    await sessions.move(ADA, { to: 'WRITE' });
    expect((await call('git__push')).kind).toBe('result');
    expect(await codeOf(call('git__push', {}, { caller: BOB }))).toBe('state/forbids-tool');
  });

  it('is that of the session that is named', async () => {
    const { sessions, call } = open();
    const { id: session } = await sessions.start(ADA, {});
    await sessions.move(ADA, { session, to: 'WRITE' });
    expect((await call('git__push', {}, { session })).kind).toBe('result');
    expect(await codeOf(call('git__push'))).toBe('state/forbids-tool');
    expect(await codeOf(call('git__push', {}, { session: 'none' }))).toBe('session/not-found');
    expect(await codeOf(call('wiki__page', {}, { session, caller: BOB }))).toBe('session/not-found');
  });

  it('narrows what is found and what questions may use', async () => {
    const { sessions, gateway } = open();
    const found = async () =>
      (await gateway.findTools(ADA, { query: 'push a branch, read a file' })).tools.map(({ name }) => name);
    const asked = async () => {
      const resolution = await gateway.ask(ADA, { query: 'push a branch', dryRun: true }, MUTE);
      return JSON.stringify(resolution);
    };
    expect(await found()).toContain('git__get_file');
    expect(await found()).not.toContain('git__push');
    expect(await asked()).not.toContain('git__push');
    await sessions.move(ADA, { to: 'WRITE' });
    expect(await found()).toContain('git__push');
    expect(await asked()).toContain('git__push');
  });

  it('lets no forbidden member of a group or fallback answer instead', async () => {
    const { sessions } = sessionHouse({
      agents: { agent: agentFiles({ READ: { tools: ['b__look', 'a__read'] } }) },
    });
    const grouped = toToolSettings({ group: 'look' });
    const { call, fakes } = world({
      servers: { a: [toTool('look'), toTool('read')], b: [toTool('look')], c: [toTool('read')] },
      server: {
        a: { tools: { look: grouped }, fallback: ['c'] },
        b: { tools: { look: grouped } },
      },
      parts: gated(sessions),
    });
    await call('look');
    expect([fakes.server('a').sent.length, fakes.server('b').sent.length]).toEqual([0, 1]);
    fakes.server('a').answer = () => {
      throw new TuttiError('downstream/unavailable', 'It is down.', { data: { sent: false } });
    };
    expect(await codeOf(call('a__read'))).toBe('downstream/unavailable');
    expect(fakes.server('c').sent).toHaveLength(0);
  });
});
