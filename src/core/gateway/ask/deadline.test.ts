import { describe, expect, it } from 'vitest';
import { handTimer } from '../../../../test/support/fake-downstream.ts';
import { createAbort } from '../../../adapters/clock/abort.ts';
import { startDeadline } from './deadline.ts';

function start(request?: AbortSignal) {
  const timer = handTimer();
  let now = 0;
  const clock = { now: () => now, id: () => '', random: () => 0 };
  const deadline = startDeadline({ clock, after: timer.after, createAbort }, 100, request);
  const pass = (ms: number): void => {
    now += ms;
    timer.pass(ms);
  };
  return { deadline, pass };
}

describe('the time of a request', () => {
  it('is over for all that was done with it, the time of people left out', async () => {
    const { deadline, pass } = start();
    const rung: string[] = [];
    deadline.onOver(() => void rung.push('calls'));
    deadline.onOver(() => void rung.push('never'))();
    pass(60);
    await deadline.wait(async () => {
      pass(1_000);
    });
    pass(39);
    expect([rung, deadline.isOver(), deadline.signal.aborted]).toEqual([[], false, false]);
    pass(1);
    expect([rung, deadline.isOver(), deadline.signal.aborted]).toEqual([['calls'], true, true]);
    deadline.onOver(() => void rung.push('late'));
    expect(rung).toEqual(['calls', 'late']);
  });

  it('ends with the request, which is not to be over', () => {
    const request = new AbortController();
    const { deadline, pass } = start(request.signal);
    request.abort(new Error('gone'));
    expect(deadline.signal.reason).toMatchObject({ message: 'gone' });
    expect(deadline.isOver()).toBe(false);
    const early = start(request.signal);
    expect(early.deadline.signal.aborted).toBe(true);
    deadline.end();
    pass(1_000);
    expect(deadline.isOver()).toBe(false);
  });
});
