import { randomUUID } from 'node:crypto';
import {
  accessSync,
  closeSync,
  constants,
  fsyncSync,
  lstatSync,
  openSync,
  readlinkSync,
  realpathSync,
  renameSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, resolve } from 'node:path';

const PERMISSIONS = 0o7777;

/**
 * Puts a text in the place of a file, whole or not at all. Behind symbolic links, it is the file they lead to that is replaced, and they
 * stay. Without `mode` a file keeps its own. Throws what the file system says.
 */
export function replaceFile(file: string, text: string, mode?: number): void {
  const real = realFile(file);
  const fresh = `${real}.${randomUUID()}`;
  const before = statSync(real, { throwIfNoEntry: false });
  // Whoever may write the folder could replace what he may not write.
  if (before !== undefined) accessSync(real, constants.W_OK);
  const kept = before?.mode ?? 0o666;
  const handle = openSync(fresh, 'wx', mode ?? kept & PERMISSIONS);
  try {
    try {
      writeFileSync(handle, text);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(fresh, real);
  } catch (error) {
    unlinkSync(fresh);
    throw error;
  }
}

/** What the symbolic links of a path lead to in the end, even where nothing is there yet. Throws what the file system says. */
export function realFile(file: string): string {
  try {
    return realpathSync(file);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
  const isLink = lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
  return isLink ? realFile(resolve(realpathSync(dirname(file)), readlinkSync(file))) : file;
}
