import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { memoryStore } from '../../src/adapters/store/memory.ts';
import { sqliteStore } from '../../src/adapters/store/sqlite.ts';
import { describeStore } from './store.contract.ts';

const folder = mkdtempSync(join(tmpdir(), 'tutti-store-'));
let files = 0;

describeStore('memory', () => Promise.resolve(memoryStore()));
describeStore('sqlite in memory', () => sqliteStore({ path: ':memory:' }));
describeStore('sqlite on disk', () => {
  files += 1;
  return sqliteStore({ path: join(folder, `${files}.db`) });
});

afterAll(() => rm(folder, { recursive: true, force: true }));
