import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, resolve } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { TuttiError } from '../../core/kernel/errors.ts';
import type { Launch } from '../../core/ports/downstream.ts';
import { endRemains, followGroup, signalGroup, watchGroup } from './groups.ts';
import type { GroupUsage } from './groups.ts';
import { messageOf, toPlain } from './wire.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * What a program needs to run at all, and to reach the network where somebody in between signs with an authority of his own. These are
 * paths; addresses of proxies may hold a password. Nothing else of ours reaches it.
 */
const INHERITED = [
  'PATH',
  'HOME',
  'LANG',
  'LC_ALL',
  'TERM',
  'TMPDIR',
  'USER',
  'LOGNAME',
  'SHELL',
  'APPDATA',
  'HOMEDRIVE',
  'HOMEPATH',
  'LOCALAPPDATA',
  'PATHEXT',
  'PROCESSOR_ARCHITECTURE',
  'PROGRAMFILES',
  'SYSTEMDRIVE',
  'SystemRoot',
  'TEMP',
  'USERNAME',
  'USERPROFILE',
  'NODE_EXTRA_CA_CERTS',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
] as const;

/** Of a program that we started: how many of us stand above it. */
const DEPTH = 'TUTTI_DEPTH';
const DEFAULT_MAX_DEPTH = 4;
/** By its value a program's offspring is known, wherever it went. */
const MARK = 'TUTTI_SERVER';
const WINDOWS = process.platform === 'win32';
const LOG_LINES = 200;
const LOG_LINE_LENGTH = 1_000;
/** So much of a line is looked through: a secret that is cut in two is known no more. */
const READ_LINE_LENGTH = 8 * LOG_LINE_LENGTH;
/** Between the end of its input and SIGTERM, and between that and SIGKILL. */
const GRACE_MS = 500;
const LAST_WORDS_MS = 250;

/** The last lines of somebody's stderr. */
export interface LogRing {
  /** Somebody new writes from now on. */
  begin(): void;
  push(chunk: Buffer): void;
  lines(): readonly string[];
  /** Of whoever writes now. */
  latest(): readonly string[];
}

/** @param discreet - takes what is secret out of a line, before it is cut. */
export function createLogRing(discreet = (line: string) => line): LogRing {
  const lines: string[] = [];
  let rest = '';
  let earlier = 0;
  const toLine = (line: string) => toPlain(discreet(toPlain(line, READ_LINE_LENGTH)), LOG_LINE_LENGTH);
  const keep = (line: string) => {
    const plain = toLine(line);
    if (plain === '') return;
    lines.push(plain);
    if (lines.length <= LOG_LINES) return;
    lines.shift();
    earlier = Math.max(0, earlier - 1);
  };
  const all = () => (rest === '' ? [...lines] : [...lines, toLine(rest)]);
  return {
    begin() {
      keep(rest);
      rest = '';
      earlier = lines.length;
    },
    push(chunk) {
      const parts = (rest + chunk.toString('utf8')).split('\n');
      rest = (parts.pop() ?? '').slice(0, READ_LINE_LENGTH);
      for (const part of parts.slice(-LOG_LINES)) keep(part);
    },
    lines: all,
    latest: () => all().slice(earlier),
  };
}

export interface Child {
  readonly pid: number;
  readonly stdin: Writable;
  readonly stdout: Readable;
  usage(): GroupUsage;
  /** What ended it, once it has ended. */
  readonly ended: Promise<string>;
  /** Kills it at once, with all that it started. */
  kill(): void;
  /** Asks it to end, and makes it end when it does not. Resolves when nothing of it is left. */
  end(): Promise<void>;
}

export interface ChildOptions {
  readonly launch: Extract<Launch, { kind: 'stdio' }>;
  readonly environment: Environment;
  /** How many of us may stand above what is started. */
  readonly maxDepth?: number | undefined;
  readonly log: LogRing;
  readonly onUsage: (usage: GroupUsage) => void;
}

/**
 * Starts a program without a shell, in a process group of its own, which dies with us, as does what left it.
 *
 * @throws TuttiError `downstream/unavailable` when there is no such program or folder, `call/loop` when we were started by ourselves too often.
 */
export function startChild({ launch, environment, maxDepth, log, onUsage }: ChildOptions): Child {
  checkDepth(environment, maxDepth);
  const mark = randomUUID();
  const env = { ...toChildEnvironment(environment, launch.env), [MARK]: mark };
  checkFolder(launch.cwd);
  const program = resolveProgram(launch.command, env, launch.cwd);
  log.begin();
  let child: ChildProcessByStdio<Writable, Readable, Readable>;
  try {
    child = spawn(program, launch.args, {
      shell: false,
      // A group of its own; elsewhere it would be a window of its own.
      detached: !WINDOWS,
      windowsHide: true,
      env,
      stdio: ['pipe', 'pipe', 'pipe'],
      ...(launch.cwd !== undefined && { cwd: launch.cwd }),
    });
  } catch (cause) {
    throw notStarted(program, cause);
  }
  const left = new Promise<string>((done) => {
    child.once('error', (cause) => done(messageOf(notStarted(program, cause))));
    child.once('exit', (code, signal) =>
      done(signal === null ? `exited with code ${code}` : `was ended by ${signal}`),
    );
  });
  child.stdin.on('error', () => {});
  child.stdout.on('error', () => {});
  child.stderr.on('error', () => {});
  child.stderr.on('data', (chunk: Buffer) => log.push(chunk));
  return superviseGroup(child, left, { mark, onUsage });
}

function superviseGroup(
  child: ChildProcessByStdio<Writable, Readable, Readable>,
  left: Promise<string>,
  { mark, onUsage }: { readonly mark: string; readonly onUsage: (usage: GroupUsage) => void },
): Child {
  const { pid } = child;
  let usage: GroupUsage = { processes: pid === undefined ? 0 : 1, memoryBytes: 0 };
  const kill = () => {
    if (WINDOWS) child.kill('SIGKILL');
    else if (pid !== undefined) signalGroup(pid, 'SIGKILL');
  };
  const unwatch =
    pid === undefined
      ? () => {}
      : watchGroup(pid, {
          mark,
          onUsage: (found) => {
            usage = found;
            onUsage(found);
          },
        });
  const closed = new Promise<boolean>((done) => child.once('close', () => done(true)));
  const ended = left.then(async (how) => {
    // Whatever the leader left behind goes with it.
    if (WINDOWS) kill();
    else if (pid !== undefined) await endRemains(pid);
    unwatch();
    usage = { processes: 0, memoryBytes: 0 };
    // What it wrote last may still be on its way.
    if (pid !== undefined) await within(closed, LAST_WORDS_MS);
    return how;
  });
  return {
    pid: pid ?? -1,
    stdin: child.stdin,
    stdout: child.stdout,
    ended,
    kill,
    usage: () => usage,
    async end() {
      if (pid !== undefined) followGroup(pid);
      child.stdin.end();
      const gone = ended.then(() => true);
      if (!(await within(gone, GRACE_MS)) && pid !== undefined) {
        if (!WINDOWS) signalGroup(pid, 'SIGTERM');
        if (!(await within(gone, GRACE_MS))) kill();
      }
      await gone;
      child.stdout.destroy();
      child.stderr.destroy();
    },
  };
}

async function within(done: Promise<boolean>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve_) => {
    timer = setTimeout(() => resolve_(false), ms);
  });
  const first = await Promise.race([done, late]);
  clearTimeout(timer);
  return first;
}

export function toChildEnvironment(
  environment: Environment,
  own: Readonly<Record<string, string>>,
): Record<string, string> {
  const env: Record<string, string> = {};
  for (const name of INHERITED) {
    const value = environment[name];
    // Exported shell functions are code.
    if (value !== undefined && !value.startsWith('()')) env[name] = value;
  }
  return { ...env, ...own, [DEPTH]: String(depthOf(environment) + 1) };
}

/** How many of us stand above this one, each started by the one before. */
function depthOf(environment: Environment): number {
  const depth = Number(environment[DEPTH] ?? 0);
  return Number.isInteger(depth) && depth >= 0 ? depth : 0;
}

/** @throws TuttiError `call/loop`. */
function checkDepth(environment: Environment, maxDepth = DEFAULT_MAX_DEPTH): void {
  const depth = depthOf(environment);
  if (depth < maxDepth) return;
  throw new TuttiError(
    'call/loop',
    `Tutti was started by Tutti ${depth} times over, so it starts no more servers: policy.maxHops allows ${maxDepth}. Take the server that is Tutti itself out of the configuration, or raise it.`,
  );
}

function checkFolder(folder: string | undefined): void {
  if (folder === undefined) return;
  try {
    if (statSync(folder).isDirectory()) return;
  } catch {
    // told below
  }
  throw new TuttiError(
    'downstream/unavailable',
    `Expected a folder to start it in, found none at ${toPlain(folder)}. Correct \`cwd\`.`,
  );
}

/**
 * Where the program is that a command names.
 *
 * @throws TuttiError `downstream/unavailable`.
 */
export function resolveProgram(command: string, env: Environment, cwd = process.cwd()): string {
  const path = env['PATH'] ?? '';
  const direct = isAbsolute(command) || command.includes('/') || (WINDOWS && command.includes('\\'));
  const folders = direct ? [cwd] : path.split(delimiter).filter((each) => each !== '');
  const endings = WINDOWS ? ['', ...(env['PATHEXT'] ?? '.EXE;.CMD;.BAT;.COM').split(';')] : [''];
  const found = folders
    .flatMap((folder) => endings.map((ending) => resolve(cwd, folder, command + ending)))
    .find(isProgram);
  if (found !== undefined) return found;
  const where = direct
    ? 'There is no such program, or it may not be run.'
    : `It is not on the PATH: ${toPlain(path, 500)}.`;
  throw new TuttiError(
    'downstream/unavailable',
    `The program ${toPlain(JSON.stringify(command))} was not found. ${where} Install it, or correct \`command\`.`,
  );
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function notStarted(program: string, cause: unknown): TuttiError {
  return new TuttiError(
    'downstream/unavailable',
    `The program ${toPlain(program)} could not be started: ${toPlain(messageOf(cause))}.`,
    { cause },
  );
}
