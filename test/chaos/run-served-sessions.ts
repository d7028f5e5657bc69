import { resolve } from 'node:path';
import { killServer } from './served-sessions.ts';

// node test/chaos/run-served-sessions.ts [KILLS [SEED]]
const [kills = 20, seed = Date.now() % 1_000_000] = process.argv.slice(2).map(Number);
const verdict = await killServer({
  main: resolve('src/surfaces/cli/main.ts'),
  kills,
  sessions: 1_000,
  writes: 5_000,
  seed,
  onKill: (kill) => void process.stdout.write(`${kill} of ${kills} kills\n`),
});
process.stdout.write(
  `seed ${seed}: ${kills} kills (${verdict.interrupted} with calls in flight), ${verdict.acknowledged} acknowledged writes to ` +
    `${verdict.sessions} sessions in ${verdict.answers} answers, ${verdict.violations.length} violations, ` +
    `longest recovery ${verdict.longestRecoveryMs} ms\n`,
);
for (const violation of verdict.violations.slice(0, 20)) process.stdout.write(`  ${violation}\n`);
process.exitCode = verdict.violations.length === 0 ? 0 : 1;
