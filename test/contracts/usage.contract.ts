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

    it('takes what is within the limits, of all or of none', async () => {
      const other = { ...key, subject: 'all' };
      const limits = { calls: 2, costMicros: 6_000, ms: 50 };
      const both = [
        { ...key, ...spent, ms: 0, limits },
        { ...other, ...spent, ms: 0, limits: {} },
      ];
      expect(await usage.take(both)).toEqual({
        granted: true,
        sums: Array.from({ length: 2 }, () => ({ calls: 1, costMicros: 2_500, ms: 0 })),
      });
      expect((await usage.take(both)).granted).toBe(true);
      const sums = Array.from({ length: 2 }, () => ({ calls: 2, costMicros: 5_000, ms: 0 }));
      expect(await usage.take(both)).toEqual({ granted: false, sums });
      const cost = { ...key, ...spent, limits: { costMicros: 6_000 } };
      expect((await usage.take([cost])).granted).toBe(false);
      expect((await usage.take([{ ...cost, costMicros: 0 }])).granted).toBe(true);
      await usage.add([{ ...key, calls: 0, costMicros: 0, ms: 50 }]);
      expect((await usage.take([{ ...key, ...spent, limits: { ms: 50 } }])).granted).toBe(false);
      expect((await usage.read(other)).calls).toBe(2);
      expect(await usage.take([])).toEqual({ granted: true, sums: [] });
    });

    it('gives no more than there is to those who take at once', async () => {
      const stores = [store, (await opened.another?.()) ?? store];
      const taking = { ...key, ...spent, limits: { calls: 7 } };
      const taken = await ofBoth(stores, (each) => each.usage.take([taking]));
      expect(taken.filter(({ granted }) => granted)).toHaveLength(7);
      expect((await usage.read(key)).calls).toBe(7);
    });

    it('forgets windows that are over, and none that counts for ever', async () => {
      const ever = { ...key, windowAt: 0 };
      const old = { ...key, windowAt: NOW - 1 };
      await usage.add([
        { ...key, ...spent },
        { ...ever, ...spent },
        { ...old, ...spent },
      ]);
      await usage.prune(NOW);
      expect(await usage.read(old)).toEqual(nothing);
      expect([await usage.read(key), await usage.read(ever)]).toEqual([spent, spent]);
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
