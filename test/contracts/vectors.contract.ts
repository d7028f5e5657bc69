import { beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../../src/core/ports/store.ts';
import type { Vectors } from '../../src/core/ports/vectors.ts';
import { CLOSED, NOW, type OpenedStore, type OpenStore } from './store-parts.ts';

const MIB = 1024 * 1024;
const one = (...numbers: readonly number[]) => Float32Array.from(numbers);

/** Every promise of the port `Vectors`. */
export function describeVectors(name: string, open: OpenStore): void {
  describe(`vectors contract: ${name}`, () => {
    let opened: OpenedStore;
    let store: Store;
    let vectors: Vectors;

    beforeEach(async () => {
      opened = await open();
      ({ store } = opened);
      ({ vectors } = store);
    });

    const left = async (hashes: readonly string[]) => [...(await vectors.find('e', hashes)).keys()];

    it('gives back every number, and nothing of what is not there', async () => {
      const numbers = one(0.1, -1, 3.5e-30, 16_777_216);
      await vectors.put('e', new Map([['a', numbers]]), NOW);
      const found = await vectors.find('e', ['a', 'b', 'a']);
      expect([...found]).toEqual([['a', numbers]]);
      expect(found.get('a')).toBeInstanceOf(Float32Array);
      expect((await vectors.find('e', [])).size).toBe(0);
    });

    it('tells embedders apart', async () => {
      await vectors.put('e', new Map([['a', one(1, 0)]]), NOW);
      await vectors.put('f', new Map([['a', one(0, 1, 0)]]), NOW);
      expect((await vectors.find('e', ['a'])).get('a')).toEqual(one(1, 0));
      expect((await vectors.find('f', ['a'])).get('a')).toEqual(one(0, 1, 0));
      expect((await vectors.find('g', ['a'])).size).toBe(0);
    });

    it('replaces what is there', async () => {
      await vectors.put('e', new Map([['a', one(1, 0)]]), NOW);
      await vectors.put(
        'e',
        new Map([
          ['a', one(0, 1)],
          ['b', one(1, 1)],
        ]),
        NOW + 1,
      );
      expect([...(await vectors.find('e', ['a', 'b']))]).toEqual([
        ['a', one(0, 1)],
        ['b', one(1, 1)],
      ]);
      await vectors.put('e', new Map(), NOW + 2);
    });

    it('shares nothing with what was given', async () => {
      const numbers = one(1, 2);
      const putting = vectors.put('e', new Map([['a', numbers]]), NOW);
      numbers.fill(9);
      await putting;
      (await vectors.find('e', ['a'])).get('a')?.fill(7);
      expect((await vectors.find('e', ['a'])).get('a')).toEqual(one(1, 2));
    });

    it('lets those go first that were put first, beyond 128 MiB', async () => {
      const large = new Float32Array((64 * MIB) / 4);
      for (const [index, hash] of ['b', 'a'].entries())
        await vectors.put('e', new Map([[hash, large]]), NOW + index);
      expect(await left(['b'])).toEqual(['b']);
      await vectors.put('f', new Map([['small', one(1)]]), NOW + 9);
      expect(await left(['a', 'b'])).toEqual(['a']);
      expect((await vectors.find('f', ['small'])).size).toBe(1);
    });

    it('is there after a restart', async ({ skip }) => {
      if (opened.another === undefined) return skip();
      await vectors.put('e', new Map([['a', one(1, 2)]]), NOW);
      await store.close();
      const again = await opened.another();
      expect((await again.vectors.find('e', ['a'])).get('a')).toEqual(one(1, 2));
    });

    it('is refused once the store is closed', async () => {
      await store.close();
      await expect(vectors.find('e', ['a'])).rejects.toMatchObject(CLOSED);
      await expect(vectors.put('e', new Map([['a', one(1)]]), NOW)).rejects.toMatchObject(CLOSED);
    });
  });
}
