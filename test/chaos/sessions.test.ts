import { expect, it } from 'vitest';
import { killSessions } from './sessions.ts';

it(
  'loses nothing of 1,000 sessions that several processes write to when they are killed, and mixes no owners',
  { timeout: 180_000 },
  async () => {
    const options = { cycles: 2, processes: 2, sessions: 1_000, writes: 1_000, seed: 7 };
    const verdict = await killSessions(options);
    expect(verdict.violations).toEqual([]);
    expect(verdict.acknowledged).toBeGreaterThanOrEqual(2 * 1_000);
    expect(verdict.sessions).toBeGreaterThan(950);
  },
);
