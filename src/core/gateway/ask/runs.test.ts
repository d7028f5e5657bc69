import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { handTimer } from '../../../../test/support/fake-downstream.ts';
import { createAbort } from '../../../adapters/clock/abort.ts';
import { sha256 } from '../../../adapters/digest/sha256.ts';
import { aesSeal } from '../../../adapters/seal/aes.ts';
import { memoryStore } from '../../../adapters/store/memory.ts';
import { sqliteStore } from '../../../adapters/store/sqlite.ts';
import type { Approval } from '../../kernel/approval.ts';
import type { Caller } from '../../kernel/caller.ts';
import { PLAN_WORKFLOW } from '../../kernel/instance.ts';
import type { Json } from '../../kernel/json.ts';
import { toPayload } from '../../kernel/payload.ts';
import type { Store } from '../../ports/store.ts';
import type { CallOutcome } from '../gateway.ts';
import type { Plan, PlannedCall } from '../plan/plan.ts';
import type { CallEnd } from './ask.ts';
import { dispatchPlan } from './dispatch.ts';
import { LEASE_MS } from './held-run.ts';
import type { HeldRun } from './held-run.ts';
import type { DispatchMeans, Dispatched, Waiting } from './means.ts';
import { MAX_SHOWN, SHOWN_KEPT_MS, createRuns } from './runs.ts';

const ADA: Caller = { owner: 'ada' };
const BOB: Caller = { owner: 'bob' };
const SECRET = 'sk-live-4eC39HqLyjWDarjtT1zdp7dc';

const folders: string[] = [];
const open: Store[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((store) => store.close()));
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function call(id: string, more: Partial<PlannedCall> = {}): PlannedCall {
  return { id, server: `s_${id}`, intent: `do ${id}`, tool: `s_${id}__go`, dependsOn: [], ...more };
}

const PLAN: Plan = {
  query: `use ${SECRET}`,
  calls: [
    call('look'),
    call('drop', { dependsOn: ['look'], arguments: { key: SECRET } }),
    call('tell', { dependsOn: ['drop'] }),
  ],
  structure: 'sequential',
};

function done(id: string, value: Json = `answer of ${id}`): CallEnd {
  const source = { server: `s_${id}`, tool: 'go', callId: `call of ${id}` };
  return { kind: 'done', call: id, source, value, text: String(value) };
}

const APPROVAL: Approval = {
  ...({} as Approval),
  id: 'approval-1',
  tool: 'go',
  arguments: { key: SECRET },
  status: 'pending',
};
const WAITS: Waiting = { kind: 'approval', call: 'drop', name: 's_drop__go', approval: APPROVAL };
const FIRST: Dispatched = { ends: [done('look')], waiting: [WAITS] };

/** One process on a store. */
function processOn(store: Store, time = { now: 1_000 }, key = 'a key that is as long as thirty-two bytes') {
  const timer = handTimer();
  let ids = 0;
  const clock = {
    now: () => time.now,
    id: () => `${Math.random()}`.slice(2) + (ids += 1),
    random: () => 0.5,
  };
  const runs = createRuns({
    store,
    clock,
    after: timer.after,
    createAbort,
    digest: sha256,
    seal: aesSeal(key),
  });
  return {
    runs,
    store,
    time,
    pass: (ms: number) => {
      time.now += ms;
      timer.pass(ms);
    },
  };
}

const stores = {
  memory: async () => ({ store: memoryStore() as Store, again: async (store: Store) => store }),
  sqlite: async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tutti-runs-'));
    folders.push(folder);
    const path = join(folder, 'tutti.db');
    const reopened = async (): Promise<Store> => {
      const store = await sqliteStore({ path });
      open.push(store);
      return store;
    };
    return { store: await reopened(), again: reopened };
  },
};

async function idOf(process: ReturnType<typeof processOn>, dispatched = FIRST): Promise<string> {
  const { id = '' } = await process.runs.open(ADA, PLAN, dispatched);
  return id;
}

/** What a run holds for a dispatch, over calls that answer at once. */
function means(held: HeldRun, made: string[], answer: (name: string) => CallOutcome | Error): DispatchMeans {
  return {
    call: async (name) => {
      made.push(name);
      const came = answer(name);
      if (came instanceof Error) throw came;
      return came;
    },
    alternatives: () => [],
    riskOf: (name) => (name === 's_drop__go' ? 'destructive' : 'read'),
    isRepeatable: (name) => name !== 's_drop__go',
    costOf: () => 0,
    lackOfRoom: async () => undefined,
    stored: async () => null,
    before: held.ends,
    lost: held.lost,
    onBegin: (begun) => held.begin(begun),
    onEnd: (end) => held.end(end),
    onWait: (waits) => held.pause(waits),
    onFault: String,
    limits: { calls: 100, ms: 60_000, bytes: 1_000_000, costMicros: 0 },
    createAbort,
    after: handTimer().after,
    signal: held.signal,
  };
}

function said(name: string): CallOutcome {
  const [server = '', tool = ''] = name.split('__');
  const facts = { callId: `call of ${name}`, server, tool, cached: false, durationMs: 1, attempts: 1 };
  return {
    kind: 'result',
    payload: toPayload({ content: [{ type: 'text', text: `answer of ${name}` }] }),
    facts,
  };
}

describe.each(Object.entries(stores))('a plan that waits, in %s', (_, fresh) => {
  it('is only shown until something of it was begun, whoever held it meanwhile', async () => {
    const { store, again } = await fresh();
    const first = processOn(store);
    const { id = '' } = await first.runs.open(ADA, PLAN, { ends: [], waiting: [], isShown: true });
    const statusNow = async (at = first) => (await at.runs.load(ADA, id)).status;
    await (await first.runs.claim(ADA, id)).release();
    expect(await statusNow()).toBe('shown');
    await first.runs.claim(ADA, id);
    expect(await statusNow()).toBe('running');
    const later = processOn(await again(store), { now: 1_000 + LEASE_MS });
    expect(await statusNow(later)).toBe('shown');
    const held = await later.runs.claim(ADA, id);
    await held.begin({ call: 'drop', name: 's_drop__go' });
    await held.release();
    expect(await later.runs.load(ADA, id)).toMatchObject({ status: 'waiting', lost: [{ key: 'drop' }] });
  });

  it('is dropped where it was only shown, once it is old or one of too many', async () => {
    const { store } = await fresh();
    const process = processOn(store);
    const shown = { ends: [], waiting: [], isShown: true };
    const isThere = async (id: string | undefined) =>
      await process.runs.load(ADA, id ?? '').then(
        () => true,
        () => false,
      );
    const waits = await idOf(process);
    const called = await process.runs.open(
      ADA,
      { calls: [call('shown')], structure: 'single' },
      { ends: [], waiting: [{ ...WAITS, call: 'shown' }] },
    );
    const first = await process.runs.open(ADA, PLAN, shown);
    process.pass(SHOWN_KEPT_MS + 1);
    await expect(process.runs.claim(ADA, first.id ?? '')).rejects.toMatchObject({ code: 'plan/not-found' });
    const others = [];
    for (let count = 0; count < 20; count += 1) others.push(await process.runs.open(ADA, PLAN, shown));
    expect(await isThere(first.id)).toBe(false);
    expect(await isThere(others[0]?.id)).toBe(true);
    for (let count = 0; count < MAX_SHOWN + 20; count += 1) {
      process.pass(1);
      await process.runs.open(ADA, PLAN, shown);
    }
    expect(await isThere(others[0]?.id)).toBe(false);
    expect([await isThere(waits), await isThere(called.id)]).toEqual([true, true]);
    expect((await store.list(ADA.owner, { limit: 500 })).instances.length).toBeLessThan(MAX_SHOWN + 25);
  });

  it('is kept over a restart, and goes on without anything done twice', async () => {
    const { store, again } = await fresh();
    const id = await idOf(processOn(store));
    const later = processOn(await again(store));
    expect(await later.runs.load(ADA, id)).toEqual({
      plan: { ...PLAN, id },
      status: 'waiting',
      ends: FIRST.ends,
      approvalIds: ['approval-1'],
      lost: [],
      held: [],
      unanswered: [],
    });
    const held = await later.runs.claim(ADA, id);
    expect(held).toMatchObject({ plan: { ...PLAN, id }, ends: FIRST.ends, waiting: [WAITS], lost: [] });
    const made: string[] = [];
    const dispatched = await dispatchPlan(held.plan, means(held, made, said));
    await held.finish(dispatched);
    expect(made).toEqual(['s_drop__go', 's_tell__go']);
    const view = await processOn(await again(store)).runs.load(ADA, id);
    expect(view.status).toBe('done');
    expect(view.ends.map((end) => `${end.call} ${end.kind}`)).toEqual([
      'look done',
      'drop done',
      'tell done',
    ]);
    expect(view.approvalIds).toEqual([]);
    await expect(later.runs.claim(ADA, id)).rejects.toMatchObject({ code: 'instance/finished' });
  });

  it('is taken up by one of many who ask at once, and makes its call once', async () => {
    const { store, again } = await fresh();
    const id = await idOf(processOn(store));
    const processes = [processOn(store), processOn(await again(store)), processOn(await again(store))];
    const made: string[] = [];
    const came = await Promise.allSettled(
      [...processes, ...processes].map(async ({ runs }) => {
        const held = await runs.claim(ADA, id);
        await held.finish(await dispatchPlan(held.plan, means(held, made, said)));
      }),
    );
    expect(came.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const each of came)
      if (each.status === 'rejected') expect(each.reason.code).toMatch(/^instance\/(?:conflict|finished)$/);
    expect(made).toEqual(['s_drop__go', 's_tell__go']);
  });

  it('whose process was lost is taken up once its lease is over, and asks about what may have been sent', async () => {
    const { store, again } = await fresh();
    const dead = processOn(store);
    const id = await idOf(dead);
    const held = await dead.runs.claim(ADA, id);
    await held.begin({ call: 'drop', name: 's_drop__go' });

    const heir = processOn(await again(store), { now: dead.time.now });
    await expect(heir.runs.claim(ADA, id)).rejects.toMatchObject({ code: 'instance/conflict' });
    expect((await heir.runs.load(ADA, id)).status).toBe('running');
    heir.pass(LEASE_MS);
    expect((await heir.runs.load(ADA, id)).status).toBe('waiting');
    const taken = await heir.runs.claim(ADA, id);
    expect(taken.lost).toEqual([{ call: 'drop', name: 's_drop__go' }]);
    const made: string[] = [];
    const dispatched = await dispatchPlan(taken.plan, means(taken, made, said));
    expect(made).toEqual([]);
    expect(dispatched.waiting).toEqual([{ kind: 'lost', call: 'drop', name: 's_drop__go' }]);
    await taken.wait(dispatched);

    // The process that was thought lost comes back: nothing of it counts, and it may not go on.
    await expect(held.end(done('drop'))).rejects.toMatchObject({ code: 'instance/conflict' });
    await expect(held.begin({ call: 'drop', name: 's_drop__go' })).rejects.toMatchObject({
      code: 'instance/conflict',
    });
    expect(held.signal.aborted).toBe(true);

    const left = await heir.runs.claim(ADA, id, { decisions: { drop: 'leave' } });
    const ended = await dispatchPlan(left.plan, means(left, made, said));
    expect(ended.ends.map((end) => end.kind)).toEqual(['done', 'failed', 'skipped']);
    expect(ended.ends[1]).toMatchObject({ server: 's_drop', error: expect.stringContaining('unknown') });
    expect(made).toEqual([]);
    await left.finish(ended);
  });

  it('repeats what was lost when it is told to', async () => {
    const { store } = await fresh();
    const dead = processOn(store);
    const id = await idOf(dead);
    await (await dead.runs.claim(ADA, id)).begin({ call: 'drop', name: 's_drop__go' });
    dead.time.now += LEASE_MS;
    const heir = processOn(store, dead.time);
    const held = await heir.runs.claim(ADA, id, { decisions: { drop: 'repeat' } });
    const made: string[] = [];
    await held.finish(await dispatchPlan(held.plan, means(held, made, said)));
    expect(made).toEqual(['s_drop__go', 's_tell__go']);
  });

  it('is given back after a failure as far as it came', async () => {
    const { store } = await fresh();
    const { runs } = processOn(store);
    const id = await idOf({ ...processOn(store), runs });
    const held = await runs.claim(ADA, id);
    await held.begin({ call: 'drop', name: 's_drop__go' });
    await held.end(done('drop'));
    await held.release();
    await held.release();
    const next = await runs.claim(ADA, id);
    expect(next.lost).toEqual([]);
    expect(next.ends.map((end) => end.call)).toEqual(['look', 'drop']);
    expect(next.waiting).toEqual([]);
    await next.release();
  });

  it('keeps what it waits for when its caller leaves while another call is under way', async () => {
    const { store, again } = await fresh();
    const { runs } = processOn(store);
    const plan: Plan = { ...PLAN, calls: [call('look'), call('drop'), call('hang')] };
    const { id = '' } = await runs.open(ADA, plan, { ends: [done('look')], waiting: [] });
    const request = new AbortController();
    const held = await runs.claim(ADA, id, { signal: request.signal });
    let written = (): void => undefined;
    const isPaused = new Promise<void>((resolve) => {
      written = resolve;
    });
    const given = means(held, [], said);
    const dispatching = dispatchPlan(plan, {
      ...given,
      isRepeatable: () => false,
      call: async (name) => {
        if (name === 's_hang__go') return await new Promise<never>(() => undefined);
        return { kind: 'approval', approval: APPROVAL } as CallOutcome;
      },
      onWait: async (waits) => {
        await held.pause(waits);
        written();
      },
    });
    await isPaused;
    request.abort(new Error('gone'));
    await expect(dispatching).rejects.toThrow('gone');
    await held.release();
    const later = processOn(await again(store));
    expect((await later.runs.load(ADA, id)).approvalIds).toEqual(['approval-1']);
    const next = await later.runs.claim(ADA, id);
    expect(next.lost).toEqual([{ call: 'hang', name: 's_hang__go' }]);
    expect(next.waiting).toEqual([WAITS]);
    await next.release();
  });

  it('is cancelled by who holds it, and by nobody who held it', async () => {
    const { store } = await fresh();
    const { runs } = processOn(store);
    const id = await idOf({ ...processOn(store), runs });
    const held = await runs.claim(ADA, id);
    await held.cancel('Edited.');
    await held.release();
    expect((await runs.load(ADA, id)).status).toBe('cancelled');
    await expect(runs.claim(ADA, id)).rejects.toMatchObject({ code: 'instance/finished' });
    const [last] = (await store.entries('ada', id, { limit: 100 })).slice(-1);
    expect(last).toMatchObject({ kind: 'CANCELLED', decision: { because: 'Edited.', by: 'caller' } });
    const other = await idOf({ ...processOn(store), runs });
    const late = await runs.claim(ADA, other);
    await processOn(store).runs.cancel(ADA, other);
    await expect(late.cancel('Edited.')).rejects.toMatchObject({ code: 'instance/conflict' });
  });

  it('stays ours for as long as we live, however long the call takes', async () => {
    const { store } = await fresh();
    const alive = processOn(store);
    const id = await idOf(alive);
    const held = await alive.runs.claim(ADA, id);
    for (let round = 0; round < 5; round++) {
      const { length } = await store.entries('ada', id, { limit: 100 });
      alive.pass(LEASE_MS / 3);
      await expect.poll(async () => (await store.entries('ada', id, { limit: 100 })).length).toBe(length + 1);
    }
    const other = processOn(store, { now: alive.time.now });
    await expect(other.runs.claim(ADA, id)).rejects.toMatchObject({ code: 'instance/conflict' });
    await held.release();
  });

  it('is cancelled while it waits and while it runs', async () => {
    const { store } = await fresh();
    const here = processOn(store);
    const there = processOn(store);
    const id = await idOf(here);
    const held = await here.runs.claim(ADA, id);
    expect((await here.runs.cancel(ADA, id)).status).toBe('cancelled');
    expect(held.signal.aborted).toBe(true);
    await expect(held.begin({ call: 'drop', name: 's_drop__go' })).rejects.toMatchObject({
      code: 'instance/conflict',
    });
    await held.release();
    expect((await there.runs.load(ADA, id)).status).toBe('cancelled');
    expect((await there.runs.cancel(ADA, id)).status).toBe('cancelled');
    await expect(there.runs.claim(ADA, id)).rejects.toMatchObject({ code: 'instance/finished' });

    const other = await idOf(here);
    const remote = await here.runs.claim(ADA, other);
    await there.runs.cancel(ADA, other);
    here.pass(LEASE_MS / 3);
    await expect(remote.end(done('drop'))).rejects.toMatchObject({ code: 'instance/conflict' });
    expect(remote.signal.aborted).toBe(true);
  });

  it('of somebody else is as absent as one that never was, and no workflow is one', async () => {
    const { store } = await fresh();
    const { runs } = processOn(store);
    const id = await idOf({ ...processOn(store), runs });
    const foreign = await runs.load(BOB, id).catch((fault: Error) => fault.message.replace(id, ''));
    const absent = await runs
      .load(BOB, 'nothing')
      .catch((fault: Error) => fault.message.replace('nothing', ''));
    expect(foreign).toBe(absent);
    const run = await store.load('ada', id);
    const [entry] = await store.entries('ada', id, { limit: 1 });
    if (run && entry)
      await store.create({ instance: { ...run, owner: 'bob', id: 'flow', workflow: 'RELEASE' }, entry });
    await expect(runs.load(BOB, 'flow')).rejects.toMatchObject({ code: 'plan/not-found' });
    await expect(runs.cancel(BOB, 'flow')).rejects.toMatchObject({ code: 'plan/not-found' });
    expect(await store.load('bob', 'flow')).toMatchObject({ workflow: 'RELEASE', status: 'SUSPENDED' });
    for (const work of [runs.load(BOB, id), runs.claim(BOB, id), runs.cancel(BOB, id)])
      await expect(work).rejects.toMatchObject({ code: 'plan/not-found' });
  });

  it('lies sealed in the store, with a journal without gaps', async () => {
    const { store } = await fresh();
    const { runs } = processOn(store);
    const id = await idOf({ ...processOn(store), runs });
    const held = await runs.claim(ADA, id);
    await Promise.all(['drop', 'tell'].map((each) => held.end(done(each, SECRET))));
    await held.finish({ ends: [done('drop', SECRET)], waiting: [] });
    const instance = await store.load('ada', id);
    const entries = await store.entries('ada', id, { limit: 100 });
    const kept = await store.definition(instance?.definition ?? '');
    expect(instance?.workflow).toBe(PLAN_WORKFLOW);
    expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_each, at) => at + 1));
    expect(entries.map(({ kind }) => kind)).toEqual([
      'STARTED',
      'RESUMING',
      ...entries.slice(2).map(() => 'ADVANCED'),
    ]);
    expect(entries.at(-1)).toMatchObject({ status: 'COMPLETED', next: 'FINISH' });
    const all = JSON.stringify([instance, entries, kept]);
    expect(all).not.toContain(SECRET);
    expect(Object.keys(kept ?? {})).toEqual(['plan.json']);
  });

  it('that was sealed with another key is absent, and an equal one can be kept beside it', async () => {
    const { store } = await fresh();
    const id = await idOf(processOn(store));
    const other = processOn(store, { now: 2_000 }, 'another key, no shorter than the first was');
    await expect(other.runs.load(ADA, id)).rejects.toMatchObject({ code: 'plan/not-found' });
    const second = await idOf(other);
    expect((await other.runs.load(ADA, second)).plan).toEqual({ ...PLAN, id: second });
  });
});

it('a request that leaves takes its hold on the run with it', async () => {
  const { runs } = processOn(memoryStore());
  const { id = '' } = await runs.open(ADA, PLAN, FIRST);
  const request = new AbortController();
  const held = await runs.claim(ADA, id, { signal: request.signal });
  request.abort(new Error('gone'));
  expect(held.signal.reason).toMatchObject({ message: 'gone' });
  await held.release();
  expect((await runs.load(ADA, id)).status).toBe('waiting');
  await expect(runs.claim(ADA, id, { signal: request.signal })).rejects.toThrow('gone');
});

/** Stops the process at every write it makes, and lets another one finish. */
it.each(Array.from({ length: 8 }, (_, at) => at))(
  'a process that dies at its write %i leaves a run that is finished once',
  async (diesAt) => {
    const store = memoryStore();
    const { id = '' } = await processOn(store).runs.open(ADA, PLAN, FIRST);
    let writes = 0;
    const dying: Store = {
      ...store,
      load: (...args) => store.load(...args),
      definition: (...args) => store.definition(...args),
      commit: async (move) => {
        if (writes === diesAt) throw new Error('killed');
        writes += 1;
        await store.commit(move);
      },
    };
    const made: string[] = [];
    const first = processOn(dying);
    const live = async (): Promise<void> => {
      const held = await first.runs.claim(ADA, id);
      await held.finish(await dispatchPlan(held.plan, means(held, made, said)));
    };
    const isDead = await live().then(
      () => false,
      () => true,
    );
    const heir = processOn(store, { now: first.time.now + LEASE_MS });
    const view = await heir.runs.load(ADA, id);
    if (!isDead) {
      expect(view.status).toBe('done');
    } else {
      expect(view.status).toBe('waiting');
      const held = await heir.runs.claim(ADA, id);
      const isOpen = made.includes('s_drop__go') && !view.ends.some((end) => end.call === 'drop');
      if (isOpen) expect(held.lost).toEqual([{ call: 'drop', name: 's_drop__go' }]);
      const dispatched = await dispatchPlan(held.plan, means(held, made, said));
      if (dispatched.waiting.length > 0) await held.wait(dispatched);
      else await held.finish(dispatched);
    }
    const after = await heir.runs.load(ADA, id);
    const times = made.filter((name) => name === 's_drop__go').length;
    if (after.status === 'done') expect(times).toBe(1);
    else expect(times).toBeLessThanOrEqual(1);
  },
);
