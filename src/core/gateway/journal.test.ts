import { describe, expect, it } from 'vitest';
import { handTimer } from '../../../test/support/fake-downstream.ts';
import { memoryStore } from '../../adapters/store/memory.ts';
import type { JsonObject } from '../kernel/json.ts';
import { TuttiError } from '../kernel/errors.ts';
import type { Audit } from '../ports/audit.ts';
import { createJournal } from './journal.ts';

function journal(wrap: (audit: Audit) => Audit = (audit) => audit) {
  const { audit } = memoryStore();
  const timer = handTimer();
  const logged: string[] = [];
  const told: unknown[] = [];
  const clock = { now: 7 };
  const made = createJournal({
    audit: wrap(audit),
    after: timer.after,
    now: () => clock.now,
    telemetry: {
      log: (_, event, fields) => {
        logged.push(event);
        told.push(fields);
      },
    },
    redact: (value) => ({ ...(value as JsonObject), redacted: true }),
  });
  const add = (n: number) => {
    made.add({ owner: 'ada', kind: 'call', fields: () => ({ n }) });
  };
  const numbers = async () =>
    (await audit.tail({ limit: 500 })).map(({ fields }) => fields['n']).toReversed();
  return { made, flush: made.flush, audit, timer, clock, add, numbers, logged, told };
}

describe('the journal', () => {
  it('is written in order, a moment later, redacted', async () => {
    const { add, timer, audit, numbers, flush } = journal();
    for (let n = 0; n < 400; n++) add(n);
    expect(await numbers()).toEqual([]);
    timer.pass(250);
    await flush();
    expect(await numbers()).toEqual(Array.from({ length: 400 }, (_, n) => n));
    expect((await audit.tail({ limit: 1 }))[0]).toMatchObject({ at: 7, fields: { n: 399, redacted: true } });
  });

  it('is written while an answer is awaited, once its oldest line is due', async () => {
    const { add, made, clock, numbers, flush } = journal();
    add(1);
    clock.now += 9;
    made.lull();
    add(2);
    await turns();
    expect(await numbers()).toEqual([]);
    clock.now += 1;
    made.lull();
    made.lull();
    await turns();
    expect(await numbers()).toEqual([1, 2]);
    await flush();
    expect(await numbers()).toEqual([1, 2]);
  });

  it('keeps what the store does not take, and tries again later and later', async () => {
    let fails = 2;
    const { add, timer, numbers, flush, logged } = journal((audit) => ({
      ...audit,
      append: async (entries) => {
        if (fails-- > 0) throw new TuttiError('store/full', 'full');
        await audit.append(entries);
      },
    }));
    add(1);
    await flush();
    add(2);
    await flush();
    expect(await numbers()).toEqual([]);
    timer.pass(60_000);
    await flush();
    expect(await numbers()).toEqual([1, 2]);
    expect(logged).toEqual(['audit.unwritten', 'audit.unwritten']);
  });

  it('says at its end how much the store did not take, once, and tries no more', async () => {
    let tries = 0;
    const { add, made, timer, logged, told } = journal((audit) => ({
      ...audit,
      append: async () => {
        tries += 1;
        throw new TuttiError('store/unavailable', 'locked');
      },
    }));
    for (let n = 0; n < 3; n++) add(n);
    timer.pass(50);
    await made.end();
    expect(logged).toEqual(['audit.lost']);
    expect(told).toEqual([{ lines: 3, fault: expect.objectContaining({ message: 'locked' }) as unknown }]);
    const before = tries;
    timer.pass(60_000);
    await turns();
    expect(tries).toBe(before);
  });

  it('has nothing to say at its end where the store takes all', async () => {
    const { add, made, numbers, logged } = journal();
    add(1);
    await made.end();
    expect(await numbers()).toEqual([1]);
    expect(logged).toEqual([]);
  });

  it('waits longer after a failure, whatever comes while it is failing', async () => {
    const tries: PromiseWithResolvers<void>[] = [];
    const { add, timer } = journal((audit) => ({
      ...audit,
      append: async () => {
        tries.push(Promise.withResolvers());
        await tries.at(-1)?.promise;
      },
    }));
    add(1);
    timer.pass(50);
    await turns();
    add(2);
    timer.pass(100);
    tries[0]?.reject(new TuttiError('store/unavailable', 'locked'));
    await turns();
    timer.pass(499);
    await turns();
    expect(tries).toHaveLength(1);
    timer.pass(1);
    await turns();
    expect(tries).toHaveLength(2);
  });

  it('lets others have their turn between batches of a backlog', async () => {
    const { add, flush } = journal();
    for (let n = 0; n < 1_280; n++) add(n);
    let theirs = 0;
    const have = () => {
      theirs += 1;
      next = setImmediate(have);
    };
    let next = setImmediate(have);
    await flush();
    clearImmediate(next);
    expect(theirs).toBeGreaterThanOrEqual(9);
  });

  it('is not held up by a line that cannot be told', async () => {
    const { add, numbers, flush, made } = journal();
    made.add({
      owner: 'ada',
      kind: 'call',
      fields: () => {
        throw new Error('no');
      },
    });
    add(2);
    await flush();
    expect(await numbers()).toEqual([undefined, 2]);
  });
});

async function turns(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise(setImmediate);
}
