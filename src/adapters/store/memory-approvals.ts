import type { Approval } from '../../core/kernel/approval.ts';
import type { Approvals } from '../../core/ports/approvals.ts';
import { approvalAt, takenApproval } from './approval-rules.ts';
import { toPlain } from './plain.ts';
import { pageSize } from './rules.ts';

/** Approvals in a list. */
export function memoryApprovals(checkOpen: () => void): Approvals {
  let kept: readonly Approval[] = [];
  const at = (now: number) => (kept = kept.map((each) => approvalAt(each, now)));
  const replace = (after: Approval): Approval => {
    kept = kept.map((each) => (each.owner === after.owner && each.id === after.id ? after : each));
    return toPlain(after);
  };
  return {
    async request(approval, now) {
      checkOpen();
      const { owner, id, digest } = approval;
      const same = at(now).find(
        (each) => each.owner === owner && each.digest === digest && each.status === 'pending',
      );
      if (same !== undefined) return toPlain(same);
      if (kept.some((each) => each.owner === owner && each.id === id)) throw takenApproval(approval);
      const added = toPlain<Approval>({ ...approval, status: 'pending', decidedBy: null, decidedAt: null });
      kept = [...kept, added];
      return toPlain(added);
    },
    async find(owner, id, now) {
      checkOpen();
      const found = at(now).find((each) => (owner === undefined || each.owner === owner) && each.id === id);
      return found && toPlain(found);
    },
    async list({ owner, status, limit, now }) {
      checkOpen();
      const found = at(now)
        .filter((each) => owner === undefined || each.owner === owner)
        .filter((each) => status === undefined || each.status === status)
        .toSorted(newestFirst);
      return toPlain(found.slice(0, pageSize(limit)));
    },
    async decide({ owner, id, status, by, now }) {
      checkOpen();
      const found = at(now)
        .filter((each) => each.id === id && each.status === 'pending')
        .filter((each) => owner === undefined || each.owner === owner)
        .toSorted(newestFirst)[0];
      return found && replace({ ...found, status, decidedBy: by, decidedAt: now });
    },
    async use(owner, digest, now) {
      checkOpen();
      const found = at(now)
        .filter((each) => each.owner === owner && each.digest === digest && each.status === 'approved')
        .toSorted(newestFirst)
        .at(-1);
      return found && replace({ ...found, status: 'used' });
    },
    async restore(owner, id) {
      checkOpen();
      const found = kept.find((each) => each.owner === owner && each.id === id && each.status === 'used');
      if (found !== undefined) replace({ ...found, status: 'approved' });
    },
    async prune(before) {
      checkOpen();
      kept = kept.filter((each) => each.expiresAt >= before);
    },
  };
}

function newestFirst(a: Approval, b: Approval): number {
  if (a.createdAt !== b.createdAt) return b.createdAt - a.createdAt;
  if (a.id === b.id) return 0;
  return a.id < b.id ? 1 : -1;
}
