import type { Kysely } from 'kysely';
import type { Vectors } from '../../core/ports/vectors.ts';
import type { Medium } from './medium.ts';
import { columns, first, statement } from './statement.ts';
import type { Tables, VectorRow } from './tables.ts';

/** What all vectors may take together. */
export const MAX_VECTOR_BYTES = 128 * 1024 * 1024;

const COLUMNS = ['embedder', 'hash', 'at', 'size', 'bytes'] as const satisfies readonly (keyof VectorRow)[];
const BATCH = 200;

type Key = Pick<VectorRow, 'embedder' | 'hash'>;
type Prepared = ReturnType<typeof prepare>;

/** Vectors of tools in a table. */
export function kyselyVectors(db: Kysely<Tables>, { read, write }: Medium): Vectors {
  const prepared = prepare(db);
  return {
    find: (embedder, hashes) =>
      read(async () => {
        const found = new Map<string, Float32Array>();
        for (const hash of new Set(hashes)) {
          const row = first(await prepared.find(db, { embedder, hash }));
          if (row !== undefined) found.set(hash, toVector(row.bytes));
        }
        return found;
      }),
    put: async (embedder, vectors, now) => {
      // Copies: the write waits for its turn, and the caller may go on with his own.
      const rows = [...vectors].map(([hash, vector]) => toRow({ embedder, hash, at: now }, vector));
      await write({
        work: async (tx) => {
          for (const row of rows) await prepared.replace(tx, row);
          await makeRoom(tx, prepared);
        },
      });
    },
  };
}

function prepare(db: Kysely<Tables>) {
  return {
    find: statement<Key, Pick<VectorRow, 'bytes'>>(({ embedder, hash }) =>
      db.selectFrom('vectors').select('bytes').where('embedder', '=', embedder).where('hash', '=', hash),
    ),
    replace: statement<VectorRow>((row) =>
      db
        .insertInto('vectors')
        .values(columns(row, COLUMNS))
        .onConflict((on) =>
          on.columns(['embedder', 'hash']).doUpdateSet(columns(row, ['at', 'size', 'bytes'])),
        ),
    ),
    total: statement<object, { total: number | string | null }>(() =>
      db.selectFrom('vectors').select((all) => all.fn.sum('size').as('total')),
    ),
    oldest: statement<object, Key & Pick<VectorRow, 'size'>>(() =>
      db
        .selectFrom('vectors')
        .select(['embedder', 'hash', 'size'])
        .orderBy('at')
        .orderBy('embedder')
        .orderBy('hash')
        .limit(BATCH),
    ),
    remove: statement<Key>(({ embedder, hash }) =>
      db.deleteFrom('vectors').where('embedder', '=', embedder).where('hash', '=', hash),
    ),
  };
}

async function makeRoom(tx: Kysely<Tables>, prepared: Prepared): Promise<void> {
  let total = Number(first(await prepared.total(tx, {}))?.total ?? 0);
  while (total > MAX_VECTOR_BYTES) {
    const { rows } = await prepared.oldest(tx, {});
    if (rows.length === 0) return;
    for (const { size, ...key } of rows) {
      if (total <= MAX_VECTOR_BYTES) return;
      await prepared.remove(tx, key);
      total -= size;
    }
  }
}

function toRow(key: Key & Pick<VectorRow, 'at'>, vector: Float32Array): VectorRow {
  const bytes = new Uint8Array(vector.length * Float32Array.BYTES_PER_ELEMENT);
  const view = new DataView(bytes.buffer);
  vector.forEach((value, at) => view.setFloat32(at * Float32Array.BYTES_PER_ELEMENT, value, true));
  return { ...key, size: bytes.byteLength, bytes };
}

/** The bytes may begin anywhere in what the driver read. */
function toVector(bytes: Uint8Array): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const vector = new Float32Array(Math.floor(bytes.byteLength / Float32Array.BYTES_PER_ELEMENT));
  for (let at = 0; at < vector.length; at += 1)
    vector[at] = view.getFloat32(at * Float32Array.BYTES_PER_ELEMENT, true);
  return vector;
}
