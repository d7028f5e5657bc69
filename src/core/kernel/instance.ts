import type { Json, JsonObject } from './json.ts';

export const STATUSES = ['RUNNING', 'SUSPENDED', 'COMPLETED', 'FAILED', 'CANCELLED'] as const;
export type Status = (typeof STATUSES)[number];

/** The name that stands for the end of every workflow. */
export const FINISH = 'FINISH';

/** Stands as the workflow of instances that are plans of calls. No workflow can be named so. */
export const PLAN_WORKFLOW = 'tutti:ask';

/** Stands before the agent's name as the workflow of instances that are agent sessions. No workflow can be named so. */
export const AGENT_WORKFLOW = 'tutti:agent/';

/** One durable run of a workflow. */
export interface Instance {
  /** 128 random bits: a handle, not a proof of identity. */
  readonly id: string;
  readonly owner: string;
  readonly workflow: string;
  /** Content hash of the definition this run is bound to. */
  readonly definition: string;
  /** Canonical name of the current step, or {@link FINISH}. */
  readonly step: string;
  readonly status: Status;
  readonly context: JsonObject;
  /** A report that nobody could decide on yet; the next outcome answers it. */
  readonly pending: Pending | null;
  /** How often each step was entered. */
  readonly visits: Readonly<Record<string, number>>;
  /** Opaque; the directive for the current step carries it, and moving replaces it. */
  readonly token: string;
  /** Grows by one with every commit; two writers cannot both win. Equals the `seq` of the newest journal entry. */
  readonly revision: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly completedAt: number | null;
  /** The instance this one was forked from. */
  readonly parent: string | null;
}

export interface Pending {
  readonly report: Report;
  readonly contextUpdates: JsonObject;
  /** Present while a person is to decide: nobody else's answer counts. */
  readonly person?: PersonAsked;
}

/** A question that stands before a person. */
export interface PersonAsked {
  readonly askedAt: number;
  /** From then on it is decided no more, and a new report asks anew. */
  readonly expiresAt: number;
  /** Whose report it came of, as a person would call the caller. */
  readonly requestedBy: string;
}

/** What the client says happened. Only `status` is required; any string is accepted and passed on as it is. */
export interface Report {
  readonly status: string;
  /** The step the report is for. */
  readonly stepId?: string;
  /** One of the outcomes the directive listed. */
  readonly outcome?: string;
  readonly result?: Json;
  readonly details?: Json;
  readonly message?: Json;
  readonly error?: Json;
  /** Whatever else the client sent, kept as it is. */
  readonly more?: JsonObject;
}

/** Where a decision leads. `stay` repeats the step; `halt` suspends the instance at it. */
export type Target =
  | { readonly kind: 'step'; readonly step: string }
  | { readonly kind: 'stay' }
  | { readonly kind: 'finish'; readonly status?: 'COMPLETED' | 'FAILED' }
  | { readonly kind: 'halt' };

export type DecidedBy = 'rule' | 'prose' | 'outcome' | 'caller' | 'model' | 'human';

/** What a decider answers, and why. */
export interface Decision {
  readonly to: Target;
  readonly by: DecidedBy;
  /** The sentence, rule or reason. */
  readonly because: string;
  /** Merged into the context last. */
  readonly contextUpdates?: JsonObject;
  readonly confidence?: number;
  /** A status to take at the new step; FINISH and HALT have their own. */
  readonly status?: Status;
  /** Where a model decided: which, and what it cost. */
  readonly model?: ModelUsage;
  /** What of a model's context updates was not taken, and why. */
  readonly dropped?: readonly string[];
  /** Where a person decided: who, as `cli:ada`, and since when the question stood. */
  readonly person?: { readonly name: string; readonly askedAt: number };
  /** Who was asked before, and why the answer was not followed. */
  readonly passed?: readonly PassedOver[];
}

/** A decider whose answer was not followed. */
export interface PassedOver {
  readonly by: 'model';
  readonly because: string;
  readonly confidence?: number;
  /** Absent where no answer came. */
  readonly model?: ModelUsage;
}

export interface ModelUsage {
  readonly name: string;
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  /** Absent: nobody knows. */
  readonly cost?: number;
  readonly latencyMs: number;
  /** The answer to the very same request was kept: nobody was asked, and nothing was paid. */
  readonly cached?: true;
}

export type EntryKind =
  | 'STARTED'
  | 'ADVANCED'
  | 'PENDING'
  | 'RESUMING'
  | 'SUSPENDED'
  | 'CANCELLED'
  | 'FORKED'
  | 'UPGRADED'
  | 'IMPORTED'
  /** Task data of a session was stored or removed. */
  | 'NOTED'
  /** Something was begun from a session. */
  | 'LINKED';

/** One line of the journal: what was reported, what was decided, and why. */
export interface Entry {
  /** The instance's revision after this entry: 1, 2, 3 … without gaps. */
  readonly seq: number;
  readonly at: number;
  readonly kind: EntryKind;
  /** The step the instance was at. */
  readonly step: string;
  readonly report: Report | null;
  readonly contextUpdates: JsonObject;
  /** The status after this entry. */
  readonly status: Status;
  /** The step after this entry. */
  readonly next: string;
  readonly decision: Decision | null;
  /** Ids of the outcomes that were open. */
  readonly candidates: readonly string[];
}
