import { describe, expect, it } from 'vitest';
import { groupCommit } from '../src/adapters/store/group-commit.ts';
import { TuttiError } from '../src/core/kernel/errors.ts';

class ConstraintError extends Error {}

/** A medium that keeps the numbers written in committed transactions. */
function medium({ maxBatch = 256 } = {}) {
  const committed: number[][] = [];
  const failures: Error[] = [];
  let gate: Promise<void> | undefined;
  const group = groupCommit<number[]>({
    transaction: async (work) => {
      await gate;
      const written: number[] = [];
      const result = await work(written);
      const failure = failures.shift();
      if (failure !== undefined) throw failure;
      committed.push(written);
      return result;
    },
    isOwnFault: (error) => error instanceof ConstraintError,
    now: () => 0,
    maxBatch,
  });
  const write = (value: number, error?: Error) =>
    group.write(async (tx) => {
      if (error !== undefined) throw error;
      tx.push(value);
      return value * 10;
    });
  return { group, write, committed, failures, holdBy: (promise: Promise<void>) => void (gate = promise) };
}

const refusal = () => new TuttiError('instance/conflict', 'no');

describe('group commit', () => {
  it('writes what comes together in one transaction and answers each', async () => {
    const { write, committed } = medium();
    expect(await Promise.all([write(1), write(2), write(3)])).toEqual([10, 20, 30]);
    expect(committed).toEqual([[1, 2, 3]]);
  });

  it('collects what comes while a transaction is under way', async () => {
    const { write, committed, holdBy } = medium();
    let release = () => {};
    holdBy(
      new Promise((resolve) => {
        release = resolve;
      }),
    );
    const first = write(1);
    await new Promise(setImmediate);
    await new Promise(setImmediate);
    const rest = [write(2), write(3)];
    await new Promise(setImmediate);
    rest.push(write(4));
    release();
    expect(await Promise.all([first, ...rest])).toEqual([10, 20, 30, 40]);
    expect(committed).toEqual([[1], [2, 3, 4]]);
  });

  it('bounds a transaction and keeps the order', async () => {
    const { write, committed } = medium({ maxBatch: 2 });
    await Promise.all([1, 2, 3, 4, 5].map((value) => write(value)));
    expect(committed).toEqual([[1, 2], [3, 4], [5]]);
  });

  it('lets one be refused without the others', async () => {
    const { write, committed } = medium();
    const settled = await Promise.allSettled([write(1), write(2, refusal()), write(3)]);
    expect(settled.map((each) => each.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(committed).toEqual([[1, 3]]);
  });

  it('fails all that shared a transaction that the medium failed, and goes on', async () => {
    const { write, committed, failures } = medium();
    failures.push(new Error('disk'));
    const settled = await Promise.allSettled([write(1), write(2, refusal()), write(3)]);
    expect(
      settled.map((each) => (each.status === 'rejected' ? (each.reason as Error).message : 'kept')),
    ).toEqual(['disk', 'disk', 'disk']);
    expect(committed).toEqual([]);
    expect(await write(4)).toBe(40);
    expect(committed).toEqual([[4]]);
  });

  it('tries each alone when one of them broke a constraint', async () => {
    const { write, committed } = medium();
    const broken = new ConstraintError('twice');
    const settled = await Promise.allSettled([write(1), write(2, broken), write(3)]);
    expect(settled).toEqual([
      { status: 'fulfilled', value: 10 },
      { status: 'rejected', reason: broken },
      { status: 'fulfilled', value: 30 },
    ]);
    expect(committed).toEqual([[1], [3]]);
  });
});
