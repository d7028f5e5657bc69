#!/usr/bin/env node
// Builds dist/ from nothing, so that no file of an older build stays behind: the types file by file, the code bundled.
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bundleInto } from './bundle.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const started = performance.now();

rmSync(`${root}dist`, { recursive: true, force: true });
const { status } = spawnSync(
  process.execPath,
  ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'],
  { cwd: root, stdio: 'inherit' },
);
if (status !== 0) process.exit(status ?? 1);

await bundleInto('dist');

for (const file of [
  'dist/index.js',
  'dist/index.d.ts',
  'dist/surfaces/cli/main.js',
  'dist/tool-host.js',
  'dist/adapters/tool-host/worker.js',
  'config.schema.json',
  'agents',
  'workflows',
]) {
  if (existsSync(root + file)) continue;
  console.error(`build: expected ${file}, found nothing.`);
  process.exit(1);
}
console.log(`build: dist/ in ${((performance.now() - started) / 1000).toFixed(1)} s`);
