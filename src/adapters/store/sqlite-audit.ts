import type { DatabaseSync } from 'node:sqlite';
import type { AuditRows } from './audit.ts';
import type { Head } from './audit-chain.ts';
import type { AtOnce } from './medium.ts';

/** The rows of the audit, without the layers between. Nothing is prepared before it is asked for: the tables may not be there yet. */
export function sqliteAuditRows(database: DatabaseSync): AuditRows {
  let known: ReturnType<typeof prepare> | undefined;
  const prepared = () => (known ??= prepare(database));
  return {
    head: () => prepared().head.get() as Head | undefined,
    moveHead: (from, to) => prepared().moveHead.run(to.seq, to.hash, from.seq, from.hash).changes === 1,
    insert: ({ seq, at, owner, kind, fields, hash }) =>
      void prepared().insert.run(seq, at, owner, kind, fields, hash),
  };
}

function prepare(database: DatabaseSync) {
  return {
    head: database.prepare('select seq, hash from audit_head where id = 1'),
    moveHead: database.prepare(
      'update audit_head set seq = ?, hash = ? where id = 1 and seq = ? and hash = ?',
    ),
    insert: database.prepare(
      'insert into audit (seq, at, owner, kind, fields, hash) values (?, ?, ?, ?, ?, ?)',
    ),
  };
}

/** Transactions from their beginning to their end in one turn. While another one waits for something, the one connection there is is not free. */
export function inOneTurn(database: DatabaseSync): AtOnce {
  const begin = database.prepare('begin immediate');
  const commit = database.prepare('commit');
  return {
    isFree: () => !database.isTransaction,
    run: (work) => {
      try {
        begin.run();
        work();
        commit.run();
        return true;
      } catch {
        if (database.isTransaction) database.exec('rollback');
        return false;
      }
    },
  };
}
