import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Which approvals have expired, without a look at all that ever were. */
export const lapsing: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createIndex('approvals_by_status_expires_at')
      .on('approvals')
      .columns(['status', 'expires_at'])
      .execute();
  },
};
