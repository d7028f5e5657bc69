import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Kysely } from 'kysely';
import { Migrator } from 'kysely/migration';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { fts5 } from '../src/adapters/store/fts5.ts';
import { first } from '../src/adapters/store/migrations/0001-first.ts';
import { gateway } from '../src/adapters/store/migrations/0002-gateway.ts';
import { waiting } from '../src/adapters/store/migrations/0003-waiting.ts';
import { sqliteDialect } from '../src/adapters/store/sqlite-dialect.ts';
import { diagnoseSqlite } from '../src/adapters/store/sqlite-errors.ts';
import { sqliteStore } from '../src/adapters/store/sqlite.ts';
import { kyselyStore } from '../src/adapters/store/store.ts';
import type { KnowledgeEntry, Shelf } from '../src/core/ports/knowledge.ts';
import type { Store } from '../src/core/ports/store.ts';
import { firstMove, HASH, instance, nextMove, OWNER } from './contracts/store.moves.ts';
import { verifies } from './support/world.ts';

const root = mkdtempSync(join(tmpdir(), 'tutti-sessions-store-'));
const stores = new Set<Store>();
let files = 0;

const mine: Shelf = { space: 'user', owner: OWNER };
const own: Shelf = { space: 'session', owner: OWNER, session: 'i-1' };
const hello = { id: 'm-1', role: 'user', content: 'Hello', at: 1 } as const;

function known(key: string, value: string, changes: Partial<KnowledgeEntry> = {}): KnowledgeEntry {
  const at = { createdAt: 1, updatedAt: 1, expiresAt: null };
  return { key, value, tags: [], origin: { by: OWNER }, isUntrusted: false, ...at, ...changes };
}

function fresh(): string {
  files += 1;
  return join(root, `${files}.db`);
}

async function open(path: string): Promise<Store> {
  const store = await sqliteStore({ path, synchronous: 'normal' });
  stores.add(store);
  return store;
}

afterEach(async () => {
  for (const store of stores) await store.close();
  stores.clear();
});
afterAll(() => rm(root, { recursive: true, force: true }));

describe('a database of the third schema', () => {
  /** As the version before left it. */
  const old = async (path: string) => {
    const db = new Kysely<unknown>({ dialect: sqliteDialect(new DatabaseSync(path)) });
    const migrations = { '0001-first': first, '0002-gateway': gateway, '0003-waiting': waiting };
    const { error } = await new Migrator({
      db,
      provider: { getMigrations: () => Promise.resolve({ ...migrations }) },
      migrationTableName: 'tutti_migrations',
      migrationLockTableName: 'tutti_migrations_lock',
    }).migrateToLatest();
    if (error !== undefined) throw error;
    await db.destroy();
    const database = new DatabaseSync(path);
    database.exec(`insert into definitions values ('${HASH}', 'RELEASE', '{}')`);
    database.exec(
      `insert into instances values ('${OWNER}', 'i-1', 'RELEASE', '${HASH}', 'Build', 'RUNNING', '{}', null, '{}', 'i-1.1', 1, 1, 1, null, null)`,
    );
    database.exec("insert into vault values ('secret', 'seal', 'kept')");
    database.close();
  };

  it('is brought up to date and keeps what it holds', async () => {
    const path = fresh();
    await old(path);
    const store = await open(path);
    expect(await store.vault.secret('seal', 'other')).toBe('kept');
    await store.commit(nextMove(instance({ createdAt: 1 })));
    expect((await store.load(OWNER, 'i-1'))?.revision).toBe(2);
    expect(await store.transcript.append(OWNER, 'i-1', hello)).toEqual({ ...hello, seq: 1 });
    await store.knowledge.put(own, known('colour', 'blue'));
    await store.close();
    const again = await open(path);
    const { knowledge, transcript } = again;
    expect(await transcript.count(OWNER, 'i-1')).toEqual({ user: 1, assistant: 0, system: 0 });
    expect(await knowledge.search([own], { text: 'blu', limit: 1 }, 1)).toHaveLength(1);
    expect(await again.remove(OWNER, 'i-1')).toBe(true);
    expect(await knowledge.count(own, 1)).toBe(0);
  });

  it('is brought up to date once by several that open it together', async () => {
    const path = fresh();
    await old(path);
    const opened = await Promise.all([open(path), open(path), open(path)]);
    for (const store of opened) expect(await store.knowledge.keys(mine, { limit: 1 }, 1)).toEqual([]);
  });
});

describe('a database of the fourth schema', () => {
  verifies(['agent/bounded'], 'counts what it holds, and loses nothing of what is too much', async () => {
    const path = fresh();
    const store = await open(path);
    await store.keepDefinition(HASH, 'tutti:agent/a', {});
    const session = firstMove({ workflow: 'tutti:agent/a' });
    const bounds = { maxSessionBytes: 1e9, maxOwnerBytes: 1e9 };
    await store.create({ ...session, bounds });
    await store.commit({ ...nextMove(session.instance, {}, { context: { k: 'ü' } }), bounds });
    await store.transcript.append(OWNER, 'i-1', { ...hello, content: 'Grüße\0\ud800' });
    const by = (owner: string) => ({ origin: { by: owner, owner }, tags: ['ü'] });
    await store.knowledge.put(own, known('k', 'ünï', by(OWNER)));
    await store.knowledge.put(mine, known('k', 'word', by(OWNER)));
    await store.knowledge.put({ space: 'shared' }, known('k', 'word', by('bob')));
    await store.knowledge.put({ space: 'shared' }, known('l', 'word'));
    await store.close();
    const database = new DatabaseSync(path);
    const all = () =>
      ['select * from footprints order by 1, 2', 'select id, bytes, keeper from knowledge order by id'].map(
        (sql) => database.prepare(sql).all(),
      );
    const counted = all();
    expect(counted[0]).toHaveLength(4);
    database.exec('drop table footprints; drop index instances_gone; drop index definitions_by_workflow');
    database.exec('alter table instances drop column gone');
    database.exec('alter table knowledge drop column bytes; alter table knowledge drop column keeper');
    // What came after it goes with it.
    database.exec('drop table vectors');
    database.exec("delete from tutti_migrations where name >= '0005-bounds'");
    const again = await open(path);
    expect(all()).toEqual(counted);
    database.close();
    const tight = { maxSessionBytes: 1, maxOwnerBytes: 1 };
    await expect(again.transcript.append(OWNER, 'i-1', { ...hello, bounds: tight })).rejects.toMatchObject({
      code: 'session/full',
    });
    expect(await again.transcript.read(OWNER, 'i-1', { limit: 5 })).toHaveLength(1);
  });
});

describe('several programs on one file', () => {
  it('number the messages of one session without gaps, and lose no knowledge', async () => {
    const path = fresh();
    const store = await open(path);
    await store.keepDefinition(HASH, 'RELEASE', {});
    await store.create(firstMove());
    const said = await Promise.all(
      Array.from({ length: 3 }, async () => {
        const child = spawn(process.execPath, ['test/store-process.ts', 'remember', path, '40'], {
          stdio: ['ignore', 'pipe', 'inherit'],
        });
        let text = '';
        for await (const chunk of child.stdout) text += String(chunk);
        return JSON.parse(text) as readonly number[];
      }),
    );
    const numbers = Array.from({ length: 120 }, (_, index) => index + 1);
    expect(said.flat().toSorted((a, b) => a - b)).toEqual(numbers);
    const messages = await store.transcript.read(OWNER, 'i-1', { limit: 500 });
    expect(messages.map(({ seq }) => seq)).toEqual(numbers);
    expect((await store.transcript.count(OWNER, 'i-1')).user).toBe(120);
    expect(await store.knowledge.count(mine, 1)).toBe(120);
    expect(await store.knowledge.search([mine], { text: 'word', limit: 500 }, 1)).toHaveLength(120);
  });
});

describe('a session that goes', () => {
  it('leaves nothing in the database', async () => {
    const path = fresh();
    const store = await open(path);
    await store.keepDefinition(HASH, 'RELEASE', {});
    await store.create(firstMove());
    await store.transcript.append(OWNER, 'i-1', hello);
    await store.knowledge.put(own, known('colour', 'turquoise', { tags: ['t'] }));
    await store.knowledge.put(mine, known('colour', 'vermilion', { tags: ['t'] }));
    await store.remove(OWNER, 'i-1');
    await store.close();
    const database = new DatabaseSync(path);
    const count = (table: string) => database.prepare(`select count(*) as n from ${table}`).get()?.['n'];
    const counts = [
      'messages',
      'shelves',
      'knowledge',
      'knowledge_tags',
      'knowledge_words',
      'footprints',
    ].map(count);
    database.close();
    expect(counts).toEqual([0, 1, 1, 1, 1, 1]);
  });
});

describe('a session that holds much', () => {
  const MESSAGES = 1_200;
  const ENTRIES = 1_300;
  const MOVES = 600;

  const filled = async (path: string) => {
    const store = await open(path);
    await store.keepDefinition(HASH, 'RELEASE', {});
    await store.create(firstMove());
    const said = Array.from({ length: MESSAGES }, async (_, at) => {
      await store.transcript.append(OWNER, 'i-1', { ...hello, id: `m-${at}` });
    });
    const put = Array.from({ length: ENTRIES }, async (_, at) => {
      await store.knowledge.put(own, known(`k${at}`, 'word', { tags: ['t'] }));
    });
    await Promise.all([...said, ...put]);
    for (let moved = instance(); moved.revision <= MOVES;) {
      const move = nextMove(moved);
      await store.commit(move);
      moved = move.instance;
    }
    return store;
  };
  const left = (path: string) => {
    const database = new DatabaseSync(path, { readOnly: true });
    const count = (table: string) =>
      Number(database.prepare(`select count(*) as n from ${table}`).get()?.['n']);
    const rows = ['messages', 'knowledge', 'knowledge_tags', 'journal'].map((table) => count(table));
    const all = [...rows, count('shelves'), count('knowledge_words'), count('instances')];
    database.close();
    return all;
  };
  const gone = async ({ knowledge, transcript, ...store }: Store) => {
    const all = { limit: 5 };
    expect(await store.load(OWNER, 'i-1')).toBeUndefined();
    expect((await store.list(OWNER, all)).instances).toEqual([]);
    expect(await store.entries(OWNER, 'i-1', all)).toEqual([]);
    expect(await store.answer(OWNER, 'i-1.1')).toBeUndefined();
    expect(await transcript.read(OWNER, 'i-1', all)).toEqual([]);
    expect(await transcript.count(OWNER, 'i-1')).toEqual({ user: 0, assistant: 0, system: 0 });
    expect(await transcript.append(OWNER, 'i-1', hello)).toBeUndefined();
    expect(await knowledge.get(own, 'k1', 1)).toBeUndefined();
    expect(await knowledge.keys(own, all, 1)).toEqual([]);
    expect(await knowledge.count(own, 1)).toBe(0);
    expect(await knowledge.search([own], { text: 'word', limit: 1 }, 1)).toEqual([]);
    const refused = { code: 'session/not-found' };
    await expect(knowledge.put(own, known('k', 'word'))).rejects.toMatchObject(refused);
    await expect(store.commit(nextMove(instance({ revision: MOVES + 1 })))).rejects.toMatchObject({
      code: 'instance/conflict',
    });
    expect(await store.remove(OWNER, 'i-1')).toBe(false);
  };

  it('is gone at once, and goes in pieces between which others write', async () => {
    const path = fresh();
    const store = await filled(path);
    const writing = store.knowledge.put(mine, known('mine', 'word'));
    expect(await store.remove(OWNER, 'i-1')).toBe(true);
    const [messages = 0, entries = 0, tags = 0, entriesOfJournal = 0] = left(path);
    expect(messages + entries + entriesOfJournal).toBeGreaterThan(MESSAGES + ENTRIES + MOVES - 600);
    expect(tags).toBe(entries - 1);
    await writing;
    await gone(store);
    while (left(path).at(-1) !== 0) await store.knowledge.put(mine, known('mine', 'again'));
    expect(left(path)).toEqual([0, 1, 0, 0, 1, 1, 0]);
  });

  it('is swept by whoever opens the store next, when the process ends before', async () => {
    const path = fresh();
    const store = await filled(path);
    await store.remove(OWNER, 'i-1');
    await store.close();
    expect(left(path).at(-1)).toBe(1);
    const again = await open(path);
    await gone(again);
    while (left(path).at(-1) !== 0) await nextTurn();
    expect(left(path)).toEqual([0, 0, 0, 0, 0, 0, 0]);
  });

  it('leaves nothing to another that takes its id before all is swept', async () => {
    const path = fresh();
    const [store, other] = [await filled(path), await open(path)];
    await store.remove(OWNER, 'i-1');
    await Promise.allSettled([other.create(firstMove()), store.create(firstMove())]);
    expect(await store.entries(OWNER, 'i-1', { limit: 500 })).toHaveLength(1);
    expect(await store.transcript.append(OWNER, 'i-1', hello)).toMatchObject({ seq: 1 });
    await other.knowledge.put(own, known('k', 'word'));
    expect(await store.knowledge.search([own], { text: 'word', limit: 9 }, 1)).toHaveLength(1);
    await store.remove(OWNER, 'i-1');
    expect(await store.importInstance(instance(), [firstMove().entry])).toBe(true);
    expect(await store.knowledge.count(own, 1)).toBe(0);
  });
});

describe('a search among more than is looked at', () => {
  const ENTRIES = 2_400;
  const search = async (store: Store, text: string, limit = 5) => {
    const found = await store.knowledge.search([mine], { text, limit }, 1);
    return found.map(({ entry }) => entry.key);
  };

  const filled = async () => {
    const store = await open(fresh());
    await store.knowledge.put(mine, known('oldest', 'alpha beta gamma quartz', { tags: ['t'] }));
    await store.knowledge.put(mine, known('older', 'alpha beta'));
    const rest = Array.from({ length: ENTRIES }, (_, index) => {
      const word = ['alpha', 'beta', 'gamma', 'delta'][index % 4] ?? '';
      return store.knowledge.put(mine, known(`k${index}`, `${word} filler`));
    });
    await Promise.all(rest);
    return store;
  };

  it('finds old entries by rare words, by several common ones, and by tags', async () => {
    const store = await filled();
    expect(await search(store, 'quartz')).toEqual(['oldest']);
    expect((await search(store, 'filler quartz'))[0]).toBe('oldest');
    expect((await search(store, 'alpha quartz delta'))[0]).toBe('oldest');
    expect((await search(store, 'alpha beta')).slice(0, 2)).toEqual(['older', 'oldest']);
    expect((await search(store, 'alpha beta gamma')).slice(0, 2)).toEqual(['oldest', 'older']);
    expect((await search(store, 'al be'))[0]).toBe('older');
    const tagged = await store.knowledge.search([mine], { text: 'alpha', tags: ['t'], limit: 5 }, 1);
    expect(tagged.map(({ entry }) => entry.key)).toEqual(['oldest']);
    expect(await search(store, 'filler', 100)).toHaveLength(100);
  });
});

describe('a search beside what has expired', () => {
  it('takes out a bounded part of it, and is full', async () => {
    const path = fresh();
    const { knowledge } = await open(path);
    const his: Shelf = { space: 'user', owner: 'bob' };
    const over = { expiresAt: 5 };
    const some = Array.from({ length: 450 }, (_, at) => String(at).padStart(3, '0'));
    const holding = some.slice(0, 40);
    await Promise.all([
      ...some.map(async (at) => await knowledge.put(his, known(`his${at}`, 'word', over))),
      ...holding.map(async (at) => await knowledge.put(mine, known(`holds${at}`, 'word'))),
    ]);
    await Promise.all(some.map(async (at) => await knowledge.put(mine, known(`over${at}`, 'word', over))));
    const file = new DatabaseSync(path, { readOnly: true });
    const left = () => file.prepare('select count(*) as n from knowledge where expires_at <= 5').get()?.['n'];
    expect(left()).toBe(900);
    for (const atLeast of [700, 500]) {
      const found = await knowledge.search([mine], { text: 'word', limit: 40 }, 5);
      expect(found.map(({ entry }) => entry.key).toSorted()).toEqual(holding.map((at) => `holds${at}`));
      expect(left()).toBe(atLeast);
    }
    file.close();
  });
});

describe('what sessions ask', () => {
  it('is one query before a message or a move within its bounds, compiled once', async () => {
    const run: string[] = [];
    const database = new DatabaseSync(':memory:');
    const prepare = database.prepare.bind(database);
    database.prepare = (sql) => {
      const prepared = prepare(sql);
      for (const method of ['all', 'run'] as const) {
        const original: (...values: SQLInputValue[]) => unknown = prepared[method].bind(prepared);
        const counted = (...values: SQLInputValue[]) => {
          run.push(sql);
          return original(...values);
        };
        Object.assign(prepared, { [method]: counted });
      }
      return prepared;
    };
    const store = await kyselyStore({
      dialect: sqliteDialect(database),
      diagnose: diagnoseSqlite,
      location: 'here',
      lockWaitMs: 0,
      fullText: fts5,
    });
    stores.add(store);
    const bounds = { maxSessionBytes: 1e9, maxOwnerBytes: 1e9 };
    await store.keepDefinition(HASH, 'RELEASE', {});
    await store.create({ ...firstMove(), bounds });
    const ran = async (work: () => Promise<unknown>) => {
      run.length = 0;
      await work();
      // Where a parameter decides whether a partial index serves, or is a limit, a query is compiled each time.
      expect(run.filter((sql) => /"gone" = \?|limit \?$/.test(sql))).toEqual([]);
      return run.map((sql) => /^\w+( into)?( "\w+")?/.exec(sql)?.[0]);
    };
    expect(await ran(() => store.transcript.append(OWNER, 'i-1', { ...hello, bounds }))).toEqual([
      'begin',
      'select "messages"',
      'insert into "messages"',
      'insert into "footprints"',
      'commit',
    ]);
    expect(await ran(() => store.commit({ ...nextMove(instance()), bounds }))).toEqual([
      'begin',
      'update "instances"',
      'insert into "journal"',
      'insert into "footprints"',
      'commit',
    ]);
    expect(await ran(() => store.transcript.count(OWNER, 'i-1'))).toEqual(['select "seq"']);
  });

  it('has an index', async () => {
    const seen = new Set<string>();
    const database = new DatabaseSync(':memory:');
    const prepare = database.prepare.bind(database);
    database.prepare = (sql) => {
      if (/^(select|update|delete)/.test(sql)) seen.add(sql);
      return prepare(sql);
    };
    const store = await kyselyStore({
      dialect: sqliteDialect(database),
      diagnose: diagnoseSqlite,
      location: 'here',
      lockWaitMs: 0,
      fullText: fts5,
    });
    stores.add(store);
    await store.keepDefinition(HASH, 'RELEASE', {});
    await store.create(firstMove());
    seen.clear();
    const { knowledge, transcript } = store;
    for (let at = 0; at < 250; at += 1) await knowledge.put(mine, known(`${at}`, 'word', { expiresAt: 5 }));
    await transcript.append(OWNER, 'i-1', hello);
    await transcript.read(OWNER, 'i-1', { limit: 5, before: 9 });
    await transcript.count(OWNER, 'i-1');
    for (const shelf of [own, mine]) {
      await knowledge.put(shelf, known('k', 'word', { tags: ['t'], expiresAt: 5 }));
      await knowledge.get(shelf, 'k', 1);
      await knowledge.list(shelf, { limit: 5, after: 'a' }, 1);
      await knowledge.keys(shelf, { limit: 5, tags: ['t', 'u'] }, 1);
      await knowledge.count(shelf, 1);
      await knowledge.search([shelf], { text: 'word k', tags: ['t'], limit: 5 }, 9);
      await knowledge.put(shelf, known('k', 'word'));
      await knowledge.remove(shelf, 'k');
    }
    await store.remove(OWNER, 'i-1');
    expect(seen.size).toBeGreaterThan(13);
    for (const sql of seen) {
      const plan = prepare(`explain query plan ${sql}`)
        .all()
        .map((row) => String(row['detail']));
      // The full text index is a virtual table: what it is asked for stands behind the number of its index. The rest is what it answered.
      const slow = plan.filter(
        (line) =>
          /SCAN|TEMP B-TREE/.test(line) &&
          !/SCAN (knowledge_words VIRTUAL TABLE INDEX \d+:M|\(subquery)/.test(line),
      );
      expect({ sql, slow }).toEqual({ sql, slow: [] });
    }
  });
});
