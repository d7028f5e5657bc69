import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

type Db = Kysely<unknown>;

/** Instances with their journals and definitions; approvals, knowledge and usage. */
export const first: Migration = {
  async up(db: Db) {
    await createDefinitions(db);
    await createInstances(db);
    await createJournal(db);
    await createApprovals(db);
    await createKnowledge(db);
    await createUsage(db);
  },
};

function createDefinitions(db: Db) {
  return db.schema
    .createTable('definitions')
    .addColumn('hash', 'text', (column) => column.primaryKey().notNull())
    .addColumn('workflow', 'text', (column) => column.notNull())
    .addColumn('files', 'text', (column) => column.notNull())
    .execute();
}

async function createInstances(db: Db) {
  await db.schema
    .createTable('instances')
    .addColumn('owner', 'text', (column) => column.notNull())
    .addColumn('id', 'text', (column) => column.notNull())
    .addColumn('workflow', 'text', (column) => column.notNull())
    .addColumn('definition', 'text', (column) => column.notNull().references('definitions.hash'))
    .addColumn('step', 'text', (column) => column.notNull())
    .addColumn('status', 'text', (column) => column.notNull())
    .addColumn('context', 'text', (column) => column.notNull())
    .addColumn('pending', 'text')
    .addColumn('visits', 'text', (column) => column.notNull())
    .addColumn('token', 'text', (column) => column.notNull())
    .addColumn('revision', 'integer', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('updated_at', 'bigint', (column) => column.notNull())
    .addColumn('completed_at', 'bigint')
    .addColumn('parent', 'text')
    .addPrimaryKeyConstraint('instances_key', ['owner', 'id'])
    .execute();
  await index(db, 'instances', ['owner', 'created_at', 'id']);
  await index(db, 'instances', ['owner', 'status', 'created_at', 'id']);
  await index(db, 'instances', ['owner', 'workflow', 'created_at', 'id']);
}

async function createJournal(db: Db) {
  await db.schema
    .createTable('journal')
    .addColumn('owner', 'text', (column) => column.notNull())
    .addColumn('instance', 'text', (column) => column.notNull())
    .addColumn('seq', 'integer', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('step', 'text', (column) => column.notNull())
    .addColumn('report', 'text')
    .addColumn('context_updates', 'text', (column) => column.notNull())
    .addColumn('status', 'text', (column) => column.notNull())
    .addColumn('next', 'text', (column) => column.notNull())
    .addColumn('decision', 'text')
    .addColumn('candidates', 'text', (column) => column.notNull())
    .addColumn('token', 'text')
    .addColumn('answer', 'text')
    .addPrimaryKeyConstraint('journal_key', ['owner', 'instance', 'seq'])
    .addUniqueConstraint('journal_token', ['owner', 'token'])
    .addForeignKeyConstraint('journal_instance', ['owner', 'instance'], 'instances', ['owner', 'id'], (key) =>
      key.onDelete('cascade'),
    )
    .execute();
}

async function createApprovals(db: Db) {
  await db.schema
    .createTable('approvals')
    .addColumn('owner', 'text', (column) => column.notNull())
    .addColumn('id', 'text', (column) => column.notNull())
    .addColumn('instance', 'text')
    .addColumn('server', 'text', (column) => column.notNull())
    .addColumn('tool', 'text', (column) => column.notNull())
    .addColumn('arguments', 'text', (column) => column.notNull())
    .addColumn('arguments_hash', 'text', (column) => column.notNull())
    .addColumn('risk', 'text', (column) => column.notNull())
    .addColumn('reason', 'text', (column) => column.notNull())
    .addColumn('requested_by', 'text', (column) => column.notNull())
    .addColumn('status', 'text', (column) => column.notNull())
    .addColumn('decided_by', 'text')
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('decided_at', 'bigint')
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('approvals_key', ['owner', 'id'])
    .execute();
  await index(db, 'approvals', ['owner', 'status', 'created_at', 'id']);
}

async function createKnowledge(db: Db) {
  await db.schema
    .createTable('knowledge')
    .addColumn('owner', 'text', (column) => column.notNull())
    .addColumn('namespace', 'text', (column) => column.notNull())
    .addColumn('key', 'text', (column) => column.notNull())
    .addColumn('value', 'text', (column) => column.notNull())
    .addColumn('tags', 'text', (column) => column.notNull())
    .addColumn('provenance', 'text', (column) => column.notNull())
    .addColumn('untrusted', 'integer', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('updated_at', 'bigint', (column) => column.notNull())
    .addColumn('expires_at', 'bigint')
    .addPrimaryKeyConstraint('knowledge_key', ['owner', 'namespace', 'key'])
    .execute();
  await index(db, 'knowledge', ['expires_at']);
}

/** Costs are whole micro-units of the currency, so that sums are exact. */
function createUsage(db: Db) {
  return db.schema
    .createTable('usage')
    .addColumn('owner', 'text', (column) => column.notNull())
    .addColumn('subject', 'text', (column) => column.notNull())
    .addColumn('window_at', 'bigint', (column) => column.notNull())
    .addColumn('calls', 'bigint', (column) => column.notNull())
    .addColumn('input_tokens', 'bigint', (column) => column.notNull())
    .addColumn('output_tokens', 'bigint', (column) => column.notNull())
    .addColumn('cost_micros', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('usage_key', ['owner', 'subject', 'window_at'])
    .execute();
}

function index(db: Db, table: string, names: readonly string[]) {
  return db.schema
    .createIndex(`${table}_by_${names.filter((name) => name !== 'owner').join('_')}`)
    .on(table)
    .columns([...names])
    .execute();
}
