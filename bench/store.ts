/**
 * How fast moves are committed, against raw `node:sqlite` writing the same rows one transaction a move, in the same run.
 * `node bench/store.ts [pairs of slices] [entries to put there before]`; JSON on stdout, a table on stderr. The two take turns in
 * slices of 0.4 s, since a shared disk has good and bad moments; what counts is the median of the pairs' ratios.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sqliteStore } from '../src/adapters/store/sqlite.ts';
import type { Instance } from '../src/core/kernel/instance.ts';
import type { Move } from '../src/core/ports/store.ts';

const pairs = Number(process.argv[2] ?? 15);
const SLICE_MS = 400;
const entriesBefore = Number(process.argv[3] ?? 0);
const HASH = 'a'.repeat(64);
const CONTEXT = {
  repository: 'tutti',
  branch: 'main',
  findings: ['one', 'two', 'three'],
  notes: 'x'.repeat(200),
};

type Synchronous = 'full' | 'normal';
type Commit = (move: Move) => Promise<void> | void;

function first(id: string): Move {
  const instance: Instance = {
    id,
    owner: 'local',
    workflow: 'RELEASE',
    definition: HASH,
    step: 'Build',
    status: 'RUNNING',
    context: CONTEXT,
    pending: null,
    visits: { Build: 1 },
    token: `${id}.1`,
    revision: 1,
    createdAt: 1,
    updatedAt: 1,
    completedAt: null,
    parent: null,
  };
  return { instance, entry: entry(instance) };
}

function entry(instance: Instance): Move['entry'] {
  return {
    seq: instance.revision,
    at: instance.updatedAt,
    kind: 'ADVANCED',
    step: 'Build',
    contextUpdates: { notes: 'y'.repeat(100) },
    report: { status: 'success', result: 'all tests passed' },
    status: 'RUNNING',
    next: 'Test',
    candidates: ['test', 'stay'],
    decision: {
      to: { kind: 'step', step: 'Test' },
      by: 'prose',
      because: 'If the build passed, go to Test.',
    },
  };
}

function next({ instance: before }: Move): Move {
  const revision = before.revision + 1;
  const instance = {
    ...before,
    revision,
    token: `${before.id}.${revision}`,
    updatedAt: before.updatedAt + 1,
  };
  const body = {
    instance_id: before.id,
    next_step: { step_name: 'Test', instructions: 'z'.repeat(400) },
    current_context: CONTEXT,
  };
  return { instance, entry: entry(instance), answer: { token: before.token, instance: before.id, body } };
}

function rawCommit(path: string, synchronous: Synchronous): { commit: Commit; close: () => void } {
  const db = new DatabaseSync(path);
  db.exec(
    `pragma journal_mode = wal; pragma synchronous = ${synchronous}; pragma cache_size = -16384; pragma foreign_keys = on`,
  );
  const begin = db.prepare('begin immediate');
  const end = db.prepare('commit');
  const move = db.prepare(
    'update instances set definition=?, step=?, status=?, context=?, pending=?, visits=?, token=?, revision=?, updated_at=?, completed_at=? where owner=? and id=? and revision=?',
  );
  const journal = db.prepare(
    'insert into journal (owner, instance, seq, at, kind, step, report, context_updates, status, next, decision, candidates, token, answer) values (?,?,?,?,?,?,?,?,?,?,?,?,?,?)',
  );
  const text = JSON.stringify;
  return {
    commit({ instance: i, entry: e, answer: a }) {
      begin.run();
      move.run(
        i.definition,
        i.step,
        i.status,
        text(i.context),
        null,
        text(i.visits),
        i.token,
        i.revision,
        i.updatedAt,
        i.completedAt,
        i.owner,
        i.id,
        i.revision - 1,
      );
      journal.run(
        i.owner,
        i.id,
        e.seq,
        e.at,
        e.kind,
        e.step,
        text(e.report),
        text(e.contextUpdates),
        e.status,
        e.next,
        text(e.decision),
        text(e.candidates),
        a?.token ?? null,
        text(a?.body),
      );
      end.run();
    },
    close: () => db.close(),
  };
}

async function measure(
  commit: Commit,
  moves: readonly Move[],
): Promise<{ perSecond: number; p50Ms: number; p99Ms: number }> {
  const until = performance.now() + SLICE_MS;
  const startedAt = performance.now();
  const times: number[] = [];
  await Promise.all(
    moves.map(async (start) => {
      for (let move = start; performance.now() < until;) {
        const begunAt = performance.now();
        move = next(move);
        await commit(move);
        times.push(performance.now() - begunAt);
      }
    }),
  );
  const perSecond = times.length / ((performance.now() - startedAt) / 1000);
  times.sort((a, b) => a - b);
  return { perSecond: Math.round(perSecond), p50Ms: at(times, 0.5), p99Ms: at(times, 0.99) };
}

function at(sorted: readonly number[], quantile: number): number {
  return Number((sorted[Math.floor(sorted.length * quantile)] ?? 0).toFixed(4));
}

/** Many finished journals, spread over 10,000 instances, as a long life leaves them. */
function fill(path: string): void {
  const db = new DatabaseSync(path);
  db.exec('pragma synchronous = off; pragma foreign_keys = on; begin');
  const sample = next(first('x'));
  const instance = db.prepare(
    "insert into instances values ('local', ?, 'RELEASE', ?, 'Build', 'RUNNING', ?, null, '{}', ?, ?, ?, 1, null, null)",
  );
  const journal = db.prepare(
    "insert into journal values ('local', ?, ?, 1, 'ADVANCED', 'Build', ?, '{}', 'RUNNING', 'Test', ?, '[]', ?, ?)",
  );
  const each = Math.ceil(entriesBefore / 10_000);
  for (let index = 0; index < 10_000; index += 1) {
    const id = Buffer.from(String(Math.imul(index, 2_654_435_761) >>> 0)).toString('base64url');
    instance.run(id, HASH, JSON.stringify(CONTEXT), `${id}.${each}`, each, index);
    for (let seq = 1; seq <= each; seq += 1) {
      journal.run(
        id,
        seq,
        JSON.stringify(sample.entry.report),
        JSON.stringify(sample.entry.decision),
        `${id}.${seq}`,
        JSON.stringify(sample.answer?.body),
      );
    }
  }
  db.exec('commit; pragma wal_checkpoint(truncate)');
  db.close();
}

async function compare(synchronous: Synchronous, inFlight: number) {
  const folder = mkdtempSync(join(tmpdir(), 'tutti-bench-'));
  const path = join(folder, 'bench.db');
  try {
    const store = await sqliteStore({ path, synchronous });
    await store.keepDefinition(HASH, 'RELEASE', { 'index.md': '# Goal' });
    if (entriesBefore > 0) fill(path);
    const ours: Move[] = [];
    const raw: Move[] = [];
    for (let index = 0; index < inFlight; index += 1) {
      ours.push(first(`ours-${index}`));
      await store.create(ours[index] as Move);
    }
    raw.push(first('raw'));
    await store.create(raw[0] as Move);
    const rival = rawCommit(path, synchronous);
    const rounds = [];
    let [mine, its] = [ours, raw];
    for (let round = 0; round < pairs; round += 1) {
      const rawFigures = await measure(rival.commit, its);
      const oursFigures = await measure((move) => store.commit(move), mine);
      rounds.push({
        raw: rawFigures,
        ours: oursFigures,
        ratio: Number((oursFigures.perSecond / rawFigures.perSecond).toFixed(2)),
      });
      mine = await Promise.all(mine.map((move) => reload(store, move)));
      its = await Promise.all(its.map((move) => reload(store, move)));
    }
    rival.close();
    await store.close();
    return { synchronous, inFlight, rounds };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function reload(store: Awaited<ReturnType<typeof sqliteStore>>, { instance }: Move): Promise<Move> {
  const now = await store.load(instance.owner, instance.id);
  if (now === undefined) throw new Error(`${instance.id} is gone`);
  return { instance: now, entry: entry(now) };
}

function median(values: readonly number[]): number {
  return at(
    values.toSorted((a, b) => a - b),
    0.5,
  );
}

const results = [];
for (const synchronous of ['full', 'normal'] as const) {
  for (const inFlight of [1, 32]) results.push(await compare(synchronous, inFlight));
}
console.log(JSON.stringify({ pairs, entriesBefore, results }, undefined, 2));
console.error(
  'medians: synchronous, in flight, raw/s, ours/s, ratio (lowest to highest), ours p50 ms, p99 ms',
);
for (const { synchronous, inFlight, rounds } of results) {
  const ratios = rounds.map((round) => round.ratio);
  const cells: (string | number)[] = [
    synchronous,
    inFlight,
    median(rounds.map((round) => round.raw.perSecond)),
  ];
  cells.push(median(rounds.map((round) => round.ours.perSecond)), median(ratios));
  cells.push(`(${Math.min(...ratios)} to ${Math.max(...ratios)})`);
  cells.push(
    median(rounds.map((round) => round.ours.p50Ms)),
    median(rounds.map((round) => round.ours.p99Ms)),
  );
  console.error(cells.join('  '));
}
