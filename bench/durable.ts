import { execFileSync } from 'node:child_process';
import {
  closeSync,
  fsyncSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../src/adapters/clock/system.ts';
import { sqliteStore } from '../src/adapters/store/sqlite.ts';
import type { Orchestrator } from '../src/core/orchestrator.ts';
import type { Store } from '../src/core/ports/store.ts';
import { workflow } from '../test/support/workflows.ts';
import { latencies, timed } from './measure.ts';
import type { Latencies } from './measure.ts';
import { bareOrchestrator } from '../test/support/bare-orchestrator.ts';

const caller = { owner: 'bench' };
const loop = workflow({
  Work: 'If the client reports success, proceed to "Check".\nIf the client reports a failure, stay on this step.',
  Check: 'If `done` is true, proceed to "FINISH".\nOtherwise, proceed to "Work".',
});

type Synchronous = 'full' | 'normal';

/** The product's core on a database file. */
async function open(
  path: string,
  synchronous: Synchronous,
): Promise<{ orchestrator: Orchestrator; store: Store }> {
  const store = await sqliteStore({ path, synchronous });
  const orchestrator = bareOrchestrator({ store, clock: systemClock(), workflows: { LOOP: loop } });
  return { orchestrator, store };
}

/** `advance` on SQLite, each by the rule tier, committed: `inFlight` instances at once. */
export async function advances(
  count: number,
  inFlight: number,
  synchronous: Synchronous,
): Promise<Latencies> {
  const dir = mkdtempSync(join(tmpdir(), 'tutti-bench-'));
  const { orchestrator, store } = await open(join(dir, 'bench.db'), synchronous);
  const runs = await Promise.all(
    Array.from({ length: inFlight }, async () => await orchestrator.start(caller, { workflow: 'LOOP' })),
  );
  const free = runs.map(({ instanceId, token }) => ({ instanceId, token }));
  const step = async () => {
    const run = free.pop();
    if (!run) throw new Error('more steps in flight than instances');
    const { token } = await orchestrator.advance(caller, {
      instanceId: run.instanceId,
      ...(run.token !== undefined && { token: run.token }),
      report: { status: 'success', result: 'ok' },
      contextUpdates: { done: false },
    });
    free.push({ instanceId: run.instanceId, token });
  };
  await timed(Math.ceil(count / 10), inFlight, step);
  const measured = await timed(count, inFlight, step);
  await store.close();
  rmSync(dir, { recursive: true });
  return measured;
}

/** The same rows by hand on node:sqlite: one transaction a step, nothing else. */
export async function rawSteps(count: number, synchronous: Synchronous): Promise<Latencies> {
  const dir = mkdtempSync(join(tmpdir(), 'tutti-raw-'));
  const db = new DatabaseSync(join(dir, 'raw.db'));
  db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = ${synchronous};
    CREATE TABLE instance (id TEXT PRIMARY KEY, step TEXT, context TEXT, revision INTEGER);
    CREATE TABLE journal (id TEXT, seq INTEGER, report TEXT, PRIMARY KEY (id, seq));
    CREATE TABLE answer (token TEXT PRIMARY KEY, id TEXT, body TEXT);
    INSERT INTO instance VALUES ('one', 'Work', '{}', 0)`);
  const read = db.prepare('SELECT * FROM instance WHERE id = ?');
  const write = db.prepare(
    'UPDATE instance SET step = ?, context = ?, revision = ? WHERE id = ? AND revision = ?',
  );
  const entry = db.prepare('INSERT INTO journal VALUES (?, ?, ?)');
  const answer = db.prepare('INSERT INTO answer VALUES (?, ?, ?)');
  const body = JSON.stringify({ step: 'Work', instructions: 'x'.repeat(200), context: { done: false } });
  const step = async (n: number) => {
    const { revision } = read.get('one') as { revision: number };
    db.exec('BEGIN IMMEDIATE');
    write.run('Check', '{"done":false}', revision + 1, 'one', revision);
    entry.run('one', revision + 1, '{"status":"success","result":"ok"}');
    answer.run(`token-${revision}-${n}`, 'one', body);
    db.exec('COMMIT');
  };
  await timed(Math.ceil(count / 10), 1, step);
  const measured = await timed(count, 1, async (n) => await step(n + count));
  db.close();
  rmSync(dir, { recursive: true });
  return measured;
}

/** What one write and fsync of 4 KiB costs on this disk, without any database. */
export function fsyncs(count: number): Latencies {
  const dir = mkdtempSync(join(tmpdir(), 'tutti-fsync-'));
  const file = openSync(join(dir, 'file'), 'w');
  const page = Buffer.alloc(4_096, 1);
  const samples: number[] = [];
  const begun = performance.now();
  for (let n = 0; n < count; n += 1) {
    const start = performance.now();
    writeSync(file, page);
    fsyncSync(file);
    samples.push(performance.now() - start);
  }
  const measured = latencies(samples, performance.now() - begun);
  closeSync(file);
  rmSync(dir, { recursive: true });
  return measured;
}

/** Many open instances in a database, for a process of its own to be measured on: see `crowd.ts`. */
export async function crowd(instances: number): Promise<Crowd> {
  const dir = mkdtempSync(join(tmpdir(), 'tutti-crowd-'));
  const path = join(dir, 'crowd.db');
  writeFileSync(join(dir, 'ids.json'), JSON.stringify(await fill(path, instances)));
  const script = fileURLToPath(new URL('crowd.ts', import.meta.url));
  const said = execFileSync(process.execPath, [script, dir], { encoding: 'utf8' });
  rmSync(dir, { recursive: true });
  return JSON.parse(said) as Crowd;
}

export interface Crowd {
  readonly status: Latencies;
  readonly rssMb: number;
  /** From the start of the process to the first list of instances. */
  readonly startMs: number;
}

/** What a process weighs and how fast it answers that serves a database with many open instances. */
export async function measureCrowd(dir: string): Promise<Crowd> {
  const { orchestrator, store } = await open(join(dir, 'crowd.db'), 'full');
  await orchestrator.listInstances(caller, {});
  const startMs = Math.round(performance.now());
  const ids = JSON.parse(readFileSync(join(dir, 'ids.json'), 'utf8')) as readonly string[];
  const status = await timed(5_000, 1, async () => {
    await orchestrator.status(caller, ids[Math.floor(Math.random() * ids.length)] ?? '');
  });
  await store.close();
  return { status, rssMb: Math.round(process.memoryUsage().rss / 1_048_576), startMs };
}

async function fill(path: string, instances: number): Promise<string[]> {
  const { orchestrator, store } = await open(path, 'normal');
  const ids: string[] = [];
  await timed(instances, 32, async () => {
    const { instanceId } = await orchestrator.start(caller, {
      workflow: 'LOOP',
      context: { text: 'x'.repeat(200) },
    });
    ids.push(instanceId);
  });
  await store.close();
  return ids;
}
