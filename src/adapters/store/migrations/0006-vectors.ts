import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** What embedders made of tools. */
export const vectors: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('vectors')
      .addColumn('embedder', 'text', (column) => column.notNull())
      .addColumn('hash', 'text', (column) => column.notNull())
      .addColumn('at', 'bigint', (column) => column.notNull())
      .addColumn('size', 'integer', (column) => column.notNull())
      // Postgres' name for bytes; SQLite keeps them as they are under any name.
      .addColumn('bytes', 'bytea', (column) => column.notNull())
      .addPrimaryKeyConstraint('vectors_key', ['embedder', 'hash'])
      .execute();
    // What they take together, and which go first, without a look at the vectors themselves.
    await db.schema
      .createIndex('vectors_by_at')
      .on('vectors')
      .columns(['at', 'embedder', 'hash', 'size'])
      .execute();
  },
};
