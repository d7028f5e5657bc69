import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CircuitOptions } from '../../core/ports/circuit.ts';
import { cockatielCircuit } from './cockatiel.ts';

class Broken extends Error {}

const options: CircuitOptions = {
  concurrency: 2,
  queue: 2,
  failures: 3,
  openMs: 1000,
  isFailure: (error) => error instanceof Broken,
};
const fail = () => Promise.reject(new Broken('down'));
const succeed = () => Promise.resolve('ok');
const OPEN = { code: 'downstream/circuit-open' };

/** Work that ends when it is told to. */
function task<T>() {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const work = vi.fn<() => Promise<T>>(() => promise);
  return { work, resolve, reject };
}

const settle = () => new Promise<void>((resolve) => process.nextTick(() => setImmediate(resolve)));

describe('the breaker', () => {
  beforeEach(() => vi.useFakeTimers({ toFake: ['Date'] }));
  afterEach(() => vi.useRealTimers());

  const opened = async (changes: Partial<CircuitOptions> = {}) => {
    const circuit = cockatielCircuit({ ...options, ...changes });
    for (let round = 0; round < 3; round += 1) await expect(circuit.run(fail)).rejects.toThrow('down');
    expect(circuit.state).toBe('open');
    return circuit;
  };

  it('locks nobody out when the clock is set back', async () => {
    const circuit = await opened();
    vi.setSystemTime(Date.now() - 5 * 3_600_000);
    expect(await circuit.run(succeed)).toBe('ok');
    expect(circuit.state).toBe('closed');
  });

  it('opens after as many failures in a row, and calls nothing then', async () => {
    const circuit = cockatielCircuit(options);
    for (const work of [fail, fail, succeed, fail, fail]) await circuit.run(work).catch(() => undefined);
    expect(circuit.state).toBe('closed');
    await expect(circuit.run(fail)).rejects.toThrow('down');
    expect(circuit.state).toBe('open');
    vi.advanceTimersByTime(250);
    const work = vi.fn<typeof succeed>(succeed);
    await expect(circuit.run(work)).rejects.toMatchObject({ ...OPEN, data: { retry_after_ms: 750 } });
    expect(work).not.toHaveBeenCalled();
  });

  it('is not opened by failures of others', async () => {
    const circuit = cockatielCircuit(options);
    for (let round = 0; round < 10; round += 1)
      await expect(circuit.run(() => Promise.reject(new Error('yours')))).rejects.toThrow('yours');
    expect(circuit.state).toBe('closed');
  });

  it('lets one try afterwards, and closes when that succeeds', async () => {
    const circuit = await opened();
    vi.advanceTimersByTime(1000);
    const { work, resolve } = task<string>();
    const probe = circuit.run(work);
    expect(circuit.state).toBe('half-open');
    await expect(circuit.run(succeed)).rejects.toMatchObject(OPEN);
    resolve('back');
    expect(await probe).toBe('back');
    expect(circuit.state).toBe('closed');
    expect(await circuit.run(succeed)).toBe('ok');
  });

  it('stays open when the one fails', async () => {
    const circuit = await opened();
    vi.advanceTimersByTime(1000);
    await expect(circuit.run(fail)).rejects.toThrow('down');
    expect(circuit.state).toBe('open');
    vi.advanceTimersByTime(999);
    await expect(circuit.run(succeed)).rejects.toMatchObject(OPEN);
    vi.advanceTimersByTime(1);
    expect(await circuit.run(succeed)).toBe('ok');
  });

  it('learns nothing from the one whose caller went away', async () => {
    const circuit = await opened();
    vi.advanceTimersByTime(1000);
    const controller = new AbortController();
    const gone = new Error('gone');
    const work = () =>
      new Promise<never>((_resolve, reject) =>
        controller.signal.addEventListener('abort', () => reject(gone)),
      );
    const probe = circuit.run(work, controller.signal);
    controller.abort(gone);
    await expect(probe).rejects.toBe(gone);
    expect(circuit.state).toBe('open');
  });

  it('refuses those who waited while it opened', async () => {
    const circuit = cockatielCircuit({ ...options, concurrency: 1, failures: 1 });
    const first = task<string>();
    const running = circuit.run(first.work);
    const work = vi.fn<typeof succeed>(succeed);
    const waiting = circuit.run(work);
    first.reject(new Broken('down'));
    await expect(running).rejects.toThrow('down');
    await expect(waiting).rejects.toMatchObject(OPEN);
    expect(work).not.toHaveBeenCalled();
  });
});

describe('the waiting room', () => {
  it('runs as many at once, lets as many wait in order, and refuses the rest', async () => {
    const circuit = cockatielCircuit(options);
    const tasks = Array.from({ length: 4 }, () => task<number>());
    const runs = Promise.allSettled(tasks.map(({ work }) => circuit.run(work)));
    await settle();
    expect(tasks.map(({ work }) => work.mock.calls.length)).toEqual([1, 1, 0, 0]);
    await expect(circuit.run(succeed)).rejects.toMatchObject({ code: 'downstream/overloaded' });
    tasks[1]?.resolve(1);
    await settle();
    expect(tasks.map(({ work }) => work.mock.calls.length)).toEqual([1, 1, 1, 0]);
    tasks[0]?.reject(new Error('no'));
    await settle();
    expect(tasks.map(({ work }) => work.mock.calls.length)).toEqual([1, 1, 1, 1]);
    tasks[2]?.resolve(2);
    tasks[3]?.resolve(3);
    expect((await runs).map(({ status }) => status)).toEqual([
      'rejected',
      'fulfilled',
      'fulfilled',
      'fulfilled',
    ]);
  });

  it('is left at once by a call that is aborted, and its chair is free', async () => {
    const circuit = cockatielCircuit({ ...options, concurrency: 1, queue: 1 });
    const first = task<string>();
    const running = circuit.run(first.work);
    const controller = new AbortController();
    const work = vi.fn<typeof succeed>(succeed);
    const waiting = circuit.run(work, controller.signal);
    const reason = new Error('changed my mind');
    controller.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    const second = circuit.run(succeed);
    first.resolve('done');
    expect(await Promise.all([running, second])).toEqual(['done', 'ok']);
    expect(work).not.toHaveBeenCalled();
    expect(await circuit.run(succeed)).toBe('ok');
  });

  it('gives no place to a call that was aborted before', async () => {
    const circuit = cockatielCircuit({ ...options, concurrency: 1, queue: 0 });
    const work = vi.fn<typeof succeed>(succeed);
    await expect(circuit.run(work, AbortSignal.abort(new Error('before')))).rejects.toThrow('before');
    expect(work).not.toHaveBeenCalled();
    expect(await circuit.run(succeed)).toBe('ok');
  });

  it('passes a place on that was given to a call in the moment it was aborted', async () => {
    const circuit = cockatielCircuit({ ...options, concurrency: 1, queue: 5 });
    const first = task<string>();
    const running = circuit.run(first.work);
    const controller = new AbortController();
    const aborted = circuit.run(() => {
      throw new Error('must not run');
    }, controller.signal);
    const last = circuit.run(succeed);
    first.resolve('done');
    await running.then(() => controller.abort(new Error('late')));
    await expect(aborted).rejects.toThrow();
    expect(await last).toBe('ok');
  });

  it('loses and doubles no place over a thousand calls', async () => {
    const circuit = cockatielCircuit({ ...options, concurrency: 3, queue: 1000 });
    let inside = 0;
    let most = 0;
    const work = async () => {
      inside += 1;
      most = Math.max(most, inside);
      await Promise.resolve();
      inside -= 1;
    };
    const runs = Array.from({ length: 1000 }, (_, index) => {
      const controller = new AbortController();
      const run = circuit.run(work, controller.signal);
      if (index % 7 === 0) controller.abort(new Error('no'));
      return run;
    });
    await Promise.allSettled(runs);
    expect(most).toBe(3);
    const three = Array.from({ length: 3 }, () => task<void>());
    const again = three.map((each) => circuit.run(each.work));
    expect(three.map((each) => each.work.mock.calls.length)).toEqual([1, 1, 1]);
    for (const each of three) each.resolve();
    await Promise.all(again);
  });
});
