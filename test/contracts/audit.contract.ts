import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { canonicalJson } from '../../src/core/kernel/json.ts';
import type { Audit, AuditEntry, AuditRow } from '../../src/core/ports/audit.ts';
import type { Store } from '../../src/core/ports/store.ts';
import { CLOSED, NOW, ofBoth, type OpenedStore, type OpenStore } from './store-parts.ts';

function entryOf(changes: Partial<AuditEntry> = {}): AuditEntry {
  return { at: NOW, owner: 'ann', kind: 'call', fields: { tool: 'git__push', ok: true }, ...changes };
}

/** As the port writes it down. */
function hashOf({ seq, at, owner, kind, fields }: AuditRow, previous: string): string {
  const text = canonicalJson({ seq, at, owner, kind, fields, previous });
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

/** Every promise of the port `Audit`. */
export function describeAudit(name: string, open: OpenStore): void {
  describe(`audit contract: ${name}`, () => {
    let opened: OpenedStore;
    let store: Store;
    let audit: Audit;

    beforeEach(async () => {
      opened = await open();
      ({ store } = opened);
      ({ audit } = store);
    });

    it('is whole when it is empty', async () => {
      expect(await audit.verify()).toEqual({ rows: 0 });
      expect(await audit.tail({ limit: 10 })).toEqual([]);
      await audit.append([]);
      expect(await audit.verify()).toEqual({ rows: 0 });
    });

    it('appends in order, each row with the hash of the one before it', async () => {
      await audit.append([entryOf(), entryOf({ kind: 'pin', owner: 'bob' })]);
      await audit.append([entryOf({ at: NOW + 1, fields: { b: 1, a: [null, { d: 1, c: 2 }] } })]);
      const rows = (await audit.tail({ limit: 10 })).toReversed();
      expect(rows.map(({ seq, owner, kind }) => [seq, owner, kind])).toEqual([
        [1, 'ann', 'call'],
        [2, 'bob', 'pin'],
        [3, 'ann', 'call'],
      ]);
      let previous = '';
      for (const row of rows) {
        expect(row.hash).toBe(hashOf(row, previous));
        previous = row.hash;
      }
      expect(await audit.verify()).toEqual({ rows: 3 });
    });

    it('keeps fields as JSON carries them, and every text so that it verifies', async () => {
      const fields = JSON.parse(
        '{"z":1,"__proto__":{"own":true},"a":"\\u0000\\ud800🎼"}',
      ) as AuditEntry['fields'];
      await audit.append([entryOf({ fields }), entryOf({ owner: 'x\ud800\u0000y', kind: '🎼' })]);
      const [second, first] = await audit.tail({ limit: 2 });
      expect(JSON.parse(JSON.stringify(first?.fields))).toEqual(fields);
      expect(second?.owner).toBe('x\ufffd\ufffdy');
      expect(await audit.verify()).toEqual({ rows: 2 });
    });

    it('gives the newest first, in pages', async () => {
      await audit.append(Array.from({ length: 25 }, (_, index) => entryOf({ at: NOW + index })));
      const first = await audit.tail({ limit: 10 });
      expect(first.map(({ seq }) => seq)).toEqual([25, 24, 23, 22, 21, 20, 19, 18, 17, 16]);
      const last = await audit.tail({ limit: 10, before: 4 });
      expect(last.map(({ seq }) => seq)).toEqual([3, 2, 1]);
      expect(await audit.tail({ limit: 10, before: 1 })).toEqual([]);
    });

    it('never forks, whoever appends together', async () => {
      const stores = [store, (await opened.another?.()) ?? store];
      for (let round = 0; round < 5; round += 1) {
        await ofBoth(stores, (each, index) =>
          each.audit.append([entryOf({ at: index }), entryOf({ at: index + 0.5 })]),
        );
      }
      const rows = (await audit.tail({ limit: 500 })).toReversed();
      expect(rows.map(({ seq }) => seq)).toEqual(Array.from({ length: 200 }, (_, index) => index + 1));
      // What was appended together stands together.
      for (let index = 0; index < 200; index += 2)
        expect(rows[index + 1]?.at).toBe((rows[index]?.at ?? 0) + 0.5);
      expect(await audit.verify()).toEqual({ rows: 200 });
    });

    it('verifies a long chain while others append', async () => {
      await audit.append(Array.from({ length: 1500 }, () => entryOf()));
      const [verified] = await Promise.all([
        audit.verify(),
        ...Array.from({ length: 20 }, () => audit.append([entryOf()])),
      ]);
      expect(verified.broken).toBeUndefined();
      expect(verified.rows).toBeGreaterThanOrEqual(1500);
      expect(await audit.verify()).toEqual({ rows: 1520 });
    });

    it('goes on after a restart', async ({ skip }) => {
      if (opened.another === undefined) return skip();
      await audit.append([entryOf()]);
      await store.close();
      const again = await opened.another();
      await again.audit.append([entryOf()]);
      expect(await again.audit.verify()).toEqual({ rows: 2 });
    });

    it('is refused once the store is closed', async () => {
      await store.close();
      await expect(audit.append([entryOf()])).rejects.toMatchObject(CLOSED);
      await expect(audit.tail({ limit: 1 })).rejects.toMatchObject(CLOSED);
      await expect(audit.verify()).rejects.toMatchObject(CLOSED);
    });
  });
}
