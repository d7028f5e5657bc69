import { expect, it } from 'vitest';
import { MAIN } from '../support/world.ts';
import { killCycles, seeded } from './kill.ts';

it(
  'loses, doubles and skips nothing when the server is killed at random moments',
  { timeout: 180_000 },
  async () => {
    const verdict = await killCycles({ main: MAIN, cycles: 4, instances: 20, random: seeded(7) });
    expect(verdict.violations).toEqual([]);
    expect(verdict.acknowledged).toBeGreaterThan(20);
    expect(verdict.interrupted).toBeGreaterThan(0);
  },
);
