import type { JsonObject } from './json.ts';

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
  /** What would be sent, exactly; stored results stand in it as the references that were given. */
  readonly arguments: JsonObject;
  /** Binds it to caller, server and how that is reached, tool with its pinned definition, arguments with what they refer to, policy, and the question where it came of one. */
  readonly digest: string;
  readonly risk: Risk;
  /** Why a person is asked. */
  readonly reason: string;
  readonly requestedBy: string;
  /** The question that the call came of, as it was worded: somebody's words, for whoever decides. */
  readonly query?: string;
  /** The instance or session on whose behalf, if any. */
  readonly instance: string | null;
  readonly status: ApprovalStatus;
  /** Who answered, such as `cli:ada` or `elicitation`. */
  readonly decidedBy: string | null;
  readonly createdAt: number;
  readonly decidedAt: number | null;
  readonly expiresAt: number;
}
