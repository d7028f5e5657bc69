import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

type Db = Kysely<unknown>;

/** What the gateway keeps: approvals found by what they bind, pins and sightings, large results, the audit, spent time, secrets. */
export const gateway: Migration = {
  async up(db: Db) {
    await bindApprovals(db);
    await createPins(db);
    await createResults(db);
    await createAudit(db);
    await createVault(db);
    await db.schema
      .alterTable('usage')
      .addColumn('ms', 'bigint', (column) => column.notNull().defaultTo(0))
      .execute();
  },
};

async function bindApprovals(db: Db) {
  await db.schema.alterTable('approvals').renameColumn('arguments_hash', 'digest').execute();
  // Of two processes that ask for the same thing at once, only one may.
  await db.schema
    .createIndex('approvals_pending')
    .unique()
    .on('approvals')
    .columns(['owner', 'digest'])
    .where(sql<boolean>`status = 'pending'`)
    .execute();
  await index(db, 'approvals', ['owner', 'digest', 'status']);
  await index(db, 'approvals', ['owner', 'created_at', 'id']);
  await db.schema.createIndex('approvals_of_all').on('approvals').columns(['created_at', 'id']).execute();
  await index(db, 'approvals', ['id', 'created_at']);
}

async function createPins(db: Db) {
  await db.schema
    .createTable('pins')
    .addColumn('server', 'text', (column) => column.notNull())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('hash', 'text', (column) => column.notNull())
    .addColumn('definition', 'text', (column) => column.notNull())
    .addColumn('approved_at', 'bigint', (column) => column.notNull())
    .addColumn('approved_by', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('pins_key', ['server', 'kind', 'name'])
    .execute();
  await db.schema
    .createTable('sightings')
    .addColumn('server', 'text', (column) => column.primaryKey().notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('launch', 'text', (column) => column.notNull())
    .addColumn('offer', 'text', (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('verdicts')
    .addColumn('server', 'text', (column) => column.notNull())
    .addColumn('launch', 'text', (column) => column.notNull())
    .addColumn('verdict', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('verdicts_key', ['server', 'launch'])
    .execute();
}

async function createResults(db: Db) {
  await db.schema
    .createTable('results')
    .addColumn('owner', 'text', (column) => column.notNull())
    .addColumn('id', 'text', (column) => column.notNull())
    .addColumn('server', 'text', (column) => column.notNull())
    .addColumn('tool', 'text', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .addColumn('size', 'bigint', (column) => column.notNull())
    // Postgres' name for bytes; SQLite keeps them as they are under any name.
    .addColumn('bytes', 'bytea', (column) => column.notNull())
    .addPrimaryKeyConstraint('results_key', ['owner', 'id'])
    .execute();
  await index(db, 'results', ['owner', 'at', 'id', 'size']);
  await index(db, 'results', ['expires_at']);
}

async function createAudit(db: Db) {
  await db.schema
    .createTable('audit')
    .addColumn('seq', 'bigint', (column) => column.primaryKey().notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('owner', 'text', (column) => column.notNull())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('fields', 'text', (column) => column.notNull())
    .addColumn('hash', 'text', (column) => column.notNull())
    .execute();
  // The last row once more, so that taking out the last ones shows.
  await db.schema
    .createTable('audit_head')
    .addColumn('id', 'integer', (column) => column.primaryKey().notNull())
    .addColumn('seq', 'bigint', (column) => column.notNull())
    .addColumn('hash', 'text', (column) => column.notNull())
    .execute();
  const heads = db as unknown as Kysely<{ audit_head: { id: number; seq: number; hash: string } }>;
  await heads.insertInto('audit_head').values({ id: 1, seq: 0, hash: '' }).execute();
}

async function createVault(db: Db) {
  await db.schema
    .createTable('vault')
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('value', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('vault_key', ['kind', 'name'])
    .execute();
  await db.schema
    .createTable('marks')
    .addColumn('mark', 'text', (column) => column.primaryKey().notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .execute();
  await index(db, 'marks', ['expires_at']);
}

function index(db: Db, table: string, names: readonly string[]) {
  return db.schema
    .createIndex(`${table}_by_${names.filter((name) => name !== 'owner').join('_')}`)
    .on(table)
    .columns([...names])
    .execute();
}
