import { killSessions } from './sessions.ts';

// node test/chaos/run-sessions.ts [CYCLES [PROCESSES [SEED]]]
const [cycles = 50, processes = 4, seed = Date.now() % 1_000_000] = process.argv.slice(2).map(Number);
const verdict = await killSessions({
  cycles,
  processes,
  sessions: 1_000,
  writes: 5_000,
  seed,
  onCycle: (cycle) => {
    if (cycle % 10 === 0) process.stdout.write(`${cycle} of ${cycles} kills\n`);
  },
});
process.stdout.write(
  `seed ${seed}: ${cycles} kills of ${processes} processes, ${verdict.acknowledged} acknowledged writes to ${verdict.sessions} sessions, ` +
    `${verdict.violations.length} violations\n`,
);
for (const violation of verdict.violations.slice(0, 20)) process.stdout.write(`  ${violation}\n`);
process.exitCode = verdict.violations.length === 0 ? 0 : 1;
