import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, watch } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'tutti-durability-'));
const children = new Set<ChildProcess>();
let runs = 0;

afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

interface Run {
  readonly path: string;
  readonly acks: string;
}

async function run(): Promise<Run> {
  runs += 1;
  const acks = join(folder, `${runs}.acks`);
  await writeFile(acks, '');
  return { path: join(folder, `${runs}.db`), acks };
}

/** Starts a program that moves instances, and kills it with SIGKILL some moves after its first acknowledgement. */
async function killedWhile(task: 'hammer' | 'torn', { path, acks }: Run, moves: number): Promise<void> {
  const before = lines(acks).length;
  const child = spawn(process.execPath, ['test/store-process.ts', task, path, acks], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  children.add(child);
  const ended = new Promise<void>((resolve) => void child.once('exit', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    const watcher = watch(acks, () => {
      if (lines(acks).length - before < moves) return;
      watcher.close();
      resolve();
    });
    child.once('exit', (code) => reject(new Error(`ended with ${code} by itself`)));
  });
  child.kill('SIGKILL');
  await ended;
  children.delete(child);
}

function lines(file: string): readonly string[] {
  return readFileSync(file, 'utf8').split('\n').slice(0, -1);
}

/** What a database must never show after a crash. */
function violations({ path, acks }: Run): readonly string[] {
  const database = new DatabaseSync(path);
  try {
    const found: string[] = [];
    const integrity = database.prepare('pragma integrity_check').get()?.['integrity_check'];
    if (integrity !== 'ok') found.push(`integrity: ${String(integrity)}`);
    const revisions = new Map<string, number>();
    const rows = database.prepare('select id, revision from instances').all() as {
      id: string;
      revision: number;
    }[];
    const journal = database.prepare(
      'select count(*) as count, min(seq) as first, max(seq) as last, count(answer) as answers from journal where instance = ?',
    );
    for (const { id, revision } of rows) {
      revisions.set(id, revision);
      const { count, first, last, answers } = journal.get(id) as Record<string, number>;
      if (count !== revision || first !== 1 || last !== revision) {
        found.push(`${id}: revision ${revision}, but ${count} entries from ${first} to ${last}`);
      }
      if (answers !== revision - 1) found.push(`${id}: revision ${revision}, but ${answers} answers`);
    }
    for (const line of lines(acks)) {
      const [id = '', revision] = line.split(' ');
      if ((revisions.get(id) ?? 0) < Number(revision)) found.push(`lost: ${line}`);
    }
    return found;
  } finally {
    database.close();
  }
}

describe('a process killed at any moment', () => {
  it('loses, doubles and tears nothing that it acknowledged', async () => {
    const one = await run();
    for (let cycle = 0; cycle < 10; cycle += 1) {
      // Another number of moves each time, so that the kill falls into other places of the transaction and the log.
      await killedWhile('hammer', one, 9 + cycle * 37);
      expect(violations(one)).toEqual([]);
    }
    expect(lines(one.acks).length).toBeGreaterThan(500);
  });

  it('is found out when it writes a move in two transactions', async () => {
    let found: readonly string[] = [];
    for (let cycle = 0; cycle < 30 && found.length === 0; cycle += 1) {
      const each = await run();
      await killedWhile('torn', each, 5 + cycle);
      found = violations(each).filter((line) => line.includes('entries from'));
    }
    expect(found).not.toEqual([]);
  });
});
