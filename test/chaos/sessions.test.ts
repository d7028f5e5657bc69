import { expect, it } from 'vitest';
import { killSessions } from './sessions.ts';

it(
  'loses nothing of 400 sessions that several processes write to when they are killed, and mixes no owners',
  { timeout: 180_000 },
  async () => {
    const options = { cycles: 2, processes: 2, sessions: 400, writes: 400, seed: 7 };
    const verdict = await killSessions(options);
    expect(verdict.violations).toEqual([]);
    expect(verdict.acknowledged).toBeGreaterThanOrEqual(2 * 400);
    expect(verdict.sessions).toBeGreaterThan(350);
  },
);
