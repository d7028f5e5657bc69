import { setTimeout as sleep } from 'node:timers/promises';
import { median, timed } from '../measure.ts';
import type { Latencies } from '../measure.ts';
import { cpuUs, end, rssMb } from './processes.ts';
import { startDownstream } from './subjects.ts';
import type { Kind, Place, Setting, Subject } from './subjects.ts';

/** One kind of work, done in every round by every subject in turn. */
export interface Load {
  readonly what: 'call' | 'list';
  readonly bytes?: number;
  readonly inFlight: number;
  readonly count: number;
}

/** Medians over the rounds. */
export interface Figures {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly perSecond: number;
  readonly cpuUs: number;
}

export interface Outcome {
  readonly subject: string;
  readonly firstCallMs: number;
  readonly idleMb: number;
  /** When its last call was answered. */
  readonly afterMb: number;
  /** After half a minute without any. */
  readonly restedMb: number;
  readonly processes: number;
  /** By the name of the load. */
  readonly figures: Readonly<Record<string, Figures>>;
}

export interface Comparison {
  readonly setting: Place;
  readonly outcomes: readonly Outcome[];
  readonly skipped: readonly { readonly subject: string; readonly reason: string }[];
}

export interface Plan {
  readonly kinds: readonly Kind[];
  readonly loads: readonly Load[];
  readonly rounds: number;
  readonly say: (line: string) => void;
}

export const nameOf = ({ what, bytes = 0, inFlight }: Load): string =>
  what === 'list' ? 'tools/list' : `${sizeOf(bytes)}, ${inFlight} at once`;
const sizeOf = (bytes: number) =>
  bytes >= 1_048_576
    ? `${bytes / 1_048_576} MB`
    : bytes >= 65_536
      ? `${bytes / 1_024} KiB`
      : `${bytes / 1_000} kB`;

const PATIENCE_MS = 3_000;
const REST_MS = 30_000;
/** Code that was used less is still being translated, whoever wrote it; what a first call costs is measured apart. */
const WARM_UP = { calls: 20_000, limitMs: 15_000 };

/** The same work by every subject, one after the other in each round, all of them up all the time. */
export async function compare(setting: Place, plan: Plan): Promise<Comparison> {
  const shared = setting.downstream === 'http' ? await startDownstream(setting) : undefined;
  const whole: Setting = {
    ...setting,
    ...(shared && { url: shared.url, downstreamProcess: shared.child }),
  };
  const subjects: Subject[] = [];
  const skipped: { subject: string; reason: string }[] = [];
  for (const kind of plan.kinds) {
    const reason = kind.unable?.(whole);
    if (reason !== undefined) {
      skipped.push({ subject: kind.name, reason });
      continue;
    }
    try {
      subjects.push(await kind.start(whole));
    } catch (error) {
      const why = String(error).slice(0, 500);
      skipped.push({ subject: kind.name, reason: why });
      plan.say(`SKIPPED ${kind.name}: ${why}`);
    }
  }
  try {
    return { setting, skipped, outcomes: await measure(subjects, plan) };
  } finally {
    for (const each of subjects) await each.stop();
    if (shared) await end(shared.child);
  }
}

async function measure(subjects: readonly Subject[], { loads, rounds }: Plan): Promise<Outcome[]> {
  const idle = subjects.map(({ pids }) => rssMb(pids));
  const after: number[] = [];
  const most: number[] = [];
  for (const subject of subjects) {
    await warmUp(subject);
    most.push(await affordable(subject));
  }
  const taken = subjects.map(() => new Map<string, (Latencies & { readonly cpuUs: number })[]>());
  for (let round = -1; round < rounds; round += 1) {
    // The round before the first only warms up.
    for (const load of loads) {
      for (let turn = 0; turn < subjects.length; turn += 1) {
        const at = (turn + Math.max(round, 0)) % subjects.length;
        const count = Math.min(load.count, most[at]!);
        const figures = await perform(subjects[at]!, { ...load, count });
        after[at] = rssMb(subjects[at]!.pids);
        if (round < 0) continue;
        const name = nameOf(load);
        taken[at]!.set(name, [...(taken[at]!.get(name) ?? []), figures]);
      }
    }
  }
  await sleep(REST_MS);
  return subjects.map(({ name, firstCallMs, pids }, at) => ({
    subject: name,
    firstCallMs: Math.round(firstCallMs),
    idleMb: idle[at]!,
    afterMb: after[at]!,
    restedMb: rssMb(pids),
    processes: pids.length,
    figures: Object.fromEntries([...taken[at]!].map(([load, all]) => [load, middle(all)])),
  }));
}

async function warmUp(subject: Subject): Promise<void> {
  const until = performance.now() + WARM_UP.limitMs;
  for (let done = 0; done < WARM_UP.calls && performance.now() < until; done += 100)
    await perform(subject, { what: 'call', bytes: 1_000, inFlight: 16, count: 100 });
}

/** How many calls a subject can be given at a time: one that takes half a second for each holds up all others. */
async function affordable(subject: Subject): Promise<number> {
  const { p50Ms } = await perform(subject, { what: 'call', bytes: 1_000, inFlight: 1, count: 7 });
  return Math.max(10, Math.round(PATIENCE_MS / p50Ms));
}

async function perform({ client, pids }: Subject, { what, bytes = 0, inFlight, count }: Load) {
  const work =
    what === 'list'
      ? async () => void (await client.list())
      : async (n: number) => await client.call(n, bytes);
  // All others had their turn since: first its pages and connections wake up.
  await timed(Math.ceil(count / 4), inFlight, work);
  const before = cpuUs(pids);
  const taken = await timed(count, inFlight, work);
  return { ...taken, cpuUs: (cpuUs(pids) - before) / count };
}

function middle(all: readonly (Latencies & { readonly cpuUs: number })[]): Figures {
  return {
    p50Ms: median(all.map(({ p50Ms }) => p50Ms)),
    p99Ms: median(all.map(({ p99Ms }) => p99Ms)),
    perSecond: Math.round(median(all.map(({ perSecond }) => perSecond))),
    cpuUs: Math.round(median(all.map((each) => each.cpuUs))),
  };
}
