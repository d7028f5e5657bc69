import { expect, it } from 'vitest';
import { MAIN } from '../support/world.ts';
import { killServer } from './served-sessions.ts';

it(
  'loses nothing of 1,000 sessions that clients of many owners work on when the server is killed, and shows nobody what is another’s',
  { timeout: 180_000 },
  async () => {
    const verdict = await killServer({ main: MAIN, kills: 1, sessions: 1_000, writes: 700, seed: 7 });
    expect(verdict.violations).toEqual([]);
    expect(verdict.acknowledged).toBeGreaterThanOrEqual(2 * 700);
    expect(verdict.interrupted).toBe(1);
    expect(verdict.sessions).toBeGreaterThan(700);
  },
);
