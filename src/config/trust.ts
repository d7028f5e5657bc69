import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import envPaths from 'env-paths';
import { TuttiError } from '../core/kernel/errors.ts';
import { replaceFile } from './replace-file.ts';
import { isRecord } from './source.ts';

/** A configuration file that was trusted, and whether it still is what it was then. */
export interface TrustedFile {
  readonly file: string;
  readonly status: 'trusted' | 'changed' | 'absent';
}

const VERSION = 1;
const OWNER_ONLY = 0o600;

/** Where it is remembered which files are trusted. */
export function trustFile(dataFolder = envPaths('tutti', { suffix: '' }).data): string {
  return join(dataFolder, 'trusted.json');
}

/** Whether somebody trusted this file with exactly this text. */
export function isTrusted(file: string, text: string, dataFolder?: string): boolean {
  return remembered(dataFolder).files[realFile(file)] === digest(text);
}

/** Where this file had its store when somebody trusted it last, if it was trusted and names one. */
export function trustedStore(file: string, dataFolder?: string): string | undefined {
  return remembered(dataFolder).stores[realFile(file)];
}

/** What a person saw of a file. */
export interface Shown {
  readonly text: string;
  /** Where it says that its store is. */
  readonly store?: string;
}

/**
 * Trusts a file as it is, or as it was shown; with any other content it is a stranger again.
 *
 * @throws TuttiError `config/invalid` when the file cannot be read, or the trust cannot be written down.
 */
export function trust(
  file: string,
  { text, store }: Shown = { text: readText(file) },
  dataFolder?: string,
): void {
  const { files, stores } = without(remembered(dataFolder), realFile(file));
  const kept = store === undefined ? {} : { [realFile(file)]: store };
  remember(
    { files: { ...files, [realFile(file)]: digest(text) }, stores: { ...stores, ...kept } },
    dataFolder,
  );
}

/**
 * The servers of a file that nobody trusted are not read: a lock of them would say that there are none.
 *
 * @throws TuttiError `tool/held`.
 */
export function requireTrust({
  file,
  trusted,
}: {
  readonly file: string | undefined;
  readonly trusted: boolean;
}): void {
  if (trusted) return;
  throw new TuttiError(
    'tool/held',
    `Nobody trusted ${file ?? 'the configuration'} yet, so its servers are held and a lock file would leave them out. Nothing was written. Read it, run \`tutti trust\` in its folder, then try again.`,
  );
}

/** Forgets a file, which need not exist any more. `false`: it was not trusted. */
export function distrust(file: string, dataFolder?: string): boolean {
  const before = remembered(dataFolder);
  if (before.files[realFile(file)] === undefined) return false;
  remember(without(before, realFile(file)), dataFolder);
  return true;
}

export function listTrusted(dataFolder?: string): readonly TrustedFile[] {
  return Object.entries(remembered(dataFolder).files).map(([file, hash]) => ({
    file,
    status: statusOf(file, hash),
  }));
}

function statusOf(file: string, hash: string): TrustedFile['status'] {
  try {
    return digest(readFileSync(file, 'utf8')) === hash ? 'trusted' : 'changed';
  } catch {
    return 'absent';
  }
}

type Texts = Readonly<Record<string, string>>;

/** By the real path of each file: the hash of its text, and where it has its store. */
interface Memory {
  readonly files: Texts;
  readonly stores: Texts;
}

const NOTHING: Memory = { files: {}, stores: {} };

/** What cannot be read is no trust at all. */
function remembered(dataFolder?: string): Memory {
  try {
    const value: unknown = JSON.parse(readFileSync(trustFile(dataFolder), 'utf8'));
    if (!isRecord(value) || value['version'] !== VERSION) return NOTHING;
    return { files: textsIn(value['files']), stores: textsIn(value['stores']) };
  } catch {
    return NOTHING;
  }
}

function textsIn(value: unknown): Texts {
  if (!isRecord(value)) return {};
  return Object.fromEntries(Object.entries(value).filter(([, each]) => typeof each === 'string')) as Texts;
}

function without({ files, stores }: Memory, file: string): Memory {
  const others = (texts: Texts) => Object.fromEntries(Object.entries(texts).filter(([key]) => key !== file));
  return { files: others(files), stores: others(stores) };
}

function sorted(texts: Texts): Texts {
  return Object.fromEntries(Object.entries(texts).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function remember({ files, stores }: Memory, dataFolder?: string): void {
  const target = trustFile(dataFolder);
  const memory = { version: VERSION, files: sorted(files), stores: sorted(stores) };
  try {
    mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
    replaceFile(target, `${JSON.stringify(memory, null, 2)}\n`, OWNER_ONLY);
  } catch (cause) {
    throw new TuttiError(
      'config/invalid',
      `${target} cannot be written (${reasonOf(cause)}). Check the folder's permissions.`,
      { cause },
    );
  }
}

/** @throws TuttiError `config/invalid` when there is nothing to read. */
export function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new TuttiError(
      'config/invalid',
      `${file} cannot be read (${reasonOf(cause)}). Name a configuration file.`,
      {
        cause,
      },
    );
  }
}

/** Two ways to one file are one file. */
export function realFile(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return resolve(file);
  }
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function reasonOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
