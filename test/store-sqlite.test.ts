import { type ChildProcess, spawn } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { nodeSqlite } from '../src/adapters/store/node-sqlite.ts';
import { fts5 } from '../src/adapters/store/fts5.ts';
import { sqliteDialect } from '../src/adapters/store/sqlite-dialect.ts';
import { diagnoseSqlite } from '../src/adapters/store/sqlite-errors.ts';
import { networkFilesystem } from '../src/adapters/store/sqlite-file.ts';
import { isOlder, sqliteStore } from '../src/adapters/store/sqlite.ts';
import { kyselyStore } from '../src/adapters/store/store.ts';
import type { Store } from '../src/core/ports/store.ts';
import { unprivileged } from './support/unprivileged.ts';
import { entryOf, firstMove, HASH, instance, nextMove, OWNER } from './contracts/store.moves.ts';

const root = mkdtempSync(join(tmpdir(), 'tutti-sqlite-'));
const children = new Set<ChildProcess>();
const stores = new Set<Store>();
let folders = 0;

function fresh(): string {
  folders += 1;
  const folder = join(root, String(folders));
  mkdirSync(folder);
  return join(folder, 'tutti.db');
}

async function open(path: string, options: Partial<Parameters<typeof sqliteStore>[0]> = {}): Promise<Store> {
  const store = await sqliteStore({ path, ...options });
  stores.add(store);
  await store.keepDefinition(HASH, 'RELEASE', { 'index.md': '# Goal' });
  return store;
}

interface Other {
  readonly child: ChildProcess;
  /** The first line it says. */
  readonly said: Promise<string>;
  readonly ended: Promise<number | null>;
}

function other(parameters: readonly string[], uid?: number): Other {
  const child = spawn(process.execPath, ['test/store-process.ts', ...parameters], {
    stdio: ['ignore', 'pipe', 'inherit'],
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  children.add(child);
  const ended = new Promise<number | null>((resolve) => void child.once('exit', resolve));
  const said = new Promise<string>((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += String(chunk);
      if (text.includes('\n')) resolve(text.slice(0, text.indexOf('\n')));
    });
    child.once('exit', (code) => reject(new Error(`ended with ${code} before it said anything`)));
  });
  said.catch(() => undefined);
  return { child, said, ended };
}

const unusable = (work: Promise<unknown>, message: RegExp) =>
  expect(work).rejects.toMatchObject({
    name: 'TuttiError',
    code: 'store/unusable',
    message: expect.stringMatching(message),
  });

afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  children.clear();
  for (const store of stores) await store.close();
  stores.clear();
});
afterAll(() => rm(root, { recursive: true, force: true }));

describe('the file', () => {
  it('is made with its folders, at an absolute or a relative path', async () => {
    const absolute = join(fresh(), 'a', 'b', 'tutti.db');
    await open(absolute);
    expect(statSync(absolute).isFile()).toBe(true);
    const second = join(fresh(), 'c', 'tutti.db');
    await open(relative(process.cwd(), second));
    expect(statSync(second).isFile()).toBe(true);
  });

  it('keeps everything over a restart', async () => {
    const path = fresh();
    const before = await open(path);
    const first = firstMove({ context: { a: 1 } });
    await before.create(first);
    const second = nextMove(first.instance, { given: true });
    await before.commit(second);
    await before.close();
    const after = await open(path);
    expect(await after.load(OWNER, 'i-1')).toEqual(second.instance);
    expect(await after.entries(OWNER, 'i-1', { limit: 9 })).toEqual([first.entry, second.entry]);
    expect(await after.answer(OWNER, first.instance.token)).toEqual(second.answer);
    expect(await after.definition(HASH)).toEqual({ 'index.md': '# Goal' });
  });

  it('leaves no log behind when it is closed', async () => {
    const path = fresh();
    const store = await open(path);
    await store.create(firstMove());
    await store.close();
    expect(() => statSync(`${path}-wal`)).toThrow('ENOENT');
  });

  it('is read from the store while another connection looks at it', async () => {
    const path = fresh();
    const one = await open(path);
    const two = await open(path);
    const first = firstMove();
    await one.create(first);
    await two.commit(nextMove(first.instance));
    expect((await one.load(OWNER, 'i-1'))?.revision).toBe(2);
    await expect(one.commit(nextMove(first.instance))).rejects.toMatchObject({ code: 'instance/conflict' });
  });

  it.each([
    ['full', 2],
    ['normal', 1],
  ] as const)('is written in WAL mode, synchronous %s, with foreign keys', async (synchronous, level) => {
    const seen = await settings(fresh(), synchronous);
    expect(seen).toEqual({ journal_mode: 'wal', synchronous: level, foreign_keys: 1, mmap_size: 0 });
  });
});

/** What the connection of a store is set to, seen through the constructor that it uses. */
async function settings(path: string, synchronous: 'full' | 'normal') {
  const opened = new Set<DatabaseSync>();
  const spy = vi.spyOn(nodeSqlite().DatabaseSync.prototype, 'exec');
  await open(path, { synchronous });
  for (const database of spy.mock.contexts) opened.add(database as DatabaseSync);
  spy.mockRestore();
  const [database] = opened;
  const names = ['journal_mode', 'synchronous', 'foreign_keys', 'mmap_size'] as const;
  return Object.fromEntries(names.map((name) => [name, database?.prepare(`pragma ${name}`).get()?.[name]]));
}

describe('what is no place for a database', () => {
  it('names a file that is none', async () => {
    const path = fresh();
    writeFileSync(
      path,
      'just some text, long enough to be looked at as a database header, and more'.repeat(20),
    );
    await unusable(open(path), /tutti\.db: it is not a SQLite database/);
    expect(readFileSync(path, 'utf8')).toMatch(/^just some text/);
  });

  it('names a folder', async () => {
    await unusable(open(join(fresh(), '..')), /found a folder/);
  });

  it('names a path through a file', async () => {
    const path = fresh();
    writeFileSync(path, '');
    await unusable(open(join(path, 'deeper', 'tutti.db')), /folder cannot be made \((ENOTDIR|EEXIST)\)/);
  });

  it('names the log of a file that is gone, and leaves it to whoever still has it', async () => {
    const path = fresh();
    const store = await open(path);
    await store.vault.write('kept', { is: 'in the log' });
    renameSync(path, `${path}.away`);
    await unusable(open(path), /tutti\.db is gone, and its log is still there: .*tutti\.db-wal and .*-shm\./);
    expect(existsSync(path)).toBe(false);
    renameSync(`${path}.away`, path);
    const again = await open(path);
    expect(await again.vault.read('kept')).toEqual({ is: 'in the log' });
  });

  it('names a database of another program', async () => {
    const path = fresh();
    const database = new DatabaseSync(path);
    database.exec('create table instances (something text)');
    database.close();
    await unusable(open(path), /another program/);
  });

  it.each([
    [
      'another program',
      ['bookmarks', 'visits'],
      /another program: .* found the tables bookmarks, visits\. .*Name another file/,
    ],
    [
      'the published schema',
      ['workflow_history', 'workflow_instances'],
      /published schema: .* found the tables workflow_history, workflow_instances\. .*TUTTI_STORE=.*`tutti import-db .*tutti\.db`/,
    ],
  ])('names a database of %s with its tables, and leaves it as it was', async (_whose, tables, message) => {
    const path = fresh();
    const database = new DatabaseSync(path);
    for (const table of tables) database.exec(`create table ${table} (something text)`);
    database.close();
    const before = traces(path);
    await unusable(open(path), message);
    expect(traces(path)).toEqual(before);
  });

  it.skipIf(process.platform !== 'linux')('names a place where no folder can be made', async () => {
    // In a process of its own: were it to look for ever, nothing in it could stop it.
    const { child, said, ended } = other(['open', '/proc/tutti/deeper/tutti.db']);
    const deadline = setTimeout(() => child.kill('SIGKILL'), 100_000);
    expect(await said).toMatch(/^TuttiError: .* its folder cannot be made \(ENOENT\)/);
    await ended;
    clearTimeout(deadline);
  });

  it.skipIf(!unprivileged).each(['file', 'folder'])('names a read-only %s', async (what) => {
    const path = fresh();
    await (await open(path)).close();
    chmodSync(root, 0o755);
    chmodSync(what === 'file' ? path : join(path, '..'), what === 'file' ? 0o444 : 0o555);
    if (what === 'folder') chmodSync(path, 0o666);
    const { said } = other(['open', path], unprivileged?.uid);
    expect(await said).toMatch(/^TuttiError: .* cannot be read and written by this user \(EACCES\)/);
  });

  it.each([
    [0x6969, 'NFS'],
    [0xff534d42, 'CIFS'],
    [-11_317_950, 'CIFS'],
    [0xef53, undefined],
    [0x01021994, undefined],
  ])('knows filesystem %i as %s', (type, name) => {
    expect(networkFilesystem(type)).toBe(name);
  });
});

/** Every byte that a database has on disk. */
function traces(path: string): Record<string, string> {
  const folder = dirname(path);
  return Object.fromEntries(
    readdirSync(folder)
      .filter((name) => !name.endsWith('-shm'))
      .map((name) => [name, readFileSync(join(folder, name)).toString('base64')]),
  );
}

describe('the schema', () => {
  it('of a newer version is left alone', async () => {
    const path = fresh();
    await (await open(path)).close();
    const database = new DatabaseSync(path);
    database.exec('pragma journal_mode = delete');
    database.exec("insert into tutti_migrations values ('9999-future', '2030-01-01T00:00:00.000Z')");
    const newer = { code: 'store/newer-schema', message: expect.stringContaining('9999-future') };
    const before = traces(path);
    await expect(open(path)).rejects.toMatchObject(newer);
    expect(traces(path)).toEqual(before);

    // As the process that wrote it left it when it died, with moves in the log that are not yet in the database.
    database.exec('pragma journal_mode = wal');
    database.exec('create table later (something text)');
    const left = fresh();
    copyFileSync(path, left);
    copyFileSync(`${path}-wal`, `${left}-wal`);
    database.close();
    const whole = traces(left);
    await expect(open(left)).rejects.toMatchObject(newer);
    expect(traces(left)).toEqual(whole);
  });

  it('is made once by four programs that open a fresh file together', async () => {
    const path = fresh();
    const others = Array.from({ length: 4 }, () => other(['open', path]));
    expect(await Promise.all(others.map(({ said }) => said))).toEqual(['ok', 'ok', 'ok', 'ok']);
    const store = await open(path);
    await store.create(firstMove());
    expect((await store.load(OWNER, 'i-1'))?.revision).toBe(1);
  });

  it('that failed half-way leaves nothing', async () => {
    const path = fresh();
    const database = new DatabaseSync(path);
    database.exec('create table usage (something text)');
    database.close();
    await unusable(open(path), /another program/);
    const after = new DatabaseSync(path);
    expect(
      after
        .prepare('select name from sqlite_schema')
        .all()
        .map((row) => row['name']),
    ).toEqual(['usage']);
    after.exec('drop table usage');
    after.close();
    await open(path);
  });

  it('has an index for every query of a step and every list', async () => {
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
    seen.clear();
    await store.keepDefinition(HASH, 'RELEASE', {});
    const first = firstMove();
    await store.create(first);
    await store.commit(nextMove(first.instance, {}, { status: 'SUSPENDED' }));
    await store.answer(OWNER, 't');
    await store.entries(OWNER, 'i-1', { limit: 1 });
    await store.entries(OWNER, 'i-1', { limit: 1, newest: true });
    const cursor = Buffer.from('[1,"i"]').toString('base64url');
    for (const filter of [
      {},
      { status: 'RUNNING' },
      { workflow: 'R' },
      { status: 'RUNNING', workflow: 'R' },
    ] as const) {
      await store.list(OWNER, { limit: 5, ...filter });
      await store.list(OWNER, { limit: 5, ...filter, cursor });
    }
    await store.remove(OWNER, 'i-1');
    expect(seen.size).toBeGreaterThan(12);
    for (const sql of seen) {
      const plan = prepare(`explain query plan ${sql}`)
        .all()
        .map((row) => String(row['detail']));
      expect({ sql, slow: plan.filter((line) => /SCAN|TEMP B-TREE/.test(line)) }).toEqual({ sql, slow: [] });
    }
  });
});

describe('a full disk', () => {
  it('refuses a move, changes nothing, and works again once there is space', async () => {
    const path = fresh();
    const store = await open(path, { maxPages: 100 });
    const first = firstMove();
    await store.create(first);
    await store.create(firstMove({ id: 'ballast', context: { text: 'x'.repeat(60_000) } }));
    let last = first;
    const text = 'y'.repeat(20_000);
    let refusal: unknown;
    for (let count = 0; count < 100 && refusal === undefined; count += 1) {
      const move = nextMove(last.instance, { text });
      refusal = await store.commit(move).then(
        () => undefined,
        (error: unknown) => error,
      );
      if (refusal === undefined) last = move;
    }
    expect(refusal).toMatchObject({ name: 'TuttiError', code: 'store/full' });
    expect(last.instance.revision).toBeGreaterThan(1);
    expect(await store.load(OWNER, 'i-1')).toEqual(last.instance);
    expect((await store.entries(OWNER, 'i-1', { limit: 1, newest: true }))[0]?.seq).toBe(
      last.instance.revision,
    );
    expect(await store.answer(OWNER, last.instance.token)).toBeUndefined();
    await expect(
      store.create(firstMove({ id: 'i-3', context: { text: text.repeat(20) } })),
    ).rejects.toMatchObject({
      code: 'store/full',
    });
    await store.remove(OWNER, 'ballast');
    await store.commit(nextMove(last.instance, { text }));
    expect((await store.load(OWNER, 'i-1'))?.revision).toBe(last.instance.revision + 1);
  });

  it('fails all moves that shared the transaction', async () => {
    const store = await open(fresh(), { maxPages: 80 });
    const firsts = Array.from({ length: 8 }, (_, index) => firstMove({ id: `i-${index}` }));
    for (const move of firsts) await store.create(move);
    const text = 'y'.repeat(100_000);
    const settled = await Promise.allSettled(
      firsts.map((move) => store.commit(nextMove(move.instance, { text }))),
    );
    expect(
      settled.map((each) => each.status === 'rejected' && (each.reason as { code: string }).code),
    ).toEqual(firsts.map(() => 'store/full'));
    for (const move of firsts) expect((await store.load(OWNER, move.instance.id))?.revision).toBe(1);
  });
});

describe('a lock that another program holds', () => {
  it('stops writing after the wait, never reading, and passes', async () => {
    const path = fresh();
    const store = await open(path, { lockWaitMs: 2_000 });
    const first = firstMove();
    await store.create(first);
    const holder = other(['lock', path]);
    expect(await holder.said).toBe('locked');

    const refused = store.commit(nextMove(first.instance)).then(
      () => 'moved',
      (error: unknown) => error,
    );
    let turns = 0;
    const turning = setInterval(() => (turns += 1), 1);
    expect(await store.load(OWNER, 'i-1')).toEqual(first.instance);
    expect(await refused).toMatchObject({
      code: 'store/unavailable',
      message: expect.stringContaining('2000 ms'),
    });
    clearInterval(turning);
    // The loop went round while the move waited; a thread asleep for the whole wait would leave one or two turns.
    expect(turns).toBeGreaterThan(5);

    const patient = await open2(path);
    const waiting = patient.commit(nextMove(first.instance));
    await new Promise((resolve) => void setTimeout(resolve, 50));
    holder.child.kill('SIGKILL');
    await holder.ended;
    await waiting;
    expect((await store.load(OWNER, 'i-1'))?.revision).toBe(2);
  });

  it('holds nobody up for long once the end hurries', async () => {
    const path = fresh();
    const store = await open(path, { lockWaitMs: 20_000 });
    const move = firstMove();
    await store.create(move);
    const holder = other(['lock', path]);
    expect(await holder.said).toBe('locked');
    const commit = async () => await store.commit(nextMove(move.instance)).catch((error: unknown) => error);
    const begun = [1, 2, 3].map(commit);
    store.hurry(20);
    const refused = { code: 'store/unavailable', message: expect.stringContaining('within 20 ms') };
    expect(await Promise.all(begun)).toMatchObject([refused, refused, refused]);
    expect(await commit()).toMatchObject(refused);
    await store.close();
  });

  it('keeps a fresh file from being opened', async () => {
    const path = fresh();
    const holder = other(['lock', path]);
    expect(await holder.said).toBe('locked');
    await expect(open(path, { lockWaitMs: 100 })).rejects.toMatchObject({
      code: 'store/unavailable',
      message: expect.stringContaining(path),
    });
    const patient = open(path, { lockWaitMs: 20_000 });
    holder.child.kill('SIGKILL');
    await expect((await patient).load(OWNER, 'i-1')).resolves.toBeUndefined();
  });

  it('does not matter to a store that only opens and reads', async () => {
    const path = fresh();
    await (await open(path)).close();
    const holder = other(['lock', path]);
    await holder.said;
    // Nothing is to be migrated, so opening only reads.
    const store = await sqliteStore({ path, lockWaitMs: 300 });
    stores.add(store);
    expect(await store.definition(HASH)).toEqual({ 'index.md': '# Goal' });
  });
});

async function open2(path: string): Promise<Store> {
  const store = await sqliteStore({ path, lockWaitMs: 20_000 });
  stores.add(store);
  return store;
}

describe('two programs on one file', () => {
  it('lose and double no revision of one instance', async () => {
    const path = fresh();
    const store = await open(path);
    await store.create(firstMove());
    const [one, two] = [other(['race', path, '150']), other(['race', path, '150'])];
    const won = [await one.said, await two.said].map((line) => JSON.parse(line) as number[]);
    const revisions = won.flat().toSorted((a, b) => a - b);
    expect(revisions).toEqual(Array.from({ length: 300 }, (_, index) => index + 2));
    const last = await store.load(OWNER, 'i-1');
    expect(last?.revision).toBe(301);
    const seqs = (await store.entries(OWNER, 'i-1', { limit: 1000 })).map((each) => each.seq);
    expect(seqs).toEqual(Array.from({ length: 301 }, (_, index) => index + 1));
    const answers = await Promise.all(seqs.slice(0, -1).map((seq) => store.answer(OWNER, `i-1.${seq}`)));
    expect(answers.every((answer) => answer !== undefined)).toBe(true);
  });
});

describe('the runtime', () => {
  it('is warned of when its SQLite is older than the safe one', async () => {
    expect(['3.50.4', '3.51.2', '2.99.9', '3.9.3'].map(isOlder)).toEqual([true, true, true, true]);
    expect(['3.51.3', '3.51.10', '3.53.4', '4.0.0'].map(isOlder)).toEqual([false, false, false, false]);
    const warnings: string[] = [];
    await open(fresh(), { onWarning: (message) => void warnings.push(message) });
    const version = String(new DatabaseSync(':memory:').prepare('select sqlite_version() as v').get()?.['v']);
    expect(warnings.length).toBe(isOlder(version) ? 1 : 0);
  });

  it('does not print its warning about SQLite, and prints every other', () => {
    const printed: unknown[] = [];
    const emit = vi.spyOn(process, 'emitWarning').mockImplementation((warning) => void printed.push(warning));
    const load = vi.spyOn(process, 'getBuiltinModule').mockImplementation(() => {
      process.emitWarning(
        'SQLite is an experimental feature and might change at any time',
        'ExperimentalWarning',
      );
      process.emitWarning('Something else is an experimental feature', 'ExperimentalWarning');
      process.emitWarning('SQLite is an experimental feature, says somebody', 'DeprecationWarning');
    });
    nodeSqlite();
    load.mockRestore();
    process.emitWarning('SQLite is an experimental feature, says a later one', 'ExperimentalWarning');
    emit.mockRestore();
    expect(printed).toEqual([
      'Something else is an experimental feature',
      'SQLite is an experimental feature, says somebody',
      'SQLite is an experimental feature, says a later one',
    ]);
  });
});

describe('errors of SQLite', () => {
  it.each([
    [5, 'busy'],
    [261, 'busy'],
    [517, 'busy'],
    [6, 'busy'],
    [8, 'store/unusable'],
    [1032, 'store/unusable'],
    [10, 'store/unavailable'],
    [1034, 'store/unavailable'],
    [11, 'store/unusable'],
    [13, 'store/full'],
    [14, 'store/unusable'],
    [26, 'store/unusable'],
    [2067, 'constraint'],
    [787, 'constraint'],
    [7, 'store/unavailable'],
  ])('%i is %s', (errcode, kind) => {
    expect(diagnoseSqlite(Object.assign(new Error('x'), { errcode }))?.kind).toBe(kind);
  });

  it('leaves other errors alone', () => {
    expect(diagnoseSqlite(new TypeError('x'))).toBeUndefined();
    expect(diagnoseSqlite('text')).toBeUndefined();
  });
});

describe('a journal that another hand has changed', () => {
  it('refuses a move whose entry is already there, and nothing else of its transaction', async () => {
    const path = fresh();
    const store = await open(path);
    const [one, two] = [firstMove({ id: 'a' }), firstMove({ id: 'b' })];
    await store.create(one);
    await store.create(two);
    const forged = entryOf(instance({ id: 'a', revision: 2 }));
    const database = new DatabaseSync(path);
    database
      .prepare(
        "insert into journal select owner, id, ?, 1, 'ADVANCED', step, null, '{}', status, step, null, '[]', null, null from instances where id = 'a'",
      )
      .run(forged.seq);
    database.close();
    const settled = await Promise.allSettled([
      store.commit(nextMove(one.instance)),
      store.commit(nextMove(two.instance)),
    ]);
    expect(settled.map((each) => each.status)).toEqual(['rejected', 'fulfilled']);
    expect((await store.load(OWNER, 'a'))?.revision).toBe(1);
    expect((await store.load(OWNER, 'b'))?.revision).toBe(2);
  });
});

describe('the one connection', () => {
  it('keeps reads out of a transaction under way', async () => {
    const driver = sqliteDialect(new (nodeSqlite().DatabaseSync)(':memory:')).createDriver();
    const order: string[] = [];
    const first = await driver.acquireConnection();
    const second = driver.acquireConnection().then((connection) => {
      order.push('read');
      return connection;
    });
    await driver.beginTransaction(first, {});
    await driver.commitTransaction(first);
    order.push('committed');
    await driver.releaseConnection(first);
    await driver.releaseConnection(await second);
    expect(order).toEqual(['committed', 'read']);
    await driver.destroy();
  });
});

describe.runIf(process.platform === 'linux')('the locks of a new store', () => {
  const locksOf = (path: string): readonly string[] => {
    const { ino } = statSync(path);
    const lines = readFileSync('/proc/locks', 'utf8').split('\n');
    return lines.filter((line) => line.includes(`:${ino} `) && line.includes(` ${process.pid} `));
  };

  it('are held as long as it is open, whatever was done to bring it to the disk', async ({ skip }) => {
    const known = fresh();
    const control = new DatabaseSync(known);
    control.exec('create table any (one); begin immediate');
    const isShown = locksOf(known).length > 0;
    control.close();
    skip(!isShown, 'locks are not shown here');
    const path = fresh();
    // Writes something that is waited for: by then the database is on the disk.
    await open(path);
    expect(locksOf(path)).not.toEqual([]);
  });
});
