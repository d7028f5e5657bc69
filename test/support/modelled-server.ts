import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createApp } from '../../src/app.ts';
import { loadConfig } from '../../src/config.ts';
import { fileModel } from './file-model.ts';

// The server as `tutti serve` starts it, but with a model that a test directs through files.
const [dir = '', medium] = process.argv.slice(2);
const file = join(dir, 'tutti.config.json');
const config = loadConfig({ env: process.env, cwd: dir, ...(existsSync(file) && { file }) });
const toolsets = [
  'workflows',
  'workflows-admin',
  ...(existsSync(file) ? (['gateway'] as const) : []),
] as const;
const app = await createApp(config, { model: fileModel(dir) });
if (medium === 'http') {
  const { url } = await app.serveHttp({ port: 0, toolsets });
  process.stderr.write(`tutti: ${url}\n`);
} else {
  const { closed } = await app.serveStdio({ toolsets });
  await closed;
  await app.close();
}
