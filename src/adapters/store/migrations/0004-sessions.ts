import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { FullText } from '../full-text.ts';

type Db = Kysely<unknown>;

/** What agent sessions keep beside their instance: what was said, and what they know. */
export function sessions(fullText: FullText): Migration {
  return {
    async up(db: Db) {
      await createMessages(db);
      // The first schema made room for knowledge; nothing ever wrote to it.
      await db.schema.dropTable('knowledge').execute();
      await createShelves(db);
      await createKnowledge(db);
      await createTags(db);
      await fullText.create(db);
    },
  };
}

function createMessages(db: Db) {
  return db.schema
    .createTable('messages')
    .addColumn('owner', 'text', (column) => column.notNull())
    .addColumn('session', 'text', (column) => column.notNull())
    .addColumn('seq', 'integer', (column) => column.notNull())
    .addColumn('id', 'text', (column) => column.notNull())
    .addColumn('role', 'text', (column) => column.notNull())
    .addColumn('content', 'text', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('users', 'integer', (column) => column.notNull())
    .addColumn('assistants', 'integer', (column) => column.notNull())
    .addColumn('systems', 'integer', (column) => column.notNull())
    .addPrimaryKeyConstraint('messages_key', ['owner', 'session', 'seq'])
    .addForeignKeyConstraint('messages_session', ['owner', 'session'], 'instances', ['owner', 'id'], (key) =>
      key.onDelete('cascade'),
    )
    .execute();
}

async function createShelves(db: Db) {
  await db.schema
    .createTable('shelves')
    .addColumn('id', 'integer', (column) => column.primaryKey().notNull())
    .addColumn('space', 'text', (column) => column.notNull())
    .addColumn('owner', 'text', (column) => column.notNull())
    .addColumn('session', 'text', (column) => column.notNull())
    .addColumn('instance', 'text')
    .addColumn('entries', 'integer', (column) => column.notNull().defaultTo(0))
    .addUniqueConstraint('shelves_key', ['space', 'owner', 'session'])
    // Without an instance it binds nothing.
    .addForeignKeyConstraint('shelves_session', ['owner', 'instance'], 'instances', ['owner', 'id'], (key) =>
      key.onDelete('cascade'),
    )
    .execute();
  await index(db, 'shelves', ['owner', 'instance']);
}

async function createKnowledge(db: Db) {
  await db.schema
    .createTable('knowledge')
    .addColumn('id', 'integer', (column) => column.primaryKey().notNull())
    .addColumn('shelf', 'integer', (column) => column.notNull().references('shelves.id').onDelete('cascade'))
    .addColumn('key', 'text', (column) => column.notNull())
    .addColumn('value', 'text', (column) => column.notNull())
    .addColumn('tags', 'text', (column) => column.notNull())
    .addColumn('origin', 'text', (column) => column.notNull())
    .addColumn('untrusted', 'integer', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('updated_at', 'bigint', (column) => column.notNull())
    .addColumn('expires_at', 'bigint')
    .addUniqueConstraint('knowledge_shelf_key', ['shelf', 'key'])
    .execute();
  await index(db, 'knowledge', ['shelf', 'id']);
  await index(db, 'knowledge', ['shelf', 'expires_at']);
  await index(db, 'knowledge', ['expires_at']);
}

async function createTags(db: Db) {
  await db.schema
    .createTable('knowledge_tags')
    .addColumn('shelf', 'integer', (column) => column.notNull())
    .addColumn('tag', 'text', (column) => column.notNull())
    .addColumn('key', 'text', (column) => column.notNull())
    .addColumn('entry', 'integer', (column) =>
      column.notNull().references('knowledge.id').onDelete('cascade'),
    )
    .addPrimaryKeyConstraint('knowledge_tags_key', ['shelf', 'tag', 'key'])
    .execute();
  await index(db, 'knowledge_tags', ['entry']);
}

function index(db: Db, table: string, names: readonly string[]) {
  return db.schema
    .createIndex(`${table}_by_${names.join('_')}`)
    .on(table)
    .columns([...names])
    .execute();
}
