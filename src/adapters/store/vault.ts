import type { Kysely } from 'kysely';
import type { Vault } from '../../core/ports/vault.ts';
import type { Medium } from './medium.ts';
import { parseObject } from './plain.ts';
import { changed, columns, first, statement } from './statement.ts';
import type { MarkRow, Tables, VaultRow } from './tables.ts';

const COLUMNS = ['kind', 'name', 'value'] as const satisfies readonly (keyof VaultRow)[];

/** Secrets, values and used-up marks in tables. */
export function kyselyVault(db: Kysely<Tables>, { read, write }: Medium): Vault {
  const prepared = prepare(db);
  return {
    secret: async (name, fresh) => {
      const key = { kind: 'secret', name };
      const known = first(await read(() => prepared.find(db, key)));
      if (known !== undefined) return known.value;
      // What is written under it later cannot be on the disk without it.
      return write({
        behind: true,
        work: async (tx) => {
          await prepared.insert(tx, { ...key, value: fresh });
          return first(await prepared.find(tx, key))?.value ?? fresh;
        },
      });
    },
    claim: (mark, now, expiresAt) =>
      write({
        work: async (tx) => {
          await prepared.forgetMarks(tx, { now });
          return changed(await prepared.claim(tx, { mark, expires_at: expiresAt }));
        },
      }),
    renew: async (mark, expiresAt) => {
      await write({ work: (tx) => prepared.renew(tx, { mark, expires_at: expiresAt }) });
    },
    release: async (mark) => {
      await write({ work: (tx) => prepared.release(tx, { mark }) });
    },
    read: async (name) => {
      const row = first(await read(() => prepared.find(db, { kind: 'value', name })));
      return row && parseObject(row.value);
    },
    write: async (name, value) => {
      const key = { kind: 'value', name };
      const text = JSON.stringify(value);
      await write({
        work: (tx) =>
          value === undefined ? prepared.remove(tx, key) : prepared.replace(tx, { ...key, value: text }),
      });
    },
    replace: (name, before, value) => {
      const row = { kind: 'value', name, value: JSON.stringify(value) } as const;
      return write({
        work: async (tx) =>
          changed(
            await (before === undefined
              ? prepared.insert(tx, row)
              : prepared.exchange(tx, { ...row, before: JSON.stringify(before) })),
          ),
      });
    },
  };
}

type Key = Pick<VaultRow, 'kind' | 'name'>;

function prepare(db: Kysely<Tables>) {
  return {
    find: statement<Key, Pick<VaultRow, 'value'>>((key) =>
      db.selectFrom('vault').select('value').where('kind', '=', key.kind).where('name', '=', key.name),
    ),
    insert: statement<VaultRow>((row) =>
      db
        .insertInto('vault')
        .values(columns(row, COLUMNS))
        .onConflict((on) => on.doNothing()),
    ),
    replace: statement<VaultRow>((row) =>
      db
        .insertInto('vault')
        .values(columns(row, COLUMNS))
        .onConflict((on) => on.columns(['kind', 'name']).doUpdateSet(columns(row, ['value']))),
    ),
    exchange: statement<VaultRow & { readonly before: string }>((row) =>
      db
        .updateTable('vault')
        .set(columns(row, ['value']))
        .where('kind', '=', row.kind)
        .where('name', '=', row.name)
        .where('value', '=', row.before),
    ),
    remove: statement<Key>((key) =>
      db.deleteFrom('vault').where('kind', '=', key.kind).where('name', '=', key.name),
    ),
    claim: statement<MarkRow>((row) =>
      db
        .insertInto('marks')
        .values(columns(row, ['mark', 'expires_at']))
        .onConflict((on) => on.doNothing()),
    ),
    renew: statement<MarkRow>(({ mark, expires_at }) =>
      db.updateTable('marks').set({ expires_at }).where('mark', '=', mark),
    ),
    release: statement<Pick<MarkRow, 'mark'>>(({ mark }) => db.deleteFrom('marks').where('mark', '=', mark)),
    forgetMarks: statement<{ readonly now: number }>(({ now }) =>
      db.deleteFrom('marks').where('expires_at', '<=', now),
    ),
  };
}
