import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { fts5 } from '../fts5.ts';
import { diagnoseSqlite } from '../sqlite-errors.ts';
import { sqliteDialect } from '../sqlite-dialect.ts';
import { kyselyStore } from '../store.ts';
import { WHOLE } from './whole.ts';

const NOW = "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')";

/** Everything that was made on purpose, in the order it was made in. */
function statementsOf(database: DatabaseSync): readonly string[] {
  const made = database
    .prepare(
      `select sql from sqlite_master where sql is not null
       and name not in (select name from pragma_table_list where type = 'shadow') order by rowid`,
    )
    .all();
  return made.map(({ sql }) => String(sql));
}

function tablesOf(database: DatabaseSync): readonly string[] {
  return database
    .prepare("select name from sqlite_master where type = 'table' order by name")
    .all()
    .map(({ name }) => String(name));
}

const rowsOf = (database: DatabaseSync, table: string) => database.prepare(`select * from "${table}"`).all();

function insertOf(database: DatabaseSync, table: string): readonly string[] {
  const rows = rowsOf(database, table).map((row) => {
    const values = Object.entries(row).map(([name, value]) =>
      name === 'timestamp' ? NOW : typeof value === 'number' ? String(value) : `'${String(value)}'`,
    );
    return `(${values.join(', ')})`;
  });
  return rows.length === 0 ? [] : [`insert into "${table}" values ${rows.join(', ')}`];
}

async function migrated(): Promise<DatabaseSync> {
  const database = new DatabaseSync(':memory:');
  // Never closed: an in-memory database is gone with its store.
  await kyselyStore({
    dialect: sqliteDialect(database),
    fullText: fts5,
    diagnose: diagnoseSqlite,
    location: ':memory:',
    lockWaitMs: 1_000,
  });
  return database;
}

it('holds what the migrations make, one after another', async () => {
  const database = await migrated();
  const plain = tablesOf(database).filter((each) => !each.startsWith('knowledge_words'));
  const statements = [...statementsOf(database), ...plain.flatMap((table) => insertOf(database, table))];
  const text = statements
    .map((each) => `${each};\n`)
    .join('')
    .replaceAll(/[\\`$]/g, String.raw`\$&`);
  await expect(
    `// Written by its test from the migrations: \`npx vitest run whole.test.ts --update\`.\n\n/** All tables at once, for a database without any. */\nexport const WHOLE = \`${text}\`;\n`,
  ).toMatchFileSnapshot('whole.ts');
});

it('leaves nothing else behind than they do', async () => {
  const byMigrations = await migrated();
  const atOnce = new DatabaseSync(':memory:');
  atOnce.exec(WHOLE);
  expect(statementsOf(atOnce)).toEqual(statementsOf(byMigrations));
  expect(tablesOf(atOnce)).toEqual(tablesOf(byMigrations));
  for (const table of tablesOf(atOnce).filter((each) => each !== 'tutti_migrations'))
    expect(rowsOf(atOnce, table)).toEqual(rowsOf(byMigrations, table));
  atOnce.close();
});
