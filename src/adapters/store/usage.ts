import type { Kysely } from 'kysely';
import type { Usage, UsageKey, UsageLog } from '../../core/ports/usage.ts';
import type { Medium } from './medium.ts';
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
      return {
        calls: Number(row?.calls ?? 0),
        costMicros: Number(row?.cost_micros ?? 0),
        ms: Number(row?.ms ?? 0),
      };
    },
    add: async (spent) => {
      const rows = spent.map(toRow);
      if (rows.length === 0) return;
      await write({
        work: async (tx) => {
          for (const row of rows) await prepared.add(tx, row);
        },
      });
    },
  };
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
