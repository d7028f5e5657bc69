import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Gone, openPeer } from '../support/stdio-peer.ts';
import type { StdioPeer } from '../support/stdio-peer.ts';
import { workflow } from '../support/workflows.ts';

export interface Verdict {
  readonly cycles: number;
  /** Moves the clients saw an answer for. */
  readonly acknowledged: number;
  /** Kills that found at least one call unanswered. */
  readonly interrupted: number;
  /** Everything that should not be; empty when all promises held. */
  readonly violations: readonly string[];
  readonly longestRecoveryMs: number;
}

export interface KillOptions {
  /** Where the command line stands. */
  readonly main: string;
  readonly cycles: number;
  readonly instances: number;
  /** Uniform in [0, 1): where in its life each server is killed. */
  readonly random: () => number;
  readonly onCycle?: (cycle: number) => void;
}

/** What one client knows for certain. */
interface Run {
  readonly id: string;
  token: string;
  /** Reports answered so far; each carries its number. */
  acknowledged: number;
}

const endless = workflow({ Ping: 'Proceed to "Pong".', Pong: 'Proceed to "Ping".' });
const LIFE_MS = { least: 20, spread: 400 };

/**
 * Kills a server with SIGKILL at random moments while clients report on many instances, and starts it again on the same database.
 * A client repeats the report it saw no answer for, with the same step token. In the end each journal must hold the reports 1, 2,
 * 3 … once each, and all that were acknowledged.
 */
export async function killCycles(options: KillOptions): Promise<Verdict> {
  const dir = mkdtempSync(join(tmpdir(), 'tutti-chaos-'));
  const env = environment(dir);
  const args = [options.main, 'serve', '--stdio', '--toolsets', 'workflows,workflows-admin'];
  let peer = await openPeer(args, env);
  const runs = await startRuns(peer, options.instances);
  let interrupted = 0;
  let longestRecoveryMs = 0;
  for (let cycle = 1; cycle <= options.cycles; cycle += 1) {
    const open = peer;
    const drivers = Promise.all(runs.map(async (run) => await drive(open, run)));
    await new Promise((done) => setTimeout(done, LIFE_MS.least + options.random() * LIFE_MS.spread));
    await open.kill();
    if ((await drivers).some(Boolean)) interrupted += 1;
    const begun = performance.now();
    peer = await openPeer(args, env);
    await peer.call('get_workflow_status', { instance_id: runs[0]?.id });
    longestRecoveryMs = Math.max(longestRecoveryMs, performance.now() - begun);
    options.onCycle?.(cycle);
  }
  const violations = (await Promise.all(runs.map(async (run) => await examine(peer, run)))).flat();
  await peer.kill();
  rmSync(dir, { recursive: true });
  return {
    cycles: options.cycles,
    acknowledged: runs.reduce((sum, run) => sum + run.acknowledged, 0),
    interrupted,
    violations,
    longestRecoveryMs: Math.round(longestRecoveryMs),
  };
}

/** Mulberry32: the same moments again for the same seed. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function environment(dir: string): NodeJS.ProcessEnv {
  for (const [path, text] of Object.entries(endless)) {
    const file = join(dir, 'workflows', 'ENDLESS', path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  return {
    ...process.env,
    HOME: dir,
    XDG_CONFIG_HOME: dir,
    WORKFLOW_DEFINITIONS_DIR: join(dir, 'workflows'),
    TUTTI_STORE: `sqlite:${join(dir, 'chaos.db')}`,
    LOG_LEVEL: 'error',
  };
}

async function startRuns(peer: StdioPeer, count: number): Promise<readonly Run[]> {
  return await Promise.all(
    Array.from({ length: count }, async () => {
      const started = await peer.call('start_workflow', { workflow_name: 'ENDLESS' });
      return { id: String(started['instance_id']), token: String(started['step_token']), acknowledged: 0 };
    }),
  );
}

/** Reports until the server is gone; whether a report was left without an answer. */
async function drive(peer: StdioPeer, run: Run): Promise<boolean> {
  for (;;) {
    try {
      const answer = await peer.call('advance_workflow', {
        instance_id: run.id,
        step_token: run.token,
        report: { status: 'success', result: run.acknowledged + 1 },
      });
      if (answer['error_code'] !== undefined) throw new Error(JSON.stringify(answer));
      run.token = String(answer['step_token']);
      run.acknowledged += 1;
    } catch (fault) {
      if (fault instanceof Gone) return true;
      throw fault;
    }
  }
}

async function examine(peer: StdioPeer, run: Run): Promise<readonly string[]> {
  const reports: unknown[] = [];
  const seqs: unknown[] = [];
  let cursor: unknown;
  do {
    const page = await peer.call('get_workflow_history', {
      instance_id: run.id,
      limit: 500,
      ...(cursor !== undefined && { cursor }),
    });
    for (const entry of page['entries'] as {
      seq: number;
      kind: string;
      report: { result?: unknown } | null;
    }[]) {
      seqs.push(entry.seq);
      if (entry.kind === 'ADVANCED') reports.push(entry.report?.result);
    }
    cursor = page['next_cursor'];
  } while (cursor !== undefined);
  const violations: string[] = [];
  if (seqs.some((seq, n) => seq !== n + 1)) violations.push(`${run.id}: gaps in the journal`);
  if (reports.some((result, n) => result !== n + 1)) violations.push(`${run.id}: reports lost or doubled`);
  const extra = reports.length - run.acknowledged;
  if (extra < 0 || extra > 1)
    violations.push(`${run.id}: ${run.acknowledged} acknowledged, ${reports.length} journalled`);
  return violations;
}
