import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { startHttp } from '../support/http-process.ts';
import { agentFiles } from '../support/session-house.ts';
import { driveSession } from './served-load.ts';
import { examineSessions } from './served-proof.ts';
import { seeded } from './kill.ts';
import { sessionsOf } from './sessions.ts';
import type { Place } from './sessions.ts';

/** One write of one client. Instants are counted, not measured: who was answered before another was sent must come before it. */
export interface Write {
  readonly kind: 'message' | 'move' | 'data' | 'knowledge';
  /** Names owner, session and write. */
  readonly tag: string;
  readonly sentAt: number;
  /** `Infinity` while, or because, no answer came. */
  ackedAt: number;
}

/** What the clients of one session know for certain. */
export interface Ledger {
  readonly place: Place;
  readonly name: string;
  begun?: Promise<void>;
  readonly writes: Write[];
  /** Tags of knowledge that was stored and that nobody is about to delete. */
  readonly known: string[];
  /** Tags of knowledge that was to be deleted, and whether that was answered. */
  readonly forgotten: Map<string, boolean>;
}

export type Body = Readonly<Record<string, unknown>>;

/** A server from its start to its end, and a client for each owner. */
export interface Life {
  readonly random: () => number;
  /** The next instant. */
  tick(): number;
  /** The structured answer of a tool. @throws Gone once the server is ended. */
  call(owner: string, tool: string, args: Body): Promise<Body>;
  acknowledge(write: Write): void;
  /** Something was seen that should not be. */
  object(violation: string): void;
}

export interface ServedVerdict {
  readonly acknowledged: number;
  /** Of all calls, those that looked at the end among them. */
  readonly answers: number;
  /** Sessions at least one write was acknowledged for. */
  readonly sessions: number;
  /** Kills that left at least one call without an answer. */
  readonly interrupted: number;
  readonly longestRecoveryMs: number;
  /** Everything that should not be; empty when all promises held. */
  readonly violations: readonly string[];
}

export interface ServedOptions {
  /** Where the command line stands. */
  readonly main: string;
  readonly kills: number;
  readonly sessions: number;
  /** Writes that are acknowledged in each life of the server. */
  readonly writes: number;
  readonly seed: number;
  readonly onKill?: (kill: number) => void;
}

/** The server was ended before it answered. */
export class Gone extends Error {}

const IN_FLIGHT = 48;
const TOOLSETS = 'agent,agent-admin';

/**
 * Many owners, each with a token and half of them with clients of the older protocol revision, work on their sessions over HTTP while the server
 * is killed with SIGKILL in the middle and started again on the same database, several times. In the end, asked by its owners, the server
 * must hold every acknowledged write once and in order, and must show nobody anything of another.
 */
export async function killServer(options: ServedOptions): Promise<ServedVerdict> {
  const dir = mkdtempSync(join(tmpdir(), 'tutti-served-'));
  const ledgers = sessionsOf(options.sessions).map(toLedger);
  const owners = [...new Set(ledgers.map(({ place }) => place.owner))];
  const config = furnish(dir, owners);
  const clock = { now: 0, answers: 0 };
  const violations: string[] = [];
  const shared = { ...options, dir, config, owners, clock, violations };
  const random = seeded(options.seed);
  let interrupted = 0;
  let longestRecoveryMs = 0;
  for (let number = 1; number <= options.kills + 1; number += 1) {
    const startedAt = performance.now();
    const life = await open({ ...shared, random });
    if (number > 1) longestRecoveryMs = Math.max(longestRecoveryMs, performance.now() - startedAt);
    const drivers = driveAll(life, ledgers, number === 1);
    try {
      await Promise.race([life.enough, drivers]);
      if (number > options.kills) {
        life.stop();
        await drivers;
        violations.push(...(await examineSessions(life, ledgers)));
      }
    } finally {
      await life.kill();
    }
    if (number > options.kills) break;
    if (await drivers) interrupted += 1;
    options.onKill?.(number);
  }
  rmSync(dir, { recursive: true });
  const acknowledged = ledgers.map(({ writes }) => writes.filter(({ ackedAt }) => ackedAt < Infinity).length);
  return {
    acknowledged: acknowledged.reduce((sum, count) => sum + count, 0),
    answers: clock.answers,
    sessions: acknowledged.filter((count) => count > 0).length,
    interrupted,
    longestRecoveryMs: Math.round(longestRecoveryMs),
    violations,
  };
}

function toLedger(place: Place): Ledger {
  const name = `${place.owner}/${place.session ?? 'own'}`;
  return { place, name, writes: [], known: [], forgotten: new Map() };
}

function tokenOf(owner: string): string {
  return `token-of-${owner}-0123456789`;
}

function furnish(dir: string, owners: readonly string[]): string {
  const agent = agentFiles({ A: { transitions: ['B'] }, B: { transitions: ['A'] } });
  for (const [path, text] of Object.entries(agent)) {
    const page = join(dir, 'agents', 'PAIR', path);
    mkdirSync(dirname(page), { recursive: true });
    writeFileSync(page, text);
  }
  const config = join(dir, 'tutti.config.json');
  const tokens = owners.map((owner) => ({ token: tokenOf(owner), name: owner }));
  // The state of the other client that the session is at now is as good as any: a reason makes every move.
  const agents = { dir: './agents', default: 'PAIR', transitions: 'warn' };
  writeFileSync(config, JSON.stringify({ store: 'sqlite:./chaos.db', agents, http: { auth: { tokens } } }));
  return config;
}

interface OpenLife extends Life {
  /** Comes when so many writes were acknowledged. */
  readonly enough: Promise<void>;
  readonly isStopped: () => boolean;
  stop(): void;
  /** SIGKILL, and gone when this returns. */
  kill(): Promise<void>;
}

interface Shared extends ServedOptions {
  readonly dir: string;
  readonly config: string;
  readonly owners: readonly string[];
  readonly clock: { now: number; answers: number };
  readonly violations: string[];
  readonly random: () => number;
}

async function open(shared: Shared): Promise<OpenLife> {
  const { main, dir, config, owners, clock } = shared;
  const env = {
    PATH: process.env['PATH'] ?? '',
    NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? '',
    HOME: dir,
    XDG_CONFIG_HOME: join(dir, 'config'),
    XDG_DATA_HOME: join(dir, 'share'),
    LOG_LEVEL: 'error',
  };
  const args = [main, 'serve', '--http', '--port', '0', '--toolsets', TOOLSETS, '--config', config];
  const { child, url } = await startHttp({ env, args });
  const gone = goneWith(child);
  const clients = new Map(
    await Promise.all(owners.map(async (owner, at) => [owner, await connect(url, { owner, at })] as const)),
  );
  const over = { isKilled: false, isStopped: false };
  const enough = Promise.withResolvers<void>();
  let acknowledged = 0;
  return {
    random: shared.random,
    enough: enough.promise,
    isStopped: () => over.isStopped,
    tick: () => (clock.now += 1),
    async call(owner, tool, given) {
      const asked = clients.get(owner)?.callTool({ name: tool, arguments: { ...given } });
      try {
        const answer = await Promise.race([asked, gone]);
        clock.answers += 1;
        return (answer?.structuredContent ?? {}) as Body;
      } catch (fault) {
        if (over.isKilled) throw new Gone();
        throw fault;
      }
    },
    acknowledge(write) {
      write.ackedAt = clock.now += 1;
      acknowledged += 1;
      if (acknowledged === shared.writes) enough.resolve();
    },
    object: (violation) => void shared.violations.push(violation),
    stop: () => void (over.isStopped = true),
    async kill() {
      over.isKilled = true;
      child.kill('SIGKILL');
      await gone.catch(() => {});
      await Promise.all([...clients.values()].map(async (client) => await client.close().catch(() => {})));
    },
  };
}

/** Fails when the process ends. Nobody may be waiting just then. */
function goneWith(child: ChildProcess): Promise<never> {
  const gone = once(child, 'exit').then(([code]) => {
    throw new Gone(`The server ended with ${String(code)}.`);
  });
  gone.catch(() => {});
  return gone;
}

async function connect(
  url: string,
  { owner, at }: { readonly owner: string; readonly at: number },
): Promise<Client> {
  const mode = at % 2 === 0 ? ({ pin: '2026-07-28' } as const) : 'legacy';
  const client = new Client({ name: owner, version: '1.0.0' }, { versionNegotiation: { mode } });
  const headers = { authorization: `Bearer ${tokenOf(owner)}` };
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } }));
  return client;
}

/** Everybody works until the server is gone; whether a call was left without an answer. */
async function driveAll(life: OpenLife, ledgers: readonly Ledger[], isFirst: boolean): Promise<boolean> {
  const share = Math.ceil(ledgers.length / IN_FLIGHT);
  const drivers = Array.from({ length: IN_FLIGHT }, async (_, at) => {
    const own = ledgers.slice(at * share, (at + 1) * share);
    return await drive(life, ledgers, isFirst ? own : []);
  });
  return (await Promise.all(drivers)).some(Boolean);
}

/** On its own part of the sessions once, then on any. */
async function drive(life: OpenLife, ledgers: readonly Ledger[], own: readonly Ledger[]): Promise<boolean> {
  try {
    for (let turn = 0; !life.isStopped(); turn += 1) {
      const any = ledgers[Math.floor(life.random() * ledgers.length)];
      await driveSession(life, (own[turn] ?? any) as Ledger);
    }
    return false;
  } catch (fault) {
    if (fault instanceof Gone) return true;
    throw fault;
  }
}
