import { type Kysely, SqliteAdapter, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** To copy more of them would take seconds, and room that may not be there. */
const MOST_ROWS = 100_000;

/**
 * The audit stands in the order of its numbers. SQLite keeps a table so only where the key is called an integer; any other key has a tree of
 * its own, which each batch of lines writes to as well. Elsewhere the key stays: an integer is too small for it there.
 */
export const audit: Migration = {
  async up(db: Kysely<unknown>) {
    if (!(db.getExecutor().adapter instanceof SqliteAdapter)) return;
    const long = await sql`select 1 from audit_head where seq > ${MOST_ROWS}`.execute(db);
    if (long.rows.length > 0) return;
    // A row that somebody put in by hand under another key would not fit, and is evidence.
    const odd = await sql`select 1 from audit where typeof(seq) <> 'integer' limit 1`.execute(db);
    if (odd.rows.length > 0) return;
    await db.schema.alterTable('audit').renameTo('audit_before').execute();
    await db.schema
      .createTable('audit')
      .addColumn('seq', 'integer', (column) => column.primaryKey().notNull())
      .addColumn('at', 'bigint', (column) => column.notNull())
      .addColumn('owner', 'text', (column) => column.notNull())
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('fields', 'text', (column) => column.notNull())
      .addColumn('hash', 'text', (column) => column.notNull())
      .execute();
    await sql`insert into audit (seq, at, owner, kind, fields, hash)
      select seq, at, owner, kind, fields, hash from audit_before order by seq`.execute(db);
    await db.schema.dropTable('audit_before').execute();
  },
};
