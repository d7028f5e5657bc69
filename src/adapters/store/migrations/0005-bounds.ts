import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

type Db = Kysely<unknown>;

/** What goes piece by piece, what everybody keeps, and what of it each entry is. */
export const bounds: Migration = {
  async up(db: Db) {
    await createGone(db);
    await createFootprints(db);
    await db.schema.createIndex('definitions_by_workflow').on('definitions').column('workflow').execute();
  },
};

/** Whoever has gone is looked for whenever a store is opened: an index that holds nobody else. */
async function createGone(db: Db) {
  await db.schema
    .alterTable('instances')
    .addColumn('gone', 'integer', (column) => column.notNull().defaultTo(0))
    .execute();
  await sql`create index instances_gone on instances (gone, owner, id) where gone = 1`.execute(db);
}

async function createFootprints(db: Db) {
  await db.schema
    .createTable('footprints')
    .addColumn('owner', 'text', (column) => column.notNull())
    .addColumn('session', 'text', (column) => column.notNull())
    .addColumn('bytes', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('footprints_key', ['owner', 'session'])
    .execute();
  for (const [name, type] of [
    ['bytes', 'bigint'],
    ['keeper', 'text'],
  ] as const) {
    await db.schema
      .alterTable('knowledge')
      .addColumn(name, type, (column) => column.notNull().defaultTo(type === 'text' ? '' : 0))
      .execute();
  }
  await sql`update knowledge set
    bytes = 2 * octet_length(key || value || tags) + octet_length(origin) + 200,
    keeper = (select case space when 'shared' then coalesce(knowledge.origin ->> 'owner', '') else owner end from shelves where id = knowledge.shelf)
  `.execute(db);
  await sql`insert into footprints (owner, session, bytes)
    select owner, session, sum(bytes) from (
      select owner, session, octet_length(content) + 200 as bytes from messages
      union all
      select journal.owner, instance, octet_length(context_updates || coalesce(report, '') || coalesce(decision, '') || candidates) + 200
        from journal join instances on instances.owner = journal.owner and instances.id = instance where workflow like 'tutti:agent/%'
      union all
      select keeper, session, bytes from knowledge join shelves on shelves.id = shelf
    ) as kept where session <> '' group by owner, session
  `.execute(db);
  await sql`insert into footprints (owner, session, bytes)
    select owner, '', sum(bytes) from (
      select owner, bytes from footprints
      union all
      select keeper, knowledge.bytes from knowledge join shelves on shelves.id = shelf where session = ''
    ) as kept group by owner
  `.execute(db);
}
