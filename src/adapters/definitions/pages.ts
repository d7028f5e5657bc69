import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isPage, MAX_PAGES } from './bounds.ts';
import { isAbsent, isDenied } from './contained.ts';

const MAX_ENTRIES = 10_000;
const MAX_DEPTH = 16;

/** Paths of the Markdown files below a folder, sorted. Links are not followed, hidden files and folders are passed by. */
export async function listPages(folder: string): Promise<string[]> {
  const pages: string[] = [];
  let seen = 0;
  const open = [{ path: '', depth: 0 }];
  for (let next = open.pop(); next !== undefined && seen < MAX_ENTRIES; next = open.pop()) {
    const { path, depth } = next;
    const entries = await readdir(join(folder, path), { withFileTypes: true }).catch((cause: unknown) => {
      if (isDenied(cause) || (path !== '' && isAbsent(cause))) return [];
      throw cause;
    });
    seen += entries.length;
    for (const entry of entries) {
      const inner = path === '' ? entry.name : `${path}/${entry.name}`;
      if (entry.isFile() && isPage(inner)) pages.push(inner);
      if (entry.isDirectory() && !entry.name.startsWith('.') && depth < MAX_DEPTH)
        open.push({ path: inner, depth: depth + 1 });
    }
  }
  return pages.toSorted().slice(0, MAX_PAGES);
}
