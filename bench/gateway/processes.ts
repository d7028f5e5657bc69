import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** What belongs to a subject: the process and its descendants, the servers behind it left out. */
export function family(root: number): number[] {
  const children = new Map<number, number[]>();
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const parent = Number(
      read(`/proc/${entry}/stat`)
        .replace(/^.*\) /s, '')
        .split(' ')[1],
    );
    children.set(parent, [...(children.get(parent) ?? []), Number(entry)]);
  }
  const all: number[] = [];
  const visit = (pid: number): void => {
    if (pid !== root && read(`/proc/${pid}/cmdline`).includes('bench/gateway/downstream.ts')) return;
    all.push(pid);
    for (const child of children.get(pid) ?? []) visit(child);
  };
  visit(root);
  return all;
}

/** CPU time that they used so far, in microseconds, all threads together. */
export function cpuUs(pids: readonly number[]): number {
  let ns = 0;
  for (const pid of pids)
    for (const task of list(`/proc/${pid}/task`))
      ns += Number(read(`/proc/${pid}/task/${task}/schedstat`).split(' ')[0]);
  return ns / 1_000;
}

export function rssMb(pids: readonly number[]): number {
  let kb = 0;
  for (const pid of pids) kb += Number(/VmRSS:\s+(\d+)/.exec(read(`/proc/${pid}/status`))?.[1] ?? 0);
  return Math.round(kb / 102.4) / 10;
}

const started = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of started) child.kill('SIGKILL');
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

/** Ended with us, however we end. */
export function tended(child: ChildProcess): ChildProcess {
  started.add(child);
  child.once('exit', () => started.delete(child));
  child.on('error', () => started.delete(child));
  return child;
}

/** A process that is asked for an address, and the address. */
export async function startServer(
  command: string,
  args: readonly string[],
  {
    env,
    address,
    limitMs = 20_000,
  }: { readonly env?: NodeJS.ProcessEnv; readonly address: RegExp; readonly limitMs?: number },
): Promise<{ readonly child: ChildProcess; readonly url: string }> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...(env && { env }) });
  tended(child);
  const said: string[] = [];
  try {
    const url = await new Promise<string>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`named no address within ${limitMs} ms`)), limitMs);
      child.once('error', reject);
      child.once('exit', (code) => reject(new Error(`ended with ${code}`)));
      for (const stream of [child.stdout, child.stderr]) {
        createInterface({ input: stream }).on('line', (line) => {
          if (said.length < 50) said.push(line);
          const found = address.exec(line)?.[1];
          if (found === undefined) return;
          clearTimeout(timer);
          resolve(found);
        });
      }
    });
    return { child, url };
  } catch (error) {
    child.kill('SIGKILL');
    throw new Error(`${command} ${args.join(' ')}: ${String(error)}\n${said.join('\n')}`, { cause: error });
  }
}

export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 3_000);
  await gone;
  clearTimeout(timer);
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function list(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
