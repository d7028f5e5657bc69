import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { sqliteStore } from '../../src/adapters/store/sqlite.ts';
import type { Caller } from '../../src/core/kernel/caller.ts';
import type { Entry } from '../../src/core/kernel/instance.ts';
import { sessionHouse } from '../support/session-house.ts';
import type { SessionHouse } from '../support/session-house.ts';

/** A session of an owner; without a name, the owner's default one. */
export interface Place {
  readonly owner: string;
  readonly session?: string;
}

/** One write that its caller saw succeed. */
export interface Acknowledged extends Place {
  readonly kind: 'message' | 'move' | 'data' | 'knowledge';
  /** Names owner, session, process and write. */
  readonly tag: string;
}

export interface SessionVerdict {
  readonly acknowledged: number;
  /** Sessions at least one write was acknowledged for. */
  readonly sessions: number;
  /** Everything that should not be; empty when all promises held. */
  readonly violations: readonly string[];
}

export interface SessionOptions {
  readonly cycles: number;
  /** On one database file, at once. */
  readonly processes: number;
  readonly sessions: number;
  /** Writes that are acknowledged in each life before all processes are killed, by each its share. */
  readonly writes: number;
  readonly seed: number;
  readonly onCycle?: (cycle: number) => void;
}

const LOAD = resolve('test/chaos/session-load.ts');
const PER_OWNER = 20;
const POLL_MS = 20;
const ENTRIES_MAX = 100_000;

export function callerOf({ owner }: Place): Caller {
  return { owner };
}

/** So many sessions, among few owners who all have sessions of the same names. */
export function sessionsOf(count: number): readonly Place[] {
  return Array.from({ length: count }, (_, at) => {
    const owner = `owner${Math.floor(at / PER_OWNER)}`;
    const which = at % PER_OWNER;
    return which === 0 ? { owner } : { owner, session: `s${which}` };
  });
}

/**
 * Several processes write messages, moves, task data and knowledge to the same sessions at once and are killed with SIGKILL in the middle, again
 * and again. In the end everything that was acknowledged must be there once, journals and conversations must have no gaps, and no owner
 * may see anything of another.
 */
export async function killSessions(options: SessionOptions): Promise<SessionVerdict> {
  const dir = mkdtempSync(join(tmpdir(), 'tutti-sessions-'));
  const database = join(dir, 'chaos.db');
  const files: string[] = [];
  for (let cycle = 1; cycle <= options.cycles; cycle += 1) {
    const lives = Array.from({ length: options.processes }, (_, at) => {
      const name = `p${options.seed}${cycle}${at}`;
      const file = join(dir, `${name}.log`);
      files.push(file);
      const from = Math.floor((at * options.sessions) / options.processes);
      return { file, child: load([database, file, name, String(options.sessions), String(from)]) };
    });
    await written(lives, options.writes);
    await Promise.all(lives.map(async ({ child }) => await kill(child)));
    options.onCycle?.(cycle);
  }
  const done = files.flatMap((file) => acknowledgedIn(file));
  const store = await sqliteStore({ path: database });
  const violations = await examine(sessionHouse({ store }), done, options.sessions);
  await store.close();
  rmSync(dir, { recursive: true });
  return {
    acknowledged: done.length,
    sessions: new Set(done.map(({ owner, session }) => `${owner}/${session}`)).size,
    violations,
  };
}

function load(args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [LOAD, ...args], { stdio: ['ignore', 'ignore', 'inherit'] });
}

interface Life {
  readonly file: string;
  readonly child: ChildProcess;
}

/** Returns once each of them has acknowledged its share of so many writes. @throws when one of them ended by itself. */
async function written(lives: readonly Life[], writes: number): Promise<void> {
  for (;;) {
    const ended = lives.find(({ child }) => child.exitCode !== null);
    if (ended) throw new Error(`A process ended by itself with ${ended.child.exitCode}.`);
    if (lives.every(({ file }) => acknowledgedIn(file).length >= writes / lives.length)) return;
    await new Promise((done) => setTimeout(done, POLL_MS));
  }
}

async function kill(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

/** The last line may have been cut off by the end of the process. */
function acknowledgedIn(file: string): readonly Acknowledged[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as Acknowledged);
}

async function examine(
  house: SessionHouse,
  done: readonly Acknowledged[],
  count: number,
): Promise<readonly string[]> {
  const byPlace = Map.groupBy(done, ({ owner, session }) => JSON.stringify([owner, session ?? null]));
  const found: string[] = [];
  for (const place of sessionsOf(count)) {
    const own = byPlace.get(JSON.stringify([place.owner, place.session ?? null])) ?? [];
    found.push(...(await examineOne(house, place, own)));
  }
  return found;
}

async function examineOne(
  { sessions, store }: SessionHouse,
  place: Place,
  done: readonly Acknowledged[],
): Promise<readonly string[]> {
  const caller = callerOf(place);
  const where = place.session === undefined ? {} : { session: place.session };
  const { instances } = await store.list(place.owner, { limit: 500 });
  const isThere = instances.some(({ id }) => id === place.session);
  if (place.session !== undefined && !isThere) return done.map(({ tag }) => `${tag}: there is no session`);
  const { id } = await sessions.view(caller, where);
  const messages = await store.transcript.read(caller.owner, id, { limit: ENTRIES_MAX });
  const entries = await store.entries(caller.owner, id, { limit: ENTRIES_MAX });
  const there: Readonly<Record<Acknowledged['kind'], readonly string[]>> = {
    message: messages.map(({ content }) => content),
    move: entries.filter(({ kind }) => kind === 'ADVANCED').map((entry) => entry.decision?.because ?? ''),
    data: Object.keys(await sessions.data(caller, where)),
    knowledge: await sessions.knowledgeKeys(caller, { ...where, space: 'session' }),
  };
  const name = `${place.owner}/${place.session ?? ''}`;
  const problems: string[] = [];
  for (const { kind, tag } of done) {
    const times = there[kind].filter((each) => each === tag).length;
    if (times !== 1) problems.push(`${tag}: the ${kind} is there ${times} times`);
  }
  for (const [kind, tags] of Object.entries(there))
    for (const tag of tags)
      if (!tag.startsWith(`${name}/`)) problems.push(`${name} sees a ${kind} of ${tag}`);
  if (!isCounted(messages) || !isCounted(entries)) problems.push(`${name}: gaps`);
  if (!agrees(entries, there.data)) problems.push(`${name}: the journal and the task data differ`);
  return problems;
}

function isCounted(rows: readonly { readonly seq: number }[]): boolean {
  return rows.every(({ seq }, at) => seq === at + 1);
}

function agrees(entries: readonly Entry[], keys: readonly string[]): boolean {
  const noted = entries.flatMap(({ contextUpdates }) => Object.keys(contextUpdates));
  return noted.length === keys.length && noted.every((key) => keys.includes(key));
}
