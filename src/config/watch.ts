import { createHash } from 'node:crypto';
import { readFileSync, realpathSync, statSync, watch } from 'node:fs';
import type { FSWatcher } from 'node:fs';
import { dirname } from 'node:path';
import { TuttiError } from '../core/kernel/errors.ts';
import type { Config } from './config.ts';
import { foldersUp } from './source.ts';

/** What became of the files of a configuration. */
export type ConfigChange =
  | { readonly kind: 'config'; readonly config: Config }
  /** The lock file says something else, is there now, or is gone. */
  | { readonly kind: 'lock'; readonly file: string }
  /** The file cannot be used as it is now: what it said before is kept. */
  | { readonly kind: 'fault'; readonly error: TuttiError };

const DEBOUNCE_MS = 100;
/** How often to look where nothing can be watched. */
const LOOK_MS = 2000;
const MAX_BYTES = 8_388_608;

/**
 * Tells when what a configuration was made from says something else: the file itself, whether it is trusted, and the lock file.
 * Whole folders are watched, since editors put a new file in the place of the old one. Keeps no process alive.
 *
 * @param load Reads the configuration anew, in the same way as the first time.
 * @returns How to stop.
 */
export function watchConfig(
  config: Config,
  load: () => Config,
  onChange: (change: ConfigChange) => void,
): () => void {
  let current = config;
  let files = filesOf(current);
  let prints = new Map(files.map((file) => [file, printOf(file)]));
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let compared = false;

  const tell = (change: ConfigChange): void => {
    if (!stopped) onChange(change);
  };
  const soon = (): void => {
    timer ??= setTimeout(check, DEBOUNCE_MS).unref();
  };
  const folders = watchFolders(soon);
  const reload = (): void => {
    try {
      const [written] = current.sources;
      if (written !== undefined && prints.get(written)?.hash === undefined) throw gone(written);
      const before = current;
      current = load();
      // The first time, to find out whether something changed between reading and watching.
      if (!compared && JSON.stringify(current) === JSON.stringify(before)) return;
    } catch (error) {
      tell({ kind: 'fault', error: asFault(error) });
      return;
    }
    files = filesOf(current);
    for (const file of files) if (!prints.has(file)) prints.set(file, printOf(file));
    tell({ kind: 'config', config: current });
  };
  function check(): void {
    timer = undefined;
    const before = prints;
    prints = new Map(files.map((file) => [file, printOf(file, before.get(file))]));
    const changed = files.filter((file) => prints.get(file)?.hash !== before.get(file)?.hash);
    const { lockFile } = current;
    if (!compared || changed.some((file) => file !== lockFile)) reload();
    compared = true;
    folders.arm(files);
    if (lockFile !== undefined && changed.includes(lockFile)) tell({ kind: 'lock', file: lockFile });
  }

  folders.arm(files);
  return () => {
    stopped = true;
    clearTimeout(timer);
    folders.close();
  };
}

function filesOf({ sources, lockFile }: Config): readonly string[] {
  return lockFile === undefined ? sources : [...sources, lockFile];
}

interface Print {
  /** Changes with every write, whatever was written. */
  readonly stamp: string;
  /** Of the content; absent: it cannot be read. */
  readonly hash: string | undefined;
}

const ABSENT: Print = { stamp: '', hash: undefined };

function printOf(file: string, before?: Print): Print {
  try {
    const { ino, size, mtimeNs, ctimeNs } = statSync(file, { bigint: true });
    const stamp = `${ino} ${size} ${mtimeNs} ${ctimeNs}`;
    if (stamp === before?.stamp) return before;
    if (size > MAX_BYTES) return { stamp, hash: stamp };
    return { stamp, hash: createHash('sha256').update(readFileSync(file)).digest('hex') };
  } catch {
    return ABSENT;
  }
}

interface FolderWatch {
  /** Watches where these files are, and nothing else. */
  arm(files: readonly string[]): void;
  close(): void;
}

interface Watched {
  readonly watcher: FSWatcher;
  readonly identity: string;
}

function watchFolders(soon: () => void): FolderWatch {
  const watched = new Map<string, Watched>();
  let looking: NodeJS.Timeout | undefined;
  let closed = false;

  const drop = (folder: string): void => {
    watched.get(folder)?.watcher.close();
    watched.delete(folder);
  };
  const add = (folder: string): boolean => {
    const identity = identityOf(folder);
    if (identity !== undefined && watched.get(folder)?.identity === identity) return true;
    drop(folder);
    if (identity === undefined) return false;
    try {
      const watcher = watch(folder, { persistent: false }, soon);
      watcher.on('error', () => {
        drop(folder);
        soon();
      });
      watched.set(folder, { watcher, identity });
      // What changed before it was watched.
      soon();
      return true;
    } catch {
      return false;
    }
  };
  return {
    arm: (files) => {
      if (closed) return;
      // In the place of a folder that is gone, the nearest one around it that is there.
      const found = new Set(
        files.flatMap((file) => foldersOf(file)).map((folder) => foldersUp(folder).find((each) => add(each))),
      );
      for (const folder of watched.keys()) if (!found.has(folder)) drop(folder);
      clearInterval(looking);
      looking = found.has(undefined) ? setInterval(soon, LOOK_MS).unref() : undefined;
    },
    close: () => {
      closed = true;
      clearInterval(looking);
      for (const folder of watched.keys()) drop(folder);
    },
  };
}

/** Where a file is written down, and where it really is. */
function foldersOf(file: string): readonly string[] {
  try {
    return [dirname(file), dirname(realpathSync(file))];
  } catch {
    return [dirname(file)];
  }
}

function identityOf(folder: string): string | undefined {
  const stat = statSync(folder, { bigint: true, throwIfNoEntry: false });
  return stat && `${stat.dev} ${stat.ino} ${stat.birthtimeNs}`;
}

function gone(file: string): TuttiError {
  return new TuttiError(
    'config/invalid',
    `The configuration ${file} cannot be read any more. What it said is kept until it is back.`,
  );
}

function asFault(error: unknown): TuttiError {
  if (error instanceof TuttiError) return error;
  return new TuttiError('config/invalid', `The configuration could not be read: ${String(error)}`, {
    cause: error,
  });
}
