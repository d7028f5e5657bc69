import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { TuttiError } from '../../../core/kernel/errors.ts';

/** Some clients keep their history in the same file. */
const MAX_BYTES = 64 * 1024 * 1024;
const BOM = '\uFEFF';

export interface ClientText {
  /** Without a byte order mark. */
  readonly text: string;
  /** What stood before the text, for writing it back. */
  readonly mark: string;
}

/**
 * The text of a client's file; `undefined` when there is none. Waits for nobody: what is no plain file is not read.
 *
 * @throws TuttiError `config/invalid`.
 */
export function readClientText(file: string): ClientText | undefined {
  let handle: number;
  try {
    handle = openSync(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (cause) {
    const reason = codeOf(cause);
    if (reason === 'ENOENT' || reason === 'ENOTDIR') return undefined;
    throw unusable(file, `cannot be read (${reason})`, cause);
  }
  try {
    const stats = fstatSync(handle);
    if (!stats.isFile())
      throw unusable(
        file,
        `is ${stats.isDirectory() ? 'a folder' : 'no plain file'}, not the file of a client`,
      );
    if (stats.size > MAX_BYTES) throw unusable(file, `is larger than ${MAX_BYTES} bytes`);
    const text = readFileSync(handle, 'utf8');
    return text.startsWith(BOM) ? { text: text.slice(1), mark: BOM } : { text, mark: '' };
  } catch (cause) {
    if (cause instanceof TuttiError) throw cause;
    throw unusable(file, `cannot be read (${codeOf(cause)})`, cause);
  } finally {
    closeSync(handle);
  }
}

/** Runs what writes a file. @throws TuttiError `config/invalid` for what the file system objects to. */
export function writing<T>(file: string, write: () => T): T {
  try {
    return write();
  } catch (cause) {
    if (cause instanceof TuttiError) throw cause;
    throw new TuttiError(
      'config/invalid',
      `${file} cannot be written (${codeOf(cause)}). Check the permissions of the file and its folder; nothing was changed.`,
      { cause },
    );
  }
}

function unusable(file: string, problem: string, cause?: unknown): TuttiError {
  return new TuttiError(
    'config/invalid',
    `${file} ${problem}. Mend it, then try again; nothing was changed.`,
    {
      cause,
    },
  );
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
