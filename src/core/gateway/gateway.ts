import type { Caller } from '../kernel/caller.ts';
import type { ErrorCode } from '../kernel/errors.ts';
import type { JsonObject } from '../kernel/json.ts';
import type { Payload } from '../kernel/payload.ts';
import type { AuditRow } from '../ports/audit.ts';
import type { Approval, ApprovalStatus, Risk } from '../kernel/approval.ts';
import type { Ask, DownstreamStatus, Progress, RpcError } from '../ports/downstream.ts';
import type { Asking } from './ask/ask.ts';
import type { Effect, GatewaySettings } from './settings.ts';

export type ServerStatus = DownstreamStatus | 'held';

export interface ServerView {
  readonly name: string;
  readonly description: string;
  /** `ready` is only what answered and is connected; `idle` was closed because nobody needed it, and is opened by the next call. */
  readonly status: ServerStatus;
  /** As of {@link seenAt} where it is not `ready`. */
  readonly tools: number;
  /** When it last listed what it offers. */
  readonly seenAt?: number;
  /** Held back: changed or not approved yet. */
  readonly held: readonly HeldItem[];
  /** Left out because malformed or dangerous. */
  readonly dropped: readonly { readonly name: string; readonly reason: string }[];
  /** What the configuration says of tools that it does not offer. */
  readonly misnamed?: readonly { readonly name: string; readonly message: string }[];
  /** Arguments of tools with a pattern that nobody here can look at. */
  readonly unchecked?: readonly { readonly name: string; readonly message: string }[];
  readonly error?: string;
  readonly loginUrl?: string;
  readonly budget?: readonly BudgetView[];
  readonly processes?: number;
  readonly memoryBytes?: number;
}

export interface HeldItem {
  readonly kind: 'server' | 'tool' | 'prompt' | 'instructions';
  readonly name: string;
  readonly reason: 'new' | 'changed' | 'suspicious';
  /** What a scan found in it, for people. */
  readonly findings: readonly string[];
  /** Lines that begin with `-`, `+` or a blank. */
  readonly diff: readonly string[];
  /** How many more lines differ that are not told; absent: none. */
  readonly leftOut?: number;
}

/** Something held, with what it is approved by. */
export interface HeldByServer extends HeldItem {
  readonly server: string;
  /** When a process that runs saw it, where one just started does not. */
  readonly seenAt?: number;
  /** Of this item as it is shown: another one for anything that differs. */
  readonly hash: string;
}

export interface BudgetView {
  readonly per: string;
  readonly kind: 'calls' | 'cost' | 'ms';
  readonly spent: number;
  readonly of: number;
}

/** One tool as a caller may see it. */
export interface ToolView {
  /** `server__tool`, or the tool's own name where the server has no prefix. */
  readonly name: string;
  readonly server: string;
  readonly title?: string;
  readonly description: string;
  readonly inputSchema: JsonObject;
  readonly outputSchema?: JsonObject;
  readonly annotations?: JsonObject;
  readonly risk: Risk;
  readonly costMicros?: number;
  readonly group?: string;
  /** `false` while its server is down. */
  readonly available: boolean;
}

export interface Found {
  readonly tools: readonly (ToolView & { readonly score: number })[];
  /** In [0, 1]: how well the best one fits. */
  readonly confidence: number;
  /** Servers of which nothing is known yet, while they connect: asking again may find more. Absent where there are none. */
  readonly connecting?: readonly string[];
}

export interface CallInput {
  /** As clients see it: `server__tool`, an unprefixed name, or a group. */
  readonly name: string;
  /** Already bounded as a value; `{"$result": "tutti://result/ID"}` anywhere in it stands for a stored result, with a {@link ResultQuery} beside it for a part of one. */
  readonly arguments: JsonObject;
  /** The same key gives the same answer again, for an hour. */
  readonly idempotencyKey?: string;
  /** The agent session or workflow run on whose behalf: taints are counted by it, and budgets where it is there and the caller's. */
  readonly session?: string;
  readonly instance?: string;
  /** The question that the call is made for: shown to whoever is to approve of it. */
  readonly query?: string;
  /** What of that question no call takes into account, as sentences: shown with it. */
  readonly unanswered?: readonly string[];
  /** Risks that it may have, whichever server answers; absent: any. */
  readonly admits?: readonly Risk[];
  /** `_meta` of the request: only trace context and hops are passed on. */
  readonly meta?: JsonObject;
  /** Answers to an earlier `input-required`, with its state. */
  readonly inputResponses?: JsonObject;
  readonly requestState?: string;
}

/** What the request that makes a call may spend; the call asks it for every server that it is sent to. */
export interface Purse {
  /** A sentence when a call may not cost so much. */
  lack(costMicros: number): string | undefined;
  /** Takes it; a sentence when there is not so much. */
  take(costMicros: number): string | undefined;
  /** Counts what was spent beyond what was taken; a negative sum is given back. */
  settle(costMicros: number): void;
}

/** What the caller can do while a call runs. */
export interface CallChannel {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /** Hears what the downstream logs while it answers: the parameters of `notifications/message`. */
  readonly onLog?: ((message: JsonObject) => void) | undefined;
  readonly purse?: Purse | undefined;
  /** Client capabilities of this request. */
  readonly capabilities: JsonObject;
  /** The caller's revision answers questions by repeating the request. */
  readonly repeats: boolean;
  /** Asks over an open connection, for callers of the older revisions that declared they can be asked. `signal` takes the question back. */
  readonly ask?: ((ask: Ask, signal?: AbortSignal) => Promise<JsonObject>) | undefined;
}

/** How an answer came about: `_meta.tutti` on the wire. */
export interface CallFacts {
  readonly callId: string;
  readonly server: string;
  readonly tool: string;
  readonly cached: boolean;
  readonly durationMs: number;
  readonly attempts: number;
}

/** What came of a call. Only failures of ours are thrown. */
export type CallOutcome =
  | { readonly kind: 'result'; readonly payload: Payload; readonly facts: CallFacts }
  /** `payload` already tells of it: its head, and the resource to page through. */
  | { readonly kind: 'stored'; readonly payload: Payload; readonly uri: string; readonly facts: CallFacts }
  | { readonly kind: 'error'; readonly error: RpcError; readonly facts: CallFacts }
  /** Questions for the caller, by `inputRequests` and `requestState`. */
  | { readonly kind: 'input-required'; readonly payload: Payload }
  /** A person must agree first; call again with the same arguments once it is approved. */
  | { readonly kind: 'approval'; readonly approval: Approval };

/** One look at the path of a call that was not made. */
export interface Explanation {
  readonly name: string;
  readonly server?: string;
  readonly tool?: string;
  readonly effect: Effect;
  readonly stages: readonly StageVerdict[];
}

export interface StageVerdict {
  /** Name of the stage, in the order of the path. */
  readonly stage: string;
  readonly verdict: 'pass' | 'stop' | 'ask' | 'skip';
  /** Of the error that a call would end with there. */
  readonly code?: ErrorCode;
  /** A sentence for people: which rule, which number, and why. */
  readonly because: string;
}

/** Ready-made answers to `tools/list`, `prompts/list`, `resources/list` and `resources/templates/list` of what passes through. */
export interface ExposedList {
  /** Changes whenever the list does. */
  readonly version: string;
  /** A JSON array as bytes, in stable order. */
  readonly bytes: Uint8Array;
  readonly items: readonly JsonObject[];
  /** Servers that were never seen and are being reached: their part is missing, and told of when it comes. Absent: nothing is missing. */
  readonly connecting?: readonly string[];
}

export interface Exposed {
  readonly tools: ExposedList;
  readonly prompts: ExposedList;
  readonly resources: ExposedList;
  readonly resourceTemplates: ExposedList;
}

export interface ResultPage {
  readonly text: string;
  readonly offset: number;
  readonly totalBytes: number;
  readonly nextOffset?: number;
}

/** How to look at a stored result. Without anything: its first page. */
export interface ResultQuery {
  /** Bytes. */
  readonly offset?: number;
  readonly limit?: number;
  /** Only lines that contain this text, with their numbers. */
  readonly grep?: string;
  /** Only what this path leads to, such as `$.items[*].id`. */
  readonly path?: string;
}

/**
 * Who does it: many servers behind one gate. Everything takes the caller; what a caller may not see is as absent for it as what is not there.
 *
 * Methods throw TuttiError `tool/not-found`, `tool/changed`, `tool/held`, `input/*`, `policy/denied`, `policy/rate-limited`,
 * `budget/spent`, `approval/*`, `call/loop`, `downstream/*`, `plan/*`.
 */
export interface Gateway extends Asking {
  /** With `look`, those that nobody looked at since the start have a moment to answer first. */
  listServers(caller: Caller, how?: { readonly look: boolean }): Promise<readonly ServerView[]>;
  findTools(
    caller: Caller,
    query: {
      readonly query: string;
      readonly limit?: number;
      readonly server?: string;
      /** The agent session whose state may narrow what is found. */
      readonly session?: string;
    },
  ): Promise<Found>;
  /** In the order of the names. @throws TuttiError `tool/not-found`. */
  describeTools(caller: Caller, names: readonly string[]): Promise<readonly ToolView[]>;
  call(caller: Caller, input: CallInput, channel: CallChannel): Promise<CallOutcome>;
  explain(caller: Caller, input: CallInput): Promise<Explanation>;
  /**
   * What passes through to this caller. Cheap when nothing changed since it was last asked. Waits for no server that was seen before, and for others
   * no longer than a moment after the last one that came.
   */
  exposed(caller: Caller): Promise<Exposed>;
  /** Whether a client gets downstream tools directly beside the gateway's own (`auto` decides by size and client). */
  exposesDirectly(caller: Caller, clientName: string | undefined): Promise<boolean>;
  /** `resources/read`, `prompts/get`, `completion/complete`, `resources/subscribe` at the server that the address, name or reference belongs to. */
  forward(
    caller: Caller,
    method: ForwardMethod,
    params: JsonObject,
    channel: CallChannel,
  ): Promise<CallOutcome>;
  readResult(caller: Caller, id: string, query: ResultQuery): Promise<ResultPage>;
  listApprovals(caller: Caller, filter: { readonly status?: ApprovalStatus }): Promise<readonly Approval[]>;
  /** @throws TuttiError `approval/not-found`. */
  approval(caller: Caller, id: string): Promise<Approval>;
  /** Calls back after what passes through changed. Returns how to stop. */
  onChange(callback: (what: 'tools' | 'prompts' | 'resources') => void): () => void;
  /** Calls back when a downstream says that a resource changed that somebody subscribed to. */
  onResourceUpdated(callback: (uri: string) => void): () => void;
  readonly operator: GatewayOperator;
  /** Takes new settings at once: what is under way finishes under the old ones; unchanged servers keep their connections. */
  reconfigure(settings: GatewaySettings): Promise<void>;
  /** Refuses new calls, lets those under way finish, flushes the journal, ends every connection. */
  close(drainMs?: number): Promise<void>;
}

export type ForwardMethod =
  | 'resources/read'
  | 'prompts/get'
  | 'completion/complete'
  | 'resources/subscribe'
  | 'resources/unsubscribe';

/** What only the operator of the process may do: by the terminal or the API, never by a model. */
export interface GatewayOperator {
  /** Connects, lists, and says what came of it. */
  testServer(name: string): Promise<ServerView>;
  serverLogs(name: string): readonly string[];
  approvals(filter: {
    readonly status?: ApprovalStatus;
    readonly limit?: number;
  }): Promise<readonly Approval[]>;
  /** @throws TuttiError `approval/not-found`. */
  approval(id: string): Promise<Approval>;
  /** @throws TuttiError `approval/not-found`, `approval/closed`. */
  decide(id: string, status: 'approved' | 'denied', by: string): Promise<Approval>;
  /** Whether nobody may agree to what he asked for himself. */
  fourEyes(): boolean;
  /** What differs from what is pinned; connects to every server when `refresh`. */
  held(refresh: boolean): Promise<readonly HeldByServer[]>;
  /**
   * Pins what is held: everything, one server, or one tool as `server__tool`; with `shown`, only what still has one of these hashes of
   * {@link GatewayOperator.held}, so that nobody approves what he did not see. Returns what was pinned.
   */
  approvePins(what: string | undefined, by: string, shown?: readonly string[]): Promise<readonly string[]>;
  /** Everything that is pinned, for a lock file: sorted, without secrets. */
  lock(): Promise<JsonObject>;
  /** Takes the pins of a lock file as the ones that count. Returns what it says of servers and tools. */
  applyLock(lock: JsonObject): Promise<void>;
  /** From now on what tools mean is made ready as soon as they are known: somebody is served. Until then, once somebody looks for one. */
  expectQuestions(): void;
  /** Forgets cached results: all, or those of one server. */
  purgeCache(server?: string): void;
  auditTail(filter: { readonly limit: number; readonly before?: number }): Promise<readonly AuditRow[]>;
  auditVerify(): Promise<{
    readonly rows: number;
    readonly broken?: { readonly seq: number; readonly problem: string };
  }>;
}
