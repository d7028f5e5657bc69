import { type Dialect, Kysely } from 'kysely';
import type { Answer, Store } from '../../core/ports/store.ts';
import { kyselyApprovals } from './approvals.ts';
import { type Attic, createAttic } from './attic.ts';
import { type AuditRows, kyselyAudit } from './audit.ts';
import { footprintsOn } from './footprints.ts';
import type { FullText } from './full-text.ts';
import { kyselyKnowledge } from './knowledge.ts';
import { findInstances, listInstances, waitingInstances } from './lists.ts';
import { insistent, type Medium, type MediumOptions, mediumOf } from './medium.ts';
import { migrate } from './migrations/migrate.ts';
import { commitMove, createMove, importMoves, type MoveParts } from './moves.ts';
import { kyselyPins } from './pins.ts';
import { kyselyResults } from './results.ts';
import { toEntry, toInstance } from './rows.ts';
import { first } from './statement.ts';
import { statements } from './statements.ts';
import type { Tables } from './tables.ts';
import { kyselyTranscript } from './transcript.ts';
import { kyselyUsage } from './usage.ts';
import { kyselyVault } from './vault.ts';
import { kyselyVectors } from './vectors.ts';

export interface KyselyStoreOptions extends MediumOptions {
  readonly dialect: Dialect;
  readonly fullText: FullText;
  readonly auditRows?: AuditRows;
}

/**
 * A store on any SQL dialect that Kysely speaks, its schema brought up to date. The dialect must run DDL in transactions.
 *
 * @throws TuttiError `store/newer-schema`, and what `diagnose` makes of the medium's errors.
 */
export async function kyselyStore(options: KyselyStoreOptions): Promise<Store> {
  const db = new Kysely<Tables>({ dialect: options.dialect });
  try {
    await insistent(options)(() => migrate(db, options.location, options.fullText));
  } catch (error) {
    await db.destroy();
    throw error;
  }
  // From here on messages reach clients, whom the path does not concern.
  const medium = mediumOf(db, { ...options, location: 'The store' });
  const footprints = footprintsOn(db);
  const attic = createAttic(db, medium, footprints);
  attic.sweep();
  return {
    ...storeOn({ db, prepared: statements(db), medium, attic, footprints }),
    problem: () => options.problem?.(),
    approvals: kyselyApprovals(db, medium),
    pins: kyselyPins(db, medium),
    results: kyselyResults(db, medium),
    audit: kyselyAudit(db, medium, options.auditRows),
    usage: kyselyUsage(db, medium),
    vault: kyselyVault(db, medium),
    vectors: kyselyVectors(db, medium),
    transcript: kyselyTranscript(db, medium, footprints),
    knowledge: kyselyKnowledge({ db, medium, footprints, fullText: options.fullText }),
  };
}

/** The store without its parts. */
type MoveStore = Omit<
  Store,
  | 'approvals'
  | 'pins'
  | 'results'
  | 'audit'
  | 'usage'
  | 'vault'
  | 'vectors'
  | 'transcript'
  | 'knowledge'
  | 'problem'
>;

interface StoreParts extends MoveParts {
  readonly db: Kysely<Tables>;
  readonly medium: Medium;
  readonly attic: Attic;
}

function storeOn(parts: StoreParts): MoveStore {
  const { db, prepared, attic } = parts;
  const { read, write, hurry, close } = parts.medium;
  return {
    // Rows are written out before a move waits for its turn, so that a value that cannot be written fails alone.
    create: async (move) => {
      const writing = createMove(parts, move);
      try {
        await write(writing);
      } catch (fault) {
        if (!(await attic.clear(move.instance))) throw fault;
        await write(writing);
      }
    },
    commit: async (move) => write(commitMove(parts, move)),
    importInstance: async (instance, entries) => {
      const writing = importMoves(prepared, instance, entries);
      return (await write(writing)) || ((await attic.clear(instance)) && (await write(writing)));
    },
    remove: (owner, id) => attic.remove({ owner, id }),
    load: async (owner, id) => {
      const row = first(await read(() => prepared.instance(db, { owner, id })));
      return row && toInstance(row);
    },
    answer: async (owner, token) => {
      const row = first(await read(() => prepared.answer(db, { owner, id: token })));
      return row && { token, instance: row.instance, body: JSON.parse(row.answer ?? '{}') as Answer['body'] };
    },
    list: (owner, filter) => read(() => listInstances(db, owner, filter)),
    waiting: (filter) => read(() => waitingInstances(db, filter)),
    find: (id) => read(() => findInstances(db, id)),
    entries: async (owner, id, { limit, after = 0, newest = false }) => {
      const query = newest ? prepared.newestEntries : prepared.oldestEntries;
      const { rows } = await read(() => query(db, { owner, id, after, limit }));
      return rows.map(toEntry);
    },
    keepDefinition: async (hash, workflow, files) => {
      const known = first(await read(() => prepared.knownDefinition(db, { hash })));
      if (known !== undefined) return;
      const row = { hash, workflow, files: JSON.stringify(files) };
      await write({ work: (tx) => prepared.insertDefinition(tx, row) });
    },
    definition: async (hash) => {
      const row = first(await read(() => prepared.definition(db, { hash })));
      return row && (JSON.parse(row.files) as Readonly<Record<string, string>>);
    },
    definitionHashes: async (workflow) => {
      const { rows } = await read(() => prepared.definitionHashes(db, { workflow }));
      return rows.map(({ hash }) => hash);
    },
    hurry,
    close,
  };
}
