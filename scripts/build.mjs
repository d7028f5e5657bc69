#!/usr/bin/env node
// Compiles src/ into dist/, from nothing, so that no file of an older build stays behind.
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const started = performance.now();

rmSync(`${root}dist`, { recursive: true, force: true });
const { status } = spawnSync(
  process.execPath,
  ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'],
  {
    cwd: root,
    stdio: 'inherit',
  },
);
if (status !== 0) process.exit(status ?? 1);

for (const file of [
  'dist/index.js',
  'dist/index.d.ts',
  'dist/surfaces/cli/main.js',
  'config.schema.json',
  'workflows',
]) {
  if (existsSync(root + file)) continue;
  console.error(`build: expected ${file}, found nothing.`);
  process.exit(1);
}
console.log(`build: dist/ in ${((performance.now() - started) / 1000).toFixed(1)} s`);
