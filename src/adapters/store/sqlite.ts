import { existsSync, statSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { Kysely } from 'kysely';
import type { Store } from '../../core/ports/store.ts';
import { fts5 } from './fts5.ts';
import { insistent } from './medium.ts';
import { checkSchema } from './migrations/migrate.ts';
import { WHOLE } from './migrations/whole.ts';
import { nodeSqlite } from './node-sqlite.ts';
import { inOneTurn, sqliteAuditRows } from './sqlite-audit.ts';
import { sqliteDialect } from './sqlite-dialect.ts';
import { diagnoseSqlite } from './sqlite-errors.ts';
import { fileProblem, logOf, prepareFile, syncFolderOf } from './sqlite-file.ts';
import { kyselyStore } from './store.ts';
import type { Tables } from './tables.ts';

export interface SqliteStoreOptions {
  /** Absolute, or relative to the working folder; its folder is made if absent. `:memory:` keeps nothing. */
  readonly path: string;
  /** `full` survives a power loss; `normal` may then lose the last moves, never a part of one. `full` by default. */
  readonly synchronous?: 'full' | 'normal';
  /** How long a call waits while another program holds the lock; 5,000 by default. */
  readonly lockWaitMs?: number;
  /** A bound on the file, in pages of 4 KiB; beyond it calls throw `store/full`. */
  readonly maxPages?: number;
  readonly onWarning?: (message: string) => void;
  /** Once when the file is found to be gone, or another one in its place. */
  readonly onLost?: (message: string) => void;
}

const MEMORY = ':memory:';

/** The first version in which a crash during the reset of the log cannot damage the database. */
const SAFE_VERSION = [3, 51, 3] as const;

/** The thread sleeps while SQLite waits for a lock: long enough for a neighbour's commit, too short to be felt. */
const BUSY_TIMEOUT_MS = 5;
const LOCK_WAIT_MS = 5000;

const CACHE_KIB = 16_384;
/** Bringing the log into the file waits for the disk twice, while the thread sleeps: every 16 MiB, not every 4. */
const CHECKPOINT_PAGES = 4_096;
const MAX_LOG_BYTES = 64 * 1024 * 1024;

/**
 * A store in one SQLite file, shared safely by the processes of one machine.
 *
 * @throws TuttiError `store/unusable`, `store/newer-schema`, `store/unavailable`, `store/full`.
 */
export async function sqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const { lockWaitMs = LOCK_WAIT_MS } = options;
  const location = options.path === MEMORY ? MEMORY : prepareFile(options.path);
  const { DatabaseSync } = nodeSqlite();
  const medium = { diagnose: diagnoseSqlite, location, lockWaitMs };
  const insist = insistent(medium);
  await insist(async () => await look(location));
  const isNew = location !== MEMORY && statSync(location).size === 0;
  const database = await insist(() => {
    const opened = new DatabaseSync(location, {
      timeout: BUSY_TIMEOUT_MS,
      enableForeignKeyConstraints: true,
    });
    try {
      // What is new is on the disk before the first commit that somebody waits for, and until then there is nothing to lose.
      if (isNew) opened.exec('pragma synchronous = off');
      configure(opened, options);
      fill(opened);
      opened.exec(`pragma synchronous = ${options.synchronous ?? 'full'}`);
    } catch (error) {
      opened.close();
      throw error;
    }
    return Promise.resolve(opened);
  });
  warnOfOldVersion(database, options.onWarning);
  const relax = (relaxed: boolean): void => {
    database.exec(`pragma synchronous = ${relaxed ? 'normal' : 'full'}`);
  };
  const isFull = options.synchronous !== 'normal';
  return kyselyStore({
    ...medium,
    dialect: sqliteDialect(database),
    fullText: fts5,
    auditRows: sqliteAuditRows(database),
    atOnce: inOneTurn(database),
    ...(isFull && { relax }),
    ...(isFull && location !== MEMORY && { sync: logOf(location) }),
    ...(isNew && { settle: () => settle(database, location) }),
    ...(location !== MEMORY && { problem: told(fileProblem(location), options.onLost) }),
  });
}

/** Tells of a problem when it is new. */
function told(problem: () => string | undefined, onLost: SqliteStoreOptions['onLost']): typeof problem {
  let known: string | undefined;
  return () => {
    const found = problem();
    if (found !== undefined && found !== known) onLost?.(found);
    known = found;
    return found;
  };
}

/** Before anything is set, since even the journal mode is written into the file: a database that is not ours stays as it was. */
async function look(location: string): Promise<void> {
  if (location === MEMORY || !existsSync(location)) return;
  const { DatabaseSync } = nodeSqlite();
  // Whoever closes last writes a log that was left into the database, unless he may only read.
  const readOnly = existsSync(`${location}-wal`);
  const database = new DatabaseSync(location, { timeout: BUSY_TIMEOUT_MS, readOnly });
  const db = new Kysely<Tables>({ dialect: sqliteDialect(database) });
  try {
    await checkSchema(db, location);
  } finally {
    await db.destroy();
    if (database.isOpen) database.close();
  }
}

function configure(database: DatabaseSync, { maxPages }: SqliteStoreOptions): void {
  database.exec('pragma journal_mode = wal');
  database.exec('pragma mmap_size = 0');
  database.exec(`pragma cache_size = -${CACHE_KIB}`);
  database.exec(`pragma journal_size_limit = ${MAX_LOG_BYTES}`);
  database.exec(`pragma wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
  if (maxPages !== undefined) database.exec(`pragma max_page_count = ${Math.trunc(maxPages)}`);
}

/** One after another, as the migrations make them, the tables of a new database take ten times as long. */
function fill(database: DatabaseSync): void {
  const isEmpty = (): boolean => database.prepare('select 1 from sqlite_master').get() === undefined;
  if (!isEmpty()) return;
  database.exec('begin immediate');
  try {
    // Another process may have been first.
    if (isEmpty()) database.exec(WHOLE);
    database.exec('commit');
  } catch (error) {
    if (database.isTransaction) database.exec('rollback');
    throw error;
  }
}

/** Brings a new database to the disk: what was written so far, from the log into the file, and the file's name. */
function settle(database: DatabaseSync, location: string): void {
  database.exec('pragma wal_checkpoint(passive)');
  syncFolderOf(location);
}

function warnOfOldVersion(database: DatabaseSync, onWarning: SqliteStoreOptions['onWarning']): void {
  const found = String(database.prepare('select sqlite_version() as version').get()?.['version']);
  if (onWarning === undefined || !isOlder(found)) return;
  onWarning(
    `This Node carries SQLite ${found}; before ${SAFE_VERSION.join('.')} a crash at the wrong moment could damage the database. ` +
      'Upgrade Node to 22.23.3, 24.15 or newer.',
  );
}

/** Whether a version of SQLite is older than the safe one. */
export function isOlder(version: string): boolean {
  const parts = version.split('.').map(Number);
  for (const [index, safe] of SAFE_VERSION.entries()) {
    const part = parts[index] ?? 0;
    if (part !== safe) return part < safe;
  }
  return false;
}
