import { TuttiError } from '../../core/kernel/errors.ts';
import type { Approval } from '../../core/kernel/approval.ts';

/** As it reads at `now`. */
export function approvalAt(approval: Approval, now: number): Approval {
  return isLapsed(approval, now) ? { ...approval, status: 'expired' } : approval;
}

function isLapsed({ status, expiresAt }: Approval, now: number): boolean {
  return expiresAt <= now && (status === 'pending' || status === 'approved');
}

export function takenApproval(approval: Approval): TuttiError {
  return new TuttiError(
    'approval/closed',
    `Expected a new approval, found that ${approval.id} exists already. Ask again under a fresh id.`,
  );
}
