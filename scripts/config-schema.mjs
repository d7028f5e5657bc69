#!/usr/bin/env node
// Writes config.schema.json from the one definition that also validates; a test holds the two equal.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { configJsonSchema } from '../src/config/schema.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
writeFileSync(`${root}config.schema.json`, JSON.stringify(configJsonSchema(), null, 2));
spawnSync(process.execPath, ['node_modules/oxfmt/bin/oxfmt', 'config.schema.json'], {
  cwd: root,
  stdio: 'inherit',
});
