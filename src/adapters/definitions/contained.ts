import { constants } from 'node:fs';
import { lstat, open, realpath, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { TuttiError } from '../../core/kernel/errors.ts';
import { foldName, MAX_FILE_BYTES } from './bounds.ts';

const CHUNK_BYTES = 65_536;
const ATTEMPTS = 10;

/** What the system calls the error, such as `ENOENT`. */
export function errorCode(cause: unknown): string {
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
}

/** Whether there is nothing of this name, or nothing that a name can lead to. */
export function isAbsent(cause: unknown): boolean {
  return ['ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG'].includes(errorCode(cause));
}

export function isDenied(cause: unknown): boolean {
  return ['EACCES', 'EPERM'].includes(errorCode(cause));
}

export function outside(what: string): TuttiError {
  return new TuttiError(
    'definition/outside',
    `${what} leaves the folder by a symbolic link, or is another spelling of a name. Only files inside the folder are read, under their own names.`,
  );
}

/**
 * The real path of `name` (forward slashes) under `folder`, which must itself be a real path.
 *
 * @throws TuttiError `definition/outside` when links lead out of the folder, or when the system takes the name for another one.
 */
async function containedPath(folder: string, name: string): Promise<string> {
  const real = await realpath(join(folder, name));
  const inside = relative(folder, real).split(sep).join('/');
  if (inside === '' || inside === '..' || inside.startsWith('../') || join(folder, inside) !== real)
    throw outside(name);
  if (inside !== name && foldName(inside) === foldName(name)) throw outside(name);
  return real;
}

/** A folder as it stood at one moment. */
export interface Folder {
  /** Real. */
  readonly path: string;
  /** Differs once another folder stands in its place. */
  readonly identity: string;
}

/** The folder of a workflow; `undefined` when there is none with this name and an `index.md`. */
export async function workflowFolder(dir: string, workflow: string): Promise<Folder | undefined> {
  try {
    const path = await containedPath(await realpath(dir), workflow);
    const { dev, ino } = await stat(path, { bigint: true });
    if (!(await hasIndex(path))) return undefined;
    return { path, identity: `${dev}:${ino}` };
  } catch (cause) {
    if (isAbsent(cause)) return undefined;
    throw cause;
  }
}

/** A folder that may not be searched counts, so that its workflow is listed with its fault. */
async function hasIndex(folder: string): Promise<boolean> {
  try {
    await lstat(join(folder, 'index.md'));
    return true;
  } catch (cause) {
    if (isDenied(cause)) return true;
    throw cause;
  }
}

/**
 * The text of a file inside `folder`. What was opened is checked, not what the name meant a moment before: the open file must be
 * regular, and must be the one that the path still leads to inside the folder.
 */
export async function readContained(folder: string, path: string): Promise<string> {
  try {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      const text = await readOpened(folder, path);
      if (text !== undefined) return text;
    }
    throw outside(path);
  } catch (cause) {
    if (isDenied(cause)) throw notText(path, 'may not be read: permission is denied');
    throw cause;
  }
}

/** `undefined` when another file came in the place of the opened one, as when an editor saves it. */
async function readOpened(folder: string, path: string): Promise<string | undefined> {
  const real = await containedPath(folder, path);
  if (!(await lstat(real)).isFile()) throw notText(path, 'is no regular file');
  const handle = await open(
    real,
    constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0),
  );
  try {
    const opened = await handle.stat({ bigint: true });
    const now = await stat(await containedPath(folder, path), { bigint: true });
    if (opened.ino !== now.ino || opened.dev !== now.dev) return undefined;
    if (!opened.isFile()) throw notText(path, 'is no regular file');
    return decode(await readBounded(handle, path), path);
  } finally {
    await handle.close();
  }
}

/** To the end, whatever size the file was said to have: it may be growing. */
async function readBounded(handle: FileHandle, path: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { bytesRead, buffer } = await handle.read({
      buffer: Buffer.allocUnsafe(CHUNK_BYTES),
      position: length,
    });
    if (bytesRead === 0) return Buffer.concat(chunks, length);
    chunks.push(buffer.subarray(0, bytesRead));
    length += bytesRead;
    if (length > MAX_FILE_BYTES) {
      throw new TuttiError(
        'input/too-large',
        `${path} is larger than ${MAX_FILE_BYTES} bytes. Split it, or shorten it.`,
      );
    }
  }
}

function decode(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw notText(path, 'is not valid UTF-8');
  }
}

function notText(path: string, why: string): TuttiError {
  return new TuttiError('definition/not-found', `${path} ${why}. It must be a readable text file in UTF-8.`);
}
