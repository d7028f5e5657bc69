import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Kysely } from 'kysely';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { mediumOf } from '../src/adapters/store/medium.ts';
import { inOneTurn } from '../src/adapters/store/sqlite-audit.ts';
import { sqliteDialect } from '../src/adapters/store/sqlite-dialect.ts';
import { diagnoseSqlite } from '../src/adapters/store/sqlite-errors.ts';
import { Disk } from '../src/adapters/store/disk.ts';
import { logOf } from '../src/adapters/store/sqlite-file.ts';
import { sqliteStore } from '../src/adapters/store/sqlite.ts';
import type { Tables } from '../src/adapters/store/tables.ts';
import type { AuditEntry } from '../src/core/ports/audit.ts';
import type { Store } from '../src/core/ports/store.ts';

const root = mkdtempSync(join(tmpdir(), 'tutti-audit-'));
const stores = new Set<Store>();
let files = 0;

const entries = (count: number): AuditEntry[] =>
  Array.from({ length: count }, (_, n) => ({ at: n, owner: 'anna', kind: 'call', fields: { n } }));

describe('what is written behind', () => {
  afterEach(() => void vi.useRealTimers());

  const open = (sync?: () => Promise<void>) => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const database = new DatabaseSync(':memory:');
    database.exec('create table seen (n)');
    let isRelaxed = false;
    const { writeNow, close } = mediumOf(new Kysely<Tables>({ dialect: sqliteDialect(database) }), {
      diagnose: diagnoseSqlite,
      location: 'here',
      lockWaitMs: 1,
      atOnce: inOneTurn(database),
      relax: (relaxed) => void (isRelaxed = relaxed),
      ...(sync && { sync }),
    });
    /** @returns whether it waited for the disk. */
    const write = (): boolean => {
      expect(writeNow(() => database.exec('insert into seen values (1)'))).toBe(true);
      return !isRelaxed;
    };
    return { write, close };
  };

  it('waits for the disk once a second where there is no other way', async () => {
    const { write, close } = open();
    const waited: boolean[] = [];
    for (let n = 0; n < 4; n += 1) {
      waited.push(write());
      vi.advanceTimersByTime(500);
    }
    expect(waited).toEqual([false, false, true, false]);
    await close();
  });

  it('is brought to the disk by the way once a second, one at a time, when the database itself is there', async () => {
    const syncs: PromiseWithResolvers<void>[] = [];
    const { write, close } = open(() => {
      syncs.push(Promise.withResolvers());
      return syncs.at(-1)?.promise ?? Promise.resolve();
    });
    vi.advanceTimersByTime(1_000);
    expect(write()).toBe(true);
    vi.advanceTimersByTime(1_000);
    expect([write(), write()]).toEqual([false, false]);
    expect(syncs).toHaveLength(1);
    syncs[0]?.resolve();
    await syncs[0]?.promise;
    expect(write()).toBe(false);
    expect(syncs).toHaveLength(1);
    vi.advanceTimersByTime(1_000);
    expect(write()).toBe(false);
    expect(syncs).toHaveLength(2);
    syncs[1]?.reject(new Error('no'));
    await syncs[1]?.promise.catch(() => {});
    expect(write()).toBe(true);
    await close();
  });
});

describe('a commit that somebody waits for', () => {
  it('is on the disk, whatever is written behind between its beginning and its end', () => {
    const told: boolean[] = [];
    const disk = new Disk({ relax: (relaxed) => void told.push(relaxed) });
    disk.begin(true)(true);
    expect(told).toEqual([true]);
    const end = disk.begin(false);
    expect(told).toEqual([true, false]);
    disk.begin(true)(true);
    expect(told).toEqual([true, false]);
    end(false);
    disk.begin(true)(true);
    expect(told).toEqual([true, false, true]);
  });

  it('counts only once it has begun', () => {
    const told: boolean[] = [];
    const disk = new Disk({
      relax: (relaxed) => {
        if (!relaxed && told.length === 1) throw new Error(`${told.push(relaxed)} modes told`);
        told.push(relaxed);
      },
    });
    disk.begin(true)(true);
    expect(() => disk.begin(false)).toThrow('2 modes told');
    disk.begin(false)(true);
    disk.begin(true)(true);
    expect(told).toEqual([true, false, false, true]);
  });
});

describe('the log of a file', () => {
  it('is brought to the disk without a lock being lost', async () => {
    const path = join(root, 'log.db');
    const store = await sqliteStore({ path });
    await store.audit.append(entries(1));
    const database = new DatabaseSync(path);
    database.exec('begin immediate');
    let now = 0;
    const bring = logOf(path, () => now);
    await bring();
    // After a pause it is read, too.
    now += 60_000;
    await bring();
    const program = `new (require('node:sqlite').DatabaseSync)(process.argv[1], { timeout: 0 }).exec('begin immediate')`;
    const other = spawnSync(process.execPath, ['-e', program, path], { encoding: 'utf8' });
    expect(other.stderr).toContain('database is locked');
    database.exec('rollback');
    database.close();
    await store.close();
  });
});

describe.each(['normal', 'full'] as const)('the audit in SQLite, synchronous %s', (synchronous) => {
  const open = async (): Promise<{ path: string; store: Store }> => {
    const path = join(root, `${(files += 1)}.db`);
    const store = await sqliteStore({ path, synchronous });
    stores.add(store);
    return { path, store };
  };
  afterEach(async () => {
    for (const store of stores) await store.close();
    stores.clear();
  });
  afterAll(async () => await rm(root, { recursive: true, force: true }));

  it('is in the file when append was called, before anything else happens', async () => {
    const { path, store } = await open();
    const appended = store.audit.append(entries(3));
    const other = new DatabaseSync(path);
    expect(other.prepare('select count(*) as rows from audit').get()).toEqual({ rows: 3 });
    other.close();
    await appended;
  });

  it('leaves a transaction alone that is under way on its connection', () => {
    const database = new DatabaseSync(':memory:');
    const { writeNow } = mediumOf(new Kysely<Tables>({ dialect: sqliteDialect(database) }), {
      diagnose: diagnoseSqlite,
      location: 'here',
      lockWaitMs: 1,
      atOnce: inOneTurn(database),
      // SQLite does not let this be changed amid a transaction.
      ...(synchronous === 'full' && { relax: () => database.exec('pragma synchronous = normal') }),
    });
    database.exec('create table seen (n); begin; insert into seen values (1)');
    expect(writeNow(() => expect.unreachable())).toBe(false);
    database.exec('commit');
    expect(writeNow(() => database.exec('insert into seen values (2)'))).toBe(true);
    expect(database.prepare('select count(*) as rows from seen').get()).toEqual({ rows: 2 });
    database.close();
  });

  it('goes on from where another program left it', async () => {
    const { path, store } = await open();
    const other = await sqliteStore({ path, synchronous });
    stores.add(other);
    for (const each of [store, other, other, store, store, other]) await each.audit.append(entries(2));
    expect(await store.audit.verify()).toEqual({ rows: 12 });
  });

  it('waits for another program that holds the lock, and loses nothing', async () => {
    const { path, store } = await open();
    await store.audit.append(entries(1));
    const other = new DatabaseSync(path);
    other.exec('begin immediate');
    const appended = store.audit.append(entries(2));
    other.exec('rollback');
    other.close();
    await appended;
    expect(await store.audit.verify()).toEqual({ rows: 3 });
  });

  it('writes all or nothing, and says what is wrong', async () => {
    const { path, store } = await open();
    await store.audit.append(entries(1));
    const other = new DatabaseSync(path);
    other.exec(`create trigger no_third before insert on audit when new.seq = 3
      begin select raise(abort, 'no third'); end`);
    await expect(store.audit.append(entries(2))).rejects.toThrow('no third');
    other.exec('drop trigger no_third');
    other.close();
    expect(await store.audit.verify()).toEqual({ rows: 1 });
    await store.audit.append(entries(2));
    expect(await store.audit.verify()).toEqual({ rows: 3 });
  });
});
