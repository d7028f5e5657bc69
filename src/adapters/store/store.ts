import { setTimeout as delay } from 'node:timers/promises';
import { type Dialect, Kysely } from 'kysely';
import { type ErrorCode, TuttiError } from '../../core/kernel/errors.ts';
import type { Answer, Store } from '../../core/ports/store.ts';
import { groupCommit } from './group-commit.ts';
import { listInstances } from './lists.ts';
import { migrate } from './migrations/migrate.ts';
import { commitMove, createMove, importMoves, type Writing } from './moves.ts';
import { toEntry, toInstance } from './rows.ts';
import { closed } from './rules.ts';
import { changed, first } from './statement.ts';
import { type Statements, statements } from './statements.ts';
import type { Tables } from './tables.ts';

/** What an error of the medium means: `busy` passes by itself, `constraint` is the fault of one write. */
export interface Diagnosis {
  readonly kind: 'busy' | 'constraint' | Extract<ErrorCode, `store/${string}`>;
  /** What was found and what to do. */
  readonly message: string;
}

export interface KyselyStoreOptions {
  readonly dialect: Dialect;
  /** `undefined` for an error that is not the medium's. */
  readonly diagnose: (error: unknown) => Diagnosis | undefined;
  /** How to name the database in messages while it opens. */
  readonly location: string;
  /** How long a call waits while others hold the lock. */
  readonly lockWaitMs: number;
}

const MAX_BATCH = 256;
const MAX_PAUSE_MS = 25;

/**
 * A store on any SQL dialect that Kysely speaks, its schema brought up to date. The dialect must run DDL in transactions.
 *
 * @throws TuttiError `store/newer-schema`, and what `diagnose` makes of the medium's errors.
 */
export async function kyselyStore(options: KyselyStoreOptions): Promise<Store> {
  const db = new Kysely<Tables>({ dialect: options.dialect });
  try {
    await insistent(options)(() => migrate(db, options.location));
  } catch (error) {
    await db.destroy();
    throw error;
  }
  // From here on messages reach clients, whom the path does not concern.
  return storeOn(db, statements(db), mediumOf(db, { ...options, location: 'The store' }));
}

type Insist = <T>(work: () => Promise<T>, since?: number) => Promise<T>;

/** Repeats what met a lock until it passes or the wait is over; turns every other error into a TuttiError. */
export function insistent({ diagnose, location, lockWaitMs }: Omit<KyselyStoreOptions, 'dialect'>): Insist {
  return async (work, since = performance.now()) => {
    for (let round = 0; ; round += 1) {
      try {
        return await work();
      } catch (error) {
        const found = diagnose(error);
        if (found === undefined || found.kind === 'constraint') throw error;
        const { kind, message } = found;
        if (kind !== 'busy') throw new TuttiError(kind, `${location}: ${message}`, { cause: error });
        if (performance.now() - since >= lockWaitMs) throw locked(location, lockWaitMs, error);
      }
      // Spread out, so that processes that wait for each other do not meet again.
      await delay(1 + Math.random() * Math.min(2 ** round, MAX_PAUSE_MS));
    }
  };
}

function locked(location: string, lockWaitMs: number, cause: unknown): TuttiError {
  return new TuttiError(
    'store/unavailable',
    `${location} is locked: expected it to be free within ${lockWaitMs} ms, but another program holds it. ` +
      'Nothing was written; call again, or end the other program.',
    { cause },
  );
}

type Db = Kysely<Tables>;

/** The ways to the medium: calls wait for it, are counted until they end, and are refused once it is closed. */
interface Medium {
  readonly read: <T>(work: () => Promise<T>) => Promise<T>;
  readonly write: <T>(writing: Writing<T>) => Promise<T>;
  readonly close: () => Promise<void>;
}

function mediumOf(db: Db, options: KyselyStoreOptions): Medium {
  const insist = insistent(options);
  const isConstraint = (error: unknown) => options.diagnose(error)?.kind === 'constraint';
  const group = groupCommit<Db>({
    transaction: (work, since) => insist(() => db.transaction().execute(work), since),
    isOwnFault: isConstraint,
    now: () => performance.now(),
    maxBatch: MAX_BATCH,
  });
  const begun = new Set<Promise<unknown>>();
  let closing: Promise<void> | undefined;

  const run = async <T>(work: () => Promise<T>): Promise<T> => {
    if (closing !== undefined) throw closed();
    const running = work();
    begun.add(running);
    try {
      return await running;
    } finally {
      begun.delete(running);
    }
  };
  return {
    read: (work) => run(() => insist(work)),
    write: async ({ work, refusal }) => {
      try {
        return await run(() => group.write(work));
      } catch (error) {
        // What holds here can still be broken by a writer on another connection at the same moment.
        throw refusal !== undefined && isConstraint(error) ? refusal() : error;
      }
    },
    close: () => {
      closing ??= Promise.allSettled(begun).then(() => db.destroy());
      return closing;
    },
  };
}

function storeOn(db: Db, prepared: Statements, { read, write, close }: Medium): Store {
  return {
    // Rows are written out before a move waits for its turn, so that a value that cannot be written fails alone.
    create: async (move) => write(createMove(prepared, move)),
    commit: async (move) => write(commitMove(prepared, move)),
    importInstance: async (instance, entries) => write(importMoves(prepared, instance, entries)),
    remove: (owner, id) =>
      write({ work: async (tx) => changed(await prepared.deleteInstance(tx, { owner, id })) }),
    load: async (owner, id) => {
      const row = first(await read(() => prepared.instance(db, { owner, id })));
      return row && toInstance(row);
    },
    answer: async (owner, token) => {
      const row = first(await read(() => prepared.answer(db, { owner, id: token })));
      return row && { token, instance: row.instance, body: JSON.parse(row.answer ?? '{}') as Answer['body'] };
    },
    list: (owner, filter) => read(() => listInstances(db, owner, filter)),
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
    close,
  };
}
