import type { Kysely } from 'kysely';
import type { Approval } from '../../core/kernel/approval.ts';
import type { Approvals } from '../../core/ports/approvals.ts';
import { approvalAt, takenApproval } from './approval-rules.ts';
import type { Medium } from './medium.ts';
import type { Writing } from './moves.ts';
import { parseObject } from './plain.ts';
import { pageSize } from './rules.ts';
import { changed, columns, first, statement } from './statement.ts';
import type { ApprovalRow, Tables } from './tables.ts';

const COLUMNS = [
  'owner',
  'id',
  'instance',
  'server',
  'tool',
  'arguments',
  'digest',
  'risk',
  'reason',
  'requested_by',
  'status',
  'decided_by',
  'created_at',
  'decided_at',
  'expires_at',
] as const satisfies readonly (keyof ApprovalRow)[];

type Filter = Parameters<Approvals['list']>[0];
type Decision = Parameters<Approvals['decide']>[0];
type Prepared = ReturnType<typeof prepare>;

/** Approvals in a table. */
export function kyselyApprovals(db: Kysely<Tables>, { read, write }: Medium): Approvals {
  const prepared = prepare(db);
  /** As they read now; what reads as expired stays so. */
  const seen = async (rows: readonly ApprovalRow[], now: number): Promise<readonly Approval[]> => {
    const kept = rows.map((row) => toApproval(row));
    const found = kept.map((each) => approvalAt(each, now));
    const lapsed = found.filter(({ status }, at) => status !== kept[at]?.status);
    if (lapsed.length > 0)
      await write({
        work: async (tx) => {
          for (const { id } of lapsed) await prepared.lapseOne(tx, { id, now });
        },
      });
    return found;
  };
  return {
    request: async (approval, now) => write(requestOf(prepared, approval, now)),
    find: async (owner, id, now) => {
      const row = first(
        await read(() =>
          owner === undefined ? prepared.findAny(db, { id }) : prepared.find(db, { owner, id }),
        ),
      );
      if (row === undefined) return undefined;
      const [found] = await seen([row], now);
      return found;
    },
    list: async (filter) => await seen(await read(() => list(db, filter)), filter.now),
    decide: (decision) => write({ work: (tx) => decide(tx, prepared, decision) }),
    use: async (owner, digest, now) => {
      const key = { owner, digest, status: 'approved', now };
      // Most calls have none, and need not wait for a transaction to learn it.
      if (first(await read(() => prepared.any(db, key))) === undefined) return undefined;
      return write({ work: (tx) => use(tx, prepared, key) });
    },
    restore: async (owner, id) => {
      await write({ work: (tx) => prepared.restore(tx, { owner, id }) });
    },
    prune: async (before) => {
      await write({ work: (tx) => prepared.prune(tx, { before }) });
    },
  };
}

interface Key {
  readonly owner: string;
  readonly id: string;
}

interface LiveKey {
  readonly owner: string;
  readonly digest: string;
  readonly status: string;
  readonly now: number;
}

type Step = Pick<ApprovalRow, 'owner' | 'id' | 'status' | 'decided_by' | 'decided_at'> & {
  /** The status it must have. */
  readonly before: string;
};

function prepare(db: Kysely<Tables>) {
  return {
    insert: statement<ApprovalRow>((row) => db.insertInto('approvals').values(columns(row, COLUMNS))),
    find: statement<Key, ApprovalRow>((key) =>
      db.selectFrom('approvals').select(COLUMNS).where('owner', '=', key.owner).where('id', '=', key.id),
    ),
    findAny: statement<Pick<Key, 'id'>, ApprovalRow>(({ id }) =>
      db.selectFrom('approvals').select(COLUMNS).where('id', '=', id).orderBy('created_at', 'desc').limit(1),
    ),
    /** The oldest with this digest that is neither answered otherwise nor expired. */
    live: statement<LiveKey, ApprovalRow>((key) =>
      db
        .selectFrom('approvals')
        .select(COLUMNS)
        .where('owner', '=', key.owner)
        .where('digest', '=', key.digest)
        .where('status', '=', key.status)
        .where('expires_at', '>', key.now)
        .orderBy('created_at')
        .limit(1),
    ),
    any: statement<Omit<LiveKey, 'now'>, Pick<ApprovalRow, 'id'>>((key) =>
      db
        .selectFrom('approvals')
        .select('id')
        .where('owner', '=', key.owner)
        .where('digest', '=', key.digest)
        .where('status', '=', key.status)
        .limit(1),
    ),
    lapse: statement<Omit<LiveKey, 'status'>>((key) =>
      db
        .updateTable('approvals')
        .set({ status: 'expired' })
        .where('owner', '=', key.owner)
        .where('digest', '=', key.digest)
        .where('status', 'in', ['pending', 'approved'])
        .where('expires_at', '<=', key.now),
    ),
    lapseOne: statement<Pick<Key, 'id'> & Pick<LiveKey, 'now'>>(({ id, now }) =>
      db
        .updateTable('approvals')
        .set({ status: 'expired' })
        .where('id', '=', id)
        .where('status', 'in', ['pending', 'approved'])
        .where('expires_at', '<=', now),
    ),
    restore: statement<Key>((key) =>
      db
        .updateTable('approvals')
        .set({ status: 'approved' })
        .where('owner', '=', key.owner)
        .where('id', '=', key.id)
        .where('status', '=', 'used'),
    ),
    prune: statement<{ readonly before: number }>(({ before }) =>
      db.deleteFrom('approvals').where('expires_at', '<', before),
    ),
    step: statement<Step>((row) =>
      db
        .updateTable('approvals')
        .set(columns(row, ['status', 'decided_by', 'decided_at']))
        .where('owner', '=', row.owner)
        .where('id', '=', row.id)
        .where('status', '=', row.before),
    ),
  };
}

function requestOf(prepared: Prepared, approval: Approval, now: number): Writing<Approval> {
  const { owner, id, digest } = approval;
  const row = toRow({ ...approval, status: 'pending', decidedBy: null, decidedAt: null });
  return {
    refusal: () => takenApproval(approval),
    work: async (tx) => {
      const same = first(await prepared.live(tx, { owner, digest, status: 'pending', now }));
      if (same !== undefined) return toApproval(same);
      if (first(await prepared.find(tx, { owner, id })) !== undefined) throw takenApproval(approval);
      await prepared.lapse(tx, { owner, digest, now });
      await prepared.insert(tx, row);
      return toApproval(row);
    },
  };
}

async function list(db: Kysely<Tables>, filter: Filter): Promise<readonly ApprovalRow[]> {
  const { owner, status, limit, now } = filter;
  let query = db
    .selectFrom('approvals')
    .select(COLUMNS)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(pageSize(limit));
  if (owner !== undefined) query = query.where('owner', '=', owner);
  if (status === 'expired') {
    query = query.where((is) =>
      is.or([
        is('status', '=', status),
        is.and([is('status', 'in', ['pending', 'approved']), is('expires_at', '<=', now)]),
      ]),
    );
  } else if (status !== undefined) {
    query = query.where('status', '=', status);
    if (status === 'pending' || status === 'approved') query = query.where('expires_at', '>', now);
  }
  return await query.execute();
}

async function decide(
  tx: Kysely<Tables>,
  prepared: Prepared,
  decision: Decision,
): Promise<Approval | undefined> {
  const { owner, id, status, by, now } = decision;
  let query = tx
    .selectFrom('approvals')
    .select(COLUMNS)
    .where('id', '=', id)
    .where('status', '=', 'pending')
    .where('expires_at', '>', now)
    .orderBy('created_at', 'desc')
    .limit(1);
  if (owner !== undefined) query = query.where('owner', '=', owner);
  const row = await query.executeTakeFirst();
  if (row === undefined) {
    await prepared.lapseOne(tx, { id, now });
    return undefined;
  }
  const decided = { ...row, status, decided_by: by, decided_at: now };
  const step = { ...columns(decided, STEP_COLUMNS), before: 'pending' };
  return changed(await prepared.step(tx, step)) ? toApproval(decided) : undefined;
}

const STEP_COLUMNS = ['owner', 'id', 'status', 'decided_by', 'decided_at'] as const;

async function use(tx: Kysely<Tables>, prepared: Prepared, key: LiveKey): Promise<Approval | undefined> {
  await prepared.lapse(tx, key);
  const row = first(await prepared.live(tx, key));
  if (row === undefined) return undefined;
  const used = { ...row, status: 'used' };
  const step = { ...columns(used, STEP_COLUMNS), before: 'approved' };
  // Somebody on another connection was faster: there may be one more.
  return changed(await prepared.step(tx, step)) ? toApproval(used) : use(tx, prepared, key);
}

function toRow(approval: Approval): ApprovalRow {
  return {
    owner: approval.owner,
    id: approval.id,
    instance: approval.instance,
    server: approval.server,
    tool: approval.tool,
    arguments: JSON.stringify(approval.arguments),
    digest: approval.digest,
    risk: approval.risk,
    reason: approval.reason,
    requested_by: approval.requestedBy,
    status: approval.status,
    decided_by: approval.decidedBy,
    created_at: approval.createdAt,
    decided_at: approval.decidedAt,
    expires_at: approval.expiresAt,
  };
}

function toApproval(row: ApprovalRow): Approval {
  return {
    id: row.id,
    owner: row.owner,
    server: row.server,
    tool: row.tool,
    arguments: parseObject(row.arguments),
    digest: row.digest,
    risk: row.risk as Approval['risk'],
    reason: row.reason,
    requestedBy: row.requested_by,
    instance: row.instance,
    status: row.status as Approval['status'],
    decidedBy: row.decided_by,
    createdAt: Number(row.created_at),
    decidedAt: row.decided_at === null ? null : Number(row.decided_at),
    expiresAt: Number(row.expires_at),
  };
}
