import { describe, expect, it } from 'vitest';
import { handTimer } from '../../../test/support/fake-downstream.ts';
import { memoryStore } from '../../adapters/store/memory.ts';
import type { UsageLog } from '../ports/usage.ts';
import { createLedger } from './ledger.ts';

const key = { owner: 'ada', subject: 'server:box', windowAt: 0 };
const one = { calls: 1, costMicros: 5, ms: 10 };

function ledger(usage: UsageLog = memoryStore().usage) {
  const timer = handTimer();
  return {
    ...createLedger({ usage, after: timer.after, telemetry: { log: () => undefined } }),
    usage,
    timer,
  };
}

describe('the ledger', () => {
  it('reads once, counts in memory and writes behind', async () => {
    const { account, book, usage, timer, flush } = ledger();
    await usage.add([{ ...key, ...one }]);
    book(key, one);
    const found = await account(key);
    book(key, one);
    expect(found.spent).toEqual({ calls: 3, costMicros: 15, ms: 30 });
    expect(account(key)).toBe(found);
    expect(await usage.read(key)).toEqual(one);
    timer.pass(1_000);
    await flush();
    expect(await usage.read(key)).toEqual({ calls: 3, costMicros: 15, ms: 30 });
  });

  it('counts nothing twice when reading and writing meet', async () => {
    const { account, book, flush, usage } = ledger();
    book(key, one);
    const [found] = await Promise.all([account(key), flush()]);
    book(key, one);
    await flush();
    expect(found.spent.calls).toBe(2);
    expect((await usage.read(key)).calls).toBe(2);
  });

  it('owes what the store did not take', async () => {
    const { usage } = memoryStore();
    let fails = true;
    const flaky: UsageLog = {
      ...usage,
      add: async (spent) => {
        if (fails) throw new Error('full');
        await usage.add(spent);
      },
    };
    const { book, flush } = ledger(flaky);
    book(key, one);
    await flush();
    fails = false;
    book(key, one);
    await flush();
    expect((await usage.read(key)).calls).toBe(2);
  });
});
