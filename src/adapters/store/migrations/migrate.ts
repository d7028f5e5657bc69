import type { Kysely } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import { TuttiError } from '../../../core/kernel/errors.ts';
import type { Tables } from '../tables.ts';
import { first } from './0001-first.ts';

/** All migrations in order. A published one never changes. */
const migrations: Readonly<Record<string, Migration>> = { '0001-first': first };

const NAMES = Object.keys(migrations);
const TABLE = 'tutti_migrations';
/** Tables of the first migration, by which a database of another program is told. */
const OWN_TABLES = new Set(['definitions', 'instances', 'journal', 'approvals', 'knowledge', 'usage']);
const LOCK_TABLE = 'tutti_migrations_lock';

/**
 * Brings the schema up to date in one transaction, so that two processes may do it at once. A database that is up to date is only read.
 *
 * @throws TuttiError `store/newer-schema`; `store/unusable` when another program has tables with our names there.
 */
export async function migrate(db: Kysely<Tables>, location: string): Promise<void> {
  if (isCurrent(await applied(db, location), location)) return;
  await db.transaction().execute(async (tx) => {
    if (isCurrent(await applied(tx, location), location)) return;
    const migrator = new Migrator({
      db: tx,
      provider: { getMigrations: () => Promise.resolve({ ...migrations }) },
      migrationTableName: TABLE,
      migrationLockTableName: LOCK_TABLE,
    });
    const { error } = await migrator.migrateToLatest();
    // Throwing is what rolls the transaction back.
    if (error !== undefined) throw error;
  });
}

async function applied(db: Kysely<Tables>, location: string): Promise<readonly string[]> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some((table) => table.name === TABLE)) {
    const foreign = tables.find((table) => OWN_TABLES.has(table.name));
    if (foreign === undefined) return [];
    throw new TuttiError(
      'store/unusable',
      `${location} belongs to another program: expected an empty database or one of Tutti, found its table ${foreign.name}. ` +
        'Name another file.',
    );
  }
  const rows = await (db as unknown as Kysely<Record<typeof TABLE, { name: string }>>)
    .selectFrom(TABLE)
    .select('name')
    .execute();
  return rows.map((row) => row.name);
}

function isCurrent(names: readonly string[], location: string): boolean {
  const unknown = names.find((name) => !NAMES.includes(name));
  if (unknown !== undefined) {
    throw new TuttiError(
      'store/newer-schema',
      `${location} was written by a newer version of Tutti: expected the schema ${NAMES.at(-1)} or older, found ${unknown}. ` +
        'Upgrade Tutti, or name another file.',
    );
  }
  return names.length === NAMES.length;
}
