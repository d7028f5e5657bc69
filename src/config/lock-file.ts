import { readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { visit } from 'jsonc-parser';
import { checkJson, isJsonObject, type JsonObject } from '../core/kernel/json.ts';
import { TuttiError } from '../core/kernel/errors.ts';
import { replaceFile } from './replace-file.ts';

const MAX_BYTES = 8_388_608;

/** The lock file that belongs to a configuration file. */
export function lockFileOf(configFile: string): string {
  return join(dirname(configFile), 'tutti.lock.json');
}

/**
 * What a lock file says, unjudged; `undefined` when there is none.
 *
 * @throws TuttiError `lock/invalid`.
 */
export function readLock(file: string): JsonObject | undefined {
  const text = readText(file);
  if (text === undefined) return undefined;
  const marks = text.split('\n').findIndex((line) => /^(<{7}|\|{7}|={7}|>{7})(\s|$)/.test(line));
  if (marks >= 0) {
    throw invalid(
      `${file}, line ${marks + 1}: a merge was left half done`,
      'Settle it, then run `tutti lock diff`',
    );
  }
  return parse(file, text);
}

/**
 * Writes it a line for each thing, whole or not at all.
 *
 * @throws TuttiError `lock/invalid` when it cannot be written.
 */
export function writeLock(file: string, lock: JsonObject): void {
  try {
    replaceFile(file, `${JSON.stringify(lock, null, 2)}\n`);
  } catch (cause) {
    throw invalid(
      `${file} cannot be written (${reasonOf(cause)})`,
      'Check the permissions of its folder',
      cause,
    );
  }
}

function readText(file: string): string | undefined {
  try {
    const { size } = statSync(file);
    if (size > MAX_BYTES) {
      throw invalid(
        `${file} is larger than ${MAX_BYTES} bytes`,
        'Delete it, then write it anew with `tutti lock`',
      );
    }
    return readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
  } catch (cause) {
    if (cause instanceof TuttiError) throw cause;
    if (reasonOf(cause) === 'ENOENT') return undefined;
    throw invalid(`${file} cannot be read (${reasonOf(cause)})`, 'Check its permissions', cause);
  }
}

function parse(file: string, text: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
    checkJson(value, 'The lock file', { maxDepth: 64, maxLength: 2 * MAX_BYTES });
  } catch (cause) {
    throw invalid(
      `${file} is no JSON that can be used: ${messageOf(cause)}`,
      'Restore it, or delete it and write it anew with `tutti lock`',
      cause,
    );
  }
  refuseTwins(file, text);
  if (isJsonObject(value)) return value;
  throw invalid(
    `${file}: expected a JSON object, found something else`,
    'Delete it, then write it anew with `tutti lock`',
  );
}

/** Two branches that approved the same thing merge without marks, and the last one would win unseen. */
function refuseTwins(file: string, text: string): void {
  const around: Set<string>[] = [];
  visit(text, {
    onObjectBegin: () => {
      around.push(new Set());
    },
    onObjectEnd: () => {
      around.pop();
    },
    onObjectProperty: (key, ...[, , line]) => {
      const keys = around.at(-1);
      if (keys?.has(key) === true) {
        throw invalid(
          `${file}, line ${line + 1}: the key ${JSON.stringify(key.slice(0, 128))} stands twice in one object, as after a merge`,
          'Keep the one that was approved, then run `tutti lock diff`',
        );
      }
      keys?.add(key);
    },
  });
}

function invalid(...[problem, remedy, cause]: readonly [string, string, unknown?]): TuttiError {
  return new TuttiError('lock/invalid', `${problem}. ${remedy}.`, { cause });
}

function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 200).replace(/\.$/, '');
}

function reasonOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
