import { beforeEach, describe, expect, it } from 'vitest';
import type { Pin, Pins, Sighting, Waiting } from '../../src/core/ports/pins.ts';
import type { Store } from '../../src/core/ports/store.ts';
import { CLOSED, NOW, ofBoth, type OpenedStore, type OpenStore } from './store-parts.ts';

function pinOf(changes: Partial<Pin> = {}): Pin {
  return {
    server: 'git',
    kind: 'tool',
    name: 'push',
    hash: 'h1',
    definition: { name: 'push', inputSchema: { type: 'object', ['__proto__']: { own: true } } },
    approvedAt: NOW,
    approvedBy: 'first-use',
    ...changes,
  };
}

function sightingOf(changes: Partial<Sighting> = {}): Sighting {
  return {
    server: 'git',
    at: NOW,
    launch: 'l1',
    offer: {
      era: 'legacy',
      serverInfo: { name: 'git', version: '1' },
      capabilities: {},
      tools: [{ name: 'push', inputSchema: { type: 'object' } }],
      prompts: [],
      resources: [],
      resourceTemplates: [],
      dropped: [],
    },
    ...changes,
  };
}

function waitingOf(changes: Partial<Waiting> = {}): Waiting {
  return {
    server: 'git',
    kind: 'tool',
    name: 'push',
    hash: 'h2',
    definition: { name: 'push' },
    findings: ['It gives orders.'],
    launch: 'l1',
    at: NOW,
    ...changes,
  };
}

/** Every promise of the port `Pins`. */
export function describePins(name: string, open: OpenStore): void {
  describe(`pins contract: ${name}`, () => {
    let opened: OpenedStore;
    let store: Store;
    let pins: Pins;

    beforeEach(async () => {
      opened = await open();
      ({ store } = opened);
      ({ pins } = store);
    });

    it('adds and replaces by server, kind and name', async () => {
      const first = [pinOf(), pinOf({ name: 'pull' }), pinOf({ kind: 'prompt' }), pinOf({ server: 'hub' })];
      await pins.put(first);
      expect(await pins.list()).toHaveLength(4);
      expect(await pins.list()).toEqual(expect.arrayContaining(first));
      const changed = pinOf({ hash: 'h2', definition: {}, approvedAt: NOW + 1, approvedBy: 'cli:ada' });
      await pins.put([changed, pinOf({ kind: 'server', name: '' })]);
      expect(await pins.list()).toHaveLength(5);
      expect(await pins.list()).toContainEqual(changed);
      expect(await pins.list()).not.toContainEqual(pinOf());
    });

    it('lists in one order, whatever order they came in', async () => {
      const names = ['c', 'a', 'b'];
      await pins.put(names.flatMap((each) => [pinOf({ server: each }), pinOf({ server: each, name: 'x' })]));
      const listed = (await pins.list()).map((pin) => `${pin.server}.${pin.name}`);
      expect(listed).toEqual(['a.push', 'a.x', 'b.push', 'b.x', 'c.push', 'c.x']);
    });

    it('leaves what is pinned where new ones are added, and says how they stand', async () => {
      await pins.put([pinOf()]);
      const other = pinOf({ name: 'pull', hash: 'h9' });
      const standing = await pins.putNew([other, pinOf({ hash: 'h2', approvedBy: 'later' })]);
      expect(standing).toEqual([other, pinOf()]);
      expect(await pins.putNew([])).toEqual([]);
    });

    it('lets the first of several win', async () => {
      const stores = [store, (await opened.another?.()) ?? store];
      const answers = await ofBoth(stores, (each, index) =>
        each.pins.putNew([pinOf({ hash: `h${index}` }), pinOf({ name: 'pull', hash: `h${index}` })]),
      );
      const hashes = answers.flat().map(({ hash }) => hash);
      expect(new Set(hashes).size).toBe(1);
      expect((await pins.list()).map(({ hash }) => hash)).toEqual([hashes[0], hashes[0]]);
    });

    it('remembers the last sighting of each server', async () => {
      await pins.see(sightingOf());
      await pins.see(sightingOf({ server: 'hub' }));
      const later = sightingOf({ at: NOW + 1, launch: 'l2' });
      await pins.see(later);
      expect(await pins.sightings()).toEqual([later, sightingOf({ server: 'hub' })]);
    });

    it('remembers what waits by server, kind, name and hash, until it is over', async () => {
      const other = waitingOf({ hash: 'h3', at: NOW - 1, findings: [] });
      const foreign = waitingOf({ server: 'hub', at: NOW + 1 });
      await pins.setWaiting([waitingOf(), other, foreign], []);
      expect(await pins.waiting()).toEqual([other, waitingOf(), foreign]);
      await pins.setWaiting([waitingOf({ at: NOW + 2 })], [other]);
      expect(await pins.waiting()).toEqual([foreign, waitingOf({ at: NOW + 2 })]);
      await pins.forget('hub');
      expect(await pins.waiting()).toEqual([waitingOf({ at: NOW + 2 })]);
    });

    it('remembers verdicts by server and launch', async () => {
      const verdict = { era: 'modern', at: NOW, discovered: { capabilities: { tools: {} } } } as const;
      await pins.rememberVerdict('git', 'l1', { era: 'legacy', at: 1 });
      await pins.rememberVerdict('git', 'l1', verdict);
      expect(await pins.verdict('git', 'l1')).toEqual(verdict);
      expect(await pins.verdict('git', 'l2')).toBeUndefined();
      expect(await pins.verdict('hub', 'l1')).toBeUndefined();
    });

    it('forgets everything about a server, and nothing about others', async () => {
      for (const server of ['git', 'hub']) {
        await pins.put([pinOf({ server }), pinOf({ server, kind: 'instructions', name: '' })]);
        await pins.see(sightingOf({ server }));
        await pins.rememberVerdict(server, 'l1', { era: 'legacy', at: NOW });
      }
      await pins.forget('git');
      expect((await pins.list()).map(({ server }) => server)).toEqual(['hub', 'hub']);
      expect((await pins.sightings()).map(({ server }) => server)).toEqual(['hub']);
      expect(await pins.verdict('git', 'l1')).toBeUndefined();
      expect(await pins.verdict('hub', 'l1')).toBeDefined();
    });

    it('shares nothing with what was given', async () => {
      const definition: Record<string, string> = { name: 'push' };
      await pins.put([pinOf({ definition })]);
      definition['name'] = 'changed';
      expect((await pins.list())[0]?.definition).toEqual({ name: 'push' });
    });

    it('is there after a restart', async ({ skip }) => {
      if (opened.another === undefined) return skip();
      await pins.put([pinOf()]);
      await pins.see(sightingOf());
      await store.close();
      const again = await opened.another();
      expect(await again.pins.list()).toEqual([pinOf()]);
      expect(await again.pins.sightings()).toEqual([sightingOf()]);
    });

    it('is refused once the store is closed', async () => {
      await store.close();
      await expect(pins.list()).rejects.toMatchObject(CLOSED);
      await expect(pins.put([pinOf()])).rejects.toMatchObject(CLOSED);
      await expect(pins.putNew([pinOf()])).rejects.toMatchObject(CLOSED);
      await expect(pins.see(sightingOf())).rejects.toMatchObject(CLOSED);
    });
  });
}
