import { spawn } from 'node:child_process';
import { mkdtempSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Kysely } from 'kysely';
import { Migrator } from 'kysely/migration';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { first } from '../src/adapters/store/migrations/0001-first.ts';
import { fts5 } from '../src/adapters/store/fts5.ts';
import { sqliteDialect } from '../src/adapters/store/sqlite-dialect.ts';
import { diagnoseSqlite } from '../src/adapters/store/sqlite-errors.ts';
import { sqliteStore } from '../src/adapters/store/sqlite.ts';
import { kyselyStore } from '../src/adapters/store/store.ts';
import type { Approval } from '../src/core/kernel/approval.ts';
import type { Store } from '../src/core/ports/store.ts';
import { firstMove, HASH, OWNER } from './contracts/store.moves.ts';

const root = mkdtempSync(join(tmpdir(), 'tutti-gateway-store-'));
const stores = new Set<Store>();
let files = 0;

function fresh(): string {
  files += 1;
  return join(root, `${files}.db`);
}

async function open(path: string): Promise<Store> {
  const store = await sqliteStore({ path, synchronous: 'normal' });
  stores.add(store);
  return store;
}

/** Changes a database by hand. */
function tamper(path: string, ...statements: readonly string[]): void {
  const database = new DatabaseSync(path);
  for (const sql of statements) database.exec(sql);
  database.close();
}

const approval: Approval = {
  id: 'a-1',
  owner: OWNER,
  server: 'git',
  tool: 'push',
  arguments: {},
  digest: 'd',
  risk: 'write',
  reason: 'because',
  requestedBy: OWNER,
  instance: null,
  status: 'pending',
  decidedBy: null,
  createdAt: 1,
  decidedAt: null,
  expiresAt: 10,
};

afterEach(async () => {
  for (const store of stores) await store.close();
  stores.clear();
});
afterAll(() => rm(root, { recursive: true, force: true }));

describe('a database of the first schema', () => {
  /** As the version before left it. */
  const old = async (path: string) => {
    const db = new Kysely<unknown>({ dialect: sqliteDialect(new DatabaseSync(path)) });
    const { error } = await new Migrator({
      db,
      provider: { getMigrations: () => Promise.resolve({ '0001-first': first }) },
      migrationTableName: 'tutti_migrations',
      migrationLockTableName: 'tutti_migrations_lock',
    }).migrateToLatest();
    if (error !== undefined) throw error;
    await db.destroy();
    const { instance } = firstMove();
    tamper(
      path,
      `insert into definitions values ('${HASH}', 'RELEASE', '{}')`,
      `insert into instances values ('${OWNER}', 'i-1', 'RELEASE', '${HASH}', 'Build', 'RUNNING', '{}', null, '{}', 't', 1, ${instance.createdAt}, 1, null, null)`,
      "insert into usage values ('ann', 'model', 1, 2, 30, 40, 5)",
    );
  };

  it('is brought up to date and keeps what it holds', async () => {
    const path = fresh();
    await old(path);
    const store = await open(path);
    expect(await store.load(OWNER, 'i-1')).toMatchObject({ step: 'Build', status: 'RUNNING' });
    const key = { owner: 'ann', subject: 'model', windowAt: 1 };
    expect(await store.usage.read(key)).toEqual({ calls: 2, costMicros: 5, ms: 0 });
    await store.usage.add([{ ...key, calls: 1, costMicros: 1, ms: 1 }]);
    expect(await store.usage.read(key)).toEqual({ calls: 3, costMicros: 6, ms: 1 });
    expect(await store.approvals.request(approval, 1)).toEqual(approval);
    await store.audit.append([{ at: 1, owner: OWNER, kind: 'call', fields: {} }]);
    expect(await store.audit.verify()).toEqual({ rows: 1 });
    await store.close();
    expect((await (await open(path)).approvals.find(OWNER, 'a-1', 1))?.digest).toBe('d');
  });

  it('is brought up to date once by several that open it together', async () => {
    const path = fresh();
    await old(path);
    const opened = await Promise.all([open(path), open(path), open(path)]);
    for (const store of opened) expect(await store.audit.verify()).toEqual({ rows: 0 });
  });
});

describe('an audit that was kept by a key of its own', () => {
  /** As the version before left it. */
  const old = async (...more: readonly string[]) => {
    const path = fresh();
    const store = await open(path);
    for (let index = 1; index <= 5; index += 1)
      await store.audit.append([{ at: index, owner: OWNER, kind: 'call', fields: { n: index } }]);
    await store.close();
    tamper(
      path,
      'alter table audit rename to audit_after',
      'create table audit (seq bigint not null primary key, at bigint not null, owner text not null, kind text not null, fields text not null, hash text not null)',
      'insert into audit select * from audit_after order by seq desc',
      'drop table audit_after',
      "delete from tutti_migrations where name >= '0007'",
      ...more,
    );
    return path;
  };
  const indexesOf = (path: string) => {
    const database = new DatabaseSync(path, { readOnly: true });
    const found = database.prepare(
      "select name from sqlite_master where type = 'index' and tbl_name = 'audit'",
    );
    const names = found.all().map(({ name }) => name);
    database.close();
    return names;
  };

  it('keeps its rows, and stands in their order', async () => {
    const path = await old();
    expect(indexesOf(path)).toHaveLength(1);
    const store = await open(path);
    await store.audit.append([{ at: 6, owner: OWNER, kind: 'call', fields: { n: 6 } }]);
    expect(await store.audit.verify()).toEqual({ rows: 6 });
    expect((await store.audit.tail({ limit: 9 })).map(({ fields }) => fields['n'])).toEqual([
      6, 5, 4, 3, 2, 1,
    ]);
    expect(indexesOf(path)).toEqual([]);
  });

  it.each(["'odd'", '2.5'])('stays as it is where somebody put in a row between, under %s', async (seq) => {
    const path = await old(`insert into audit values (${seq}, 1, 'eve', 'call', '{}', '')`);
    const store = await open(path);
    expect(await store.audit.verify()).toMatchObject({
      broken: { problem: expect.stringMatching(/put in/) },
    });
    expect(indexesOf(path)).toHaveLength(1);
  });

  it('stays as it is where it is long', async () => {
    const path = await old('update audit_head set seq = 100001');
    await open(path);
    expect(indexesOf(path)).toHaveLength(1);
  });

  it('takes no row between two others', async () => {
    const path = await old();
    await (await open(path)).close();
    const row = "insert into audit values (2.5, 1, 'eve', 'call', '{}', '')";
    expect(() => tamper(path, row)).toThrow('datatype mismatch');
  });
});

describe('an audit that somebody changed by hand', () => {
  const written = async (rows = 5) => {
    const path = fresh();
    const store = await open(path);
    for (let index = 1; index <= rows; index += 1)
      await store.audit.append([{ at: index, owner: OWNER, kind: 'call', fields: { n: index } }]);
    return { path, store };
  };

  const changes: readonly (readonly [string, readonly string[], number, RegExp])[] = [
    ['what a row says', [`update audit set fields = '{"n":9}' where seq = 3`], 3, /changed/],
    ['how a row is written', [`update audit set fields = '{"n": 3}' where seq = 3`], 3, /changed/],
    ['when', ['update audit set at = 9 where seq = 2'], 2, /changed/],
    ['who', ["update audit set owner = 'eve' where seq = 1"], 1, /changed/],
    ['the kind', ["update audit set kind = 'pin' where seq = 5"], 5, /changed/],
    ['a hash', [`update audit set hash = '${'0'.repeat(64)}' where seq = 4`], 4, /changed/],
    ['a row taken out', ['delete from audit where seq = 3'], 3, /taken out/],
    ['the first row taken out', ['delete from audit where seq = 1'], 1, /taken out/],
    [
      'the last row taken out',
      ['delete from audit where seq = 5'],
      5,
      /taken out: expected rows up to 5, found 4/,
    ],
    ['the last rows taken out', ['delete from audit where seq > 2'], 3, /taken out/],
    ['all rows taken out', ['delete from audit'], 1, /taken out/],
    ['the head taken out', ['delete from audit_head'], 5, /record of the last row/],
    ['everything taken out', ['delete from audit', 'delete from audit_head'], 0, /record of the last row/],
    ['a row put in behind', ["insert into audit values (6, 6, 'eve', 'call', '{}', 'x')"], 6, /put in/],
    ['a row put in before', ["insert into audit values (0, 6, 'eve', 'call', '{}', 'x')"], 0, /put in/],
    [
      'two rows exchanged',
      [
        'update audit set seq = 99 where seq = 2',
        'update audit set seq = 2 where seq = 3',
        'update audit set seq = 3 where seq = 99',
      ],
      2,
      /changed/,
    ],
  ];

  it.each(changes)('shows: %s', async (_name, ...[statements, seq, problem]) => {
    const { path, store } = await written();
    expect(await store.audit.verify()).toEqual({ rows: 5 });
    tamper(path, ...statements);
    const { broken } = await store.audit.verify();
    expect(broken).toEqual({ seq, problem: expect.stringMatching(problem) });
  });

  it('can be read all the same', async () => {
    const { path, store } = await written(2);
    tamper(path, "update audit set fields = '{' where seq = 2");
    const [last] = await store.audit.tail({ limit: 1 });
    expect(last?.fields).toEqual({ unreadable: '{' });
    expect((await store.audit.verify()).broken?.seq).toBe(2);
  });

  it('shows still after more was appended', async () => {
    const { path, store } = await written();
    tamper(path, 'delete from audit where seq = 5');
    await store.audit.append([{ at: 6, owner: OWNER, kind: 'call', fields: {} }]);
    expect((await store.audit.verify()).broken).toMatchObject({
      seq: 5,
      problem: expect.stringMatching(/taken out/),
    });
  });

  it('takes no more without its head, and harms nothing else', async () => {
    const { path, store } = await written();
    tamper(path, 'delete from audit_head');
    const entry = { at: 6, owner: OWNER, kind: 'call', fields: {} };
    const results = await Promise.allSettled([
      store.audit.append([entry]),
      store.vault.write('login', { access: 'x' }),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
    await expect(store.audit.append([entry])).rejects.toMatchObject({ code: 'store/unusable' });
  });
});

describe('several programs on one file', () => {
  it('append to one chain, and take each mark once', async () => {
    const path = fresh();
    const store = await open(path);
    const said = await Promise.all(
      Array.from({ length: 3 }, async () => {
        const child = spawn(process.execPath, ['test/store-process.ts', 'append', path, '40'], {
          stdio: ['ignore', 'pipe', 'inherit'],
        });
        let text = '';
        for await (const chunk of child.stdout) text += String(chunk);
        return Number(text);
      }),
    );
    expect(said.reduce((sum, each) => sum + each, 0)).toBe(40);
    expect(await store.audit.verify()).toEqual({ rows: 120 });
  });
});

describe('the file', () => {
  it.skipIf(process.platform === 'win32')('is for its owner alone, with its logs', async () => {
    const path = fresh();
    const store = await open(path);
    await store.vault.secret('seal', 'fresh');
    for (const each of [path, `${path}-wal`, `${path}-shm`]) expect(statSync(each).mode & 0o777).toBe(0o600);
  });

  it('has an index for everything that a call asks', async () => {
    const seen = new Set<string>();
    const database = new DatabaseSync(':memory:');
    const prepare = database.prepare.bind(database);
    database.prepare = (sql) => {
      if (/^(select|update|delete)/.test(sql)) seen.add(sql);
      return prepare(sql);
    };
    const dialect = sqliteDialect(database);
    const store = await kyselyStore({
      dialect,
      diagnose: diagnoseSqlite,
      location: 'here',
      lockWaitMs: 0,
      fullText: fts5,
    });
    stores.add(store);
    seen.clear();
    const { approvals, pins, results, audit, usage, vault } = store;
    await approvals.request(approval, 1);
    await approvals.find(OWNER, 'a-1', 1);
    for (const owner of [{}, { owner: OWNER }]) {
      await approvals.list({ ...owner, limit: 5, now: 1 });
      await approvals.decide({ ...owner, id: 'a-1', status: 'approved', by: 'ada', now: 1 });
    }
    await approvals.list({ owner: OWNER, status: 'pending', limit: 5, now: 1 });
    await approvals.use(OWNER, 'd', 1);
    await pins.putNew([
      { server: 's', kind: 'tool', name: 'n', hash: 'h', definition: {}, approvedAt: 1, approvedBy: 'x' },
    ]);
    await pins.verdict('s', 'l');
    await pins.forget('s');
    const bytes = new Uint8Array(3);
    await results.put({ id: 'r', owner: OWNER, server: 's', tool: 't', at: 1, expiresAt: 2, bytes });
    await results.find(OWNER, 'r', 1);
    await audit.append([{ at: 1, owner: OWNER, kind: 'call', fields: {} }]);
    await audit.tail({ limit: 5, before: 9 });
    await audit.verify();
    await usage.read({ owner: OWNER, subject: 's', windowAt: 1 });
    await vault.secret('n', 'f');
    await vault.claim('m', 1, 2);
    await vault.write('n', undefined);
    expect(seen.size).toBeGreaterThan(22);
    for (const sql of seen) {
      const plan = prepare(`explain query plan ${sql}`)
        .all()
        .map((row) => String(row['detail']));
      const slow = plan.filter((line) => /SCAN (?!\w+ USING)|TEMP B-TREE/.test(line));
      expect({ sql, slow }).toEqual({ sql, slow: [] });
    }
  });
});
