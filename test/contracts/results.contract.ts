import { beforeEach, describe, expect, it } from 'vitest';
import type { Results, StoredResult } from '../../src/core/ports/results.ts';
import type { Store } from '../../src/core/ports/store.ts';
import { CLOSED, NOW, type OpenedStore, type OpenStore } from './store-parts.ts';

const MIB = 1024 * 1024;

function resultOf(changes: Partial<StoredResult> = {}): StoredResult {
  return {
    id: 'r-1',
    owner: 'ann',
    server: 'git',
    tool: 'log',
    at: NOW,
    expiresAt: NOW + 1000,
    bytes: Uint8Array.from({ length: 256 }, (_, index) => index),
    ...changes,
  };
}

/** Every promise of the port `Results`. */
export function describeResults(name: string, open: OpenStore): void {
  describe(`results contract: ${name}`, () => {
    let opened: OpenedStore;
    let store: Store;
    let results: Results;

    beforeEach(async () => {
      opened = await open();
      ({ store } = opened);
      ({ results } = store);
    });

    const left = async (owner: string, ids: readonly string[], now = NOW) => {
      const found = await Promise.all(ids.map((id) => results.find(owner, id, now)));
      return ids.filter((_, index) => found[index] !== undefined);
    };

    it('gives back every byte, to its owner alone', async () => {
      await results.put(resultOf());
      const found = await results.find('ann', 'r-1', NOW);
      expect(found && { ...found, bytes: Uint8Array.from(found.bytes) }).toEqual(resultOf());
      expect(found?.bytes).toBeInstanceOf(Uint8Array);
      expect(await results.find('bob', 'r-1', NOW)).toBeUndefined();
      expect(await results.find('ann', 'r-2', NOW)).toBeUndefined();
    });

    it('keeps the results of two owners with one id apart', async () => {
      await results.put(resultOf());
      await results.put(resultOf({ owner: 'bob', tool: 'other' }));
      expect((await results.find('ann', 'r-1', NOW))?.tool).toBe('log');
      expect((await results.find('bob', 'r-1', NOW))?.tool).toBe('other');
    });

    it('shares nothing with what was given', async () => {
      const bytes = Uint8Array.of(1, 2, 3);
      const putting = results.put(resultOf({ bytes }));
      bytes.fill(9);
      await putting;
      expect([...((await results.find('ann', 'r-1', NOW))?.bytes ?? [])]).toEqual([1, 2, 3]);
    });

    it('gives nothing back that has expired, and removes it when something is put', async () => {
      await results.put(resultOf());
      expect(await left('ann', ['r-1'], NOW + 999)).toEqual(['r-1']);
      expect(await left('ann', ['r-1'], NOW + 1000)).toEqual([]);
      await results.put(resultOf({ id: 'r-2', owner: 'bob', at: NOW + 1000, expiresAt: NOW + 5000 }));
      expect(await left('ann', ['r-1'], NOW)).toEqual([]);
      expect(await left('bob', ['r-2'], NOW + 1000)).toEqual(['r-2']);
    });

    it('removes the oldest of an owner beyond 256 MiB', async () => {
      const bytes = new Uint8Array(128 * MIB);
      await results.put(resultOf({ id: 'bobs', owner: 'bob', at: NOW - 10 }));
      for (const [index, id] of ['b', 'a'].entries())
        await results.put(resultOf({ id, at: NOW + index, bytes }));
      expect(await left('ann', ['b'])).toEqual(['b']);
      await results.put(resultOf({ id: 'small', at: NOW + 9 }));
      expect(await left('ann', ['a', 'b', 'small'])).toEqual(['a', 'small']);
      expect(await left('bob', ['bobs'])).toEqual(['bobs']);
    });

    it('is there after a restart', async ({ skip }) => {
      if (opened.another === undefined) return skip();
      await results.put(resultOf());
      await store.close();
      const again = await opened.another();
      expect((await again.results.find('ann', 'r-1', NOW))?.bytes.byteLength).toBe(256);
    });

    it('is refused once the store is closed', async () => {
      await store.close();
      await expect(results.put(resultOf())).rejects.toMatchObject(CLOSED);
      await expect(results.find('ann', 'r-1', NOW)).rejects.toMatchObject(CLOSED);
    });
  });
}
