import type { JsonObject } from '../kernel/json.ts';

export const RISKS = ['read', 'write', 'destructive', 'unknown'] as const;
/** What a call can do at worst. */
export type Risk = (typeof RISKS)[number];

export const APPROVAL_STATUSES = ['pending', 'approved', 'denied', 'expired', 'used'] as const;
export type ApprovalStatus = (typeof APPROVAL_STATUSES)[number];

/** A call that waits for a person, or had its answer. */
export interface Approval {
  /** 128 random bits. */
  readonly id: string;
  readonly owner: string;
  readonly server: string;
  readonly tool: string;
  /** What would be sent, exactly. */
  readonly arguments: JsonObject;
  /** Binds it to caller, server, tool with its pinned definition, arguments and policy. */
  readonly digest: string;
  readonly risk: Risk;
  /** Why a person is asked. */
  readonly reason: string;
  readonly requestedBy: string;
  /** The instance or session on whose behalf, if any. */
  readonly instance: string | null;
  readonly status: ApprovalStatus;
  /** Who answered, such as `cli:ada` or `elicitation`. */
  readonly decidedBy: string | null;
  readonly createdAt: number;
  readonly decidedAt: number | null;
  readonly expiresAt: number;
}

/** The durable inbox. What has passed `expiresAt` while pending or approved reads as `expired`, and nothing moves it any more. */
export interface Approvals {
  /** Adds a pending one; where the owner has a live pending one with this digest, that one is returned instead. */
  request(approval: Approval, now: number): Promise<Approval>;
  find(owner: string, id: string, now: number): Promise<Approval | undefined>;
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
}
