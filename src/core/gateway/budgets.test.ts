import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toTool } from '../../../test/support/fake-downstream.ts';
import { ADA, BOB, MUTE, codeOf, said, world } from '../../../test/support/gate.ts';
import { beginRun } from '../../../test/support/run.ts';
import { sessionHouse } from '../../../test/support/session-house.ts';
import { cites } from '../../../test/support/verifies.ts';
import { memoryStore } from '../../adapters/store/memory.ts';
import { AGENT_WORKFLOW, PLAN_WORKFLOW } from '../kernel/instance.ts';
import type { Store } from '../ports/store.ts';
import type { PolicySettings, ServerSettings } from './settings.ts';

const DAY_MS = 86_400_000;
const servers = { box: [toTool('create_thing')], spare: [toTool('create_thing')] };
const name = 'box__create_thing';

interface House {
  readonly server?: Readonly<Record<string, Partial<ServerSettings>>>;
  readonly policy?: Partial<PolicySettings>;
}

/** A gateway whose callers have sessions, on a store whose instances are counted as they are read. */
async function open({ server = {}, policy = {} }: House = {}) {
  const kept = memoryStore();
  const loaded: string[] = [];
  const store: Store = {
    ...kept,
    load: async (owner, id) => {
      loaded.push(id);
      return await kept.load(owner, id);
    },
  };
  const { sessions } = sessionHouse({ store });
  const here = world({
    servers,
    server,
    policy,
    parts: { store, toolGateOf: (caller, session) => sessions.gateOf(caller, session) },
  });
  return { ...here, store: kept, sessions, loaded };
}

const SPENT = 'budget/spent';

describe(`a budget per session ${cites('gateway/G5', 'gateway/budget-accounts')}`, () => {
  const perSession = { server: { box: { budgets: [{ calls: 2, per: 'session' as const }] } } };

  it('is an account of each session, for as long as it lives', async () => {
    const { sessions, call, pass } = await open(perSession);
    const { id: one } = await sessions.start(ADA, {});
    const { id: other } = await sessions.start(ADA, {});
    const codes = await Promise.all(
      Array.from({ length: 5 }, () => codeOf(call(name, {}, { session: one }))),
    );
    expect(codes.filter((code) => code === SPENT)).toHaveLength(3);
    expect(await codeOf(call(name, {}, { session: other }))).toBeUndefined();
    pass(DAY_MS);
    await expect(call(name, {}, { session: one })).rejects.toMatchObject({
      code: SPENT,
      message: `The budget of calls per session of box is spent: 2 of 2, by this session (${JSON.stringify(one)}).`,
      data: { per: 'session', kind: 'calls', spent: 2, of: 2, session: one },
    });
    expect(await codeOf(call(name, {}, { session: other }))).toBeUndefined();
    expect(await codeOf(call(name, {}, { session: other }))).toBe(SPENT);
  });

  it('is one of the owner a day for all calls that name none', async () => {
    const { sessions, call, pass } = await open(perSession);
    const { id: session } = await sessions.start(ADA, {});
    await call(name);
    await call(name);
    await expect(call(name)).rejects.toMatchObject({
      code: SPENT,
      message: expect.stringMatching(
        /per session of box is spent: 2 of 2, by today's calls that name no session of their caller\. It begins anew at midnight UTC\.$/,
      ),
      data: { per: 'session', kind: 'calls', spent: 2, of: 2 },
    });
    expect(await codeOf(call(name, {}, { session }))).toBeUndefined();
    expect(await codeOf(call(name, {}, { caller: BOB }))).toBeUndefined();
    pass(DAY_MS);
    expect(await codeOf(call(name))).toBeUndefined();
  });

  it('is opened by no name that is no session of the caller', async () => {
    const { sessions, call, fakes, store } = await open(perSession);
    const { id: session } = await sessions.start(ADA, {});
    for (const caller of [ADA, BOB])
      for (const given of ['made-up', caller === BOB ? session : 'none'])
        expect(await codeOf(call(name, {}, { session: given, caller }))).toBe('session/not-found');
    expect(fakes.server('box').sent).toHaveLength(0);
    for (const owner of ['ada', 'bob'])
      expect(
        await store.usage.read({ owner, subject: 'session:made-up/server:box', windowAt: 0 }),
      ).toMatchObject({ calls: 0 });
  });

  it('outlives the process, and holds for two at once', async () => {
    const { sessions, gateway, again, timer } = await open({
      server: { box: { costMicros: 5, budgets: [{ costMicros: 30, per: 'session' }] } },
    });
    const { id: session } = await sessions.start(ADA, {});
    const other = again();
    const input = { name, arguments: {}, session };
    const codes = await Promise.all(
      Array.from({ length: 12 }, (_, at) => codeOf((at % 2 === 0 ? gateway : other).call(ADA, input, MUTE))),
    );
    expect(codes.filter((code) => code === undefined)).toHaveLength(6);
    timer.pass(1_000);
    await gateway.close();
    expect(await codeOf(again().call(ADA, input, MUTE))).toBe(SPENT);
  });

  it('is not opened anew by another session of the same name', async () => {
    const { sessions, call } = await open(perSession);
    const session = 'mine';
    await sessions.start(ADA, { id: session });
    await call(name, {}, { session });
    await call(name, {}, { session });
    await sessions.remove(ADA, { session });
    await sessions.start(ADA, { id: session });
    expect(await codeOf(call(name, {}, { session }))).toBe(SPENT);
  });

  it('counts time, and says cost in the unit that it was configured in', async () => {
    const { sessions, call, fakes, pass } = await open({
      server: { box: { budgets: [{ ms: 50, per: 'session' }] }, spare: { costMicros: 1_500_000 } },
      policy: { budgets: [{ costMicros: 2_000_000, per: 'session' }] },
    });
    const { id: session } = await sessions.start(ADA, {});
    const { id: other } = await sessions.start(ADA, {});
    fakes.server('box').answer = () => {
      pass(60);
      return said('slow');
    };
    await call(name, {}, { session });
    expect(await codeOf(call(name, {}, { session }))).toBe(SPENT);
    expect(await codeOf(call(name, {}, { session: other }))).toBeUndefined();
    await call('spare__create_thing', {}, { session });
    await expect(call('spare__create_thing', {}, { session })).rejects.toMatchObject({
      message: expect.stringMatching(/cost per session of all servers is spent: 1\.5 of 2, by this session/),
      data: { kind: 'cost', spent: 1.5, of: 2 },
    });
  });

  it('leads to what can answer instead', async () => {
    const { sessions, call } = await open({
      server: { box: { budgets: [{ calls: 1, per: 'session' }], fallback: ['spare'] } },
    });
    const { id: one } = await sessions.start(ADA, {});
    const { id: other } = await sessions.start(ADA, {});
    const answering = async (session: string) =>
      (await call(name, {}, { session })) as { readonly facts: { readonly server: string } };
    expect((await answering(one)).facts.server).toBe('box');
    expect((await answering(one)).facts.server).toBe('spare');
    expect((await answering(other)).facts.server).toBe('box');
  });
});

describe(`a budget per instance ${cites('gateway/G5', 'gateway/budget-accounts')}`, () => {
  const perRun = { server: { box: { budgets: [{ calls: 1, per: 'instance' as const }] } } };

  it('is an account of each run', async () => {
    const { store, call, pass } = await open(perRun);
    const [one, other] = [await beginRun(store, 'run-1'), await beginRun(store, 'run-2')];
    expect(await codeOf(call(name, {}, { instance: one }))).toBeUndefined();
    pass(DAY_MS);
    await expect(call(name, {}, { instance: one })).rejects.toMatchObject({
      code: SPENT,
      message: 'The budget of calls per instance of box is spent: 1 of 1, by this run ("run-1").',
      data: { per: 'instance', instance: 'run-1' },
    });
    expect(await codeOf(call(name, {}, { instance: other }))).toBeUndefined();
  });

  it('is the shared one of the owner a day for every name that is no run of the caller', async () => {
    const { store, sessions, call } = await open({
      server: { box: { budgets: [{ calls: 6, per: 'instance' }] } },
    });
    await beginRun(store, 'of-bob', { owner: 'bob' });
    await beginRun(store, 'plan', { workflow: PLAN_WORKFLOW });
    await beginRun(store, 'agent', { workflow: `${AGENT_WORKFLOW}agent` });
    const { id } = await sessions.start(ADA, {});
    for (const instance of ['made-up', 'other', 'of-bob', 'plan', 'agent', id])
      expect(await codeOf(call(name, {}, { instance }))).toBeUndefined();
    await expect(call(name, {}, { instance: 'fresh' })).rejects.toMatchObject({
      message: expect.stringMatching(/6 of 6, by today's calls that name no run/),
    });
    expect(await codeOf(call(name))).toBe(SPENT);
  });

  it('holds also where the fallback alone has one', async () => {
    const { store, call, fakes } = await open({
      server: {
        box: { budgets: [{ calls: 0, per: 'day' }], fallback: ['spare'] },
        spare: { budgets: [{ calls: 1, per: 'instance' }] },
      },
    });
    const instance = await beginRun(store, 'run-1');
    expect(await codeOf(call(name, {}, { instance }))).toBeUndefined();
    expect(await codeOf(call(name))).toBeUndefined();
    expect(await codeOf(call(name, {}, { instance }))).toBe(SPENT);
    expect(fakes.server('spare').sent).toHaveLength(2);
  });

  it('is looked up for no call where nothing is counted by runs', async () => {
    const { store, call, loaded } = await open({
      server: { box: { budgets: [{ calls: 9, per: 'day' }] }, spare: perRun.server.box },
    });
    const instance = await beginRun(store, 'run-1');
    await call(name, {}, { instance });
    expect(loaded).not.toContain(instance);
    await call('spare__create_thing', {}, { instance });
    expect(loaded.filter((id) => id === instance)).toHaveLength(1);
  });
});

describe('what is said of a call that is not made', () => {
  it('names whose budgets have room, and by how much', async () => {
    const { store, sessions, call, gateway } = await open({
      server: {
        box: {
          budgets: [
            { calls: 2, per: 'session' },
            { calls: 2, per: 'instance' },
          ],
        },
      },
      policy: { budgets: [{ calls: 9, per: 'day' }] },
    });
    const { id: session } = await sessions.start(ADA, {});
    const instance = await beginRun(store, 'run-1');
    await call(name, {}, { session, instance });
    const budgetOf = async (more: object) =>
      (await gateway.explain(ADA, { name, arguments: {}, ...more })).stages.find(
        ({ stage }) => stage === 'budget',
      )?.because;
    expect(await budgetOf({ session, instance })).toBe(
      `3 budgets have room: 1 of 2 calls per session of box, spent by this session (${JSON.stringify(session)}); 1 of 2 calls per instance of box, spent by this run ("run-1"); 1 of 9 calls per day of all servers.`,
    );
    expect(await budgetOf({})).toMatch(
      /0 of 2 calls per session of box, spent by today's calls that name no session.*; 0 of 2 calls per instance of box, spent by today's calls that name no run/,
    );
    await call(name, {}, { session, instance });
    expect(await budgetOf({ session })).toMatch(/per session of box is spent: 2 of 2, by this session/);
  });
});

describe('whatever calls name', () => {
  const NAMES = ['s1', 's2', 'made-up', undefined] as const;
  const RUNS = ['r1', 'r2', 'made-up', 'of-bob', undefined] as const;
  const step = fc.record({
    session: fc.constantFrom(...NAMES),
    instance: fc.constantFrom(...RUNS),
    restart: fc.boolean(),
  });

  it('each session and run has its own account, and all the rest has one', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 24 }), async (steps) => {
        const limits = { session: 3, instance: 2 };
        const { store, sessions, gateway, again } = await open({
          policy: {
            budgets: [
              { calls: limits.session, per: 'session' },
              { calls: limits.instance, per: 'instance' },
            ],
          },
        });
        for (const id of ['s1', 's2']) await sessions.start(ADA, { id });
        for (const id of ['r1', 'r2']) await beginRun(store, id);
        await beginRun(store, 'of-bob', { owner: 'bob' });
        const spent = new Map<string, number>();
        let at = gateway;
        for (const { session, instance, restart } of steps) {
          if (restart) at = again();
          const input = {
            name,
            arguments: {},
            ...(session !== undefined && { session }),
            ...(instance !== undefined && { instance }),
          };
          const code = await codeOf(at.call(ADA, input, MUTE));
          if (session === 'made-up') {
            expect(code).toBe('session/not-found');
            continue;
          }
          const accounts = [
            { key: `session ${session}`, of: limits.session },
            {
              key: `instance ${instance === 'r1' || instance === 'r2' ? instance : 'rest'}`,
              of: limits.instance,
            },
          ];
          const hasRoom = accounts.every(({ key, of }) => (spent.get(key) ?? 0) < of);
          expect(code).toBe(hasRoom ? undefined : SPENT);
          if (hasRoom) for (const { key } of accounts) spent.set(key, (spent.get(key) ?? 0) + 1);
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe(`a budget per day ${cites('gateway/G5')}`, () => {
  it.each([
    { per: 'day', ends: 'is spent: 1 of 1. It begins anew at midnight UTC.', after: undefined },
    { per: 'owner', ends: 'is spent: 1 of 1.', after: SPENT },
  ] as const)('says whether it begins anew: per $per', async ({ per, ends, after }) => {
    const { call, pass } = await open({ server: { box: { budgets: [{ calls: 1, per }] } } });
    await call(name);
    await expect(call(name)).rejects.toMatchObject({
      code: SPENT,
      message: `The budget of calls per ${per} of box ${ends}`,
    });
    pass(DAY_MS);
    expect(await codeOf(call(name))).toBe(after);
  });
});
