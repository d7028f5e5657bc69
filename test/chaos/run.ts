import { resolve } from 'node:path';
import { killCycles, seeded } from './kill.ts';

// npm run chaos [-- CYCLES [SEED]]
const cycles = Number(process.argv[2] ?? 300);
const seed = Number(process.argv[3] ?? Date.now() % 1_000_000);
const verdict = await killCycles({
  main: resolve('src/surfaces/cli/main.ts'),
  cycles,
  instances: 50,
  random: seeded(seed),
  onCycle: (cycle) => {
    if (cycle % 25 === 0) process.stdout.write(`${cycle} of ${cycles} kills\n`);
  },
});
process.stdout.write(
  `seed ${seed}: ${verdict.cycles} kills (${verdict.interrupted} with calls in flight), ${verdict.acknowledged} acknowledged moves, ` +
    `${verdict.violations.length} violations, longest recovery ${verdict.longestRecoveryMs} ms\n`,
);
for (const violation of verdict.violations.slice(0, 20)) process.stdout.write(`  ${violation}\n`);
process.exitCode = verdict.violations.length === 0 ? 0 : 1;
