import {
  chmod,
  cp,
  lstat,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { TuttiError } from '../../core/kernel/errors.ts';
import { isWorkflowName } from '../../core/workflow/definition/paths.ts';
import { foldName, notThere, replacedNames } from './bounds.ts';
import { errorCode, isAbsent, isDenied, outside } from './contained.ts';

/** Hidden, so that it is never taken for a workflow. Holds `name`, `new`, between the renames `old`, and after them `replaced`. */
const PREFIX = '.tutti-save-';
const ATTEMPTS = 20;
/** How long a reader gives another process to end a swap, before it undoes it. */
const PATIENCE_MS = 1500;
const PAUSE_MS = 5;
/** Older leavings are of a process that died. */
const DEAD_AFTER_MS = 600_000;

export interface Swap {
  readonly dir: string;
  readonly workflow: string;
  readonly files: Readonly<Record<string, string>>;
}

/**
 * Puts a new folder in the place of the workflow's: all is written aside first, then two renames swap it. Where a process dies
 * between the two, {@link settleSwaps} brings the old folder back. The save replaces `index.md`, `steps/`, and every file or
 * folder at the top of which it brings something; the rest of the old folder is kept.
 *
 * @returns the path of the workflow's folder.
 */
export async function swapFolder({ dir, workflow, files }: Swap): Promise<string> {
  await makeFolder(dir);
  return await swapIn(dir, workflow, async (place, to) => {
    await writeAll(to, files);
    await copyKept(place, { to, replaced: replacedNames(files) });
  });
}

/** As {@link swapFolder}, but a copy of the folder as it is comes in its place, with the texts of some files replaced. */
export async function amendFolder({ dir, workflow, files }: Swap): Promise<string> {
  return await swapIn(dir, workflow, async (place, to) => {
    await cp(place, to, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
    for (const [path, text] of Object.entries(files)) await overwrite(to, path, { workflow, text });
  });
}

/** Only a regular file that no link leads to: what is written must stay in the folder. */
async function overwrite(
  folder: string,
  path: string,
  { workflow, text }: { readonly workflow: string; readonly text: string },
): Promise<void> {
  const root = await realpath(folder);
  const file = join(root, path);
  const stats = (await realpath(file).catch(() => '')) === file ? await lstat(file) : undefined;
  if (!stats?.isFile()) throw notThere(workflow, path);
  await rm(file);
  const handle = await open(file, 'wx');
  try {
    await handle.writeFile(text);
    await handle.chmod(stats.mode);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function swapIn(
  dir: string,
  workflow: string,
  prepare: (place: string, to: string) => Promise<void>,
): Promise<string> {
  const root = await realpath(dir);
  await settleSwaps(root);
  await checkPlace(root, workflow);
  const aside = await mkdtemp(join(root, PREFIX));
  const place = join(root, workflow);
  try {
    await writeFile(join(aside, 'name'), workflow);
    await prepare(place, join(aside, 'new'));
    await exchange(aside, place);
    return place;
  } finally {
    await clear(aside, place);
  }
}

/**
 * Waits for swaps that are under way, ends those of processes that died, and clears their leavings away.
 *
 * @param entries what was just read of the root, where it was.
 * @returns the workflows that were being swapped.
 */
export async function settleSwaps(root: string, entries?: readonly string[]): Promise<string[]> {
  const names: string[] = [];
  for (const entry of entries ?? (await readdir(root))) {
    if (!entry.startsWith(PREFIX)) continue;
    const aside = join(root, entry);
    const workflow = await readFile(join(aside, 'name'), 'utf8').catch(() => '');
    if (!isWorkflowName(workflow)) continue;
    names.push(workflow);
    await settle(aside, join(root, workflow));
  }
  return names;
}

async function settle(aside: string, place: string): Promise<void> {
  const changedAt = await stat(aside).then(
    (stats) => stats.mtimeMs,
    () => Date.now(),
  );
  const isDead = Date.now() - changedAt > DEAD_AFTER_MS;
  if (await staysAside(aside, { place, patienceMs: isDead ? 0 : PATIENCE_MS }))
    await restore(aside, place).catch(unlessReadOnly);
  // Clearing up is a favour: the next who may write does it.
  if (isDead) await clear(aside, place).catch(unlessReadOnly);
}

/** Whether the old folder has no place for as long as that. One that was in its place at any look may have begun to be swapped since. */
async function staysAside(
  aside: string,
  { place, patienceMs }: { readonly place: string; readonly patienceMs: number },
): Promise<boolean> {
  for (let waited = 0; ; waited += PAUSE_MS) {
    if ((await exists(place)) || !(await exists(join(aside, 'old')))) return false;
    if (waited >= patienceMs) return true;
    await sleep(PAUSE_MS);
  }
}

function unlessReadOnly(cause: unknown): void {
  if (!isDenied(cause) && errorCode(cause) !== 'EROFS') throw cause;
}

/** One folder at a time: a recursive `mkdir` never ends where nothing can be made, as in `/proc`. */
async function makeFolder(folder: string): Promise<void> {
  if (await isFolder(folder)) return;
  const parent = dirname(folder);
  if (parent !== folder) await makeFolder(parent);
  try {
    await mkdir(folder);
  } catch (cause) {
    // Another process may have been faster.
    if (errorCode(cause) !== 'EEXIST' || !(await isFolder(folder))) throw cause;
  }
}

async function isFolder(path: string): Promise<boolean> {
  return await stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
}

/** Never the only copy of a workflow. */
async function clear(aside: string, place: string): Promise<void> {
  if ((await exists(join(aside, 'old'))) && !(await exists(place))) return;
  await unlock(aside);
  await rm(aside, { recursive: true, force: true });
}

/** A copy of folders that nobody may write is emptied as little as they are: these copies are ours. */
async function unlock(folder: string): Promise<void> {
  await chmod(folder, 0o700).catch(() => {});
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) if (entry.isDirectory()) await unlock(join(folder, entry.name));
}

/** Either side may win against the writer: a folder that is not empty is never renamed over. */
async function restore(aside: string, place: string): Promise<void> {
  try {
    await rename(join(aside, 'old'), place);
  } catch (cause) {
    if (!isAbsent(cause) && !isTaken(cause)) throw cause;
  }
}

async function exchange(aside: string, place: string): Promise<void> {
  const old = join(aside, 'old');
  for (let attempt = 1; ; attempt += 1) {
    try {
      await rename(place, old);
    } catch (cause) {
      if (!isAbsent(cause)) throw cause;
    }
    try {
      await rename(join(aside, 'new'), place);
      break;
    } catch (cause) {
      await restore(aside, place);
      if (!isTaken(cause) || attempt === ATTEMPTS) throw cause;
      await rm(old, { recursive: true, force: true });
    }
  }
  await rename(old, join(aside, 'replaced')).catch((cause: unknown) => {
    if (!isAbsent(cause)) throw cause;
  });
}

/** Another folder has come into the place. */
function isTaken(cause: unknown): boolean {
  return ['ENOTEMPTY', 'EEXIST', 'EPERM'].includes(errorCode(cause));
}

async function exists(path: string): Promise<boolean> {
  return await lstat(path).then(
    () => true,
    () => false,
  );
}

async function checkPlace(root: string, workflow: string): Promise<void> {
  for (const entry of await readdir(root, { withFileTypes: true })) {
    if (foldName(entry.name) !== foldName(workflow)) continue;
    if (entry.name !== workflow || entry.isSymbolicLink()) throw outside(workflow);
    if (!entry.isDirectory()) {
      throw new TuttiError(
        'definition/service-error',
        `${workflow} is a file, not a folder. Move it away, or choose another name.`,
      );
    }
  }
}

async function writeAll(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  await mkdir(folder);
  for (const [path, text] of Object.entries(files)) {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    const handle = await open(file, 'wx');
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
  }
}

/** What the save does not bring anew stays: golden tests, notes. Only folders and regular files. */
async function copyKept(
  place: string,
  { to, replaced }: { to: string; replaced: ReadonlySet<string> },
): Promise<void> {
  const entries = await readdir(place, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    if (replaced.has(foldName(entry.name)) || !(entry.isDirectory() || entry.isFile())) continue;
    await cp(join(place, entry.name), join(to, entry.name), {
      recursive: true,
      filter: async (source) => {
        const stats = await lstat(source);
        return stats.isDirectory() || stats.isFile();
      },
    });
  }
}
