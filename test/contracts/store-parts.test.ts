import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach } from 'vitest';
import { memoryStore } from '../../src/adapters/store/memory.ts';
import { sqliteStore } from '../../src/adapters/store/sqlite.ts';
import type { Store } from '../../src/core/ports/store.ts';
import { describeApprovals } from './approvals.contract.ts';
import { describeAudit } from './audit.contract.ts';
import { describeKnowledge } from './knowledge.contract.ts';
import { describePins } from './pins.contract.ts';
import { describeResults } from './results.contract.ts';
import type { OpenStore } from './store-parts.ts';
import { describeTranscript } from './transcript.contract.ts';
import { describeUsage } from './usage.contract.ts';
import { describeVault } from './vault.contract.ts';
import { describeVectors } from './vectors.contract.ts';

const folder = mkdtempSync(join(tmpdir(), 'tutti-parts-'));
const stores = new Set<Store>();
let files = 0;

const kept = <T extends Store>(store: T): T => {
  stores.add(store);
  return store;
};

const mediums: Readonly<Record<string, OpenStore>> = {
  memory: () => Promise.resolve({ store: kept(memoryStore()) }),
  'sqlite on disk': async () => {
    files += 1;
    const path = join(folder, `${files}.db`);
    const another = async () => kept(await sqliteStore({ path, synchronous: 'normal' }));
    return { store: await another(), another };
  },
};

for (const [name, open] of Object.entries(mediums)) {
  describeApprovals(name, open);
  describeAudit(name, open);
  describeKnowledge(name, open);
  describePins(name, open);
  describeResults(name, open);
  describeTranscript(name, open);
  describeUsage(name, open);
  describeVault(name, open);
  describeVectors(name, open);
}

afterEach(async () => {
  for (const store of stores) await store.close();
  stores.clear();
});
afterAll(() => rm(folder, { recursive: true, force: true }));
