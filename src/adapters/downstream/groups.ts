import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { platform } from 'node:os';
import { setImmediate as pause } from 'node:timers/promises';

/** What the processes of one group hold at the moment. */
export interface GroupUsage {
  readonly processes: number;
  readonly memoryBytes: number;
}

const SAMPLE_MS = 1_000;
/** How often all processes are looked through for those that no parent leads to any more, and how many at once. */
const SEARCH_EACH = 5;
const SEARCHED_AT_ONCE = 64;
/** Groups that must not outlive us. */
const living = new Map<number, ((usage: GroupUsage) => void) | undefined>();
/** Processes that were in one of them when they were last looked at. */
const members = new Set<string>();
let sampling: NodeJS.Timeout | undefined;
let sampled = 0;
let searching = false;
/** The kernel does not tell who started whom. */
let blind = false;
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
  members.add(String(leader));
  if (platform() === 'linux') {
    sampling ??= setInterval(sample, SAMPLE_MS).unref();
  }
  return () => {
    living.delete(leader);
    if (living.size > 0) return;
    clearInterval(sampling);
    sampling = undefined;
    members.clear();
  };
}

export function signalGroup(leader: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-leader, signal);
  } catch {
    // Nobody is left in it.
  }
}

/** Once a second: reads what is known of the groups and what their processes have started, and nothing of anybody else. */
function sample(): void {
  sampled += 1;
  blind = false;
  const usages = usageByGroup();
  if (blind || sampled % SEARCH_EACH === 0) void search().catch(() => {});
  for (const [leader, onUsage] of living) {
    onUsage?.(usages.get(leader) ?? { processes: 0, memoryBytes: 0 });
  }
}

function usageByGroup(): Map<number, GroupUsage> {
  const usages = new Map<number, GroupUsage>();
  const seen = new Set<string>();
  const left = [...members];
  members.clear();
  for (let pid = left.pop(); pid !== undefined; pid = left.pop()) {
    if (seen.has(pid)) continue;
    seen.add(pid);
    const group = groupOf(pid);
    if (group === undefined || !living.has(group)) continue;
    members.add(pid);
    left.push(...childrenOf(pid));
    const { processes, memoryBytes } = usages.get(group) ?? { processes: 0, memoryBytes: 0 };
    usages.set(group, { processes: processes + 1, memoryBytes: memoryBytes + residentBytes(pid) });
  }
  return usages;
}

/** Finds what was started by somebody who has ended, or by a thread of its own; a few at a time. */
async function search(): Promise<void> {
  if (searching) return;
  searching = true;
  try {
    const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && !members.has(name));
    for (let at = 0; at < pids.length && living.size > 0; at += SEARCHED_AT_ONCE) {
      for (const pid of pids.slice(at, at + SEARCHED_AT_ONCE)) {
        const group = groupOf(pid);
        if (group !== undefined && living.has(group)) members.add(pid);
      }
      await pause();
    }
  } finally {
    searching = false;
  }
}

function childrenOf(pid: string): readonly string[] {
  const text = read(`/proc/${pid}/task/${pid}/children`);
  if (text === undefined) blind = true;
  return text?.split(' ').filter((each) => each !== '') ?? [];
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
