import type { DatabaseSync } from 'node:sqlite';
import { TuttiError } from '../../core/kernel/errors.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Store } from '../../core/ports/store.ts';
import { nodeSqlite } from './node-sqlite.ts';
import { type Row, toPublished } from './published-rows.ts';
import { diagnoseSqlite } from './sqlite-errors.ts';

export interface ImportOptions {
  /** Who owns what is imported. */
  readonly owner: string;
  readonly clock: Pick<Clock, 'now' | 'id'>;
  /** The definition that instances of this workflow are to be bound to; `undefined` when there is no such workflow. */
  readonly definitionOf: (workflow: string) => Promise<ImportDefinition | undefined>;
}

interface ImportDefinition {
  readonly hash: string;
  readonly files: Readonly<Record<string, string>>;
  /** Canonical names. */
  readonly steps: readonly string[];
}

export interface ImportReport {
  readonly imported: number;
  /** Instances that the owner had already. */
  readonly present: number;
  readonly entries: number;
  readonly skipped: readonly Skipped[];
}

interface Skipped {
  readonly instance: string;
  readonly workflow: string;
  readonly reason: string;
}

const INSTANCES = 'workflow_instances';
const HISTORY = 'workflow_history';
const NEEDED = ['instance_id', 'workflow_name', 'current_step_name', 'status'];

/**
 * Brings instances and their history from a database in the published schema. The file is only read. Importing twice changes nothing:
 * an instance keeps its id, and one that is there already is left as it is.
 *
 * @throws TuttiError `store/unusable` for a file that is no such database.
 */
export async function importPublished(
  path: string,
  store: Store,
  options: ImportOptions,
): Promise<ImportReport> {
  const found = readPublished(path);
  const definitions = new Map<string, ImportDefinition | undefined>();
  const skipped: Skipped[] = [];
  let [imported, present, entries] = [0, 0, 0];
  for (const { instance, history } of found) {
    const workflow = String(instance['workflow_name']);
    if (!definitions.has(workflow)) definitions.set(workflow, await keep(store, workflow, options));
    const definition = definitions.get(workflow);
    const outcome =
      definition === undefined
        ? `There is no workflow ${workflow} to bind it to. Put it into the workflow folder and import again.`
        : toPublished(
            { instance, history },
            { ...options, definition: definition.hash, steps: definition.steps },
          );
    if (typeof outcome === 'string') {
      skipped.push({ instance: String(instance['instance_id']), workflow, reason: outcome });
    } else if (await store.importInstance(outcome.instance, outcome.entries)) {
      imported += 1;
      entries += outcome.entries.length;
    } else present += 1;
  }
  return { imported, present, entries, skipped };
}

async function keep(
  store: Store,
  workflow: string,
  options: ImportOptions,
): Promise<ImportDefinition | undefined> {
  const definition = await options.definitionOf(workflow);
  if (definition !== undefined) await store.keepDefinition(definition.hash, workflow, definition.files);
  return definition;
}

/** An instance's row with its history, oldest first. */
interface Found {
  readonly instance: Row;
  readonly history: readonly Row[];
}

function readPublished(path: string): readonly Found[] {
  const { DatabaseSync: Database } = nodeSqlite();
  let database: DatabaseSync | undefined;
  try {
    database = new Database(path, { readOnly: true });
    checkSchema(database, path);
    const history = historyBy(database);
    const rows = rowsOf(database, INSTANCES);
    return rows.map((instance) => ({
      instance,
      history: history.get(String(instance['instance_id'])) ?? [],
    }));
  } catch (error) {
    const found = diagnoseSqlite(error);
    if (found === undefined) throw error;
    throw new TuttiError('store/unusable', `${path}: ${found.message}`, { cause: error });
  } finally {
    database?.close();
  }
}

function historyBy(database: DatabaseSync): ReadonlyMap<string, readonly Row[]> {
  const byInstance = new Map<string, Row[]>();
  if (!tablesOf(database).includes(HISTORY)) return byInstance;
  for (const row of rowsOf(database, HISTORY)) {
    const id = String(row['instance_id']);
    const rows = byInstance.get(id);
    if (rows === undefined) byInstance.set(id, [row]);
    else rows.push(row);
  }
  return byInstance;
}

/** In the order of writing: the timestamps of the published schema have no finer order. */
function rowsOf(database: DatabaseSync, table: string): readonly Row[] {
  const statement = database.prepare(`select * from ${table} order by rowid`);
  // A whole number beyond what a double holds would otherwise throw, and hide every other row.
  statement.setReadBigInts(true);
  return statement.all();
}

function checkSchema(database: DatabaseSync, path: string): void {
  const tables = tablesOf(database);
  if (!tables.includes(INSTANCES)) {
    const found = tables.length === 0 ? 'no tables' : `the tables ${tables.join(', ')}`;
    throw new TuttiError(
      'store/unusable',
      `${path}: expected the table ${INSTANCES}, found ${found}. Name a database of the published schema.`,
    );
  }
  const columns = database
    .prepare('select name from pragma_table_info(?)')
    .all(INSTANCES)
    .map((row) => String(row['name']));
  const missing = NEEDED.filter((name) => !columns.includes(name));
  if (missing.length > 0) {
    throw new TuttiError(
      'store/unusable',
      `${path}: expected ${INSTANCES} to have the columns ${NEEDED.join(', ')}, found ${columns.join(', ')}. ` +
        'Name a database of the published schema.',
    );
  }
}

function tablesOf(database: DatabaseSync): readonly string[] {
  const rows = database
    .prepare("select name from sqlite_schema where type = 'table' and name not like 'sqlite_%' order by name")
    .all();
  return rows.map((row) => String(row['name']));
}
