import { describe, expect, it } from 'vitest';
import { handTimer } from '../../../../test/support/fake-downstream.ts';
import { createPatience } from './patience.ts';

function start() {
  const timer = handTimer();
  let now = 0;
  const patience = createPatience({ now: () => now, id: () => '', random: () => 0 }, timer.after);
  const pass = (ms: number): void => {
    now += ms;
    timer.pass(ms);
  };
  return { patience, pass };
}

describe('patience', () => {
  it('counts no time for which somebody is waited for', async () => {
    const { patience, pass } = start();
    const rung: string[] = [];
    patience.after(100, () => void rung.push('deadline'));
    pass(60);
    await patience.wait(async () => {
      pass(1_000);
    });
    pass(30);
    expect(rung).toEqual([]);
    pass(10);
    expect(rung).toEqual(['deadline']);
    pass(1_000);
    expect(rung).toEqual(['deadline']);
  });

  it('goes on only when nobody is waited for any more', async () => {
    const { patience, pass } = start();
    const rung: string[] = [];
    patience.after(100, () => void rung.push('deadline'));
    const long = Promise.withResolvers<void>();
    const waiting = patience.wait(() => long.promise);
    await patience.wait(async () => pass(500));
    pass(500);
    expect(rung).toEqual([]);
    long.resolve();
    await waiting;
    pass(100);
    expect(rung).toEqual(['deadline']);
  });

  it('starts nothing meanwhile, and is called off', async () => {
    const { patience, pass } = start();
    const rung: string[] = [];
    await patience.wait(async () => {
      patience.after(10, () => void rung.push('late'));
      patience.after(10, () => void rung.push('never'))();
      pass(50);
    });
    expect(rung).toEqual([]);
    pass(10);
    expect(rung).toEqual(['late']);
  });
});
