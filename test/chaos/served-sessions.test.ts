import { expect, it } from 'vitest';
import { MAIN } from '../support/world.ts';
import { killServer } from './served-sessions.ts';

it(
  'loses nothing of 300 sessions that clients of many owners work on when the server is killed, and shows nobody what is another’s',
  { timeout: 180_000 },
  async () => {
    const verdict = await killServer({ main: MAIN, kills: 1, sessions: 300, writes: 250, seed: 7 });
    expect(verdict.violations).toEqual([]);
    expect(verdict.acknowledged).toBeGreaterThanOrEqual(2 * 250);
    expect(verdict.interrupted).toBe(1);
    expect(verdict.sessions).toBeGreaterThan(200);
  },
);
