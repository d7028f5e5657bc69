import { lstatSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { replaceFile } from '../../../config/replace-file.ts';
import { TuttiError } from '../../../core/kernel/errors.ts';
import { createTape } from '../../../core/workflow/rehearsal/tape.ts';
import type { Tape, TapedCall } from '../../../core/workflow/rehearsal/tape.ts';

/** Where the golden files of a workflow stand, under its folder. */
export const GOLDEN_FOLDER = 'tests';
const GOLDEN = /\.ya?ml$/;
const VERSION = 1;
/** Many times what any run reports. */
const MAX_GOLDEN_BYTES = 8 * 1_048_576;

/** Where a folder or file is a link: what is written behind it may be outside of the workflow. */
const LINKED =
  'is a symbolic link, and what it leads to is neither read nor written. Put the files themselves here.';

/** Names of the golden files beside a workflow, in order; links and folders called so too, which are no golden files. */
export function goldenFiles(folder: string): readonly string[] {
  const path = join(folder, GOLDEN_FOLDER);
  if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink())
    throw new TuttiError('definition/outside', `${GOLDEN_FOLDER} ${LINKED}`);
  try {
    return readdirSync(path)
      .filter((name) => GOLDEN.test(name))
      .toSorted();
  } catch (error) {
    if (isAbsent(error)) return [];
    throw error;
  }
}

/** The text of a golden file. @throws TuttiError `definition/outside`, `input/…`, or what the file system says. */
export function readGolden(path: string): string {
  const size = checkFile(path);
  if (size > MAX_GOLDEN_BYTES)
    throw new TuttiError('input/too-large', `It has ${size} bytes; at most ${MAX_GOLDEN_BYTES} are read.`);
  return readFileSync(path, 'utf8');
}

/** Only what stands here itself. @returns its size; 0 where there is nothing. */
function checkFile(path: string): number {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats?.isSymbolicLink()) throw new TuttiError('definition/outside', `${basename(path)} ${LINKED}`);
  if (stats && !stats.isFile())
    throw new TuttiError(
      'input/invalid-format',
      `${basename(path)} is ${stats.isDirectory() ? 'a folder' : 'no file'}; a file was expected. Move it away.`,
    );
  return stats?.size ?? 0;
}

/** What went wrong with one golden file, for people; nothing of it keeps the others from being played. */
export function troubleWith(error: unknown): { readonly code: string; readonly message: string } {
  if (error instanceof TuttiError) return { code: error.code, message: error.message };
  if (error instanceof RangeError)
    return { code: 'golden/invalid', message: 'It is nested too deeply to be read. Write it flatter.' };
  const { code = '', path = '', dest = path } = error as NodeJS.ErrnoException & { readonly dest?: string };
  const said = SAID[code];
  if (said === undefined)
    return { code: 'internal/error', message: error instanceof Error ? error.message : String(error) };
  return { code: 'golden/unusable', message: `${dest === '' ? 'It' : basename(dest)} ${said}` };
}

const SAID: Readonly<Record<string, string>> = {
  EACCES: 'may not be read or written. Change its permissions.',
  EPERM: 'may not be read or written. Change its permissions.',
  EROFS: 'is on a file system that is read only.',
  EISDIR: 'is a folder; a file was expected. Move it away.',
  ELOOP: 'is a symbolic link that leads to itself.',
  ENOENT: 'is there no more.',
  ENOSPC: 'cannot be written: there is no space left.',
};

export function isAbsent(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}

/** Where the calls of a model stand that belong to a golden file. */
export function tapePath(golden: string): string {
  return golden.replace(GOLDEN, '.model.json');
}

const usage = z.object({
  name: z.string(),
  inputTokens: z.number().optional(),
  outputTokens: z.number().optional(),
  cost: z.number().optional(),
  latencyMs: z.number(),
});
const tape = z.object({
  version: z.literal(VERSION),
  calls: z.array(
    z.object({
      key: z.string(),
      purpose: z.enum(['decide', 'route', 'plan', 'synthesize', 'author']),
      prompt: z.string(),
      answer: z.union([
        z.object({
          choice: z.string(),
          confidence: z.number(),
          because: z.string(),
          contextUpdates: z.record(z.string(), z.json()).optional(),
          status: z.string().optional(),
          usage,
        }),
        z.object({ value: z.record(z.string(), z.json()), usage }),
      ]),
    }),
  ),
});

/** The calls recorded beside a golden file; none where there is no recording. @throws TuttiError `input/invalid-format`. */
export function readTape(path: string): Tape {
  let text: string;
  checkFile(path);
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (isAbsent(error)) return createTape();
    throw error;
  }
  const read = tape.safeParse(parsed(text));
  if (read.success) return createTape(read.data.calls as readonly TapedCall[]);
  const [issue] = read.error.issues;
  throw new TuttiError(
    'input/invalid-format',
    `${path}: ${issue?.path.join('.') || 'the file'}: ${issue?.message ?? 'is no recording'}. Record again with \`tutti workflows test --record\`.`,
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function writeTape(path: string, { calls }: Tape): void {
  checkFile(path);
  writeText(path, `${JSON.stringify({ version: VERSION, calls }, null, 2)}\n`);
}

export function writeText(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  replaceFile(path, text);
}
