import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  statSync,
  statfsSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { TuttiError } from '../../core/kernel/errors.ts';

/** Types as statfs gives them on Linux. Locks and shared memory do not hold there between machines. */
const NETWORK_FILESYSTEMS: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB2'],
  [0x5346414f, 'AFS'],
]);

/**
 * Makes the folder of a database file if it is absent, and checks that a database can live there.
 *
 * @returns the absolute path.
 * @throws TuttiError `store/unusable`.
 */
export function prepareFile(given: string): string {
  const path = resolve(given);
  const folder = dirname(path);
  try {
    makeFolder(folder);
  } catch (error) {
    throw unusable(`${path}: its folder cannot be made (${codeOf(error)}).`, error);
  }
  if (existsSync(path) && !statSync(path).isFile()) {
    throw unusable(`${path}: expected a database file, found a folder or a device.`);
  }
  for (const needed of existsSync(path) ? [path, folder] : [folder]) {
    try {
      accessSync(needed, constants.R_OK | constants.W_OK);
    } catch (error) {
      // SQLite itself would open such a file for reading alone and fail at the first write.
      throw unusable(`${needed} cannot be read and written by this user (${codeOf(error)}).`, error);
    }
  }
  const network = networkFilesystem(statfsSync(folder).type);
  if (network !== undefined) {
    throw unusable(`${path} is on a network filesystem (${network}), where SQLite's locks do not hold.`);
  }
  checkLog(path);
  makePrivate(path);
  return path;
}

/**
 * Whether there is a database file, without making anything where there is none.
 *
 * @throws TuttiError `store/unusable` where none could be made.
 */
export function isThere(given: string): boolean {
  const path = resolve(given);
  if (existsSync(path)) return true;
  let folder = dirname(path);
  while (!existsSync(folder)) folder = dirname(folder);
  try {
    accessSync(folder, constants.R_OK | constants.W_OK);
  } catch (error) {
    throw unusable(
      `${path} cannot be made: ${folder} cannot be written by this user (${codeOf(error)}).`,
      error,
    );
  }
  if (statSync(folder).isDirectory()) return false;
  throw unusable(`${path} cannot be made: expected a folder at ${folder}, found a file.`);
}

const LOST = 'since it was opened, so nothing is written any more.';

/**
 * Says whether an open database is still the file of this name: SQLite goes on writing into one that nobody can open any more.
 *
 * @returns why what is written now would be lost, if so.
 */
export function fileProblem(path: string): () => string | undefined {
  const opened = statSync(path, { bigint: true });
  return () => {
    const found = statSync(path, { bigint: true, throwIfNoEntry: false });
    if (found?.ino === opened.ino && found.dev === opened.dev) return undefined;
    if (found !== undefined)
      return `The file of the store is another one ${LOST} Put the former one back, or start Tutti anew to go on with the one that is there.`;
    const logs = logsOf(path);
    const next = logs.length === 0 ? 'start Tutti anew' : beginningAnew(logs);
    return `The file of the store is gone ${LOST} Put it back where it was, or, to begin with an empty one, ${next}.`;
  };
}

/**
 * Brings the name of a file to the disk. The file itself must not be opened for that while SQLite has it open: to close it would end all locks
 * that this process holds on it.
 */
export function syncFolderOf(path: string): void {
  try {
    const folder = openSync(dirname(path), 'r');
    fsyncSync(folder);
    closeSync(folder);
  } catch {
    // Some filesystems do not sync folders; then the name is as safe as it can be.
  }
}

/** The system may forget what nobody touched of a file for so long. */
const FORGOTTEN_MS = 10_000;
const PIECE_BYTES = 1_048_576;
/** A log is seldom longer: SQLite brings it into the file before. */
const MOST_BYTES = 32 * PIECE_BYTES;

/**
 * What brings the log of a file to the disk beside everything else. SQLite holds no locks on a log, so that it may be opened and closed. After a pause the log
 * is read first: the next commits write over parts of its pages, and would wait for each of them that the system has forgotten.
 */
export function logOf(path: string, now: () => number = () => performance.now()): () => Promise<void> {
  let lastAt = now();
  return async () => {
    const log = await open(`${path}-wal`, 'r+');
    try {
      if (now() - lastAt >= FORGOTTEN_MS) await readThrough(log);
      await log.datasync();
    } finally {
      lastAt = now();
      await log.close();
    }
  };
}

/** A help only: whoever writes goes on without. */
async function readThrough(file: FileHandle): Promise<void> {
  const piece = Buffer.allocUnsafe(PIECE_BYTES);
  try {
    for (let at = 0; at < MOST_BYTES;) {
      const { bytesRead } = await file.read(piece, 0, PIECE_BYTES, at);
      if (bytesRead === 0) return;
      at += bytesRead;
    }
  } catch {}
}

/**
 * The log of a file that is gone is no log of a new one: whoever still has the old one open would share it, and what it holds of the old one
 * would be lost.
 */
function checkLog(path: string): void {
  // In this order: a file is there before its log is.
  const logs = logsOf(path);
  if (logs.length === 0 || existsSync(path)) return;
  throw new TuttiError(
    'store/unusable',
    `${path} is gone, and its log is still there: ${logs.join(' and ')}. Put the file back, or, to begin with an empty one, ${beginningAnew(logs)}.`,
  );
}

function logsOf(path: string): readonly string[] {
  return [`${path}-wal`, `${path}-shm`].filter((log) => existsSync(log));
}

function beginningAnew(logs: readonly string[]): string {
  return `end every Tutti that runs on it, remove what is then left of its log (${logs.join(', ')}), and start again`;
}

/** Keys and tokens are in it; SQLite itself would let everybody read it. Its logs take over who may. */
function makePrivate(path: string): void {
  if (existsSync(path)) return;
  try {
    closeSync(openSync(path, 'a', 0o600));
  } catch (error) {
    throw unusable(`${path} cannot be made (${codeOf(error)}).`, error);
  }
}

/** One folder at a time: a recursive `mkdir` never ends where nothing can be made, as in `/proc`. */
function makeFolder(folder: string): void {
  if (existsSync(folder) && statSync(folder).isDirectory()) return;
  const parent = dirname(folder);
  if (parent !== folder) makeFolder(parent);
  try {
    mkdirSync(folder);
  } catch (error) {
    // Another process may have been faster.
    if (codeOf(error) !== 'EEXIST' || !existsSync(folder) || !statSync(folder).isDirectory()) throw error;
  }
}

/** The name of a network filesystem by its statfs type. */
export function networkFilesystem(type: number): string | undefined {
  return NETWORK_FILESYSTEMS.get(type >>> 0);
}

function unusable(found: string, cause?: unknown): TuttiError {
  return new TuttiError('store/unusable', `${found} Name another file, or correct its permissions.`, {
    cause,
  });
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
