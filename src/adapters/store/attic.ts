import { type Kysely, sql } from 'kysely';
import { TuttiError } from '../../core/kernel/errors.ts';
import type { Footprints } from './footprints.ts';
import type { Medium } from './medium.ts';
import { changed, first, type Statement, statement } from './statement.ts';
import type { Tables } from './tables.ts';

/** Rows that go in one transaction: a few milliseconds, in which others wait. */
const PIECE = 500;

interface Key {
  readonly owner: string;
  readonly id: string;
}

type Piece = Key & { readonly limit: number };

/** Instances that are gone for whoever reads, and what they kept, which goes piece by piece. */
export interface Attic {
  /** `false` when there is no such instance. What is left of it goes after the call. */
  remove(key: Key): Promise<boolean>;
  /** Takes out all that is left of an instance that is gone, so that its id is free; `false` when none is. */
  clear(key: Key): Promise<boolean>;
  /** Goes on with what is left, until nothing is. */
  sweep(): void;
}

export function createAttic(db: Kysely<Tables>, { read, write }: Medium, footprints: Footprints): Attic {
  const prepared = prepare(db);
  let sweeping: Promise<void> | undefined;
  const piece = async (key: Key): Promise<Left> =>
    await write({ behind: true, work: async (tx) => await takePiece(tx, prepared, key) });
  const sweepAll = async (): Promise<void> => {
    for (;;) {
      const key = first(await read(async () => await prepared.next(db, {})));
      if (key === undefined) return;
      while ((await piece(key)) === 'more');
    }
  };
  const attic: Attic = {
    remove: async (key) => {
      const left = await write({
        work: async (tx) => {
          if (!changed(await prepared.mark(tx, key))) return undefined;
          await prepared.hideShelf(tx, key);
          await footprints.drop(tx, { owner: key.owner, session: key.id });
          return await takePiece(tx, prepared, key);
        },
      });
      if (left === 'more') attic.sweep();
      return left !== undefined;
    },
    clear: async (key) => {
      let left = await piece(key);
      if (left === 'none') return false;
      while (left === 'more') left = await piece(key);
      return true;
    },
    sweep: () => {
      sweeping ??= sweepAll()
        .catch((fault: unknown) => {
          // The medium fails or is closed: whoever opens it next goes on.
          if (!(fault instanceof TuttiError)) throw fault;
        })
        .finally(() => {
          sweeping = undefined;
        });
    },
  };
  return attic;
}

/** What is left after a piece; `none`: nobody is gone under this key. */
type Left = 'more' | 'nothing' | 'none';

async function takePiece(tx: Kysely<Tables>, prepared: Prepared, key: Key): Promise<Left> {
  // Another process may have taken the last piece, and the id may be in use again.
  if (first(await prepared.gone(tx, key)) === undefined) return 'none';
  let limit = PIECE;
  for (const take of prepared.pieces) {
    limit -= Number((await take(tx, { ...key, limit })).numAffectedRows ?? 0n);
    if (limit <= 0) return 'more';
  }
  await prepared.last(tx, key);
  return 'nothing';
}

type Prepared = ReturnType<typeof prepare>;

function prepare(db: Kysely<Tables>) {
  return { pieces: piecesOf(db), ...marks(db) };
}

function piecesOf(db: Kysely<Tables>): readonly Statement<Piece, unknown>[] {
  const knowledge = statement<Piece>((at) =>
    db
      .deleteFrom('knowledge')
      .where('id', 'in', (those) =>
        those
          .selectFrom('shelves')
          .innerJoin('knowledge', 'knowledge.shelf', 'shelves.id')
          .select('knowledge.id')
          .where('shelves.owner', '=', at.owner)
          .where('shelves.instance', '=', at.id)
          .limit(at.limit),
      ),
  );
  return [knowledge, numbered(db, 'messages', 'session'), numbered(db, 'journal', 'instance')];
}

/** Rows that are numbered within what they belong to, the oldest first. */
function numbered(db: Kysely<Tables>, name: 'messages' | 'journal', whole: 'session' | 'instance') {
  const [table, id] = [sql.table(name), sql.ref(whole)];
  return statement<Piece>((at) => {
    const own = sql`from ${table} where owner = ${at.owner} and ${id} = ${at.id}`;
    const piece = sql`delete ${own} and seq in (select seq ${own} order by seq limit ${at.limit})`;
    return { compile: () => piece.compile(db) };
  });
}

function marks(db: Kysely<Tables>) {
  return {
    mark: statement<Key>((key) =>
      db
        .updateTable('instances')
        .set({ gone: 1 })
        .where('owner', '=', key.owner)
        .where('id', '=', key.id)
        .where('gone', '=', sql.lit(0)),
    ),
    /** Its shelf is found by nobody who looks for one of this session. */
    hideShelf: statement<Key>((key) =>
      db
        .updateTable('shelves')
        .set({ space: 'gone' })
        .where('owner', '=', key.owner)
        .where('instance', '=', key.id),
    ),
    gone: statement<Key, Key>((key) =>
      db
        .selectFrom('instances')
        .select(['owner', 'id'])
        .where('owner', '=', key.owner)
        .where('id', '=', key.id)
        .where('gone', '=', sql.lit(1)),
    ),
    next: statement<object, Key>(() =>
      db.selectFrom('instances').select(['owner', 'id']).where('gone', '=', sql.lit(1)).limit(1),
    ),
    last: statement<Key>((key) =>
      db
        .deleteFrom('instances')
        .where('owner', '=', key.owner)
        .where('id', '=', key.id)
        .where('gone', '=', sql.lit(1)),
    ),
  };
}
