import type { Kysely } from 'kysely';
import type { Results, StoredResult } from '../../core/ports/results.ts';
import type { Medium } from './medium.ts';
import { columns, first, statement } from './statement.ts';
import type { ResultRow, Tables } from './tables.ts';

/** What the results of one owner may take together. */
export const MAX_OWNER_BYTES = 256 * 1024 * 1024;

const CONTENT = [
  'server',
  'tool',
  'at',
  'expires_at',
  'size',
  'bytes',
] as const satisfies readonly (keyof ResultRow)[];
const COLUMNS = ['owner', 'id', ...CONTENT] as const;
const BATCH = 100;

type Prepared = ReturnType<typeof prepare>;

/** Large results in a table. */
export function kyselyResults(db: Kysely<Tables>, { read, write }: Medium): Results {
  const prepared = prepare(db);
  return {
    put: async (result) => {
      const row = toRow(result);
      await write({
        work: async (tx) => {
          await prepared.forgetExpired(tx, { now: result.at });
          await prepared.replace(tx, row);
          await makeRoom(tx, prepared, row);
        },
      });
    },
    find: async (owner, id, now) => {
      const row = first(await read(() => prepared.find(db, { owner, id, now })));
      return row && toResult(row);
    },
  };
}

function prepare(db: Kysely<Tables>) {
  return {
    replace: statement<ResultRow>((row) =>
      db
        .insertInto('results')
        .values(columns(row, COLUMNS))
        .onConflict((on) => on.columns(['owner', 'id']).doUpdateSet(columns(row, CONTENT))),
    ),
    forgetExpired: statement<{ readonly now: number }>(({ now }) =>
      db.deleteFrom('results').where('expires_at', '<=', now),
    ),
    find: statement<{ readonly owner: string; readonly id: string; readonly now: number }, ResultRow>((key) =>
      db
        .selectFrom('results')
        .select(COLUMNS)
        .where('owner', '=', key.owner)
        .where('id', '=', key.id)
        .where('expires_at', '>', key.now),
    ),
    total: statement<{ readonly owner: string }, { total: number | string | null }>(({ owner }) =>
      db
        .selectFrom('results')
        .select((all) => all.fn.sum('size').as('total'))
        .where('owner', '=', owner),
    ),
    oldest: statement<{ readonly owner: string; readonly id: string }, Pick<ResultRow, 'id' | 'size'>>(
      (key) =>
        db
          .selectFrom('results')
          .select(['id', 'size'])
          .where('owner', '=', key.owner)
          .where('id', '!=', key.id)
          .orderBy('at')
          .orderBy('id')
          .limit(BATCH),
    ),
    remove: statement<{ readonly owner: string; readonly id: string }>((key) =>
      db.deleteFrom('results').where('owner', '=', key.owner).where('id', '=', key.id),
    ),
  };
}

/** Takes out the oldest of the owner, the new one last of all. */
async function makeRoom(tx: Kysely<Tables>, prepared: Prepared, { owner, id }: ResultRow): Promise<void> {
  let total = Number(first(await prepared.total(tx, { owner }))?.total ?? 0);
  while (total > MAX_OWNER_BYTES) {
    const { rows } = await prepared.oldest(tx, { owner, id });
    if (rows.length === 0) return;
    for (const row of rows) {
      if (total <= MAX_OWNER_BYTES) return;
      await prepared.remove(tx, { owner, id: row.id });
      total -= Number(row.size);
    }
  }
}

function toRow(result: StoredResult): ResultRow {
  const { owner, id, server, tool, at, expiresAt } = result;
  // A copy: the write waits for its turn, and the caller may reuse his buffer.
  const bytes = Uint8Array.from(result.bytes);
  return { owner, id, server, tool, at, expires_at: expiresAt, size: bytes.byteLength, bytes };
}

function toResult(row: ResultRow): StoredResult {
  const { owner, id, server, tool, bytes } = row;
  return { id, owner, server, tool, at: Number(row.at), expiresAt: Number(row.expires_at), bytes };
}
