import { createHash } from 'node:crypto';
import type { Dirent } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { TuttiError } from '../../core/kernel/errors.ts';
import { isAbsent, isDenied, readContained } from './contained.ts';

const MAX_ENTRIES = 2_000;
const MAX_DEPTH = 16;
/** Two edits within one tick of a coarse file system clock leave the same times; contents tell them apart until then. */
const SETTLED_MS = 2_500;

/** Golden files and their recordings: no definition reads them, and there may be many. */
const GOLDEN = { folder: 'tests', name: /\.(?:ya?ml|json)$/ };

/** Sets every stamp of a folder that is too large to look through apart from all others. */
let unstamped = 0;

/**
 * A digest of names, sizes and times of everything in the folder but golden files; of contents where a file changed just now. Links are not
 * followed: what they lead to inside the folder is looked at in its own place.
 */
export async function stampFolder(folder: string): Promise<string> {
  const lines: string[] = [await describe(folder, '')];
  const open: { path: string; depth: number }[] = [{ path: '', depth: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { path, depth } = next;
    const entries = await readEntries(folder, path);
    if (lines.length + entries.length > MAX_ENTRIES || depth > MAX_DEPTH) {
      unstamped += 1;
      return `too large to stamp, ${unstamped}`;
    }
    lines.push(
      ...(await Promise.all(entries.map(async (entry) => await describe(folder, join(path, entry.name))))),
    );
    for (const entry of entries)
      if (entry.isDirectory()) open.push({ path: join(path, entry.name), depth: depth + 1 });
  }
  return createHash('sha256').update(lines.join('\n')).digest('hex');
}

/** In order; hidden ones and golden files left out, since nothing reads them. */
async function readEntries(folder: string, path: string): Promise<Dirent[]> {
  const entries = await readdir(join(folder, path), { withFileTypes: true }).catch((cause: unknown) => {
    if (isDenied(cause) || (path !== '' && isAbsent(cause))) return [];
    throw cause;
  });
  return entries
    .filter(({ name }) => !name.startsWith('.') && !(path === GOLDEN.folder && GOLDEN.name.test(name)))
    .toSorted((one, other) => (one.name < other.name ? -1 : 1));
}

async function describe(folder: string, path: string): Promise<string> {
  try {
    const stats = await lstat(join(folder, path), { bigint: true });
    const { mode, size, mtimeNs, ctimeNs, ino } = stats;
    const changedAt = Math.max(Number(stats.mtimeMs), Number(stats.ctimeMs));
    const contents =
      stats.isFile() && Date.now() - changedAt < SETTLED_MS ? await digestOf(folder, path) : '';
    return JSON.stringify([path, `${mode}:${size}:${mtimeNs}:${ctimeNs}:${ino}`, contents]);
  } catch (cause) {
    if (isAbsent(cause)) return JSON.stringify([path, 'gone']);
    throw cause;
  }
}

async function digestOf(folder: string, path: string): Promise<string> {
  try {
    return createHash('sha256')
      .update(await readContained(folder, path))
      .digest('hex');
  } catch (cause) {
    if (cause instanceof TuttiError) return cause.code;
    throw cause;
  }
}
