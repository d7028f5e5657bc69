#!/usr/bin/env node
// Builds dist/ from nothing, so that no file of an older build stays behind: the types file by file, the code bundled with what it needs.
// Hundreds of small files would cost most of the time it takes to start.
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const root = fileURLToPath(new URL('..', import.meta.url));
const started = performance.now();

rmSync(`${root}dist`, { recursive: true, force: true });
const { status } = spawnSync(
  process.execPath,
  ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'],
  { cwd: root, stdio: 'inherit' },
);
if (status !== 0) process.exit(status ?? 1);

const bundle = await rolldown({
  cwd: root,
  input: { index: 'src/index.ts', 'surfaces/cli/main': 'src/surfaces/cli/main.ts' },
  platform: 'node',
  // Some packages put code that cannot be bundled under `main`.
  resolve: { mainFields: ['module', 'main'] },
  onLog: (level, log, next) => {
    if (level !== 'warn') return;
    next('error', log);
  },
});
await bundle.write({
  dir: `${root}dist`,
  format: 'esm',
  entryFileNames: '[name].js',
  chunkFileNames: 'chunks/[name]-[hash].js',
});
await bundle.close();

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
