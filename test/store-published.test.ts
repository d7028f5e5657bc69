import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { memoryStore } from '../src/adapters/store/memory.ts';
import { importPublished, type ImportOptions } from '../src/adapters/store/published.ts';
import { sqliteStore } from '../src/adapters/store/sqlite.ts';
import type { Store } from '../src/core/ports/store.ts';

const folder = mkdtempSync(join(tmpdir(), 'tutti-published-'));
const NOW = 1_800_000_000_000;
const HASH = 'e'.repeat(64);
let files = 0;
let path = '';
let store: Store;

/** The columns that the published orchestrator makes. */
const SCHEMA = `
  create table workflow_instances (instance_id text primary key, workflow_name text not null, current_step_name text not null,
    status text not null, context text, created_at datetime not null, updated_at datetime not null, completed_at datetime);
  create table workflow_history (history_entry_id integer primary key autoincrement, instance_id text not null,
    timestamp datetime not null, step_name text not null, user_report text, outcome_status text, determined_next_step text);`;

function write(...statements: readonly string[]): void {
  const database = new DatabaseSync(path);
  for (const sql of statements) database.exec(sql);
  database.close();
}

const instanceRow = (
  id: string,
  changes: Partial<Record<'workflow' | 'step' | 'status' | 'context' | 'completed', string>> = {},
) =>
  `insert into workflow_instances values ('${id}', '${changes.workflow ?? 'RELEASE'}', '${changes.step ?? 'Test'}',
    '${changes.status ?? 'RUNNING'}', ${changes.context ?? `'{"a": 1}'`}, '2025-05-01T10:00:00.123456', '2025-05-01 11:00:00',
    ${changes.completed ?? 'null'})`;

function options(changes: Partial<ImportOptions> = {}): ImportOptions {
  let ids = 0;
  return {
    owner: 'ann',
    clock: { now: () => NOW, id: () => `token-${(ids += 1)}` },
    definitionOf: async (workflow) =>
      workflow === 'RELEASE'
        ? { hash: HASH, files: { 'index.md': '# Goal' }, steps: ['Build', 'Deploy', 'Test'] }
        : undefined,
    ...changes,
  };
}

beforeEach(() => {
  files += 1;
  path = join(folder, `${files}.sqlite`);
  store = memoryStore();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const refused = (message: RegExp) =>
  expect(importPublished(path, store, options())).rejects.toMatchObject({
    code: 'store/unusable',
    message: expect.stringMatching(message),
  });

describe('a published database', () => {
  it('comes over with instance and journal', async () => {
    write(
      SCHEMA,
      instanceRow('11111111-2222-3333-4444-555555555555'),
      `insert into workflow_history values (7, '11111111-2222-3333-4444-555555555555', '2025-05-01T10:10:00', 'Build',
        '{"step_id": "Build", "result": {"n": 1}, "status": "success", "details": null, "message": "done", "error": null}', 'success', null)`,
      `insert into workflow_history values (9, '11111111-2222-3333-4444-555555555555', '2025-05-01T12:20:00+02:00', 'Deploy',
        '{"status": "resuming", "result": null}', 'RESUMING', null)`,
    );
    expect(await importPublished(path, store, options())).toEqual({
      imported: 1,
      present: 0,
      entries: 3,
      skipped: [],
    });
    const id = '11111111-2222-3333-4444-555555555555';
    expect(await store.load('ann', id)).toEqual({
      id,
      owner: 'ann',
      workflow: 'RELEASE',
      definition: HASH,
      step: 'Test',
      status: 'RUNNING',
      context: { a: 1 },
      pending: null,
      visits: { Build: 1, Deploy: 1, Test: 1 },
      token: 'token-1',
      revision: 3,
      createdAt: Date.parse('2025-05-01T10:00:00.123Z'),
      updatedAt: Date.parse('2025-05-01T11:00:00Z'),
      completedAt: null,
      parent: null,
    });
    const shared = { contextUpdates: {}, decision: null, candidates: [], status: 'RUNNING' };
    expect(await store.entries('ann', id, { limit: 10 })).toEqual([
      {
        ...shared,
        seq: 1,
        at: Date.parse('2025-05-01T10:10:00Z'),
        kind: 'ADVANCED',
        step: 'Build',
        next: 'Deploy',
        report: { status: 'success', stepId: 'Build', result: { n: 1 }, message: 'done' },
      },
      {
        ...shared,
        seq: 2,
        at: Date.parse('2025-05-01T10:20:00Z'),
        kind: 'RESUMING',
        step: 'Deploy',
        next: 'Test',
        report: { status: 'resuming' },
      },
      { ...shared, seq: 3, at: NOW, kind: 'IMPORTED', step: 'Test', next: 'Test', report: null },
    ]);
    expect(await store.definition(HASH)).toEqual({ 'index.md': '# Goal' });
  });

  it('comes over into a database, once, and is only read', async () => {
    write(SCHEMA, instanceRow('a'), instanceRow('b'));
    const [bytes, { mtimeMs }] = [readFileSync(path), statSync(path)];
    const sqlite = await sqliteStore({ path: join(folder, `${files}.db`) });
    expect(await importPublished(path, sqlite, options())).toMatchObject({ imported: 2, present: 0 });
    const before = await sqlite.load('ann', 'a');
    expect(await importPublished(path, sqlite, options())).toMatchObject({
      imported: 0,
      present: 2,
      entries: 0,
    });
    expect(await sqlite.load('ann', 'a')).toEqual(before);
    expect(await importPublished(path, sqlite, options({ owner: 'bob' }))).toMatchObject({ imported: 2 });
    await sqlite.close();
    expect(readFileSync(path).equals(bytes)).toBe(true);
    expect(statSync(path).mtimeMs).toBe(mtimeMs);
  });

  it('keeps what has ended ended', async () => {
    write(
      SCHEMA,
      instanceRow('done', { step: 'FINISH', status: 'COMPLETED', completed: `'2025-05-02T00:00:00'` }),
      instanceRow('failed', { status: 'FAILED' }),
      `insert into workflow_history (instance_id, timestamp, step_name, user_report, outcome_status)
        values ('done', '2025-05-01T10:10:00', 'Test', '{"status": "success"}', 'success')`,
    );
    await importPublished(path, store, options());
    expect(await store.load('ann', 'done')).toMatchObject({
      status: 'COMPLETED',
      step: 'FINISH',
      visits: { Test: 1 },
      completedAt: Date.parse('2025-05-02T00:00:00Z'),
    });
    expect(await store.load('ann', 'failed')).toMatchObject({
      status: 'FAILED',
      completedAt: Date.parse('2025-05-01T11:00:00Z'),
    });
    expect(
      (await store.entries('ann', 'done', { limit: 9 })).map(({ status, next }) => [status, next]),
    ).toEqual([
      ['COMPLETED', 'FINISH'],
      ['COMPLETED', 'FINISH'],
    ]);
  });

  it('says what it left out and why', async () => {
    write(
      SCHEMA,
      instanceRow('good'),
      instanceRow('lost', { workflow: 'GONE' }),
      instanceRow('nan', { context: `'{"a": NaN}'` }),
      instanceRow('list', { context: `'[1]'` }),
      instanceRow('odd', { status: 'PAUSED' }),
    );
    const asked: string[] = [];
    const { definitionOf } = options();
    const report = await importPublished(
      path,
      store,
      options({
        definitionOf: (workflow) => {
          asked.push(workflow);
          return definitionOf(workflow);
        },
      }),
    );
    expect(report.imported).toBe(1);
    expect(report.skipped).toEqual([
      { instance: 'lost', workflow: 'GONE', reason: expect.stringContaining('no workflow GONE') },
      {
        instance: 'nan',
        workflow: 'RELEASE',
        reason: expect.stringContaining('context is not a JSON object'),
      },
      {
        instance: 'list',
        workflow: 'RELEASE',
        reason: expect.stringContaining('context is not a JSON object'),
      },
      { instance: 'odd', workflow: 'RELEASE', reason: expect.stringContaining('"PAUSED"') },
    ]);
    expect(asked).toEqual(['RELEASE', 'GONE']);
  });

  it('may lack columns, the history, and readable reports', async () => {
    write(
      'create table workflow_instances (instance_id text, workflow_name text, current_step_name text, status text)',
      `insert into workflow_instances values ('bare', 'RELEASE', 'Test', 'SUSPENDED')`,
    );
    expect(await importPublished(path, store, options())).toMatchObject({ imported: 1, entries: 1 });
    expect(await store.load('ann', 'bare')).toMatchObject({
      context: {},
      createdAt: NOW,
      updatedAt: NOW,
      status: 'SUSPENDED',
    });
    write(
      'create table workflow_history (instance_id text, step_name text, user_report text, timestamp integer)',
      `insert into workflow_instances values ('odd', 'RELEASE', 'Test', 'RUNNING')`,
      `insert into workflow_history values ('odd', 'Build', 'it went well', 1700000000)`,
      `insert into workflow_history values ('odd', 'Test', null, 1700000000500)`,
    );
    expect(await importPublished(path, store, options())).toMatchObject({ imported: 1, present: 1 });
    const entries = await store.entries('ann', 'odd', { limit: 9 });
    expect(entries.map(({ at, report }) => [at, report])).toEqual([
      [1_700_000_000_000, { status: 'unknown', message: 'it went well' }],
      [1_700_000_000_500, null],
      [NOW, null],
    ]);
  });
});

describe('a published database with values that nobody could have sent', () => {
  const timed = (id: string, created: string): string =>
    `insert into workflow_instances values ('${id}', 'RELEASE', 'Test', 'RUNNING', '{}', ${created}, ${created}, ${created})`;

  it('counts what is no time as unknown, and spoils no list', async () => {
    const absurd = [
      '9e18',
      '9000000000000000000',
      '8640000000000001',
      '253402300800000',
      '-1',
      "'NaN'",
      "'-271821-04-20'",
      "'+275760-09-13T00:00:00'",
      '1e999',
    ];
    write(
      SCHEMA,
      ...absurd.map((each, index) => timed(`i-${index}`, each)),
      `insert into workflow_history (instance_id, timestamp, step_name) values ('i-0', 9e18, 'Test')`,
      timed('late', '253402300799999'),
    );
    const sqlite = await sqliteStore({ path: join(folder, `${files}.db`) });
    const report = await importPublished(path, sqlite, options());
    expect(report).toMatchObject({ imported: absurd.length + 1, skipped: [] });
    const { instances } = await sqlite.list('ann', { limit: 50 });
    expect(instances.find(({ id }) => id === 'late')?.createdAt).toBe(253_402_300_799_999);
    const others = instances.filter(({ id }) => id !== 'late');
    expect(
      others.map(({ createdAt, updatedAt, completedAt }) => [createdAt, updatedAt, completedAt]),
    ).toEqual(absurd.map(() => [NOW, NOW, null]));
    expect((await sqlite.entries('ann', 'i-0', { limit: 9 })).map(({ at }) => at)).toEqual([NOW, NOW]);
    await sqlite.close();
  });

  it('takes a step in another spelling for what it is, and leaves one out that stands at none', async () => {
    write(
      SCHEMA,
      instanceRow('spelled', { step: 'de-PLOY' }),
      instanceRow('lost', { step: 'No such step' }),
      instanceRow('nowhere', { step: '' }),
      instanceRow('ended', { step: 'Gone', status: 'FAILED' }),
      `insert into workflow_history (instance_id, timestamp, step_name) values ('spelled', '2025-05-01T10:10:00', 'b_uild')`,
    );
    const { imported, skipped } = await importPublished(path, store, options());
    expect(imported).toBe(2);
    expect(skipped).toEqual([
      {
        instance: 'lost',
        workflow: 'RELEASE',
        reason: 'It is RUNNING at the step "No such step"; expected one of Build, Deploy, Test.',
      },
      { instance: 'nowhere', workflow: 'RELEASE', reason: expect.stringContaining('at the step ""') },
    ]);
    expect(await store.load('ann', 'spelled')).toMatchObject({
      step: 'Deploy',
      visits: { Build: 1, Deploy: 1 },
    });
    expect(await store.load('ann', 'ended')).toMatchObject({ step: 'Gone', status: 'FAILED' });
  });

  it('leaves out what is deeper or larger than a value may be', async () => {
    const deep = `${'['.repeat(900)}${']'.repeat(900)}`;
    write(
      SCHEMA,
      instanceRow('deep', { context: `'{"a": ${deep}}'` }),
      instanceRow('large', { context: `'{"a": "${'x'.repeat(1_048_577)}"}'` }),
      instanceRow('report'),
      `insert into workflow_history (instance_id, timestamp, step_name, user_report)
        values ('report', '2025-05-01T10:10:00', 'Build', '{"status": "success", "result": ${deep}}')`,
    );
    const { imported, skipped } = await importPublished(path, store, options());
    expect(imported).toBe(0);
    expect(skipped.map(({ instance, reason }) => [instance, reason])).toEqual([
      ['deep', 'Its context is nested more than 64 levels deep.'],
      ['large', 'Its context is larger than 1048576 characters.'],
      ['report', 'The report 1 of its history is nested more than 64 levels deep.'],
    ]);
  });
});

describe('what is no published database', () => {
  it('is named when it is absent', () => refused(/cannot be opened/));

  it('is named when it is no database', () => {
    writeFileSync(path, 'some text '.repeat(500));
    return refused(/not a SQLite database/);
  });

  it('is named with the tables it has', async () => {
    write('create table pets (name text)', 'create table toys (name text)');
    await refused(/expected the table workflow_instances, found the tables pets, toys/);
  });

  it('is named when it is empty', () => {
    write('create table x (a)', 'drop table x');
    return refused(/found no tables/);
  });

  it('is named with the columns it has', async () => {
    write('create table workflow_instances (instance_id text, name text)');
    await refused(/expected workflow_instances to have the columns .*, found instance_id, name/);
  });
});
