import type { Approval, Risk } from '../../kernel/approval.ts';
import type { Json, JsonObject } from '../../kernel/json.ts';
import type { CreateAbort } from '../../ports/abort.ts';
import type { Progress } from '../../ports/downstream.ts';
import type { After } from '../../ports/timer.ts';
import type { CallOutcome, Purse } from '../gateway.ts';
import type { PlannedCall } from '../plan/plan.ts';
import type { CallEnd } from './ask.ts';

/** Which call, and which item of it where it is made once for each. */
export interface CallPlace {
  readonly call: string;
  readonly item?: number;
}

/** `a`, or `a[3]`: the same in every request that goes on with a plan. */
export function keyOf({ call, item }: CallPlace): string {
  return item === undefined ? call : `${call}[${item}]`;
}

/** Bounds of a plan over all requests that go on with it; of the time, each one has its own. */
export interface DispatchLimits {
  /** Calls made, other servers tried included. */
  readonly calls: number;
  /** Of one request: what is under way then is called off. */
  readonly ms: number;
  /** Of all results together. */
  readonly bytes: number;
  readonly costMicros: number;
}

/** A call that was begun and may not be begun a second time by itself. */
export interface Begun extends CallPlace {
  /** As clients see it. */
  readonly name: string;
}

/** What a call cannot go on without. */
export type Waiting =
  | (Begun & { readonly kind: 'approval'; readonly approval: Approval })
  /** Questions, by `inputRequests` and `requestState`. */
  | (Begun & { readonly kind: 'input'; readonly value: JsonObject })
  /** It was under way when its process was lost: somebody must say whether to make it again. */
  | (Begun & { readonly kind: 'lost' })
  /** Its tool is no longer what was agreed to: a person must look at it. Nothing was sent. */
  | (Begun & {
      readonly kind: 'held';
      readonly code: 'tool/held' | 'tool/changed';
      readonly because: string;
    });

export interface CallOptions {
  /** {@link keyOf} the call. */
  readonly key: string;
  /** Aborts with the request, and at its deadline. */
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
  readonly purse: Purse;
}

/** What {@link dispatchPlan} makes calls with. */
export interface DispatchMeans {
  /** Makes one call, through the whole path. */
  readonly call: (name: string, args: JsonObject, options: CallOptions) => Promise<CallOutcome>;
  /** Other tools for the same intent, the best first: tried where the one of the plan cannot answer. */
  readonly alternatives: (call: PlannedCall) => readonly string[];
  readonly riskOf: (name: string) => Risk;
  /** It reads, or making it twice is as good as once. */
  readonly isRepeatable: (name: string) => boolean;
  readonly costOf: (name: string) => number;
  /** Why the budgets that hold besides have no room for so many calls of a tool; nothing where they have. */
  readonly lackOfRoom: (name: string, count: number) => Promise<string | undefined>;
  /** All of a stored result, for references that lead into it: what {@link CallEnd} holds of it is its beginning. */
  readonly stored: (uri: string) => Promise<Json>;
  /** What earlier requests did: never repeated. */
  readonly before: readonly CallEnd[];
  /** Calls whose tools are held wait until a person approved of them; without it they fail. */
  readonly awaitsTools?: boolean;
  /** Begun by an earlier request, and lost; nobody decided about them yet. They are not made. */
  readonly lost: readonly Begun[];
  /** Before a call that may not be repeated is made; it is not when this rejects. */
  readonly onBegin?: (begun: Begun) => Promise<void>;
  readonly onEnd?: (end: CallEnd) => Promise<void>;
  /** A call waits: it is no longer under way, whatever comes of the others. */
  readonly onWait?: (waiting: Waiting) => Promise<void>;
  /** Something of ours failed that is no TuttiError: logs it, and says what to tell. */
  readonly onFault: (fault: unknown) => string;
  readonly limits: DispatchLimits;
  readonly createAbort: CreateAbort;
  readonly after: After;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: {
    readonly done: number;
    readonly of: number;
    readonly message: string;
  }) => void;
}

export interface Dispatched {
  /** In the order of the plan, items in theirs; those of earlier requests included. */
  readonly ends: readonly CallEnd[];
  /** Calls that depend on one of these have no end yet. Empty: the plan is through. */
  readonly waiting: readonly Waiting[];
}
