import type { Caller } from '../../kernel/caller.ts';
import type { Approval, Risk } from '../../kernel/approval.ts';
import type { Json, JsonObject } from '../../kernel/json.ts';
import type { CallChannel } from '../gateway.ts';
import type { RouteTerm } from '../route/route.ts';
import type { Plan } from '../plan/plan.ts';

export interface AskInput {
  /** Exactly one of the two. */
  readonly query?: string;
  /** A plan, sent back completed or edited; or a reference, to go on with one that waits. */
  readonly plan?: Plan | PlanReference;
  /** Only these servers. */
  readonly servers?: readonly string[];
  /** Nothing is called: the plan is shown. */
  readonly dryRun?: boolean;
  readonly session?: string;
  readonly instance?: string;
  readonly meta?: JsonObject;
  readonly inputResponses?: JsonObject;
  readonly requestState?: string;
}

/** A plan that waits, to be gone on with as it is kept. */
export interface PlanReference {
  readonly id: string;
  /** About calls that may have been made: by their keys, such as `b`, or `b[3]` for one item. */
  readonly lost?: Readonly<Record<string, LostDecision>>;
}

/** What to do about a call that may have been made: make it again, or leave it as failed. */
export type LostDecision = 'repeat' | 'leave';

/** A call of a plan, as it is told. */
export interface CallName {
  /** Its id in the plan, with the item where it is made for each: `b[3]`. */
  readonly key: string;
  /** As clients see it. */
  readonly tool: string;
}

/** A call that was under way when its process was lost. */
export type LostCall = CallName;

/** One call that contributed, as told to people and models. */
export interface Source {
  readonly server: string;
  readonly tool: string;
  readonly callId: string;
}

export interface PartialFailure {
  readonly server: string;
  readonly tool?: string;
  readonly error: string;
}

export interface ClarificationOption {
  /** To be sent back as the choice. */
  readonly id: string;
  readonly server: string;
  readonly tool?: string;
  readonly intent: string;
  readonly confidence: number;
}

export interface MissingArguments {
  /** Id of the call in the plan. */
  readonly call: string;
  readonly schema: JsonObject;
  /** Names of required parameters that nothing fills. */
  readonly missing: readonly string[];
  /** Of a call for each item: these are taken of the item, by `bind` as here; empty where it takes nothing of one. */
  readonly bind?: Readonly<Record<string, string>>;
}

export interface Estimate {
  readonly calls: number;
  /** Along the longest way through the plan, by what the servers took before; absent when nothing is known. */
  readonly ms?: number;
  readonly costMicros: number;
  /** The highest of all calls. */
  readonly risk: Risk;
}

/** Why this server, why not that one. */
export interface RouteExplanation {
  /** Id of the call in the plan; absent for the question as a whole, which weighs in with every call. */
  readonly call?: string;
  readonly query: string;
  /** What became of it: called, asked about, or left out. */
  readonly decision: 'route' | 'ask' | 'refuse';
  /** What decided, as a sentence. */
  readonly because: string;
  readonly confidence: number;
  readonly refuseBelow: number;
  readonly routeFrom: number;
  readonly candidates: readonly {
    readonly name: string;
    readonly server: string;
    /** By the words of the call alone. */
    readonly score: number;
    /** In [0, 1]: what the whole question says for it, measured by its best tool; absent where the call is the whole question. */
    readonly whole?: number;
    /** The one that is called. */
    readonly isChosen: boolean;
    /** Three at most. */
    readonly terms: readonly RouteTerm[];
  }[];
}

/** What comes of a question. Only failures of ours are thrown; the rest are answers. `unanswered`: sentences about what the plan leaves out. */
export type Resolution =
  | {
      readonly kind: 'answer';
      readonly answer: string;
      readonly sources: readonly Source[];
      readonly partial: readonly PartialFailure[];
      readonly plan: Plan;
    }
  | {
      readonly kind: 'clarification';
      readonly question: string;
      /** Three at most. */
      readonly options: readonly ClarificationOption[];
      readonly plan?: Plan;
      /** Decided about by asking with `{plan: {id, lost}}`. */
      readonly lost?: readonly LostCall[];
      readonly unanswered?: readonly string[];
    }
  /** A person must agree first; ask again with `{plan: {id}}` once one of them is decided. */
  | {
      readonly kind: 'approval';
      /** The first of them. */
      readonly approval: Approval;
      /** All that the plan waits for now, in its order. */
      readonly approvals: readonly Approval[];
      readonly plan: Plan;
      readonly unanswered?: readonly string[];
    }
  | {
      readonly kind: 'needs_arguments';
      readonly plan: Plan;
      readonly missing: readonly MissingArguments[];
      readonly unanswered?: readonly string[];
    }
  | {
      readonly kind: 'out_of_scope';
      readonly message: string;
      readonly nearest: readonly { readonly name: string; readonly description: string }[];
    }
  | {
      readonly kind: 'plan';
      readonly plan: Plan;
      readonly estimate: Estimate;
      readonly routes: readonly RouteExplanation[];
      readonly unanswered?: readonly string[];
    }
  /** Questions for the caller, by `inputRequests` and `requestState`: it asks again with the answers. */
  | { readonly kind: 'input-required'; readonly value: JsonObject };

/** What came of one call of a plan. */
export type CallEnd =
  | {
      readonly kind: 'done';
      readonly call: string;
      /** Of `forEach`: one for each item, in order. */
      readonly item?: number;
      readonly source: Source;
      /** Structured content, else the text as JSON, else the text: what references lead into. */
      readonly value: Json;
      readonly text: string;
      /** Where the whole of it can be read, when what is here was cut. */
      readonly uri?: string;
      /** Where that is not what the planned tool costs. */
      readonly costMicros?: number;
    }
  | {
      readonly kind: 'failed';
      readonly call: string;
      readonly item?: number;
      readonly server: string;
      readonly tool?: string;
      readonly error: string;
      readonly costMicros?: number;
    }
  /** Not made, since what it needs did not come. */
  | {
      readonly kind: 'skipped';
      readonly call: string;
      readonly item?: number;
      readonly server: string;
      readonly because: string;
      /** The list that it is made for each item of has none: nothing is missing. */
      readonly isEmpty?: true;
    };

/** Makes one answer of what the calls brought. A model's text must cite the sources it used; without one, a digest is made. */
export interface Synthesizer {
  synthesize(
    input: { readonly query: string; readonly plan: Plan; readonly ends: readonly CallEnd[] },
    signal?: AbortSignal,
  ): Promise<string>;
}

/** A plan with what has become of it. */
export interface PlanView {
  readonly plan: Plan;
  /** `shown`: nothing of it was begun; it is carried out once it is sent back. */
  readonly status: 'shown' | 'waiting' | 'running' | 'done' | 'cancelled';
  /** Of a cancelled one: id of the edited plan that took its place. */
  readonly replacedBy?: string;
  readonly ends: readonly CallEnd[];
  /** Approvals that it waits for. */
  readonly approvalIds: readonly string[];
  /** Calls that somebody must decide about. */
  readonly lost: readonly LostCall[];
  /** Calls that wait until somebody approved of their tools, which have changed. */
  readonly held: readonly CallName[];
  /** What of the question is left out, and why: sentences. */
  readonly unanswered: readonly string[];
}

/** From a question to one answer over many servers. */
export interface Asking {
  /** @throws TuttiError `input/*` for what is no question or no plan; `budget/spent`; `policy/denied`. */
  ask(caller: Caller, input: AskInput, channel: CallChannel): Promise<Resolution>;
  /** A plan of this caller that waited, or waits. @throws TuttiError `plan/not-found`. */
  plan(caller: Caller, id: string): Promise<PlanView>;
}
