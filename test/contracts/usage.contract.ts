import { beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../../src/core/ports/store.ts';
import type { UsageLog } from '../../src/core/ports/usage.ts';
import { CLOSED, NOW, ofBoth, type OpenedStore, type OpenStore } from './store-parts.ts';

const key = { owner: 'ann', subject: 'server:git', windowAt: NOW };
const spent = { calls: 1, costMicros: 2500, ms: 40 };
const nothing = { calls: 0, costMicros: 0, ms: 0 };

/** Every promise of the port `UsageLog`. */
export function describeUsage(name: string, open: OpenStore): void {
  describe(`usage contract: ${name}`, () => {
    let opened: OpenedStore;
    let store: Store;
    let usage: UsageLog;

    beforeEach(async () => {
      opened = await open();
      ({ store } = opened);
      ({ usage } = store);
    });

    it('is nothing where nothing was spent', async () => {
      expect(await usage.read(key)).toEqual(nothing);
      await usage.add([]);
      expect(await usage.read(key)).toEqual(nothing);
    });

    it('adds up, also within one call', async () => {
      await usage.add([{ ...key, ...spent }]);
      await usage.add([
        { ...key, ...spent, ms: 2 },
        { ...key, ...spent },
      ]);
      expect(await usage.read(key)).toEqual({ calls: 3, costMicros: 7500, ms: 82 });
    });

    it('keeps owners, subjects and windows apart', async () => {
      await usage.add([{ ...key, ...spent }]);
      for (const other of [
        { ...key, owner: 'bob' },
        { ...key, subject: 'server:gi' },
        { ...key, windowAt: NOW + 1 },
      ])
        expect(await usage.read(other)).toEqual(nothing);
    });

    it('keeps large sums exactly, and times whole', async () => {
      const large = { calls: 0, costMicros: 2 ** 52, ms: 0 };
      await usage.add([{ ...key, ...large }]);
      await usage.add([{ ...key, calls: 0, costMicros: 1, ms: 1.4 }]);
      expect(await usage.read(key)).toEqual({ calls: 0, costMicros: 2 ** 52 + 1, ms: 1 });
    });

    it('loses nothing of what is spent at once', async () => {
      const stores = [store, (await opened.another?.()) ?? store];
      await ofBoth(stores, (each) => each.usage.add([{ ...key, ...spent }]));
      expect(await usage.read(key)).toEqual({ calls: 20, costMicros: 50_000, ms: 800 });
    });

    it('is there after a restart', async ({ skip }) => {
      if (opened.another === undefined) return skip();
      await usage.add([{ ...key, ...spent }]);
      await store.close();
      expect(await (await opened.another()).usage.read(key)).toEqual(spent);
    });

    it('is refused once the store is closed', async () => {
      await store.close();
      await expect(usage.add([{ ...key, ...spent }])).rejects.toMatchObject(CLOSED);
      await expect(usage.read(key)).rejects.toMatchObject(CLOSED);
    });
  });
}
