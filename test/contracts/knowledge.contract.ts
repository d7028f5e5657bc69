import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Json } from '../../src/core/kernel/json.ts';
import type { Knowledge, KnowledgeEntry, Shelf } from '../../src/core/ports/knowledge.ts';
import type { Store } from '../../src/core/ports/store.ts';
import { firstMove, HASH, OWNER } from './store.moves.ts';
import { CLOSED, NOW, ofBoth, type OpenedStore, type OpenStore } from './store-parts.ts';

const SESSION = 'i-1';
const own = { space: 'session', owner: OWNER, session: SESSION } as const;
const mine = { space: 'user', owner: OWNER } as const;
const his = { space: 'user', owner: 'bob' } as const;
const shared = { space: 'shared' } as const;
const SHELVES: readonly Shelf[] = [own, mine, his, shared];
const all = { limit: 1_000 };

function known(
  key: string,
  value: Json = `what ${key} is`,
  changes: Partial<KnowledgeEntry> = {},
): KnowledgeEntry {
  const origin = { by: OWNER };
  const at = { createdAt: NOW, updatedAt: NOW, expiresAt: null };
  return { key, value, tags: [], origin, isUntrusted: false, ...at, ...changes };
}

async function keysOf(knowledge: Knowledge, ...asked: Parameters<Knowledge['keys']>) {
  return (await knowledge.keys(...asked)).map(({ key }) => key);
}

/**
 * Every promise of the port `Knowledge`. Which entries a search finds is the same everywhere; their order is promised only where one has
 * more of the words, or rarer ones, than the other.
 */
export function describeKnowledge(name: string, open: OpenStore): void {
  describe(`knowledge contract: ${name}`, () => {
    let opened: OpenedStore;
    let store: Store;
    let knowledge: Knowledge;

    const begin = (id: string, owner = OWNER) =>
      store.create(firstMove({ id, owner, token: `${owner}.${id}` }));
    const keep = async (shelf: Shelf, values: Readonly<Record<string, Json>>) => {
      for (const [key, value] of Object.entries(values)) await knowledge.put(shelf, known(key, value));
    };
    const find = async (text: string, shelves: readonly Shelf[] = [mine], tags?: readonly string[]) => {
      const found = await knowledge.search(shelves, { text, limit: 100, ...(tags && { tags }) }, NOW);
      return found.map(({ entry }) => entry.key);
    };

    beforeEach(async () => {
      opened = await open();
      ({ store } = opened);
      ({ knowledge } = store);
      await store.keepDefinition(HASH, 'RELEASE', { 'index.md': '# Goal' });
      await begin(SESSION);
    });

    it('knows nothing at first', async () => {
      for (const shelf of SHELVES) {
        expect(await knowledge.get(shelf, 'colour', NOW)).toBeUndefined();
        expect(await knowledge.list(shelf, all, NOW)).toEqual([]);
        expect(await keysOf(knowledge, shelf, all, NOW)).toEqual([]);
        expect(await knowledge.count(shelf, NOW)).toBe(0);
        expect(await knowledge.remove(shelf, 'colour')).toBe(false);
      }
      expect(await find('anything', SHELVES)).toEqual([]);
    });

    it('gives back what was put, as it was put', async () => {
      const value = JSON.parse('{"list":[1,null,true,"ünï\\u0000\\ud800"],"__proto__":{"x":1}}') as Json;
      const entry = known('colour', value, {
        tags: ['b', 'a'],
        origin: { by: 'ann', session: 's-1', tool: 'git__log', result: 'r-1' },
        isUntrusted: true,
        updatedAt: NOW + 1,
        expiresAt: NOW + 9,
      });
      for (const shelf of SHELVES) {
        await knowledge.put(shelf, entry);
        expect(await knowledge.get(shelf, 'colour', NOW)).toEqual(entry);
        expect(await knowledge.list(shelf, all, NOW)).toEqual([entry]);
        const [found] = await knowledge.search([shelf], { text: 'colour', limit: 1 }, NOW);
        expect(found).toEqual({ shelf, entry, score: expect.any(Number) as number });
      }
    });

    it('shares nothing with what was given', async () => {
      const value = { deep: ['a'] };
      const putting = knowledge.put(mine, known('k', value));
      value.deep.push('bear');
      await putting;
      expect(await find('bear')).toEqual([]);
      const got = (await knowledge.get(mine, 'k', NOW))?.value as { deep: string[] };
      got.deep.push('c');
      expect((await knowledge.get(mine, 'k', NOW))?.value).toEqual({ deep: ['a'] });
    });

    it('replaces what has the same key, since when it is known stays', async () => {
      await knowledge.put(mine, known('k', 'old', { tags: ['x'] }));
      const later = known('k', 'new', { tags: ['y'], createdAt: NOW + 5, updatedAt: NOW + 5 });
      await knowledge.put(mine, later);
      expect(await knowledge.get(mine, 'k', NOW)).toEqual({ ...later, createdAt: NOW });
      expect(await knowledge.count(mine, NOW)).toBe(1);
      expect(await find('old')).toEqual([]);
      expect(await find('new')).toEqual(['k']);
      expect(await keysOf(knowledge, mine, { ...all, tags: ['x'] }, NOW)).toEqual([]);
      expect(await find('new', [mine], ['x'])).toEqual([]);
      expect(await find('new', [mine], ['y'])).toEqual(['k']);
    });

    it('writes in place of what was named alone', async () => {
      for (const shelf of SHELVES) {
        const at = { createdAt: NOW, updatedAt: NOW };
        expect(await knowledge.put(shelf, known('k', 'one'), { instead: null })).toBe(true);
        expect(await knowledge.put(shelf, known('k', 'two'), { instead: null })).toBe(false);
        const one = await knowledge.get(shelf, 'k', NOW);
        expect(one?.value).toBe('one');
        const two = known('k', { b: 1, 1: [null] }, { tags: ['t'], expiresAt: NOW + 9, isUntrusted: true });
        expect(await knowledge.put(shelf, two, { instead: one ?? null })).toBe(true);
        expect(await knowledge.put(shelf, known('k', 'three'), { instead: one ?? null })).toBe(false);
        expect(await knowledge.put(shelf, known('none'), { instead: one ?? null })).toBe(false);
        expect(await knowledge.remove(shelf, 'k', { instead: one ?? null })).toBe(false);
        const stands = (await knowledge.get(shelf, 'k', NOW)) as KnowledgeEntry;
        expect(stands).toEqual({ ...two, ...at });
        for (const [what, other] of Object.entries({
          value: 'x',
          tags: [],
          origin: { by: 'eve' },
          isUntrusted: false,
          updatedAt: NOW + 1,
          expiresAt: null,
        }))
          expect(await knowledge.put(shelf, two, { instead: { ...stands, [what]: other } })).toBe(false);
        expect(await knowledge.remove(shelf, 'k', { instead: stands })).toBe(true);
        expect(await knowledge.remove(shelf, 'k', { instead: stands })).toBe(false);
        expect(await knowledge.count(shelf, NOW)).toBe(0);
      }
    });

    it('takes what is over for nothing where nothing must stand', async () => {
      await knowledge.put(mine, known('k', 'old', { expiresAt: NOW + 5 }));
      const later = known('k', 'new', { createdAt: NOW + 5, updatedAt: NOW + 5 });
      expect(await knowledge.put(mine, { ...later, updatedAt: NOW + 4 }, { instead: null })).toBe(false);
      expect(await knowledge.put(mine, later, { instead: null })).toBe(true);
      expect(await knowledge.get(mine, 'k', NOW + 5)).toEqual(later);
    });

    it('lets one of those win that create the same at once', async () => {
      const stores = [store, (await opened.another?.()) ?? store];
      const won = await ofBoth(stores, (each, index) =>
        each.knowledge.put(shared, known('k', `value ${index}`), { instead: null }),
      );
      expect(won.filter(Boolean)).toHaveLength(1);
      expect((await knowledge.get(shared, 'k', NOW))?.value).toBe(`value ${won.indexOf(true)}`);
    });

    it('keeps within the bounds of a session and of an owner, what is shared counting for who shares it', async () => {
      const value = 'x'.repeat(1_000);
      const full = { code: 'session/full' };
      const bounds = { maxSessionBytes: 3_000, maxOwnerBytes: 8_000 };
      const by = { origin: { by: OWNER, owner: OWNER } };
      const put = async (shelf: Shelf, key: string, changes: Partial<KnowledgeEntry> = {}) =>
        await knowledge.put(shelf, known(key, value, { ...by, ...changes }), { bounds });
      expect(await put(own, 'a')).toBe(true);
      await expect(put(own, 'b')).rejects.toMatchObject(full);
      expect(await keysOf(knowledge, own, all, NOW)).toEqual(['a']);
      expect(await put(own, 'a', { tags: ['t'] })).toBe(true);
      expect(await put(mine, 'c', { expiresAt: NOW + 5 })).toBe(true);
      expect(await put(shared, 'd')).toBe(true);
      await expect(put(shared, 'e')).rejects.toMatchObject(full);
      const other = { origin: { by: 'bob', owner: 'bob' } };
      expect(await put(shared, 'e', other)).toBe(true);
      expect(await put(his, 'e', other)).toBe(true);
      // What is over makes room, as does what is deleted, replaced by somebody else, or gone with its session.
      const later = { createdAt: NOW + 5, updatedAt: NOW + 5 };
      expect(await put(mine, 'f', later)).toBe(true);
      await expect(put(mine, 'g', later)).rejects.toMatchObject(full);
      await knowledge.remove(mine, 'f');
      expect(await put(mine, 'g', later)).toBe(true);
      expect(await put(shared, 'd', other)).toBe(true);
      expect(await put(mine, 'h', later)).toBe(true);
      await expect(put(mine, 'i', later)).rejects.toMatchObject(full);
      await store.remove(OWNER, SESSION);
      expect(await put(mine, 'i', later)).toBe(true);
      await begin(SESSION);
      await expect(put(own, 'a', later)).rejects.toMatchObject(full);
      // What is too large already may shrink, and without bounds nothing is too much.
      const tight = { bounds: { maxSessionBytes: 1, maxOwnerBytes: 1 } };
      expect(await knowledge.put(mine, known('i', 'small', { ...by, ...later }), tight)).toBe(true);
      expect(await knowledge.put(own, known('a', value, by))).toBe(true);
    });

    it('keeps shelves apart', async () => {
      await begin('i-2');
      await begin(SESSION, 'bob');
      const shelves: readonly Shelf[] = [
        ...SHELVES,
        { ...own, session: 'i-2' },
        { ...own, owner: 'bob' },
        { space: 'user', owner: '' },
      ];
      for (const [index, shelf] of shelves.entries())
        await knowledge.put(shelf, known('k', `value ${index}`));
      for (const [index, shelf] of shelves.entries()) {
        expect((await knowledge.get(shelf, 'k', NOW))?.value).toBe(`value ${index}`);
        expect(await knowledge.count(shelf, NOW)).toBe(1);
        const found = await knowledge.search([shelf], { text: 'value', limit: 9 }, NOW);
        expect(found.map(({ entry }) => entry.value)).toEqual([`value ${index}`]);
      }
      const both = await knowledge.search([mine, shared], { text: 'value', limit: 9 }, NOW);
      expect(both.map(({ shelf }) => shelf.space).toSorted()).toEqual(['shared', 'user']);
      expect(await knowledge.remove(mine, 'k')).toBe(true);
      expect(await knowledge.remove(mine, 'k')).toBe(false);
      expect(await knowledge.count(his, NOW)).toBe(1);
    });

    it('lists in the order of keys, page after page', async () => {
      await keep(mine, { b: 1, 'a b': 2, a: 3, B: 4, '\u{1F600}': 5, '\uFFFD': 6, é: 7, '': 8 });
      const keys = ['', 'B', 'a', 'a b', 'b', 'é', '\uFFFD', '\u{1F600}'];
      expect(await keysOf(knowledge, mine, all, NOW)).toEqual(keys);
      expect((await knowledge.list(mine, all, NOW)).map(({ key }) => key)).toEqual(keys);
      expect(await keysOf(knowledge, mine, { limit: 2, after: 'B' }, NOW)).toEqual(['a', 'a b']);
      expect(await keysOf(knowledge, mine, { limit: 2, after: 'a a' }, NOW)).toEqual(['a b', 'b']);
      expect((await knowledge.list(mine, { limit: 1, after: 'é' }, NOW)).map(({ key }) => key)).toEqual([
        '\uFFFD',
      ]);
      expect(await keysOf(knowledge, mine, { limit: 2, after: '\u{1F600}' }, NOW)).toEqual([]);
    });

    it('lists what bears all of the tags', async () => {
      await knowledge.put(mine, known('a', 1, { tags: ['x', 'y'] }));
      await knowledge.put(mine, known('b', 1, { tags: ['x', 'x'] }));
      await knowledge.put(mine, known('c', 1, { tags: ['X y'] }));
      await knowledge.put(his, known('d', 1, { tags: ['x'] }));
      const bearing = (...tags: readonly string[]) => keysOf(knowledge, mine, { ...all, tags }, NOW);
      expect(await bearing('x')).toEqual(['a', 'b']);
      expect(await bearing('y', 'x', 'x')).toEqual(['a']);
      expect(await bearing('X y')).toEqual(['c']);
      expect(await bearing('X')).toEqual([]);
      expect(await bearing()).toEqual(['a', 'b', 'c']);
      expect(await keysOf(knowledge, mine, { limit: 1, tags: ['x'], after: 'a' }, NOW)).toEqual(['b']);
      expect((await knowledge.list(mine, { limit: 9, tags: ['y'] }, NOW)).map(({ key }) => key)).toEqual([
        'a',
      ]);
    });

    it('lists keys with their marks', async () => {
      await knowledge.put(mine, known('a', 1, { isUntrusted: true }));
      await knowledge.put(mine, known('b'));
      expect(await knowledge.keys(mine, all, NOW)).toEqual([
        { key: 'a', isUntrusted: true },
        { key: 'b', isUntrusted: false },
      ]);
    });

    it('holds no longer than it should', async () => {
      await knowledge.put(mine, known('short', 'word', { expiresAt: NOW + 10, tags: ['t'] }));
      await knowledge.put(mine, known('long', 'word', { expiresAt: NOW + 20, tags: ['t'] }));
      await knowledge.put(mine, known('ever', 'word', { tags: ['t'] }));
      for (const [now, keys] of [
        [NOW + 9, ['ever', 'long', 'short']],
        [NOW + 10, ['ever', 'long']],
        [NOW + 20, ['ever']],
      ] as const) {
        expect(await keysOf(knowledge, mine, all, now)).toEqual(keys);
        expect((await knowledge.list(mine, { ...all, tags: ['t'] }, now)).map(({ key }) => key)).toEqual(
          keys,
        );
        expect(await knowledge.count(mine, now)).toBe(keys.length);
        for (const key of ['ever', 'long', 'short'] as const)
          expect((await knowledge.get(mine, key, now)) !== undefined).toBe(
            (keys as readonly string[]).includes(key),
          );
        const found = await knowledge.search([mine], { text: 'word', limit: 9 }, now);
        expect(found.map(({ entry }) => entry.key).toSorted()).toEqual(keys);
      }
    });

    it('finds what holds behind any number of what does not any more', async () => {
      await knowledge.put(mine, known('old', 'needle'));
      for (let index = 0; index < 600; index += 1)
        await knowledge.put(mine, known(`k${index}`, 'needle', { expiresAt: NOW + 1 }));
      const found = await knowledge.search([mine], { text: 'needle', limit: 5 }, NOW + 1);
      expect(found.map(({ entry }) => entry.key)).toEqual(['old']);
    });

    it('forgets since when it was known what was over when it was put again', async () => {
      await knowledge.put(mine, known('k', 'old', { expiresAt: NOW + 10 }));
      const again = known('k', 'new', { createdAt: NOW + 10, updatedAt: NOW + 10 });
      await knowledge.put(mine, again);
      expect(await knowledge.get(mine, 'k', NOW + 10)).toEqual(again);
    });

    it('goes with its session, and what the owner knows stays', async () => {
      await begin('i-2');
      const other: Shelf = { ...own, session: 'i-2' };
      for (const shelf of [...SHELVES, other])
        await knowledge.put(shelf, known('k', 'word', { tags: ['t'] }));
      expect(await store.remove(OWNER, SESSION)).toBe(true);
      expect(await knowledge.get(own, 'k', NOW)).toBeUndefined();
      expect(await find('word', [own])).toEqual([]);
      await begin(SESSION);
      expect(await knowledge.count(own, NOW)).toBe(0);
      expect(await keysOf(knowledge, own, { ...all, tags: ['t'] }, NOW)).toEqual([]);
      for (const shelf of [mine, his, shared, other]) expect(await knowledge.count(shelf, NOW)).toBe(1);
      await knowledge.put(own, known('k', 'anew'));
      expect(await find('word', [own])).toEqual([]);
      expect(await find('anew', [own])).toEqual(['k']);
    });

    it('needs the session of its shelf', async () => {
      const nobody: Shelf = { ...own, session: 'i-2' };
      const refused = { code: 'session/not-found' };
      await expect(knowledge.put(nobody, known('k'))).rejects.toMatchObject(refused);
      await expect(knowledge.put({ ...own, owner: 'bob' }, known('k'))).rejects.toMatchObject(refused);
      expect(await knowledge.get(nobody, 'k', NOW)).toBeUndefined();
      await Promise.allSettled([knowledge.put(nobody, known('k')), knowledge.put(mine, known('k'))]);
      expect(await knowledge.count(mine, NOW)).toBe(1);
    });

    it('finds words of keys, values and tags by how they begin', async () => {
      await keep(mine, {
        deployment_target: 'the cluster in Frankfurt',
        colours: { primary: ['Blue', { hex: '0000ff' }], on: true, count: 42 },
        'meeting/2024-05-01': 'Zoë said “naïve”\nnext line\ttabbed',
      });
      await knowledge.put(mine, known('tagged', 1, { tags: ['Release Train'] }));
      for (const [text, keys] of [
        ['deploy', ['deployment_target']],
        ['TARGET', ['deployment_target']],
        ['frank', ['deployment_target']],
        ['blue', ['colours']],
        ['prim', ['colours']],
        ['0000FF', ['colours']],
        ['42', ['colours']],
        ['2024', ['meeting/2024-05-01']],
        ['zoe', ['meeting/2024-05-01']],
        ['NAIVE', ['meeting/2024-05-01']],
        ['nai\u0308ve', ['meeting/2024-05-01']],
        ['next', ['meeting/2024-05-01']],
        ['tabb', ['meeting/2024-05-01']],
        ['train', ['tagged']],
        ['rankfurt', []],
        ['e', []],
      ] as const)
        expect([text, await find(text)]).toEqual([text, keys]);
    });

    it('finds words of every script', async () => {
      await keep(mine, {
        japanese: '東京の会議は月曜日です',
        greek: 'ΑΘΉΝΑ',
        russian: 'Ёлка в Москве',
        korean: '서울 회의',
        hindi: 'हिन्दी भाषा',
        arabic: 'مرحبا بالعالم',
        wide: 'ＦＵＬＬ width',
      });
      for (const [text, key] of [
        ['会議', 'japanese'],
        ['月曜', 'japanese'],
        ['αθηνα', 'greek'],
        ['елка', 'russian'],
        ['москв', 'russian'],
        ['서울', 'korean'],
        ['हिन्दी', 'hindi'],
        ['مرحبا', 'arabic'],
        ['full', 'wide'],
      ] as const)
        expect([text, await find(text)]).toEqual([text, [key]]);
    });

    it('puts first what has more of the words, and rarer ones', async () => {
      await keep(mine, {
        one: 'alpha and nothing more',
        three: 'alpha beta gamma',
        two: 'beta alpha of old',
        none: 'nothing of it',
      });
      expect(await find('alpha beta gamma')).toEqual(['three', 'two', 'one']);
      await keep(mine, { rare: 'quartz', c1: 'alpha', c2: 'alpha', c3: 'alpha', c4: 'alpha' });
      expect((await find('alpha quartz'))[0]).toBe('rare');
      expect(
        (await knowledge.search([mine], { text: 'alpha beta gamma', limit: 2 }, NOW)).map(
          ({ entry }) => entry.key,
        ),
      ).toEqual(['three', 'two']);
    });

    it('puts a word of the key and a whole word before a beginning', async () => {
      await keep(mine, {
        planet: 'round',
        x: 'a plan of sorts',
        plan: 'how to',
        y: 'planets again',
        z: 'other',
      });
      const keys = await find('plan');
      expect(keys[0]).toBe('plan');
      expect(keys.indexOf('x')).toBeLessThan(keys.indexOf('y'));
      expect(keys.toSorted()).toEqual(['plan', 'planet', 'x', 'y']);
    });

    it('gives scores that fall', async () => {
      await keep(mine, { a: 'one two three', b: 'one two', c: 'one' });
      const found = await knowledge.search([mine], { text: 'one two three', limit: 9 }, NOW);
      const scores = found.map(({ score }) => score);
      expect(scores).toEqual(scores.toSorted((a, b) => b - a));
      expect(scores.every((score) => Number.isFinite(score) && score > 0)).toBe(true);
    });

    it('searches among what bears all of the tags', async () => {
      await knowledge.put(mine, known('a', 'word', { tags: ['x', 'y'] }));
      await knowledge.put(mine, known('b', 'word', { tags: ['x'] }));
      await knowledge.put(mine, known('c', 'other', { tags: ['x', 'y'] }));
      await knowledge.put(mine, known('d', 'word', { tags: ['"; *', '\uD800'] }));
      expect((await find('word', [mine], ['x'])).toSorted()).toEqual(['a', 'b']);
      expect(await find('word', [mine], ['y', 'x', 'y'])).toEqual(['a']);
      expect(await find('word', [mine], ['X'])).toEqual([]);
      expect(await find('word', [mine], ['"; *', '\uD800'])).toEqual(['d']);
      expect((await find('word', [mine], [])).toSorted()).toEqual(['a', 'b', 'd']);
    });

    it('takes every text for words', async () => {
      await keep(mine, { near: 'NEAR and or not', key: 'tokens rowid', quoted: 'it\'s "quoted"' });
      for (const [text, keys] of [
        ['', []],
        ['   ', []],
        ['"', []],
        ['*', []],
        ['\0', []],
        ['\uD800', []],
        ['\uDFFF\uD800', []],
        ['\u{1F600}', []],
        ['()^-:{}+,.;\'"*', []],
        ['NEAR(', ['near']],
        ['NEAR(near, 5)', ['near']],
        ['near AND zzz', ['near']],
        ['NOT near', ['near']],
        ['-near', ['near']],
        ['^near', ['near']],
        ['tokens:near', ['key', 'near']],
        ['rowid:1', ['key']],
        ['"quo*', ['quoted']],
        ['quo"ted', ['quoted']],
        ['near\0zzz', ['near']],
        ['near\uD800', ['near']],
        ["near') or 1=1 --", ['near']],
      ] as const)
        expect([text, (await find(text)).toSorted()]).toEqual([text, keys]);
    });

    it('bears queries and values of ten megabytes', async () => {
      const huge = 'lorem ipsum '.repeat(850_000);
      await keep(mine, { huge, dense: 'x'.repeat(10_000_000), small: 'lorem' });
      expect((await find(huge)).toSorted()).toEqual(['huge', 'small']);
      expect(await find('x'.repeat(10_000_000))).toEqual(['dense']);
      expect(await find('"'.repeat(10_000_000))).toEqual([]);
      expect((await knowledge.get(mine, 'huge', NOW))?.value).toBe(huge);
    });

    it('loses nothing of what is put at once', async () => {
      const stores = [store, (await opened.another?.()) ?? store];
      await ofBoth(stores, (each, index) => each.knowledge.put(mine, known(`k${index}`, `word ${index}`)));
      await ofBoth(stores, (each, index) => each.knowledge.put(shared, known('k', `value ${index}`)));
      expect(await knowledge.count(mine, NOW)).toBe(20);
      expect(await find('word')).toHaveLength(20);
      expect(await knowledge.count(shared, NOW)).toBe(1);
      expect(await find('value', [shared])).toEqual(['k']);
    });

    it('behaves like a map that is searched from end to end', async () => {
      const word = fc.constantFrom(
        'red',
        'Reddish',
        'RÉD',
        'blue',
        'bluest',
        'green',
        'gréén',
        'a',
        'ab',
        'abc',
      );
      const text = fc.array(word, { maxLength: 4 }).map((words) => words.join(' '));
      const tags = fc.subarray(['t', 'u', 'T v']);
      const shelf = fc.constantFrom(...SHELVES);
      const key = fc.constantFrom('k', 'red', 'blue-green', 'K', '\0', '\uD800', '\u{1F600}');
      const step = fc.oneof(
        fc.record({
          kind: fc.constant('put' as const),
          shelf,
          key,
          text,
          tags,
          ttl: fc.option(fc.integer({ min: 1, max: 5 })),
        }),
        fc.record({ kind: fc.constant('remove' as const), shelf, key }),
        fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 4 }) }),
        fc.record({
          kind: fc.constant('search' as const),
          shelves: fc.uniqueArray(shelf, { minLength: 1 }),
          text,
          tags,
        }),
        fc.record({ kind: fc.constant('list' as const), shelf, tags, after: fc.option(key) }),
      );
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
          const { store: fresh } = await open();
          await fresh.keepDefinition(HASH, 'RELEASE', { 'index.md': '# Goal' });
          await fresh.create(firstMove());
          const model = new Model();
          for (const each of steps) await model.follow(fresh.knowledge, each);
          for (const each of SHELVES) await model.compare(fresh.knowledge, each);
        }),
        { numRuns: 20 },
      );
    });

    it('is there after a restart', async ({ skip }) => {
      if (opened.another === undefined) return skip();
      const entry = known('k', 'word', { tags: ['t'] });
      await knowledge.put(own, entry);
      await store.close();
      store = await opened.another();
      ({ knowledge } = store);
      expect(await knowledge.list(own, { ...all, tags: ['t'] }, NOW)).toEqual([entry]);
      expect(await find('word', [own])).toEqual(['k']);
    });

    it('is refused once the store is closed', async () => {
      await store.close();
      await expect(knowledge.put(mine, known('k'))).rejects.toMatchObject(CLOSED);
      await expect(knowledge.get(mine, 'k', NOW)).rejects.toMatchObject(CLOSED);
      await expect(knowledge.list(mine, all, NOW)).rejects.toMatchObject(CLOSED);
      await expect(keysOf(knowledge, mine, all, NOW)).rejects.toMatchObject(CLOSED);
      await expect(knowledge.count(mine, NOW)).rejects.toMatchObject(CLOSED);
      await expect(find('word')).rejects.toMatchObject(CLOSED);
      await expect(knowledge.remove(mine, 'k')).rejects.toMatchObject(CLOSED);
    });
  });
}

type Step =
  | {
      readonly kind: 'put';
      readonly shelf: Shelf;
      readonly key: string;
      readonly text: string;
      readonly tags: readonly string[];
      readonly ttl: number | null;
    }
  | { readonly kind: 'remove'; readonly shelf: Shelf; readonly key: string }
  | { readonly kind: 'wait'; readonly ms: number }
  | {
      readonly kind: 'search';
      readonly shelves: readonly Shelf[];
      readonly text: string;
      readonly tags: readonly string[];
    }
  | {
      readonly kind: 'list';
      readonly shelf: Shelf;
      readonly tags: readonly string[];
      readonly after: string | null;
    };

/** The same in the simplest way. Time only passes. */
class Model {
  now = NOW;
  readonly shelves = new Map<string, Map<string, KnowledgeEntry>>(
    SHELVES.map((shelf) => [JSON.stringify(shelf), new Map<string, KnowledgeEntry>()]),
  );

  of(shelf: Shelf, tags: readonly string[] = []): readonly KnowledgeEntry[] {
    const entries = this.shelves.get(JSON.stringify(shelf)) as Map<string, KnowledgeEntry>;
    for (const [key, { expiresAt }] of entries)
      if (expiresAt !== null && expiresAt <= this.now) entries.delete(key);
    return [...entries.values()]
      .filter((entry) => tags.every((tag) => entry.tags.includes(tag)))
      .toSorted((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
  }

  async follow(knowledge: Knowledge, step: Step): Promise<void> {
    const { now } = this;
    switch (step.kind) {
      case 'put': {
        const { shelf, tags, ttl } = step;
        const key = step.key.toWellFormed();
        const before = this.of(shelf).find((entry) => entry.key === key);
        const times = { createdAt: now, updatedAt: now, expiresAt: ttl === null ? null : now + ttl };
        const entry = known(key, step.text, { tags, ...times });
        await knowledge.put(shelf, { ...entry, key: step.key });
        const createdAt = before?.createdAt ?? now;
        this.shelves.get(JSON.stringify(shelf))?.set(key, { ...entry, createdAt });
        break;
      }
      case 'remove': {
        const key = step.key.toWellFormed();
        const had = this.of(step.shelf).some((entry) => entry.key === key);
        this.shelves.get(JSON.stringify(step.shelf))?.delete(key);
        const removed = await knowledge.remove(step.shelf, step.key);
        // What is over may still be there to be taken out.
        if (had) expect(removed).toBe(true);
        break;
      }
      case 'wait':
        this.now += step.ms;
        break;
      case 'search': {
        const { shelves, text, tags } = step;
        const found = await knowledge.search(shelves, { text, tags, limit: 100 }, now);
        const keys = found.map(({ shelf, entry }) => [shelf.space, entry]);
        const expected = shelves.flatMap((shelf) =>
          this.of(shelf, tags)
            .filter((entry) => matches(entry, text))
            .map((entry) => [shelf.space, entry]),
        );
        expect(inAnyOrder(keys)).toEqual(inAnyOrder(expected));
        break;
      }
      case 'list': {
        const after = step.after?.toWellFormed();
        const expected = this.of(step.shelf, step.tags).filter(
          ({ key }) => after === undefined || Buffer.compare(Buffer.from(key), Buffer.from(after)) > 0,
        );
        const filter = { limit: 3, tags: step.tags, ...(step.after !== null && { after: step.after }) };
        expect(await knowledge.list(step.shelf, filter, now)).toEqual(expected.slice(0, 3));
        break;
      }
      default:
        step satisfies never;
    }
  }

  async compare(knowledge: Knowledge, shelf: Shelf): Promise<void> {
    const entries = this.of(shelf);
    expect(await knowledge.list(shelf, all, this.now)).toEqual(entries);
    expect(await keysOf(knowledge, shelf, all, this.now)).toEqual(entries.map(({ key }) => key));
    expect(await knowledge.count(shelf, this.now)).toBe(entries.length);
    for (const entry of entries) expect(await knowledge.get(shelf, entry.key, this.now)).toEqual(entry);
  }
}

function matches({ key, value, tags }: KnowledgeEntry, text: string): boolean {
  const plain = (from: string) => from.replaceAll(/[éÉ]/g, 'e').toLowerCase();
  const words = plain([key, String(value), ...tags].join(' ')).split(/[ -]/);
  return plain(text)
    .split(' ')
    .some((start) => start !== '' && words.some((word) => word.startsWith(start)));
}

function inAnyOrder(items: readonly unknown[]): readonly string[] {
  return items.map((item) => JSON.stringify(item)).toSorted();
}
