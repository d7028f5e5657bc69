#!/usr/bin/env node
// Plays the demonstration from the sources: a clone needs `npm ci` and nothing else.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../src/surfaces/cli/main.ts', import.meta.url));
const quiet = '--disable-warning=ExperimentalWarning';
const { status } = spawnSync(process.execPath, [quiet, main, 'demo', ...process.argv.slice(2)], {
  stdio: 'inherit',
});
process.exit(status ?? 1);
