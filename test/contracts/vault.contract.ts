import { beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../../src/core/ports/store.ts';
import type { Vault } from '../../src/core/ports/vault.ts';
import { CLOSED, NOW, ofBoth, type OpenedStore, type OpenStore } from './store-parts.ts';

/** Every promise of the port `Vault`. */
export function describeVault(name: string, open: OpenStore): void {
  describe(`vault contract: ${name}`, () => {
    let opened: OpenedStore;
    let store: Store;
    let vault: Vault;

    beforeEach(async () => {
      opened = await open();
      ({ store } = opened);
      ({ vault } = store);
    });

    it('keeps the first secret of a name', async () => {
      expect(await vault.secret('seal', 'one')).toBe('one');
      expect(await vault.secret('seal', 'two')).toBe('one');
      expect(await vault.secret('other', 'two')).toBe('two');
    });

    it('gives everybody the same secret', async () => {
      const stores = [store, (await opened.another?.()) ?? store];
      const secrets = await ofBoth(stores, (each, index) => each.vault.secret('seal', `fresh ${index}`));
      expect(new Set(secrets).size).toBe(1);
    });

    it('lets a mark be taken once', async () => {
      expect(await vault.claim('m', NOW, NOW + 1000)).toBe(true);
      expect(await vault.claim('m', NOW, NOW + 1000)).toBe(false);
      expect(await vault.claim('m', NOW + 999, NOW + 5000)).toBe(false);
      expect(await vault.claim('n', NOW, NOW + 1000)).toBe(true);
      await vault.release('n');
      expect(await vault.claim('n', NOW, NOW + 1000)).toBe(true);
      expect(await vault.claim('m', NOW, NOW + 1000)).toBe(false);
    });

    it('keeps a mark for longer, and makes none', async () => {
      await vault.claim('m', NOW, NOW + 1000);
      await vault.renew('m', NOW + 5000);
      await vault.renew('n', NOW + 5000);
      expect(await vault.claim('m', NOW + 4999, NOW + 9000)).toBe(false);
      expect(await vault.claim('n', NOW + 1, NOW + 9000)).toBe(true);
      expect(await vault.claim('m', NOW + 5000, NOW + 9000)).toBe(true);
    });

    it('lets one of many take it', async () => {
      const stores = [store, (await opened.another?.()) ?? store];
      const taken = await ofBoth(stores, (each) => each.vault.claim('m', NOW, NOW + 1000));
      expect(taken.filter(Boolean)).toHaveLength(1);
    });

    it('keeps values by name until they are taken out', async () => {
      const tokens = JSON.parse('{"access":"x","expires_at":5,"__proto__":{"own":true}}') as {
        access: string;
      };
      expect(await vault.read('login:git')).toBeUndefined();
      await vault.write('login:git', tokens);
      expect(await vault.read('login:git')).toEqual(tokens);
      await vault.write('login:git', { access: 'y' });
      await vault.write('login:hub', { access: 'z' });
      expect(await vault.read('login:git')).toEqual({ access: 'y' });
      await vault.write('login:git', undefined);
      await vault.write('never', undefined);
      expect(await vault.read('login:git')).toBeUndefined();
      expect(await vault.read('login:hub')).toEqual({ access: 'z' });
    });

    it('replaces only what is still kept as it was read', async () => {
      expect(await vault.replace('list', undefined, { of: ['ä"', 1] })).toBe(true);
      expect(await vault.replace('list', undefined, { of: [] })).toBe(false);
      const before = await vault.read('list');
      expect(await vault.replace('list', before, { of: [2] })).toBe(true);
      expect(await vault.replace('list', before, { of: [3] })).toBe(false);
      expect(await vault.replace('other', before, { of: [3] })).toBe(false);
      expect(await vault.read('list')).toEqual({ of: [2] });
      expect(await vault.read('other')).toBeUndefined();
    });

    it('lets one of many replace it', async () => {
      const stores = [store, (await opened.another?.()) ?? store];
      await vault.write('list', { of: 0 });
      const done = await ofBoth(stores, (each, index) =>
        each.vault.replace('list', { of: 0 }, { of: index + 1 }),
      );
      expect(done.filter(Boolean)).toHaveLength(1);
      expect(await vault.read('list')).toEqual({ of: done.indexOf(true) + 1 });
    });

    it('tells secrets and values of one name apart', async () => {
      await vault.write('name', { value: 1 });
      expect(await vault.secret('name', 'secret')).toBe('secret');
      expect(await vault.read('name')).toEqual({ value: 1 });
      await vault.write('name', undefined);
      expect(await vault.secret('name', 'other')).toBe('secret');
    });

    it('is there after a restart', async ({ skip }) => {
      if (opened.another === undefined) return skip();
      await vault.secret('seal', 'one');
      await vault.write('login', { access: 'x' });
      await vault.claim('m', NOW, NOW + 1000);
      await store.close();
      const again = await opened.another();
      expect(await again.vault.secret('seal', 'two')).toBe('one');
      expect(await again.vault.read('login')).toEqual({ access: 'x' });
      expect(await again.vault.claim('m', NOW, NOW + 1000)).toBe(false);
    });

    it('is refused once the store is closed', async () => {
      await store.close();
      await expect(vault.secret('seal', 'one')).rejects.toMatchObject(CLOSED);
      await expect(vault.claim('m', NOW, NOW)).rejects.toMatchObject(CLOSED);
      await expect(vault.renew('m', NOW)).rejects.toMatchObject(CLOSED);
      await expect(vault.read('login')).rejects.toMatchObject(CLOSED);
      await expect(vault.write('login', {})).rejects.toMatchObject(CLOSED);
      await expect(vault.replace('login', {}, {})).rejects.toMatchObject(CLOSED);
    });
  });
}
