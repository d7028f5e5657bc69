import { mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { replaceFile } from '../../../config/replace-file.ts';
import { TuttiError } from '../../../core/kernel/errors.ts';
import { createTape } from '../../../core/workflow/rehearsal/tape.ts';
import type { Tape, TapedCall } from '../../../core/workflow/rehearsal/tape.ts';

/** Where the golden files of a workflow stand, under its folder. */
export const GOLDEN_FOLDER = 'tests';
const GOLDEN = /\.ya?ml$/;
const VERSION = 1;

/** Names of the golden files beside a workflow, in order. */
export function goldenFiles(folder: string): readonly string[] {
  try {
    const entries = readdirSync(join(folder, GOLDEN_FOLDER), { withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile() && GOLDEN.test(entry.name));
    return files.map(({ name }) => name).toSorted();
  } catch (error) {
    if (isAbsent(error)) return [];
    throw error;
  }
}

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
  writeText(path, `${JSON.stringify({ version: VERSION, calls }, null, 2)}\n`);
}

export function writeText(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  replaceFile(path, text);
}
