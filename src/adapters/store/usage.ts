import type { Kysely } from 'kysely';
import type { Taken, Taking, Usage, UsageKey, UsageLog } from '../../core/ports/usage.ts';
import type { Medium } from './medium.ts';
import { passesLimits, plus } from './spending.ts';
import { columns, first, statement } from './statement.ts';
import type { Tables, UsageRow } from './tables.ts';

const KEY = ['owner', 'subject', 'window_at'] as const satisfies readonly (keyof UsageRow)[];
const SUMS = [
  'calls',
  'input_tokens',
  'output_tokens',
  'cost_micros',
  'ms',
] as const satisfies readonly (keyof UsageRow)[];

/** Sums of what was spent, in a table. */
export function kyselyUsage(db: Kysely<Tables>, { read, write }: Medium): UsageLog {
  const prepared = prepare(db);
  return {
    read: async ({ owner, subject, windowAt }) => {
      const row = first(await read(() => prepared.find(db, { owner, subject, window_at: windowAt })));
      return toUsage(row);
    },
    add: async (spent) => {
      const rows = spent.map(toRow);
      if (rows.length === 0) return;
      // What was spent already is only told; what may be spent is taken.
      await write({
        behind: true,
        work: async (tx) => {
          for (const row of rows) await prepared.add(tx, row);
        },
      });
    },
    take: (wanted) => write({ work: (tx) => take(tx, prepared, wanted) }),
    prune: async (before) => {
      await write({ work: (tx) => prepared.prune(tx, { before }) });
    },
  };
}

/** The transaction holds the write lock from its beginning: what is read here is so until it ends. */
async function take(
  tx: Kysely<Tables>,
  prepared: ReturnType<typeof prepare>,
  wanted: readonly Taking[],
): Promise<Taken> {
  const sums: Usage[] = [];
  for (const { owner, subject, windowAt } of wanted)
    sums.push(toUsage(first(await prepared.find(tx, { owner, subject, window_at: windowAt }))));
  if (wanted.some((each, at) => passesLimits(each, sums[at]))) return { granted: false, sums };
  for (const each of wanted) await prepared.add(tx, toRow(each));
  return { granted: true, sums: sums.map((each, at) => plus(each, wanted[at])) };
}

function prepare(db: Kysely<Tables>) {
  return {
    find: statement<Pick<UsageRow, (typeof KEY)[number]>, UsageRow>((key) =>
      db
        .selectFrom('usage')
        .select([...KEY, ...SUMS])
        .where('owner', '=', key.owner)
        .where('subject', '=', key.subject)
        .where('window_at', '=', key.window_at),
    ),
    prune: statement<{ readonly before: number }>(({ before }) =>
      db.deleteFrom('usage').where('window_at', '>', 0).where('window_at', '<', before),
    ),
    add: statement<UsageRow>((row) =>
      db
        .insertInto('usage')
        .values(columns(row, [...KEY, ...SUMS]))
        .onConflict((on) =>
          on.columns(KEY).doUpdateSet((set) => ({
            calls: set('usage.calls', '+', set.ref('excluded.calls')),
            cost_micros: set('usage.cost_micros', '+', set.ref('excluded.cost_micros')),
            ms: set('usage.ms', '+', set.ref('excluded.ms')),
          })),
        ),
    ),
  };
}

function toUsage(row: UsageRow | undefined): Usage {
  return {
    calls: Number(row?.calls ?? 0),
    costMicros: Number(row?.cost_micros ?? 0),
    ms: Number(row?.ms ?? 0),
  };
}

function toRow({ owner, subject, windowAt, calls, costMicros, ms }: UsageKey & Usage): UsageRow {
  return {
    owner,
    subject,
    window_at: windowAt,
    calls: Math.round(calls),
    input_tokens: 0,
    output_tokens: 0,
    cost_micros: Math.round(costMicros),
    ms: Math.round(ms),
  };
}
