import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Entry, Instance } from '../../src/core/kernel/instance.ts';
import type { JsonObject } from '../../src/core/kernel/json.ts';
import type { EntryFilter, InstanceFilter, Store } from '../../src/core/ports/store.ts';
import { entryOf, firstMove, HASH, instance, nextMove, OWNER, START_AT } from './store.moves.ts';

const hard: JsonObject = {
  'naïve 🎼 ключ': ['\u0000', '\u2028', '\ud800', '"\\\'', '', '\r\n', '𝄞'.repeat(100)],
  numbers: [0, -0.5, 1e21, 5e-324, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER],
  // A computed key makes an own property; a literal one would set the prototype.
  ['__proto__']: { polluted: true },
  constructor: { prototype: null },
  toString: 'own',
  empty: { object: {}, array: [], text: '', no: false, nothing: null },
  deep: Array.from({ length: 60 }).reduce<JsonObject>((inner) => ({ inner }), { end: 'ok' }),
};

/** Every promise of the port `Store`. `open` gives a fresh, empty one each time. */
export function describeStore(name: string, open: () => Promise<Store>): void {
  describe(`store contract: ${name}`, () => {
    let store: Store;

    beforeEach(async () => {
      store = await open();
      await store.keepDefinition(HASH, 'RELEASE', { 'index.md': '# Goal' });
    });
    afterEach(() => store.close());

    const expectConflict = (work: Promise<unknown>) =>
      expect(work).rejects.toMatchObject({ name: 'TuttiError', code: 'instance/conflict' });
    const ids = async (owner: string, filter: InstanceFilter) =>
      (await store.list(owner, filter)).instances.map((each) => each.id);
    const seqs = async (id: string) =>
      (await store.entries(OWNER, id, { limit: 1000 })).map((each) => each.seq);

    describe('moves', () => {
      it('creates an instance with its first entry', async () => {
        const move = firstMove();
        await store.create(move);
        expect(await store.load(OWNER, 'i-1')).toEqual(move.instance);
        expect(await store.entries(OWNER, 'i-1', { limit: 10 })).toEqual([move.entry]);
      });

      it('refuses a second instance with the same id and keeps the first', async () => {
        const move = firstMove();
        await store.create(move);
        await expectConflict(store.create(firstMove({ step: 'Other' })));
        expect(await store.load(OWNER, 'i-1')).toEqual(move.instance);
        expect(await seqs('i-1')).toEqual([1]);
      });

      it('names all that was kept of a workflow', async () => {
        expect(await store.definitionHashes('MEND')).toEqual([]);
        for (const hash of ['c', 'd']) await store.keepDefinition(hash, 'MEND', {});
        await store.keepDefinition('d', 'OTHER', {});
        expect((await store.definitionHashes('MEND')).toSorted()).toEqual(['c', 'd']);
        expect(await store.definitionHashes('OTHER')).toEqual([]);
      });

      it('refuses a definition that was never kept', async () => {
        const unknown = { definition: 'f'.repeat(64) };
        await expect(store.create(firstMove(unknown))).rejects.toMatchObject({
          code: 'definition/unavailable',
        });
        expect(await store.load(OWNER, 'i-1')).toBeUndefined();
        const first = firstMove();
        await store.create(first);
        await expect(store.commit(nextMove(first.instance, {}, unknown))).rejects.toMatchObject({
          code: 'definition/unavailable',
        });
        expect(await store.load(OWNER, 'i-1')).toEqual(first.instance);
        expect(await seqs('i-1')).toEqual([1]);
      });

      it('commits instance, entry and answer together', async () => {
        const first = firstMove();
        await store.create(first);
        const move = nextMove(
          first.instance,
          { next: 'Test' },
          {
            step: 'Test',
            status: 'SUSPENDED',
            context: { built: true },
            pending: { report: { status: 'success', result: { n: 1 } }, contextUpdates: { x: 1 } },
            visits: { Build: 1, Test: 1 },
            completedAt: START_AT + 9,
          },
        );
        const entry: Entry = {
          ...move.entry,
          report: { status: 'success', stepId: 'Build', outcome: 'test', details: [1, null] },
          contextUpdates: { built: true },
          decision: {
            to: { kind: 'step', step: 'Test' },
            by: 'model',
            because: 'the build passed',
            confidence: 0.5,
            model: { name: 'm', inputTokens: 3, cost: 0.25, latencyMs: 12 },
          },
          candidates: ['test', 'stay'],
        };
        await store.commit({ ...move, entry });
        expect(await store.load(OWNER, 'i-1')).toEqual(move.instance);
        expect(await store.entries(OWNER, 'i-1', { limit: 10 })).toEqual([first.entry, entry]);
        expect(await store.answer(OWNER, first.instance.token)).toEqual(move.answer);
      });

      it('commits a move that answers nothing', async () => {
        const first = firstMove();
        await store.create(first);
        const { instance: after, entry } = nextMove(first.instance);
        await store.commit({ instance: after, entry });
        expect(await store.answer(OWNER, first.instance.token)).toBeUndefined();
        expect(await seqs('i-1')).toEqual([1, 2]);
      });

      it('records an answer that creating gives', async () => {
        const move = firstMove();
        const answer = { token: 'request-7', instance: 'i-1', body: { hello: 1 } };
        await store.create({ ...move, answer });
        expect(await store.answer(OWNER, 'request-7')).toEqual(answer);
        await expectConflict(
          store.create({ ...firstMove({ id: 'i-2' }), answer: { ...answer, instance: 'i-2' } }),
        );
        expect(await store.load(OWNER, 'i-2')).toBeUndefined();
        expect(await seqs('i-2')).toEqual([]);
      });

      it.each([0, 1, 3, 9])('refuses revision %i when 2 is next', async (revision) => {
        const first = firstMove();
        await store.create(first);
        const move = nextMove(first.instance, { wrong: true }, { revision, step: 'Elsewhere' });
        await expectConflict(store.commit({ ...move, entry: entryOf(move.instance) }));
        expect(await store.load(OWNER, 'i-1')).toEqual(first.instance);
        expect(await seqs('i-1')).toEqual([1]);
        expect(await store.answer(OWNER, first.instance.token)).toBeUndefined();
      });

      it('refuses to move what does not exist', async () => {
        await expectConflict(store.commit(nextMove(instance())));
        expect(await store.load(OWNER, 'i-1')).toBeUndefined();
      });

      it('refuses a second answer to one token and writes nothing of that move', async () => {
        const first = firstMove();
        await store.create(first);
        const second = nextMove(first.instance, { answer: 'first' });
        await store.commit(second);
        const third = nextMove(second.instance, { answer: 'second' });
        await expectConflict(
          store.commit({
            ...third,
            answer: { token: first.instance.token, instance: 'i-1', body: { answer: 'second' } },
          }),
        );
        expect(await store.load(OWNER, 'i-1')).toEqual(second.instance);
        expect(await seqs('i-1')).toEqual([1, 2]);
        expect(await store.answer(OWNER, first.instance.token)).toEqual(second.answer);
      });

      it('keeps workflow, creation and parent as they were created', async () => {
        const first = firstMove({ parent: 'i-0' });
        await store.create(first);
        const move = nextMove(first.instance, {}, { workflow: 'OTHER', createdAt: 1, parent: null });
        await store.commit(move);
        expect(await store.load(OWNER, 'i-1')).toEqual({
          ...move.instance,
          workflow: 'RELEASE',
          createdAt: START_AT,
          parent: 'i-0',
        });
        expect(await ids(OWNER, { limit: 10, workflow: 'OTHER' })).toEqual([]);
      });

      it.each([
        ['a first entry other than 1', { ...firstMove(), entry: entryOf(instance(), { seq: 2 }) }],
        ['a first revision other than 1', firstMove({ revision: 2 })],
        [
          'an answer of another instance',
          { ...firstMove(), answer: { token: 't', instance: 'i-9', body: {} } },
        ],
      ])('refuses %s as a fault of the program', async (_what, move) => {
        await expect(store.create(move)).rejects.toMatchObject({ code: 'internal/error' });
        expect(await store.load(OWNER, 'i-1')).toBeUndefined();
      });

      it('refuses an entry whose seq is not the revision', async () => {
        const first = firstMove();
        await store.create(first);
        const move = nextMove(first.instance);
        await expect(store.commit({ ...move, entry: { ...move.entry, seq: 3 } })).rejects.toMatchObject({
          code: 'internal/error',
        });
        expect(await store.load(OWNER, 'i-1')).toEqual(first.instance);
      });
    });

    describe('values', () => {
      it('gives back every JSON value as it was', async () => {
        const first = firstMove({
          context: hard,
          visits: { ['__proto__']: 2, 'Étape "1"': 1 },
          step: 'Étape "1" 🎼',
          pending: { report: { status: '\u0000', result: hard }, contextUpdates: hard },
        });
        await store.create(first);
        const move = nextMove(first.instance, hard);
        const entry: Entry = { ...move.entry, report: { status: 's', details: hard }, contextUpdates: hard };
        await store.commit({ ...move, entry });
        const loaded = await store.load(OWNER, 'i-1');
        expect(JSON.stringify(loaded)).toBe(JSON.stringify(move.instance));
        expect(Object.keys(loaded?.context ?? {})).toContain('__proto__');
        expect(Object.getPrototypeOf(loaded?.context)).toBe(Object.prototype);
        expect(JSON.stringify((await store.answer(OWNER, first.instance.token))?.body)).toBe(
          JSON.stringify(hard),
        );
        const newest = await store.entries(OWNER, 'i-1', { limit: 1, newest: true });
        expect(JSON.stringify(newest[0]?.contextUpdates)).toBe(JSON.stringify(hard));
        expect(JSON.stringify(newest[0]?.report?.details)).toBe(JSON.stringify(hard));
      });

      it('carries a megabyte', async () => {
        const context = { text: 'ä'.repeat(1_000_000) };
        await store.create(firstMove({ context }));
        expect((await store.load(OWNER, 'i-1'))?.context).toEqual(context);
      });

      it('shares nothing with what was given or given back', async () => {
        const context = { list: [1] };
        await store.create(firstMove({ context }));
        context.list.push(2);
        const loaded = (await store.load(OWNER, 'i-1'))?.context as { list: number[] };
        expect(loaded).toEqual({ list: [1] });
        loaded.list.push(3);
        expect((await store.load(OWNER, 'i-1'))?.context).toEqual({ list: [1] });
      });

      it('drops properties that are undefined, as JSON does', async () => {
        const report = { status: 'success', message: undefined } as unknown as { status: string };
        const move = firstMove();
        await store.create({ ...move, entry: { ...move.entry, report } });
        const [entry] = await store.entries(OWNER, 'i-1', { limit: 1 });
        expect(Object.keys(entry?.report ?? {})).toEqual(['status']);
      });

      it.each(["'; drop table instances; --", '%', '_', '', '\u0000', 'x'.repeat(10_000)])(
        'takes any text as a handle: %j',
        async (text) => {
          expect(await store.load(OWNER, text)).toBeUndefined();
          expect(await store.answer(text, text)).toBeUndefined();
          expect(await store.remove(OWNER, text)).toBe(false);
          expect(await store.definition(text)).toBeUndefined();
          expect(await ids(text, { limit: 5, workflow: text })).toEqual([]);
        },
      );
    });

    describe('owners', () => {
      it('hides the rows of others from every method', async () => {
        const first = firstMove();
        await store.create(first);
        const second = nextMove(first.instance, { secret: 1 });
        await store.commit(second);
        expect(await store.load('bob', 'i-1')).toBeUndefined();
        expect(await store.answer('bob', first.instance.token)).toBeUndefined();
        expect(await store.entries('bob', 'i-1', { limit: 10 })).toEqual([]);
        expect(await store.list('bob', { limit: 10 })).toEqual({ instances: [] });
        expect(await store.remove('bob', 'i-1')).toBe(false);
        expect(await store.load(OWNER, 'i-1')).toEqual(second.instance);
      });

      it('answers a move of somebody else as a move of nothing', async () => {
        const first = firstMove();
        await store.create(first);
        const foreign = nextMove({ ...first.instance, owner: 'bob' });
        const caught = (work: Promise<void>) =>
          work.then(
            () => undefined,
            (error: unknown) => error,
          );
        const onForeign = await caught(store.commit(foreign));
        const onNothing = await caught(
          store.commit(nextMove({ ...first.instance, owner: 'bob', id: 'i-9', token: 'i-9.1' })),
        );
        expect(onForeign).toMatchObject({ code: 'instance/conflict' });
        expect(String(onForeign).replaceAll('i-1', '#')).toBe(String(onNothing).replaceAll('i-9', '#'));
        expect(await store.load(OWNER, 'i-1')).toEqual(first.instance);
      });

      it('lets two owners use one id and one token', async () => {
        const ann = firstMove();
        const bob = firstMove({ owner: 'bob', step: 'Deploy' });
        await store.create(ann);
        await store.create(bob);
        await store.commit(nextMove(ann.instance, { for: 'ann' }));
        await store.commit(nextMove(bob.instance, { for: 'bob' }));
        expect((await store.answer('bob', 'i-1.1'))?.body).toEqual({ for: 'bob' });
        expect((await store.answer(OWNER, 'i-1.1'))?.body).toEqual({ for: 'ann' });
        expect(await store.remove('bob', 'i-1')).toBe(true);
        expect((await store.load(OWNER, 'i-1'))?.revision).toBe(2);
        expect(await seqs('i-1')).toEqual([1, 2]);
        expect(await store.answer(OWNER, 'i-1.1')).toBeDefined();
      });
    });

    describe('lists', () => {
      const seed = async (count: number) => {
        for (let index = 0; index < count; index += 1) {
          await store.create(
            firstMove({
              id: `i-${String(index).padStart(2, '0')}`,
              // Pairs share an instant, so that order within one is tested too.
              createdAt: START_AT + Math.floor(index / 2),
              workflow: index % 3 === 0 ? 'RELEASE' : 'OTHER',
              status: index % 4 === 0 ? 'COMPLETED' : 'RUNNING',
            }),
          );
        }
      };
      const walk = async (filter: InstanceFilter) => {
        const seen: string[][] = [];
        let cursor: string | undefined;
        do {
          const page = await store.list(OWNER, cursor === undefined ? filter : { ...filter, cursor });
          seen.push(page.instances.map((each) => each.id));
          cursor = page.nextCursor;
        } while (cursor !== undefined);
        return seen;
      };
      const all = Array.from({ length: 12 }, (_, index) => `i-${String(11 - index).padStart(2, '0')}`);

      it('gives the newest first, by creation, then by id', async () => {
        await seed(12);
        expect(await ids(OWNER, { limit: 100 })).toEqual(all);
      });

      it('finds who waits for a person, whoever is the owner, the longest waiting first', async () => {
        const report = { status: 'success' };
        const person = { askedAt: 7, expiresAt: 8, requestedBy: 'ann' };
        const asked = { report, contextUpdates: {}, person };
        const told = JSON.stringify({ person });
        // What only looks like it: data of a client, a run that ended, one that waits for the client, one that is gone.
        const seeded: readonly [string, Partial<Instance>][] = [
          ['a', { pending: asked, updatedAt: START_AT + 2 }],
          ['b', { pending: asked, updatedAt: START_AT + 1, owner: 'bob' }],
          ['c', { pending: { report: { ...report, message: told }, contextUpdates: { person } } }],
          ['d', { pending: asked, status: 'SUSPENDED' }],
          ['e', { pending: { report, contextUpdates: {} } }],
          ['f', {}],
          ['g', { pending: asked }],
        ];
        for (const [id, changes] of seeded) await store.create(firstMove({ id, ...changes }));
        await store.remove(OWNER, 'g');
        const waiting = async (filter: { owner?: string; limit: number }) =>
          (await store.waiting(filter)).map(({ id }) => id);
        expect(await waiting({ limit: 10 })).toEqual(['b', 'a']);
        expect(await waiting({ limit: 1 })).toEqual(['b']);
        expect(await waiting({ limit: 10, owner: OWNER })).toEqual(['a']);
        expect((await store.waiting({ limit: 1 }))[0]?.pending).toEqual(asked);
        expect((await store.find('b')).map(({ owner }) => owner)).toEqual(['bob']);
        expect(await store.find('g')).toEqual([]);
      });

      it('gives whole instances', async () => {
        const move = firstMove({ context: { a: [1] } });
        await store.create(move);
        expect(await store.list(OWNER, { limit: 5 })).toEqual({ instances: [move.instance] });
      });

      it.each([1, 2, 5, 6, 12])('pages by %i without loss or repetition', async (limit) => {
        await seed(12);
        const pages = await walk({ limit });
        expect(pages.flat()).toEqual(all);
        expect(pages.length).toBe(Math.ceil(12 / limit));
      });

      it('filters by workflow, by status and by both, across pages', async () => {
        await seed(12);
        expect((await walk({ limit: 2, workflow: 'RELEASE' })).flat()).toEqual([
          'i-09',
          'i-06',
          'i-03',
          'i-00',
        ]);
        expect((await walk({ limit: 1, status: 'COMPLETED' })).flat()).toEqual(['i-08', 'i-04', 'i-00']);
        expect((await walk({ limit: 1, status: 'COMPLETED', workflow: 'OTHER' })).flat()).toEqual([
          'i-08',
          'i-04',
        ]);
        expect((await walk({ limit: 1, status: 'FAILED' })).flat()).toEqual([]);
      });

      it('keeps its place while instances come, change and go', async () => {
        await seed(6);
        const page = await store.list(OWNER, { limit: 2 });
        expect(page.instances.map((each) => each.id)).toEqual(['i-05', 'i-04']);
        await store.create(firstMove({ id: 'newer', createdAt: START_AT + 100 }));
        await store.remove(OWNER, 'i-04');
        await store.remove(OWNER, 'i-02');
        const third = await store.load(OWNER, 'i-03');
        if (third !== undefined) await store.commit(nextMove(third, {}, { updatedAt: START_AT + 500 }));
        expect(await ids(OWNER, { limit: 10, cursor: page.nextCursor ?? '' })).toEqual([
          'i-03',
          'i-01',
          'i-00',
        ]);
      });

      it('brings the limit within 1 to 500', async () => {
        await seed(3);
        expect((await store.list(OWNER, { limit: 0 })).instances.length).toBe(1);
        expect((await store.list(OWNER, { limit: 1e9 })).instances.length).toBe(3);
      });

      it.each(['', 'nonsense', 'bnVsbA', 'W10', 'WyJhIiwiYiJd', '💥'])(
        'refuses the cursor %j',
        async (cursor) => {
          await expect(store.list(OWNER, { limit: 5, cursor })).rejects.toMatchObject({
            code: 'input/invalid-format',
          });
        },
      );

      it('sees a move at once', async () => {
        const first = firstMove();
        await store.create(first);
        await store.commit(nextMove(first.instance, {}, { status: 'COMPLETED' }));
        expect(await ids(OWNER, { limit: 5, status: 'RUNNING' })).toEqual([]);
        expect(await ids(OWNER, { limit: 5, status: 'COMPLETED' })).toEqual(['i-1']);
      });
    });

    describe('journal', () => {
      beforeEach(async () => {
        let last = firstMove();
        await store.create(last);
        for (let index = 0; index < 6; index += 1) {
          last = nextMove(last.instance);
          await store.commit(last);
        }
        await store.create(firstMove({ id: 'i-2' }));
      });
      const page = async (filter: EntryFilter) =>
        (await store.entries(OWNER, 'i-1', filter)).map((each) => each.seq);

      it('gives the oldest first, after a place, up to a limit', async () => {
        expect(await page({ limit: 100 })).toEqual([1, 2, 3, 4, 5, 6, 7]);
        expect(await page({ limit: 2 })).toEqual([1, 2]);
        expect(await page({ limit: 2, after: 2 })).toEqual([3, 4]);
        expect(await page({ limit: 9, after: 7 })).toEqual([]);
        expect(await page({ limit: 9, after: 0 })).toEqual([1, 2, 3, 4, 5, 6, 7]);
      });

      it('gives the newest first when asked', async () => {
        expect(await page({ limit: 3, newest: true })).toEqual([7, 6, 5]);
        expect(await page({ limit: 9, newest: true, after: 4 })).toEqual([7, 6, 5]);
      });

      it('is empty for what does not exist', async () => {
        expect(await store.entries(OWNER, 'i-9', { limit: 5 })).toEqual([]);
      });
    });

    describe('removal', () => {
      it('takes the journal and the answers along, and leaves others alone', async () => {
        const first = firstMove();
        await store.create(first);
        await store.commit(nextMove(first.instance));
        await store.create(firstMove({ id: 'i-2' }));
        expect(await store.remove(OWNER, 'i-1')).toBe(true);
        expect(await store.load(OWNER, 'i-1')).toBeUndefined();
        expect(await seqs('i-1')).toEqual([]);
        expect(await store.answer(OWNER, first.instance.token)).toBeUndefined();
        expect(await ids(OWNER, { limit: 9 })).toEqual(['i-2']);
        expect(await store.remove(OWNER, 'i-1')).toBe(false);
        await store.create(first);
        expect(await seqs('i-1')).toEqual([1]);
      });
    });

    describe('import', () => {
      const imported = instance({ id: 'old', revision: 3, token: 'old.3' });
      const entries = [1, 2, 3].map((seq) =>
        entryOf(imported, { seq, kind: seq === 3 ? 'IMPORTED' : 'ADVANCED' }),
      );

      it('writes an instance with its whole journal', async () => {
        expect(await store.importInstance(imported, entries)).toBe(true);
        expect(await store.load(OWNER, 'old')).toEqual(imported);
        expect(await store.entries(OWNER, 'old', { limit: 9 })).toEqual(entries);
        await store.commit(nextMove(imported));
        expect(await seqs('old')).toEqual([1, 2, 3, 4]);
      });

      it('leaves what is there', async () => {
        await store.create(firstMove({ id: 'old' }));
        expect(await store.importInstance(imported, entries)).toBe(false);
        expect((await store.load(OWNER, 'old'))?.revision).toBe(1);
        expect(await seqs('old')).toEqual([1]);
      });

      it('refuses a journal with gaps, and an unknown definition', async () => {
        await expect(store.importInstance(imported, entries.slice(1))).rejects.toMatchObject({
          code: 'internal/error',
        });
        await expect(store.importInstance(imported, [])).rejects.toMatchObject({ code: 'internal/error' });
        await expect(
          store.importInstance({ ...imported, definition: 'nope' }, entries),
        ).rejects.toMatchObject({ code: 'definition/unavailable' });
        expect(await store.load(OWNER, 'old')).toBeUndefined();
      });
    });

    describe('definitions', () => {
      it('keeps files under their hash, once', async () => {
        const files = { 'index.md': '# A 🎼\r\n', 'steps/a.md': '', ['__proto__']: 'x' };
        await store.keepDefinition('b'.repeat(64), 'RELEASE', files);
        await store.keepDefinition('b'.repeat(64), 'RELEASE', { 'index.md': 'changed' });
        const kept = await store.definition('b'.repeat(64));
        expect(JSON.stringify(kept)).toBe(JSON.stringify(files));
        expect(await store.definition('c'.repeat(64))).toBeUndefined();
      });

      it('keeps one hash from many at once', async () => {
        const keep = () => store.keepDefinition('d'.repeat(64), 'RELEASE', { 'index.md': 'd' });
        await Promise.all(Array.from({ length: 50 }, keep));
        expect(await store.definition('d'.repeat(64))).toEqual({ 'index.md': 'd' });
      });
    });

    describe('at the same time', () => {
      const outcomes = async (work: readonly Promise<unknown>[]) => {
        const settled = await Promise.allSettled(work);
        return {
          won: settled.flatMap((each, index) => (each.status === 'fulfilled' ? [index] : [])),
          codes: new Set(
            settled.flatMap((each) =>
              each.status === 'rejected' ? [(each.reason as { code: string }).code] : [],
            ),
          ),
        };
      };

      it('lets exactly one of 200 commits win', async () => {
        const first = firstMove();
        await store.create(first);
        const { won, codes } = await outcomes(
          Array.from({ length: 200 }, (_, index) =>
            store.commit(nextMove(first.instance, { winner: index }, { step: `S${index}` })),
          ),
        );
        expect(won.length).toBe(1);
        expect([...codes]).toEqual(['instance/conflict']);
        expect((await store.load(OWNER, 'i-1'))?.step).toBe(`S${won[0]}`);
        expect((await store.answer(OWNER, first.instance.token))?.body).toEqual({ winner: won[0] });
        expect(await seqs('i-1')).toEqual([1, 2]);
      });

      it('lets exactly one of 200 creations win', async () => {
        const { won, codes } = await outcomes(
          Array.from({ length: 200 }, (_, index) => store.create(firstMove({ step: `S${index}` }))),
        );
        expect(won.length).toBe(1);
        expect([...codes]).toEqual(['instance/conflict']);
        expect((await store.load(OWNER, 'i-1'))?.step).toBe(`S${won[0]}`);
      });

      it('moves 200 instances side by side, the bad ones alone failing', async () => {
        const firsts = Array.from({ length: 200 }, (_, index) => firstMove({ id: `p-${index}` }));
        await Promise.all(firsts.map((move) => store.create(move)));
        const { won, codes } = await outcomes(
          firsts.map(({ instance: before }, index) =>
            store.commit(nextMove(index % 3 === 0 ? { ...before, id: `absent-${index}` } : before)),
          ),
        );
        expect(won).toEqual(firsts.flatMap((_, index) => (index % 3 === 0 ? [] : [index])));
        expect([...codes]).toEqual(['instance/conflict']);
      });

      it('runs chains of moves side by side, reading in between', async () => {
        const chain = async (id: string) => {
          let move = firstMove({ id });
          await store.create(move);
          for (let index = 0; index < 10; index += 1) {
            const loaded = await store.load(OWNER, id);
            expect(loaded).toEqual(move.instance);
            move = nextMove(move.instance, { index });
            await store.commit(move);
            expect((await store.answer(OWNER, `${id}.${move.instance.revision - 1}`))?.body).toEqual({
              index,
            });
          }
          expect((await seqs(id)).length).toBe(11);
        };
        await Promise.all(Array.from({ length: 32 }, (_, index) => chain(`c-${index}`)));
      });

      it('counts no increment twice when all retry on conflict', async () => {
        await store.create(firstMove({ context: { count: 0 } }));
        const increment = async (): Promise<void> => {
          for (;;) {
            const now = await store.load(OWNER, 'i-1');
            if (now === undefined) throw new Error('lost');
            const count = Number(now.context['count']) + 1;
            const moved = await store.commit(nextMove(now, {}, { context: { count } })).then(
              () => true,
              () => false,
            );
            if (moved) return;
          }
        };
        await Promise.all(Array.from({ length: 20 }, increment));
        const last = await store.load(OWNER, 'i-1');
        expect(last?.context).toEqual({ count: 20 });
        expect(last?.revision).toBe(21);
        expect(await seqs('i-1')).toEqual(Array.from({ length: 21 }, (_, index) => index + 1));
      });
    });

    describe('closing', () => {
      it('finishes what was begun, then refuses', async () => {
        const begun = [store.create(firstMove()), store.definition(HASH), store.load(OWNER, 'i-1')];
        await store.close();
        expect((await Promise.allSettled(begun)).map((each) => each.status)).toEqual(
          Array(3).fill('fulfilled'),
        );
        await expect(store.load(OWNER, 'i-1')).rejects.toMatchObject({ code: 'store/unavailable' });
        await expect(store.create(firstMove({ id: 'i-2' }))).rejects.toMatchObject({
          code: 'store/unavailable',
        });
        await expect(store.list(OWNER, { limit: 1 })).rejects.toMatchObject({ code: 'store/unavailable' });
        await store.close();
      });
    });
  });
}
