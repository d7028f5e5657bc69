import type { Approval, ApprovalStatus } from '../kernel/approval.ts';

/**
 * The durable inbox. What has passed `expiresAt` while pending or approved reads as `expired`, and nothing moves it any more: once it was
 * seen so by anybody, also not a clock that is set back.
 */
export interface Approvals {
  /** Adds a pending one; where the owner has a live pending one with this digest, that one is returned instead. */
  request(approval: Approval, now: number): Promise<Approval>;
  /** `owner` undefined: anybody's, for the operator of the process. */
  find(owner: string | undefined, id: string, now: number): Promise<Approval | undefined>;
  /** Newest first. `owner` absent: everybody's, for the operator of the process. */
  list(filter: {
    readonly owner?: string;
    readonly status?: ApprovalStatus;
    readonly limit: number;
    readonly now: number;
  }): Promise<readonly Approval[]>;
  /** Answers a pending one; `undefined` when there is none such, or it was answered or expired meanwhile. `owner` as in `list`. */
  decide(decision: {
    readonly owner?: string;
    readonly id: string;
    readonly status: 'approved' | 'denied';
    readonly by: string;
    readonly now: number;
  }): Promise<Approval | undefined>;
  /** Takes the approved one with this digest, once: of two that try, one gets it. */
  use(owner: string, digest: string, now: number): Promise<Approval | undefined>;
  /** Gives a used one back, as approved as it was: nothing was done with it. */
  restore(owner: string, id: string): Promise<void>;
  /** Removes those that expired before. */
  prune(before: number): Promise<void>;
}
