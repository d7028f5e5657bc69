import type { Kysely } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import { TuttiError } from '../../../core/kernel/errors.ts';
import type { FullText } from '../full-text.ts';
import type { Tables } from '../tables.ts';
import { first } from './0001-first.ts';
import { gateway } from './0002-gateway.ts';
import { waiting } from './0003-waiting.ts';
import { sessions } from './0004-sessions.ts';
import { bounds } from './0005-bounds.ts';
import { vectors } from './0006-vectors.ts';
import { audit } from './0007-audit.ts';

/** All migrations in order. A published one never changes. */
const migrations: Readonly<Record<string, Migration | ((fullText: FullText) => Migration)>> = {
  '0001-first': first,
  '0002-gateway': gateway,
  '0003-waiting': waiting,
  '0004-sessions': sessions,
  '0005-bounds': bounds,
  '0006-vectors': vectors,
  '0007-audit': audit,
};

const NAMES = Object.keys(migrations);
const TABLE = 'tutti_migrations';
const LOCK_TABLE = 'tutti_migrations_lock';
/** By these a database of the published schema is told. */
const PUBLISHED_TABLES = ['workflow_history', 'workflow_instances'];
const MAX_SHOWN = 5;

/**
 * Brings the schema up to date in one transaction, so that two processes may do it at once. A database that is up to date is only read.
 *
 * @throws TuttiError `store/newer-schema`; `store/unusable` for a database of another program.
 */
export async function migrate(db: Kysely<Tables>, location: string, fullText: FullText): Promise<void> {
  if (await checkSchema(db, location)) return;
  await db.transaction().execute(async (tx) => {
    if (await checkSchema(tx, location)) return;
    const migrator = new Migrator({
      db: tx,
      provider: { getMigrations: () => Promise.resolve(migrationsWith(fullText)) },
      migrationTableName: TABLE,
      migrationLockTableName: LOCK_TABLE,
    });
    const { error } = await migrator.migrateToLatest();
    // Throwing is what rolls the transaction back.
    if (error !== undefined) throw error;
  });
}

function migrationsWith(fullText: FullText): Record<string, Migration> {
  const named = Object.entries(migrations);
  return Object.fromEntries(
    named.map(([name, each]) => [name, typeof each === 'function' ? each(fullText) : each]),
  );
}

/**
 * Looks, and changes nothing.
 *
 * @returns whether the schema is up to date; one that is older or absent can be brought there.
 * @throws TuttiError as {@link migrate} does.
 */
export async function checkSchema(db: Kysely<Tables>, location: string): Promise<boolean> {
  return isCurrent(await applied(db, location), location);
}

async function applied(db: Kysely<Tables>, location: string): Promise<readonly string[]> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some((table) => table.name === TABLE)) {
    if (tables.length === 0) return [];
    throw foreign(
      location,
      tables.map((table) => table.name),
    );
  }
  const rows = await (db as unknown as Kysely<Record<typeof TABLE, { name: string }>>)
    .selectFrom(TABLE)
    .select('name')
    .execute();
  return rows.map((row) => row.name);
}

function foreign(location: string, tables: readonly string[]): TuttiError {
  const isPublished = PUBLISHED_TABLES.some((name) => tables.includes(name));
  const more = tables.length > MAX_SHOWN ? ` and ${tables.length - MAX_SHOWN} more` : '';
  const shown = `${tables.slice(0, MAX_SHOWN).join(', ')}${more}`;
  const [whose, advice] = isPublished
    ? [
        'has the published schema',
        `Name another file for the store (TUTTI_STORE=sqlite:FILE), then take its instances over with \`tutti import-db ${location}\`.`,
      ]
    : ['belongs to another program', 'Name another file.'];
  return new TuttiError(
    'store/unusable',
    `${location} ${whose}: expected an empty database or one of Tutti, found ${tables.length === 1 ? 'the table' : 'the tables'} ${shown}. ` +
      `Nothing was changed. ${advice}`,
  );
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
