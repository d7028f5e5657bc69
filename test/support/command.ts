import { Console } from 'node:console';
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { reportFailure } from '../../src/surfaces/cli/failure.ts';
import { runProgram } from '../../src/surfaces/cli/program.ts';

const MAIN = resolve('.test-build/surfaces/cli/main.js');
const VERSION = '0.0.0';
const DEADLINE_MS = 110_000;

/** What one run of the command line said and returned. */
export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a run finds around it. */
export interface Surroundings {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly input?: string;
}

/** Runs the command line to its end as a script would: a process of its own. */
export function runProcess(args: readonly string[], { cwd, env, input = '' }: Surroundings): Ran {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
    cwd,
    env,
    input,
    encoding: 'utf8',
    timeout: DEADLINE_MS,
  });
  return { status, stdout, stderr };
}

let last: Promise<unknown> = Promise.resolve();

/**
 * Runs the command line to its end within this process, which lends it its folder, variables and streams: one after the other,
 * and for what one answer proves. What a process proves (signals, terminals, pipes, its very end) needs `runProcess`.
 */
export async function runCommand(args: readonly string[], surroundings: Surroundings): Promise<Ran> {
  // Elsewhere the folders of a user do not follow variables, and the home is read when the program is loaded: that of the developer.
  if (process.platform !== 'linux') return runProcess(args, surroundings);
  const ran = last.then(async () => await runHere(args, surroundings));
  last = ran.catch(() => {});
  return await ran;
}

async function runHere(args: readonly string[], { cwd, env, input = '' }: Surroundings): Promise<Ran> {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const said = Promise.all([text(stdout), text(stderr)]);
  stdin.end(input);
  const giveBack = lend({ cwd, env, stdin, stdout, stderr });
  let status: number;
  try {
    // As the entry does with what is not `--version`.
    await runProgram(args, VERSION).catch((error: unknown) => reportFailure(error, args.includes('--json')));
  } finally {
    status = Number(process.exitCode ?? 0);
    giveBack();
    stdout.end();
    stderr.end();
  }
  const [out, err] = await said;
  return { status, stdout: out, stderr: err };
}

interface Lent {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly stdin: PassThrough;
  readonly stdout: PassThrough;
  readonly stderr: PassThrough;
}

/** Lets this process look like one of its own; the returned function undoes it. */
function lend({ cwd, env, ...streams }: Lent): () => void {
  const own = { cwd: process.cwd(), env: { ...process.env }, exitCode: process.exitCode, console };
  const ownStreams = Object.keys(streams).map(
    (name) => [name, Object.getOwnPropertyDescriptor(process, name)] as const,
  );
  process.chdir(cwd);
  setVariables(env);
  process.exitCode = undefined;
  for (const [name, stream] of Object.entries(streams))
    Object.defineProperty(process, name, { configurable: true, enumerable: true, value: stream });
  globalThis.console = new Console(streams.stdout, streams.stderr);
  return () => {
    globalThis.console = own.console;
    for (const [name, descriptor] of ownStreams)
      if (descriptor) Object.defineProperty(process, name, descriptor);
    process.exitCode = own.exitCode;
    setVariables(own.env);
    process.chdir(own.cwd);
  };
}

/** In place: whoever has taken hold of the variables sees them change, as does what is not JavaScript. */
function setVariables(env: NodeJS.ProcessEnv): void {
  for (const name of Object.keys(process.env)) if (env[name] === undefined) delete process.env[name];
  for (const [name, value] of Object.entries(env)) if (value !== undefined) process.env[name] = value;
}
