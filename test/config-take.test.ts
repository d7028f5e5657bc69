import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createApp } from '../src/app.ts';
import { loadConfig, type Config } from '../src/config.ts';
import { followConfig } from '../src/config/take.ts';
import { trust } from '../src/config/trust.ts';
import type { Gateway } from '../src/core/gateway/gateway.ts';

const SPOILT = '{\n<<<<<<< theirs\n';
const LOCK = JSON.stringify({ version: 1, servers: {}, workflows: {} });

let root: string;
let file: string;
let lock: string;
let stop = () => {};

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'tutti-take-')));
  for (const each of ['project', 'data']) mkdirSync(join(root, each));
  file = join(root, 'project', 'tutti.config.jsonc');
  lock = join(root, 'project', 'tutti.lock.json');
  writeFileSync(file, JSON.stringify({ mcpServers: { it: { command: 'x' } } }));
});

afterEach(() => {
  stop();
  rmSync(root, { recursive: true, force: true });
});

function load(): Config {
  const folders = { config: join(root, 'own'), data: join(root, 'data') };
  const env = { TUTTI_STORE: 'sqlite::memory:' };
  return loadConfig({ cwd: join(root, 'project'), env, folders });
}

/** What a gateway is told of servers and locks, and what is logged, in its order. */
function following(): readonly string[] {
  const told: string[] = [];
  const gateway = {
    operator: {
      applyLock: async () => await Promise.resolve(void told.push('lock')),
      purgeCache: () => {},
    },
    reconfigure: async ({ servers }: Config['gateway']) =>
      await Promise.resolve(void told.push(`servers: ${servers.map(({ name }) => name).join()}`)),
  } as unknown as Gateway;
  const telemetry = { log: (_level: string, event: string) => void told.push(event) };
  const serving = { prepare: async () => await Promise.resolve(() => {}) };
  stop = followConfig(load(), load, { gateway, telemetry, serving });
  return told;
}

it('reads no lock beside a configuration that was found and that nobody trusted', async () => {
  writeFileSync(lock, SPOILT);
  const app = await createApp(load());
  await app.close();
  trust(file, undefined, join(root, 'data'));
  await expect(createApp(load())).rejects.toMatchObject({ code: 'lock/invalid' });
});

it('has the lock count once the configuration is trusted, and before its servers are seen', async () => {
  writeFileSync(lock, LOCK);
  const told = following();
  trust(file, undefined, join(root, 'data'));
  await expect.poll(() => told).toEqual(['lock', 'servers: it', 'config/taken']);
  writeFileSync(lock, `${LOCK}\n`);
  await expect.poll(() => told.slice(3)).toEqual(['lock']);
});

it('takes a configuration that was trusted beside a spoilt lock as soon as the lock can be read', async () => {
  writeFileSync(lock, SPOILT);
  const told = following();
  trust(file, undefined, join(root, 'data'));
  await expect.poll(() => told).toEqual(['config/kept']);
  writeFileSync(lock, LOCK);
  await expect.poll(() => told.slice(1)).toEqual(['lock', 'servers: it', 'config/taken']);
});
