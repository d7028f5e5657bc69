import { platform } from 'node:os';
import { setImmediate as pause } from 'node:timers/promises';
import { allProcesses, childrenOf, environmentOf, factsOf, residentBytes } from './processes.ts';
import type { ProcessFacts } from './processes.ts';

/** What a program and all that it started hold at the moment. */
export interface GroupUsage {
  readonly processes: number;
  readonly memoryBytes: number;
}

interface Watched {
  /** Stands in the environment of the program, and so in that of what it starts. */
  readonly mark: string;
  readonly onUsage: (usage: GroupUsage) => void;
}

interface Member extends ProcessFacts {
  /** The program that we started, from which it descends. */
  readonly leader: number;
}

const LINUX = platform() === 'linux';
const SAMPLE_MS = 1_000;
/** How often all processes are looked through for those that no parent leads to any more, and how many at once. */
const SEARCH_EACH = 5;
const SEARCHED_AT_ONCE = 64;
/** Looks at what somebody starts while it is being stopped. */
const MAX_ROUNDS = 8;
/** Programs that must not outlive us. */
const living = new Map<number, Watched>();
/** What descends from them, whatever its group, since it was seen to: also when its parent has left. */
const members = new Map<string, Member>();
/** Processes that were found to be none of theirs, by number and start. */
let strangers = new Set<string>();
let sampling: NodeJS.Timeout | undefined;
let sampled = 0;
let searching: Promise<void> | undefined;
let searchNext: Promise<void> | undefined;
/** The kernel does not tell who started whom. */
let blind = false;
let guarding = false;

/**
 * Sees to it that the leader of a process group dies with us, with all it started, and hears once a second what they hold, where the
 * platform tells. Returns how to stop.
 */
export function watchGroup(leader: number, watched: Watched): () => void {
  if (!guarding) {
    guarding = true;
    process.on('exit', endAll);
  }
  living.set(leader, watched);
  if (LINUX) {
    const facts = factsOf(String(leader));
    if (facts !== undefined) members.set(String(leader), { ...facts, leader });
    sampling ??= setInterval(sample, SAMPLE_MS).unref();
  }
  return () => {
    living.delete(leader);
    for (const pid of pidsOf(leader)) members.delete(pid);
    if (living.size > 0) return;
    clearInterval(sampling);
    sampling = undefined;
    strangers.clear();
  };
}

/** Kills what a leader that has ended left behind, wherever it went. */
export async function endRemains(leader: number): Promise<void> {
  signalGroup(leader, 'SIGKILL');
  if (!LINUX) return;
  await freshSearch();
  if (pidsOf(leader).length > 0) signalGroup(leader, 'SIGKILL');
}

function endAll(): void {
  if (LINUX && living.size > 0) {
    const found = new Map<string, ProcessFacts>();
    for (const pid of allProcesses()) note(pid, found);
    adopt(found);
  }
  for (const each of living.keys()) signalGroup(each, 'SIGKILL');
}

/** Sends a signal to a group, and to what left it. Who is killed is stopped first, so that nobody gets away meanwhile. */
export function signalGroup(leader: number, signal: NodeJS.Signals): void {
  if (signal === 'SIGKILL') hold(leader);
  else followGroup(leader);
  for (const pid of pidsOf(leader)) {
    if (members.get(pid)?.group !== leader) send(Number(pid), signal);
  }
  send(-leader, signal);
}

/** Looks at once at what descends from a leader: when it has left, only what was seen before is still known to be its. */
export function followGroup(leader: number): void {
  if (!LINUX || !living.has(leader)) return;
  blind = false;
  follow((member) => member.leader === leader, true);
  if (!blind) return;
  const found = new Map<string, ProcessFacts>();
  for (const pid of allProcesses()) note(pid, found);
  adopt(found);
}

function hold(leader: number): void {
  const held = new Set<string>();
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    followGroup(leader);
    const fresh = pidsOf(leader).filter((pid) => !held.has(pid));
    if (fresh.length === 0) return;
    for (const pid of fresh) {
      held.add(pid);
      send(Number(pid), 'SIGSTOP');
    }
  }
}

function send(target: number, signal: NodeJS.Signals): void {
  try {
    process.kill(target, signal);
  } catch {
    // Nobody is left there.
  }
}

function pidsOf(leader: number): readonly string[] {
  return [...members].filter(([, member]) => member.leader === leader).map(([pid]) => pid);
}

/** Once a second: reads what is known of the groups and what their processes have started, and nothing of anybody else. */
function sample(): void {
  sampled += 1;
  blind = false;
  follow(() => true, false);
  const usages = usageByLeader();
  if (blind || sampled % SEARCH_EACH === 0) void beginSearch();
  for (const [leader, { onUsage }] of living) {
    onUsage(usages.get(leader) ?? { processes: 0, memoryBytes: 0 });
  }
}

function usageByLeader(): Map<number, GroupUsage> {
  const usages = new Map<number, GroupUsage>();
  for (const [pid, { leader }] of members) {
    const { processes, memoryBytes } = usages.get(leader) ?? { processes: 0, memoryBytes: 0 };
    usages.set(leader, { processes: processes + 1, memoryBytes: memoryBytes + residentBytes(pid) });
  }
  return usages;
}

/** Forgets members that have ended, and finds what the others have started. */
function follow(concerned: (member: Member) => boolean, allThreads: boolean): void {
  const known = new Map([...members].filter(([, member]) => concerned(member)));
  for (const pid of known.keys()) members.delete(pid);
  const left = [...known].map(([pid, { leader }]) => ({ pid, leader, parent: '' }));
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const { pid, leader, parent } = next;
    if (members.has(pid)) continue;
    const facts = factsOf(pid);
    if (facts === undefined || !isSame(facts, parent, known.get(pid))) continue;
    members.set(pid, { ...facts, leader });
    for (const child of seenChildrenOf(pid, allThreads)) left.push({ pid: child, leader, parent: pid });
  }
}

/** The number of a process may belong to somebody else by now. */
function isSame(facts: ProcessFacts, parent: string, known: Member | undefined): boolean {
  return parent === '' ? facts.startedAt === known?.startedAt : facts.parent === parent;
}

function seenChildrenOf(pid: string, allThreads: boolean): readonly string[] {
  const children = childrenOf(pid, allThreads);
  if (children === undefined) blind = true;
  return children ?? [];
}

/** A search that began after this was asked for; whoever asks meanwhile shares it. */
async function freshSearch(): Promise<void> {
  searchNext ??= (async () => {
    await searching;
    searchNext = undefined;
    await beginSearch();
  })();
  await searchNext;
}

async function beginSearch(): Promise<void> {
  searching ??= search().finally(() => {
    searching = undefined;
  });
  await searching;
}

/** Finds what was started by somebody who has ended, or by a thread of its own; a few at a time. */
async function search(): Promise<void> {
  const found = new Map<string, ProcessFacts>();
  const pids = allProcesses();
  for (let at = 0; at < pids.length && living.size > 0; at += SEARCHED_AT_ONCE) {
    for (const pid of pids.slice(at, at + SEARCHED_AT_ONCE)) note(pid, found);
    await pause();
  }
  adopt(found);
}

function note(pid: string, found: Map<string, ProcessFacts>): void {
  const facts = members.has(pid) ? undefined : factsOf(pid);
  if (facts !== undefined) found.set(pid, facts);
}

/** Takes in those that share a group or a session with members, are children of one, or carry a mark. */
function adopt(found: ReadonlyMap<string, ProcessFacts>): void {
  for (let grown = true; grown;) {
    const sessions = new Map([...members.values()].map(({ session, leader }) => [session, leader]));
    grown = false;
    for (const [pid, facts] of found) {
      const { group, session, parent } = facts;
      const kin = living.has(group) ? group : (sessions.get(session) ?? members.get(parent)?.leader);
      if (members.has(pid)) continue;
      const leader = kin ?? markedBy(pid, facts);
      const now = leader === undefined ? undefined : factsOf(pid);
      if (leader === undefined || now?.startedAt !== facts.startedAt) continue;
      members.set(pid, { ...now, leader });
      grown = true;
    }
  }
  strangers = new Set(
    [...found].map(([pid, facts]) => nameOf(pid, facts)).filter((each) => strangers.has(each)),
  );
}

/** Each process is asked once: what it does not carry from its parent, it does not get later. */
function markedBy(pid: string, facts: ProcessFacts): number | undefined {
  const name = nameOf(pid, facts);
  if (strangers.has(name)) return undefined;
  const environment = environmentOf(pid);
  const [leader] = [...living].find(([, { mark }]) => environment.includes(mark)) ?? [];
  // While a program is being loaded there is none.
  if (leader === undefined && environment !== '') strangers.add(name);
  return leader;
}

const nameOf = (pid: string, { startedAt }: ProcessFacts): string => `${pid} ${startedAt}`;
