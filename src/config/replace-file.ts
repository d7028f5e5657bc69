import { randomUUID } from 'node:crypto';
import { closeSync, fsyncSync, openSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';

/** Puts a text in the place of a file, whole or not at all. Throws what the file system says. */
export function replaceFile(file: string, text: string, mode = 0o666): void {
  const fresh = `${file}.${randomUUID()}`;
  const handle = openSync(fresh, 'wx', mode);
  try {
    try {
      writeFileSync(handle, text);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(fresh, file);
  } catch (error) {
    unlinkSync(fresh);
    throw error;
  }
}
