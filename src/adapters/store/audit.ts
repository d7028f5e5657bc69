import type { Kysely } from 'kysely';
import { TuttiError } from '../../core/kernel/errors.ts';
import type { Audit } from '../../core/ports/audit.ts';
import {
  type Draft,
  type Head,
  type Link,
  toAuditRow,
  toDraft,
  toLinks,
  verifyChain,
} from './audit-chain.ts';
import type { Medium } from './medium.ts';
import { pageSize } from './rules.ts';
import { changed, columns, first, rowsStatement, statement } from './statement.ts';
import type { AuditHeadRow, AuditTableRow, Tables } from './tables.ts';

const COLUMNS = [
  'seq',
  'at',
  'owner',
  'kind',
  'fields',
  'hash',
] as const satisfies readonly (keyof AuditTableRow)[];
const VERIFY_PAGE = 500;
/** Rows that go into the table with one statement. */
const MANY = 16;

type Prepared = ReturnType<typeof prepare>;

/** The same rows where the database answers at once. */
export interface AuditRows {
  head(): Head | undefined;
  /** `false` where the head is another one. */
  moveHead(from: Head, to: Head): boolean;
  insert(link: Link): void;
}

/** The audit in a table, with its head in another. */
export function kyselyAudit(
  db: Kysely<Tables>,
  { read, write, writeNow }: Medium,
  direct: AuditRows | undefined,
): Audit {
  const prepared = prepare(db);
  /** The head as we left it: it need not be read where nobody else has moved it since. */
  let known: Head | undefined;
  return {
    append: async (entries) => {
      if (entries.length === 0) return;
      // Written out now, so that an entry that cannot be written fails alone.
      const drafts = entries.map(toDraft);
      let left: Head | undefined;
      const now = (rows: AuditRows) => {
        left = appendNow(rows, drafts, known);
      };
      // A line for each call: on the way that everything else takes, the batches cost twice as much.
      const isDone = direct !== undefined && writeNow(() => now(direct));
      known = isDone ? left : undefined;
      if (!isDone) await write({ behind: true, work: (tx) => append(tx, prepared, drafts) });
    },
    tail: async ({ limit, before }) => {
      let query = db.selectFrom('audit').select(COLUMNS).orderBy('seq', 'desc').limit(pageSize(limit));
      if (before !== undefined) query = query.where('seq', '<', before);
      const rows = await read(() => query.execute());
      return rows.map((row) => toAuditRow(toLink(row)));
    },
    verify: () =>
      verifyChain({
        head: async () => toHead(first(await read(() => prepared.head(db, {})))),
        after: async (seq) => {
          const { rows } = await read(() => prepared.after(db, { seq, limit: VERIFY_PAGE }));
          return rows.map(toLink);
        },
      }),
  };
}

type HeadStep = Pick<AuditHeadRow, 'seq' | 'hash'> & { readonly before: number };

function prepare(db: Kysely<Tables>) {
  return {
    head: statement<object, AuditHeadRow>(() =>
      db.selectFrom('audit_head').select(['id', 'seq', 'hash']).where('id', '=', 1),
    ),
    moveHead: statement<HeadStep>((step) =>
      db
        .updateTable('audit_head')
        .set(columns(step, ['seq', 'hash']))
        .where('id', '=', 1)
        .where('seq', '=', step.before),
    ),
    insert: statement<AuditTableRow>((row) => db.insertInto('audit').values(columns(row, COLUMNS))),
    insertMany: rowsStatement<AuditTableRow>(COLUMNS, MANY, (rows) => db.insertInto('audit').values(rows)),
    after: statement<{ readonly seq: number; readonly limit: number }, AuditTableRow>(({ seq, limit }) =>
      db.selectFrom('audit').select(COLUMNS).where('seq', '>', seq).orderBy('seq').limit(limit),
    ),
  };
}

/** @returns the new head. */
function appendNow(rows: AuditRows, drafts: readonly Draft[], known: Head | undefined): Head {
  const moved = known && moveNow(rows, drafts, known);
  if (moved) return moved;
  const head = rows.head();
  const left = head && moveNow(rows, drafts, head);
  if (left === undefined) throw headless();
  return left;
}

function moveNow(rows: AuditRows, drafts: readonly Draft[], from: Head): Head | undefined {
  const links = toLinks(from, drafts);
  const to = links.at(-1) ?? from;
  if (!rows.moveHead(from, to)) return undefined;
  for (const link of links) rows.insert(link);
  return to;
}

async function append(tx: Kysely<Tables>, prepared: Prepared, drafts: readonly Draft[]): Promise<void> {
  const head = toHead(first(await prepared.head(tx, {})));
  if (head === undefined) throw headless();
  const links = toLinks(head, drafts);
  const { seq, hash } = links.at(-1) ?? head;
  // The head comes first: whoever moves it owns the numbers up to it, and a slower one counts anew.
  if (!changed(await prepared.moveHead(tx, { seq, hash, before: head.seq }))) {
    await append(tx, prepared, drafts);
    return;
  }
  let at = 0;
  for (; at + MANY <= links.length; at += MANY) await prepared.insertMany(tx, links.slice(at, at + MANY));
  for (const link of links.slice(at)) await prepared.insert(tx, link);
}

function headless(): TuttiError {
  return new TuttiError(
    'store/unusable',
    'The audit has lost the record of its last row: expected it in the table audit_head, found nothing. ' +
      'Somebody changed the database by hand. Restore a copy.',
  );
}

function toHead(row: Pick<AuditHeadRow, 'seq' | 'hash'> | undefined): Head | undefined {
  return row && { seq: Number(row.seq), hash: row.hash };
}

function toLink(row: AuditTableRow): Link {
  return { ...row, seq: Number(row.seq), at: Number(row.at) };
}
