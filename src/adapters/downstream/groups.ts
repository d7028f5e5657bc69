import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { platform } from 'node:os';

/** What the processes of one group hold at the moment. */
export interface GroupUsage {
  readonly processes: number;
  readonly memoryBytes: number;
}

const SAMPLE_MS = 1_000;
/** Groups that must not outlive us. */
const living = new Map<number, ((usage: GroupUsage) => void) | undefined>();
let sampling: NodeJS.Timeout | undefined;
let guarding = false;

/**
 * Sees to it that a process group dies with us, and hears once a second what it holds, where the platform tells. Returns how to stop.
 */
export function watchGroup(leader: number, onUsage: (usage: GroupUsage) => void): () => void {
  if (!guarding) {
    guarding = true;
    process.on('exit', () => {
      for (const each of living.keys()) signalGroup(each, 'SIGKILL');
    });
  }
  living.set(leader, onUsage);
  if (platform() === 'linux') {
    sampling ??= setInterval(() => void sample().catch(() => {}), SAMPLE_MS).unref();
  }
  return () => {
    living.delete(leader);
    if (living.size > 0) return;
    clearInterval(sampling);
    sampling = undefined;
  };
}

export function signalGroup(leader: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-leader, signal);
  } catch {
    // Nobody is left in it.
  }
}

async function sample(): Promise<void> {
  const usages = usageByGroup(await readdir('/proc'));
  for (const [leader, onUsage] of living) {
    onUsage?.(usages.get(leader) ?? { processes: 0, memoryBytes: 0 });
  }
}

function usageByGroup(names: readonly string[]): Map<number, { processes: number; memoryBytes: number }> {
  const usages = new Map<number, { processes: number; memoryBytes: number }>();
  for (const name of names) {
    const first = name.charCodeAt(0);
    if (first < 0x30 || first > 0x39) continue;
    const group = groupOf(name);
    if (group === undefined || !living.has(group)) continue;
    const usage = usages.get(group) ?? { processes: 0, memoryBytes: 0 };
    usages.set(group, {
      processes: usage.processes + 1,
      memoryBytes: usage.memoryBytes + residentBytes(name),
    });
  }
  return usages;
}

/** The group of a process that has not ended; the name in the line may hold anything, so it is read from behind the last `)`. */
function groupOf(pid: string): number | undefined {
  const stat = read(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  const [state, , group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ', 3);
  return state === 'Z' ? undefined : Number(group);
}

function residentBytes(pid: string): number {
  const found = /^VmRSS:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/status`) ?? '');
  return Number(found?.[1] ?? 0) * 1_024;
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return undefined;
  }
}
