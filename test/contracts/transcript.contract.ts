import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../../src/core/ports/store.ts';
import { ROLES } from '../../src/core/kernel/role.ts';
import type { Message, Transcript } from '../../src/core/ports/transcript.ts';
import { entryOf, firstMove, HASH, instance, nextMove, OWNER } from './store.moves.ts';
import { CLOSED, NOW, ofBoth, type OpenedStore, type OpenStore } from './store-parts.ts';

const SESSION = 'i-1';
const hello: Omit<Message, 'seq'> = { id: 'm-1', role: 'user', content: 'Hello', at: NOW };
const all = { limit: 1_000 };

/** Every promise of the port `Transcript`. */
export function describeTranscript(name: string, open: OpenStore): void {
  describe(`transcript contract: ${name}`, () => {
    let opened: OpenedStore;
    let store: Store;
    let transcript: Transcript;

    const begin = (id: string, owner = OWNER) =>
      store.create(firstMove({ id, owner, token: `${owner}.${id}` }));
    const say = (content: string, session = SESSION) =>
      transcript.append(OWNER, session, { ...hello, content });
    const heard = async (filter: Parameters<Transcript['read']>[2] = all) =>
      (await transcript.read(OWNER, SESSION, filter)).map(({ seq, content }) => `${seq} ${content}`);

    beforeEach(async () => {
      opened = await open();
      ({ store } = opened);
      ({ transcript } = store);
      await store.keepDefinition(HASH, 'RELEASE', { 'index.md': '# Goal' });
      await begin(SESSION);
    });

    it('has nothing where nothing was said', async () => {
      expect(await heard()).toEqual([]);
      expect(await transcript.count(OWNER, SESSION)).toEqual({ user: 0, assistant: 0, system: 0 });
      expect(await transcript.read(OWNER, 'i-2', all)).toEqual([]);
      expect(await transcript.count(OWNER, 'i-2')).toEqual({ user: 0, assistant: 0, system: 0 });
    });

    it('numbers what is said, and gives it back as it was', async () => {
      expect(await transcript.append(OWNER, SESSION, hello)).toEqual({ ...hello, seq: 1 });
      const answer = { id: 'm-2', role: 'assistant', content: 'Good day', at: NOW + 5 } as const;
      expect(await transcript.append(OWNER, SESSION, answer)).toEqual({ ...answer, seq: 2 });
      expect(await transcript.read(OWNER, SESSION, all)).toEqual([
        { ...hello, seq: 1 },
        { ...answer, seq: 2 },
      ]);
      expect(await transcript.count(OWNER, SESSION)).toEqual({ user: 1, assistant: 1, system: 0 });
    });

    it('keeps every character', async () => {
      const texts = [
        '',
        '\0',
        'a\0b',
        '\u{1F600}',
        '\uD800',
        'x\uDC00y',
        '"\\\n\t',
        'é e\u0301',
        "'; drop table messages; --",
      ];
      for (const text of texts) await say(text);
      expect((await transcript.read(OWNER, SESSION, all)).map(({ content }) => content)).toEqual(texts);
    });

    it('keeps a message of ten megabytes', async () => {
      const content = 'word '.repeat(2_000_000);
      await say(content);
      expect((await transcript.read(OWNER, SESSION, all))[0]?.content).toBe(content);
    });

    it('gives the newest, the oldest of them first', async () => {
      for (const word of ['a', 'b', 'c', 'd']) await say(word);
      expect(await heard({ limit: 2 })).toEqual(['3 c', '4 d']);
      expect(await heard({ limit: 2, before: 4 })).toEqual(['2 b', '3 c']);
      expect(await heard({ limit: 9, before: 3 })).toEqual(['1 a', '2 b']);
      expect(await heard({ limit: 9, before: 1 })).toEqual([]);
      expect(await heard({ limit: 1, before: 99 })).toEqual(['4 d']);
    });

    it('writes nothing where the owner has no such instance', async () => {
      expect(await say('lost', 'i-2')).toBeUndefined();
      expect(await transcript.append('bob', SESSION, hello)).toBeUndefined();
      await begin('i-2');
      await begin(SESSION, 'bob');
      expect(await transcript.read(OWNER, 'i-2', all)).toEqual([]);
      expect(await transcript.read('bob', SESSION, all)).toEqual([]);
    });

    it('keeps owners and sessions apart', async () => {
      await begin(SESSION, 'bob');
      await begin('i-2');
      await say('mine');
      expect(await transcript.append('bob', SESSION, { ...hello, content: 'his' })).toMatchObject({ seq: 1 });
      expect(await say('other', 'i-2')).toMatchObject({ seq: 1 });
      expect(await heard()).toEqual(['1 mine']);
      expect((await transcript.read('bob', SESSION, all)).map(({ content }) => content)).toEqual(['his']);
    });

    it('leaves the instance as it is, and is left as it is by its moves', async () => {
      await say('before');
      await store.commit(nextMove(instance({ token: `${OWNER}.${SESSION}` })));
      await say('after');
      expect((await store.load(OWNER, SESSION))?.revision).toBe(2);
      expect(await store.entries(OWNER, SESSION, all)).toHaveLength(2);
      expect(await heard()).toEqual(['1 before', '2 after']);
    });

    it('keeps within the bounds of its session and of its owner, and loses nothing that is there', async () => {
      await begin('i-2');
      const content = 'x'.repeat(1_000);
      const full = { code: 'session/full' };
      const bounded = (session: string, maxSessionBytes: number, maxOwnerBytes: number) =>
        transcript.append(OWNER, session, { ...hello, content, bounds: { maxSessionBytes, maxOwnerBytes } });
      await say(content);
      expect(await bounded(SESSION, 3_000, 3_000)).toMatchObject({ seq: 2 });
      await expect(bounded(SESSION, 3_000, 9_000)).rejects.toMatchObject(full);
      await expect(bounded('i-2', 3_000, 3_000)).rejects.toMatchObject({
        ...full,
        message: expect.stringMatching(/^Your sessions and knowledge hold 24\d\d of the 3000 bytes/),
      });
      expect(await bounded('i-2', 3_000, 4_000)).toMatchObject({ seq: 1 });
      await expect(bounded(SESSION, 3_000, 9_000)).rejects.toMatchObject({
        message: expect.stringMatching(
          /^The session holds 24\d\d of the 3000 bytes .+ 12\d\d more do not fit/,
        ),
      });
      expect(await transcript.read(OWNER, SESSION, all)).toHaveLength(2);
      expect(await say(content)).toMatchObject({ seq: 3 });
      await store.remove(OWNER, SESSION);
      await begin(SESSION);
      expect(await bounded(SESSION, 1_300, 3_000)).toMatchObject({ seq: 1 });
    });

    it('leaves a move that goes beyond the bounds unmade, and makes it where there is room', async () => {
      await say('x'.repeat(1_000));
      const before = await store.load(OWNER, SESSION);
      const move = nextMove(instance({ token: `${OWNER}.${SESSION}` }));
      const bounded = (maxSessionBytes: number, maxOwnerBytes: number) =>
        store.commit({ ...move, bounds: { maxSessionBytes, maxOwnerBytes } });
      const full = { code: 'session/full' };
      await expect(bounded(1_300, 9_000)).rejects.toMatchObject(full);
      await expect(bounded(9_000, 1_300)).rejects.toMatchObject(full);
      expect(await store.load(OWNER, SESSION)).toEqual(before);
      expect(await store.entries(OWNER, SESSION, all)).toHaveLength(1);
      await bounded(9_000, 9_000);
      expect(await store.load(OWNER, SESSION)).toMatchObject({ revision: 2 });
      await expect(bounded(9_000, 9_000)).rejects.toMatchObject({ code: 'instance/conflict' });
      await store.commit({
        ...nextMove(move.instance),
        bounds: { maxSessionBytes: Infinity, maxOwnerBytes: Infinity },
      });
      expect(await store.entries(OWNER, SESSION, all)).toHaveLength(3);
    });

    it('is not too much for several at once', async () => {
      const stores = [store, (await opened.another?.()) ?? store];
      const bounds = { maxSessionBytes: 10_000, maxOwnerBytes: 5_000 };
      const said = await ofBoth(stores, (each, index) =>
        each.transcript
          .append(OWNER, SESSION, { ...hello, id: `m-${index}`, content: 'x'.repeat(790), bounds })
          .catch(({ code }: { code: string }) => code),
      );
      expect(said.filter((each) => each === 'session/full')).toHaveLength(15);
      expect(await transcript.read(OWNER, SESSION, all)).toHaveLength(5);
    });

    it('goes with its instance', async () => {
      await begin('i-2');
      await say('mine');
      await say('stays', 'i-2');
      await store.remove(OWNER, SESSION);
      expect(await heard()).toEqual([]);
      expect(await transcript.count(OWNER, SESSION)).toEqual({ user: 0, assistant: 0, system: 0 });
      expect(await say('late')).toBeUndefined();
      await begin(SESSION);
      expect(await heard()).toEqual([]);
      expect(await say('again')).toMatchObject({ seq: 1 });
      expect(await transcript.read(OWNER, 'i-2', all)).toHaveLength(1);
    });

    it('begins empty for an instance that was imported', async () => {
      const imported = instance({ id: 'i-9' });
      await store.importInstance(imported, [entryOf(imported)]);
      expect(await transcript.read(OWNER, 'i-9', all)).toEqual([]);
      expect(await say('first', 'i-9')).toMatchObject({ seq: 1 });
    });

    it('numbers without gaps what is said at once', async () => {
      const stores = [store, (await opened.another?.()) ?? store];
      const said = await ofBoth(stores, (each, index) =>
        each.transcript.append(OWNER, SESSION, {
          ...hello,
          id: `m-${index}`,
          role: ROLES[index % 3] ?? 'user',
        }),
      );
      const numbers = Array.from({ length: 20 }, (_, index) => index + 1);
      expect(said.map((message) => message?.seq).toSorted((a = 0, b = 0) => a - b)).toEqual(numbers);
      const messages = await transcript.read(OWNER, SESSION, all);
      expect(messages.map(({ seq }) => seq)).toEqual(numbers);
      expect(new Set(messages.map(({ id }) => id)).size).toBe(20);
      expect(await transcript.count(OWNER, SESSION)).toEqual({ user: 7, assistant: 7, system: 6 });
    });

    it('behaves like a list', async () => {
      let sessions = 0;
      const message = fc.record({
        role: fc.constantFrom(...ROLES),
        content: fc.string({ unit: 'binary' }),
        at: fc.nat(),
      });
      const filter = fc.record(
        { limit: fc.integer({ min: 1, max: 12 }), before: fc.integer({ min: 0, max: 14 }) },
        { requiredKeys: ['limit'] },
      );
      await fc.assert(
        fc.asyncProperty(fc.array(message, { maxLength: 10 }), fc.array(filter), async (said, filters) => {
          sessions += 1;
          const session = `p-${sessions}`;
          await begin(session);
          for (const [index, each] of said.entries())
            await transcript.append(OWNER, session, { ...each, id: `m-${index}` });
          const model = said.map((each, index) => ({ ...each, id: `m-${index}`, seq: index + 1 }));
          for (const { limit, before = Infinity } of filters.map((each) => ({ ...each })))
            expect(
              await transcript.read(OWNER, session, before === Infinity ? { limit } : { limit, before }),
            ).toEqual(model.filter(({ seq }) => seq < before).slice(-limit));
          const counts = await transcript.count(OWNER, session);
          for (const role of ROLES)
            expect(counts[role]).toBe(model.filter((each) => each.role === role).length);
        }),
        { numRuns: 15 },
      );
    });

    it('is there after a restart', async ({ skip }) => {
      if (opened.another === undefined) return skip();
      await say('kept');
      await store.close();
      store = await opened.another();
      ({ transcript } = store);
      expect(await heard()).toEqual(['1 kept']);
      expect(await say('more')).toMatchObject({ seq: 2 });
    });

    it('is refused once the store is closed', async () => {
      await store.close();
      await expect(say('late')).rejects.toMatchObject(CLOSED);
      await expect(transcript.read(OWNER, SESSION, all)).rejects.toMatchObject(CLOSED);
      await expect(transcript.count(OWNER, SESSION)).rejects.toMatchObject(CLOSED);
    });
  });
}
