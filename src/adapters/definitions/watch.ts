import { watch } from 'node:fs';
import type { FSWatcher } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';

const MAX_FOLDERS = 512;
const MAX_DEPTH = 4;
const DEBOUNCE_MS = 100;
/** How often to look whether a folder that was not there has come, or another one in its place. */
const LOOK_MS = 2_000;

interface Watched {
  readonly watcher: FSWatcher;
  readonly identity: string;
}

/**
 * Best effort: a change that no event tells of is still seen when the workflow is next asked for. Folders may go and come again.
 * Keeps no process alive.
 */
export function watchFolders(dirs: readonly string[], onChange: () => void): () => void {
  const watched = new Map<string, Watched>();
  let roots: string | undefined;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let arming = Promise.resolve();

  const drop = (path: string): void => {
    watched.get(path)?.watcher.close();
    watched.delete(path);
  };
  const soon = (): void => {
    if (timer || stopped) return;
    timer = setTimeout(() => {
      timer = undefined;
      arming = arming.then(arm).then(() => (stopped ? undefined : onChange()));
    }, DEBOUNCE_MS).unref();
  };
  const add = (path: string, identity: string): void => {
    try {
      const watcher = watch(path, { persistent: false }, (_event, name) => {
        if (name === basename(path)) drop(path);
        soon();
      });
      watcher.on('error', () => drop(path));
      watched.set(path, { watcher, identity });
    } catch {
      drop(path);
    }
  };
  const arm = async (): Promise<void> => {
    const wanted = await foldersUnder(dirs);
    if (stopped) return;
    for (const [path, { identity }] of watched) if (wanted.get(path) !== identity) drop(path);
    for (const [path, identity] of wanted) if (!watched.has(path)) add(path, identity);
  };
  const look = async (): Promise<void> => {
    const now = (await Promise.all(dirs.map(async (dir) => await identityOf(dir)))).join(' ');
    if (roots !== undefined && roots !== now) soon();
    roots = now;
  };

  arming = arm();
  const looking = setInterval(() => void look(), LOOK_MS).unref();
  void look();
  return () => {
    stopped = true;
    clearInterval(looking);
    clearTimeout(timer);
    for (const path of watched.keys()) drop(path);
  };
}

/** The folders to watch, each with what tells it from another one of its name; links and hidden folders left out. */
async function foldersUnder(dirs: readonly string[]): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  let level = [...dirs];
  for (let depth = 0; depth < MAX_DEPTH && level.length > 0; depth += 1) {
    const below: string[] = [];
    for (const path of level) {
      const identity = await identityOf(path);
      if (identity === '' || found.size >= MAX_FOLDERS) continue;
      found.set(path, identity);
      const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
      for (const entry of entries) {
        if (entry.isDirectory() && !entry.name.startsWith('.')) below.push(join(path, entry.name));
      }
    }
    level = below;
  }
  return found;
}

async function identityOf(path: string): Promise<string> {
  return await stat(path, { bigint: true }).then(
    ({ dev, ino, birthtimeNs }) => `${dev}:${ino}:${birthtimeNs}`,
    () => '',
  );
}
