import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** What processes that run hold back, for another one to show and to approve. */
export const waiting: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('waiting')
      .addColumn('server', 'text', (column) => column.notNull())
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('hash', 'text', (column) => column.notNull())
      .addColumn('definition', 'text', (column) => column.notNull())
      .addColumn('findings', 'text', (column) => column.notNull())
      .addColumn('launch', 'text', (column) => column.notNull())
      .addColumn('at', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('waiting_key', ['server', 'kind', 'name', 'hash'])
      .execute();
  },
};
