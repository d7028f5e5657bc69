import { readFileSync, readdirSync } from 'node:fs';

/** A process that has not ended, as the kernel tells of it. */
export interface ProcessFacts {
  readonly parent: string;
  readonly group: number;
  readonly session: number;
  /** In ticks since the machine started: with its number it names a process, which the number alone does not. */
  readonly startedAt: string;
}

/** The name in the line may hold anything, so it is read from behind the last `)`. */
export function factsOf(pid: string): ProcessFacts | undefined {
  const stat = read(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ', 20);
  const [state, parent = '', group, session] = fields;
  if (state === 'Z' || state === 'X') return undefined;
  return { parent, group: Number(group), session: Number(session), startedAt: fields[19] ?? '' };
}

/** Those that its first thread started, or any of its threads; undefined where the kernel does not tell. */
export function childrenOf(pid: string, allThreads: boolean): readonly string[] | undefined {
  const threads = allThreads ? numbersIn(`/proc/${pid}/task`) : [pid];
  const texts = threads.map((thread) => read(`/proc/${pid}/task/${thread}/children`));
  const told = texts.filter((each) => each !== undefined);
  if (told.length === 0) return undefined;
  return told.flatMap((text) => text.split(' ').filter((each) => each !== ''));
}

export function residentBytes(pid: string): number {
  const found = /^VmRSS:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/status`) ?? '');
  return Number(found?.[1] ?? 0) * 1_024;
}

/** What a process was given as its environment, which its children have too unless it was taken from them. */
export function environmentOf(pid: string): string {
  return read(`/proc/${pid}/environ`) ?? '';
}

export function allProcesses(): readonly string[] {
  return numbersIn('/proc');
}

function numbersIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return undefined;
  }
}
