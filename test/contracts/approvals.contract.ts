import { beforeEach, describe, expect, it } from 'vitest';
import type { Approval } from '../../src/core/kernel/approval.ts';
import type { Approvals } from '../../src/core/ports/approvals.ts';
import type { Store } from '../../src/core/ports/store.ts';
import { CLOSED, NOW, ofBoth, type OpenedStore, type OpenStore } from './store-parts.ts';

const HOUR = 3_600_000;

function approvalOf(changes: Partial<Approval> = {}): Approval {
  return {
    id: 'a-1',
    owner: 'ann',
    server: 'git',
    tool: 'push',
    arguments: { branch: 'main', ['__proto__']: { own: true }, text: '\u0000\ud800🎼' },
    digest: `digest of ${changes.id ?? 'a-1'}`,
    risk: 'destructive',
    reason: 'git.push is destructive',
    requestedBy: 'ann',
    instance: null,
    status: 'pending',
    decidedBy: null,
    createdAt: NOW,
    decidedAt: null,
    expiresAt: NOW + HOUR,
    ...changes,
  };
}

/** Every promise of the port `Approvals`. */
export function describeApprovals(name: string, open: OpenStore): void {
  describe(`approvals contract: ${name}`, () => {
    let opened: OpenedStore;
    let store: Store;
    let approvals: Approvals;

    beforeEach(async () => {
      opened = await open();
      ({ store } = opened);
      ({ approvals } = store);
    });

    const ids = async (filter: Omit<Parameters<Approvals['list']>[0], 'limit'> & { limit?: number }) =>
      (await approvals.list({ limit: 100, ...filter })).map((each) => each.id);
    const approve = (id: string, now = NOW, by = 'cli:ada') =>
      approvals.decide({ id, status: 'approved', by, now });

    it('keeps what was asked for', async () => {
      const asked = approvalOf({ instance: 'i-1' });
      expect(await approvals.request(asked, NOW)).toEqual(asked);
      expect(await approvals.find('ann', 'a-1', NOW)).toEqual(asked);
      expect(await approvals.find('ann', 'none', NOW)).toBeUndefined();
    });

    it('begins as pending, whatever was given', async () => {
      const given = approvalOf({ status: 'approved', decidedBy: 'me', decidedAt: 5 });
      expect(await approvals.request(given, NOW)).toEqual(approvalOf());
      expect(await approvals.use('ann', given.digest, NOW)).toBeUndefined();
    });

    it('returns the live pending one instead of a second with its digest', async () => {
      const first = approvalOf({ digest: 'd' });
      await approvals.request(first, NOW);
      expect(await approvals.request(approvalOf({ id: 'a-2', digest: 'd' }), NOW + 1)).toEqual(first);
      expect(await ids({ now: NOW + 1 })).toEqual(['a-1']);
      const other = approvalOf({ id: 'a-3', digest: 'd', owner: 'bob' });
      expect(await approvals.request(other, NOW)).toEqual(other);
    });

    it('asks anew when the former was answered or has expired', async () => {
      for (const [index, end] of ['approved', 'denied', 'expired'].entries()) {
        const digest = `d-${end}`;
        await approvals.request(approvalOf({ id: `old-${end}`, digest, expiresAt: NOW + 10 }), NOW);
        if (end === 'approved' || end === 'denied')
          await approvals.decide({ id: `old-${end}`, status: end, by: 'ada', now: NOW });
        const later = approvalOf({ id: `new-${end}`, digest, createdAt: NOW + 20 + index });
        expect(await approvals.request(later, NOW + 20)).toEqual(later);
      }
    });

    it('refuses an id that the owner has already', async () => {
      await approvals.request(approvalOf(), NOW);
      await expect(approvals.request(approvalOf({ digest: 'other' }), NOW)).rejects.toMatchObject({
        code: 'approval/closed',
      });
      expect(await approvals.find('ann', 'a-1', NOW)).toEqual(approvalOf());
      const bobs = approvalOf({ owner: 'bob' });
      expect(await approvals.request(bobs, NOW)).toEqual(bobs);
      expect(await approvals.find('eve', 'a-1', NOW)).toBeUndefined();
      expect(await approvals.find(undefined, 'a-1', NOW)).toMatchObject({ id: 'a-1' });
      expect(await approvals.find(undefined, 'none', NOW)).toBeUndefined();
    });

    it('is answered once', async () => {
      await approvals.request(approvalOf(), NOW);
      const decided = approvalOf({ status: 'approved', decidedBy: 'cli:ada', decidedAt: NOW + 1 });
      expect(await approve('a-1', NOW + 1)).toEqual(decided);
      expect(await approve('a-1', NOW + 2)).toBeUndefined();
      expect(await approvals.decide({ id: 'a-1', status: 'denied', by: 'bob', now: NOW })).toBeUndefined();
      expect(await approvals.find('ann', 'a-1', NOW + 2)).toEqual(decided);
      expect(await approve('none')).toBeUndefined();
    });

    it('is answered by its owner, or by the operator for anybody', async () => {
      await approvals.request(approvalOf(), NOW);
      const foreign = { owner: 'bob', id: 'a-1', status: 'approved', by: 'bob', now: NOW } as const;
      expect(await approvals.decide(foreign)).toBeUndefined();
      expect((await approvals.find('ann', 'a-1', NOW))?.status).toBe('pending');
      expect((await approvals.decide({ ...foreign, owner: 'ann' }))?.status).toBe('approved');
    });

    it('is used once, and only when it was approved', async () => {
      const { digest } = approvalOf();
      await approvals.request(approvalOf(), NOW);
      expect(await approvals.use('ann', digest, NOW)).toBeUndefined();
      await approve('a-1');
      expect(await approvals.use('bob', digest, NOW)).toBeUndefined();
      expect(await approvals.use('ann', 'another digest', NOW)).toBeUndefined();
      const used = await approvals.use('ann', digest, NOW + 5);
      expect(used).toEqual(approvalOf({ status: 'used', decidedBy: 'cli:ada', decidedAt: NOW }));
      expect(await approvals.use('ann', digest, NOW + 5)).toBeUndefined();
      expect(await approvals.find('ann', 'a-1', NOW + HOUR * 2)).toEqual(used);
    });

    it('is not used when it was denied', async () => {
      await approvals.request(approvalOf(), NOW);
      await approvals.decide({ id: 'a-1', status: 'denied', by: 'ada', now: NOW });
      expect(await approvals.use('ann', approvalOf().digest, NOW)).toBeUndefined();
      expect((await approvals.find('ann', 'a-1', NOW + HOUR * 2))?.status).toBe('denied');
    });

    it('is given back when it was used for nothing, to its owner alone', async () => {
      await approvals.request(approvalOf(), NOW);
      await approve('a-1');
      await approvals.restore('ann', 'a-1');
      const used = await approvals.use('ann', approvalOf().digest, NOW);
      expect(used?.status).toBe('used');
      await approvals.restore('bob', 'a-1');
      expect(await approvals.use('ann', approvalOf().digest, NOW)).toBeUndefined();
      await approvals.restore('ann', 'a-1');
      expect((await approvals.use('ann', approvalOf().digest, NOW))?.id).toBe('a-1');
    });

    it('is forgotten long after it expired', async () => {
      await approvals.request(approvalOf({ id: 'old', expiresAt: NOW + 10 }), NOW);
      await approvals.request(approvalOf(), NOW);
      await approvals.prune(NOW + 11);
      expect(await ids({ now: NOW })).toEqual(['a-1']);
    });

    it('expires, pending or approved, and nothing moves it then', async () => {
      await approvals.request(approvalOf({ id: 'p' }), NOW);
      await approvals.request(approvalOf({ id: 'q' }), NOW);
      await approve('q');
      const [before, after] = [NOW + HOUR - 1, NOW + HOUR];
      expect((await approvals.find('ann', 'p', before))?.status).toBe('pending');
      for (const id of ['p', 'q']) expect((await approvals.find('ann', id, after))?.status).toBe('expired');
      expect(await approve('p', after)).toBeUndefined();
      expect(await approvals.use('ann', 'digest of q', after)).toBeUndefined();
      expect(await approvals.use('ann', 'digest of q', before)).toBeUndefined();
    });

    it('stays expired once it was seen so, also where the clock is set back', async () => {
      const late = NOW + HOUR;
      const seers: Readonly<Record<string, () => Promise<unknown>>> = {
        find: () => approvals.find('ann', 'find', late),
        list: () => approvals.list({ limit: 100, now: late }),
        decide: () => approve('decide', late),
        use: () => approvals.use('ann', 'digest of use', late),
        request: () => approvals.request(approvalOf({ id: 'next', digest: 'digest of request' }), late),
      };
      for (const [id, see] of Object.entries(seers)) {
        await approvals.request(approvalOf({ id }), NOW);
        if (id !== 'decide') await approve(id);
        await see();
        expect([id, (await approvals.find('ann', id, NOW))?.status]).toEqual([id, 'expired']);
        expect(await approve(id)).toBeUndefined();
        expect(await approvals.use('ann', `digest of ${id}`, NOW)).toBeUndefined();
      }
    });

    it('lists the newest first, by owner or for all, by status as it reads now', async () => {
      const rows = [
        approvalOf({ id: 'a' }),
        approvalOf({ id: 'b', createdAt: NOW + 2 }),
        approvalOf({ id: 'c', createdAt: NOW + 1, owner: 'bob' }),
        approvalOf({ id: 'd', createdAt: NOW + 3, expiresAt: NOW + 10 }),
        approvalOf({ id: 'e', createdAt: NOW + 4, expiresAt: NOW + 10 }),
        approvalOf({ id: 'f', createdAt: NOW + 4 }),
      ];
      for (const row of rows) await approvals.request(row, NOW);
      await approve('e');
      await approve('f');
      await approvals.use('ann', 'digest of f', NOW);
      await approvals.decide({ id: 'a', status: 'denied', by: 'ada', now: NOW });
      expect(await ids({ now: NOW })).toEqual(['f', 'e', 'd', 'b', 'c', 'a']);
      expect(await ids({ now: NOW, owner: 'ann', limit: 2 })).toEqual(['f', 'e']);
      expect(await ids({ now: NOW, owner: 'eve' })).toEqual([]);
      expect(await ids({ now: NOW, status: 'pending' })).toEqual(['d', 'b', 'c']);
      expect(await ids({ now: NOW, status: 'approved' })).toEqual(['e']);
      const now = NOW + 20;
      expect(await ids({ now, status: 'pending' })).toEqual(['b', 'c']);
      expect(await ids({ now, status: 'approved' })).toEqual([]);
      expect(await ids({ now, status: 'expired' })).toEqual(['e', 'd']);
      expect(await ids({ now, status: 'used' })).toEqual(['f']);
      expect(await ids({ now, status: 'denied', owner: 'ann' })).toEqual(['a']);
      expect((await approvals.list({ now, limit: 10 })).map(({ status }) => status)).toEqual([
        'used',
        'expired',
        'expired',
        'pending',
        'pending',
        'denied',
      ]);
    });

    it('has one winner, whoever comes together', async () => {
      const stores = [store, (await opened.another?.()) ?? store];
      const asked = await ofBoth(stores, (each, index) =>
        each.approvals.request(approvalOf({ id: `a-${index}`, digest: 'd' }), NOW),
      );
      expect(new Set(asked.map(({ id }) => id)).size).toBe(1);
      expect(await ids({ now: NOW })).toHaveLength(1);
      const id = asked[0]?.id ?? '';
      const decided = await ofBoth(stores, (each, index) =>
        each.approvals.decide({ id, status: 'approved', by: `person ${index}`, now: NOW }),
      );
      expect(decided.filter((each) => each !== undefined)).toHaveLength(1);
      const used = await ofBoth(stores, (each) => each.approvals.use('ann', 'd', NOW));
      expect(used.filter((each) => each !== undefined)).toHaveLength(1);
    });

    it('uses each of several with one digest, the oldest first', async () => {
      for (const [index, id] of ['x', 'y'].entries()) {
        await approvals.request(approvalOf({ id, digest: 'd', createdAt: NOW + index }), NOW);
        await approve(id);
      }
      expect((await approvals.use('ann', 'd', NOW))?.id).toBe('x');
      expect((await approvals.use('ann', 'd', NOW))?.id).toBe('y');
      expect(await approvals.use('ann', 'd', NOW)).toBeUndefined();
    });

    it('is there after a restart', async ({ skip }) => {
      if (opened.another === undefined) return skip();
      await approvals.request(approvalOf(), NOW);
      await approve('a-1');
      await store.close();
      const again = await opened.another();
      expect((await again.approvals.use('ann', approvalOf().digest, NOW))?.id).toBe('a-1');
    });

    it('is refused once the store is closed', async () => {
      await store.close();
      await expect(approvals.request(approvalOf(), NOW)).rejects.toMatchObject(CLOSED);
      await expect(approvals.find('ann', 'a-1', NOW)).rejects.toMatchObject(CLOSED);
      await expect(approvals.list({ limit: 1, now: NOW })).rejects.toMatchObject(CLOSED);
      await expect(approve('a-1')).rejects.toMatchObject(CLOSED);
      await expect(approvals.use('ann', 'd', NOW)).rejects.toMatchObject(CLOSED);
    });
  });
}
