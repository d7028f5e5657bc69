import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemClock } from '../src/adapters/clock/system.ts';
import { sqliteStore } from '../src/adapters/store/sqlite.ts';
import type { Store } from '../src/core/ports/store.ts';
import { sessionHouse } from './support/session-house.ts';
import type { SessionHouse } from './support/session-house.ts';

const ADA = { owner: 'ada' };
let dir: string;
let stores: readonly [Store, Store];
let houses: readonly SessionHouse[];

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'tutti-sessions-'));
  const path = join(dir, 'tutti.db');
  const open = async () => await sqliteStore({ path, synchronous: 'normal' });
  stores = [await open(), await open()];
  houses = stores.map((store) => sessionHouse({ store, clock: systemClock() }));
});

afterAll(async () => {
  for (const store of stores) await store.close();
  rmSync(dir, { recursive: true });
});

/** The same work by both, at once. */
async function byBoth(count: number, work: (house: SessionHouse, at: number) => Promise<unknown>) {
  await Promise.all(
    houses.flatMap((house, which) =>
      Array.from({ length: count }, async (_, at) => await work(house, 2 * at + which)),
    ),
  );
}

it('two orchestrators on one file begin one default session, and lose nothing of what both write to it', async () => {
  const [one, other] = houses as [SessionHouse, SessionHouse];
  const { id: session } = await one.sessions.view(ADA);
  await byBoth(60, async ({ sessions }, at) => {
    const writes = [
      async () => await sessions.say(ADA, { role: 'user', content: `${at}` }),
      async () => {
        await sessions.storeData(ADA, { key: `k${at}`, value: at });
      },
      async () => await sessions.move(ADA, { to: 'ERROR' }).catch(() => undefined),
      async () => await sessions.storeKnowledge(ADA, { key: `k${at}`, value: at }),
      async () => {
        await sessions.link(ADA, { session, link: { what: 'ask', title: `${at}` } });
      },
    ];
    await writes[at % writes.length]?.();
  });
  const view = await one.sessions.view(ADA);
  expect(await other.sessions.view(ADA)).toEqual(view);
  const numbers = (from: number) => Array.from({ length: 24 }, (_, at) => 5 * at + from);
  expect((await one.store.list('ada', { limit: 10 })).instances).toHaveLength(1);
  expect(view.messages.user).toBe(24);
  const { lines } = await one.sessions.transcript(ADA, { maxMessages: 100 });
  const said = lines.flatMap((line) => (line.kind === 'message' ? [Number(line.content)] : []));
  expect(said.toSorted((a, b) => a - b)).toEqual(numbers(0));
  expect(view.dataKeys.toSorted()).toEqual(
    numbers(1)
      .map((at) => `k${at}`)
      .toSorted(),
  );
  expect(await one.sessions.knowledgeKeys(ADA, {})).toEqual(
    numbers(3)
      .map((at) => `k${at}`)
      .toSorted(),
  );
  const { items } = await one.sessions.timeline(ADA, { limit: 1_000 });
  expect(items.filter(({ kind }) => kind === 'link')).toHaveLength(24);
  expect(items.filter(({ kind }) => kind === 'transition')).toHaveLength(1);
});

it('survives a restart with all that belongs to it', async () => {
  const { sessions } = houses[0] as SessionHouse;
  const before = [await sessions.view(ADA), await sessions.timeline(ADA), await sessions.data(ADA)];
  const store = await sqliteStore({ path: join(dir, 'tutti.db') });
  const { sessions: again } = sessionHouse({ store, clock: systemClock() });
  expect([await again.view(ADA), await again.timeline(ADA), await again.data(ADA)]).toEqual(before);
  await store.close();
});
