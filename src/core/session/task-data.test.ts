import fc from 'fast-check';
import { expect, it } from 'vitest';
import { sessionHouse } from '../../../test/support/session-house.ts';
import type { Json } from '../kernel/json.ts';

const ADA = { owner: 'ada' };

it('keeps every JSON value as it is, under any key', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.dictionary(
        fc.string({ minLength: 1, maxLength: 20 }).filter((key) => !/[\p{Cc}\p{Cs}]/u.test(key)),
        fc.jsonValue(),
        {
          minKeys: 1,
          maxKeys: 5,
        },
      ),
      async (values) => {
        const { sessions } = sessionHouse();
        for (const [key, value] of Object.entries(values))
          await sessions.storeData(ADA, { key, value: value as Json });
        const kept = JSON.parse(JSON.stringify(values)) as typeof values;
        for (const key of Object.keys(kept))
          expect(await sessions.readData(ADA, { key })).toStrictEqual(kept[key]);
        expect((await sessions.view(ADA)).dataKeys.toSorted()).toEqual(Object.keys(kept).toSorted());
      },
    ),
    { numRuns: 50 },
  );
});

it('tells null from nothing, and what is inherited from what was stored', async () => {
  const { sessions } = sessionHouse();
  await sessions.storeData(ADA, { key: 'null', value: null });
  expect(await sessions.readData(ADA, { key: 'null' })).toBeNull();
  for (const key of ['none', 'toString', '__proto__', 'constructor'])
    await expect(sessions.readData(ADA, { key })).rejects.toMatchObject({
      code: 'data/not-found',
      message: `No data found for key: ${key}`,
    });
  await sessions.storeData(ADA, { key: '__proto__', value: { polluted: true } });
  expect(await sessions.readData(ADA, { key: '__proto__' })).toEqual({ polluted: true });
  expect({}).not.toHaveProperty('polluted');
  expect(await sessions.removeData(ADA, { key: '__proto__' })).toBe(true);
  expect((await sessions.view(ADA)).dataKeys).toEqual(['null']);
});

it('journals what is stored and removed', async () => {
  const { sessions, store } = sessionHouse();
  await sessions.storeData(ADA, { key: 'k', value: 'text' });
  expect(await sessions.removeData(ADA, { key: 'k' })).toBe(true);
  expect(await sessions.removeData(ADA, { key: 'k' })).toBe(false);
  const { id } = await sessions.view(ADA);
  expect(await store.entries('ada', id, { limit: 10 })).toMatchObject([
    { kind: 'STARTED' },
    { kind: 'NOTED', contextUpdates: { k: 'text' }, report: { status: 'stored' }, step: 'A', next: 'A' },
    { kind: 'NOTED', contextUpdates: { k: null }, report: { status: 'removed', result: 'k' } },
  ]);
});

it('is bounded as a whole, and by its keys', async () => {
  const { sessions } = sessionHouse();
  const value = 'x'.repeat(600_000);
  await sessions.storeData(ADA, { key: 'one', value });
  await expect(sessions.storeData(ADA, { key: 'two', value })).rejects.toMatchObject({
    code: 'input/too-large',
  });
  await sessions.storeData(ADA, { key: 'one', value });
  for (const key of ['', 'x'.repeat(257), 'a\nb', 'a\0', '\ud800', 7 as unknown as string])
    await expect(sessions.storeData(ADA, { key, value: 1 })).rejects.toMatchObject({
      code: 'input/invalid-type',
    });
  await expect(
    sessions.storeData(ADA, { key: 'k', value: undefined as unknown as Json }),
  ).rejects.toMatchObject({ code: 'input/invalid-type' });
  expect((await sessions.view(ADA)).dataKeys).toEqual(['one']);
});

it('loses none of 1,000 writes at once', async () => {
  const { sessions } = sessionHouse();
  const keys = Array.from({ length: 1_000 }, (_, at) => `k${at}`);
  await Promise.all(
    keys.map(async (key, value) => {
      await sessions.storeData(ADA, { key, value });
    }),
  );
  expect(await sessions.data(ADA)).toEqual(Object.fromEntries(keys.map((key, at) => [key, at])));
  expect((await sessions.view(ADA)).revision).toBe(1_001);
});
