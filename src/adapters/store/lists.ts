import { type Kysely, sql } from 'kysely';
import type { Instance } from '../../core/kernel/instance.ts';
import type { InstanceFilter, InstancePage } from '../../core/ports/store.ts';
import { toInstance } from './rows.ts';
import { pageSize, parseCursor, toCursor } from './rules.ts';
import { INSTANCE_COLUMNS } from './statements.ts';
import type { Tables } from './tables.ts';

/** One page of an owner's instances, newest first. */
export async function listInstances(
  db: Kysely<Tables>,
  owner: string,
  filter: InstanceFilter,
): Promise<InstancePage> {
  const { workflow, status, cursor } = filter;
  const size = pageSize(filter.limit);
  let query = db
    .selectFrom('instances')
    .select(INSTANCE_COLUMNS)
    .where('owner', '=', owner)
    .where('gone', '=', sql.lit(0))
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(size + 1);
  if (workflow !== undefined) query = query.where('workflow', '=', workflow);
  if (status !== undefined) query = query.where('status', '=', status);
  if (cursor !== undefined) {
    const { createdAt, id } = parseCursor(cursor);
    query = query
      // The first lets an index find the place; with the second it is the comparison of pairs, which not every index can follow.
      .where('created_at', '<=', createdAt)
      .where((or) => or.or([or('created_at', '<', createdAt), or('id', '<', id)]));
  }
  const rows = await query.execute();
  const instances = rows.slice(0, size).map(toInstance);
  const last = instances.at(-1);
  return rows.length > size && last !== undefined ? { instances, nextCursor: toCursor(last) } : { instances };
}

/** A pending report that waits for a person is written with the person first, so that it is told by how it begins. */
const ASKED = '{"person":%';

/** Whoever's wait for a person, oldest first. */
export async function waitingInstances(
  db: Kysely<Tables>,
  { owner, limit }: { readonly owner?: string; readonly limit: number },
): Promise<readonly Instance[]> {
  let query = db
    .selectFrom('instances')
    .select(INSTANCE_COLUMNS)
    .where('gone', '=', sql.lit(0))
    .where('status', '=', 'RUNNING')
    .where('pending', 'like', ASKED)
    .orderBy('updated_at')
    .orderBy('id')
    .limit(limit);
  if (owner !== undefined) query = query.where('owner', '=', owner);
  return (await query.execute()).map(toInstance);
}

/** Whoever's has this id. */
export async function findInstances(db: Kysely<Tables>, id: string): Promise<readonly Instance[]> {
  const query = db.selectFrom('instances').select(INSTANCE_COLUMNS);
  const rows = await query.where('id', '=', id).where('gone', '=', sql.lit(0)).execute();
  return rows.map(toInstance);
}
