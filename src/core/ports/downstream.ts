import type { Json, JsonObject } from '../kernel/json.ts';
import type { Payload } from '../kernel/payload.ts';

/** The two families of protocol revisions: with a handshake and sessions, and without. */
export type Era = 'legacy' | 'modern';

/** How one MCP server is reached. Everything in it counts when it is pinned, save the values of `env` and `headers`, and what is secret. */
export type Launch =
  | {
      readonly kind: 'stdio';
      readonly command: string;
      readonly args: readonly string[];
      readonly env: Readonly<Record<string, string>>;
      /** Absolute. */
      readonly cwd?: string;
      /** It is a program of ours, which is believed when it says what it left out. */
      readonly isOurs?: true;
      readonly pinned?: LaunchReferences;
    }
  | {
      /** `http` is Streamable HTTP; `sse` the transport before it. */
      readonly kind: 'http' | 'sse';
      readonly url: string;
      readonly headers: Readonly<Record<string, string>>;
      /** The host and port of `url` may be private or loopback addresses; set for what the operator wrote down as such an address. */
      readonly allowPrivate: boolean;
      /** So may other ports of that host; set where the operator allowed private addresses in so many words. */
      readonly allowPrivatePorts?: boolean;
      readonly oauth?: DownstreamOAuth;
      readonly pinned?: LaunchReferences;
    };

/** Parts of a launch as they were written, where they hold references such as `${env:NAME}`: these are pinned, and not what they stand for. */
export interface LaunchReferences {
  readonly command?: string;
  readonly args?: readonly string[];
  readonly cwd?: string;
  readonly url?: string;
  readonly clientId?: string;
}

/** How we log in at a server that wants OAuth. Tokens are kept in the store, by issuer. */
export interface DownstreamOAuth {
  readonly clientId?: string;
  readonly clientSecret?: string;
  readonly scopes: readonly string[];
}

export interface DownstreamOptions {
  /** Name in the configuration. */
  readonly server: string;
  readonly launch: Launch;
  /** Whole time a connection and its first listing may take. */
  readonly connectMs: number;
  /** How long a connection without a call is kept; absent: for ever. */
  readonly idleShutdownMs?: number;
  /** Resident memory of the process group, children included; above it the group is killed. */
  readonly maxMemoryBytes: number;
  /** What is remembered of an earlier connection; a legacy verdict is trusted for 24 hours. */
  readonly verdict?: EraVerdict;
  readonly onVerdict?: (verdict: EraVerdict) => void;
}

export interface EraVerdict {
  readonly era: Era;
  readonly at: number;
  /** The answer of `server/discover`, for the modern era, so that the next connection need not wait for it: it is asked for in the background. */
  readonly discovered?: JsonObject;
}

/** What a server says it offers. Raw: definitions pass through untouched. */
export interface Offer {
  readonly era: Era;
  readonly serverInfo: { readonly name: string; readonly version: string; readonly title?: string };
  readonly capabilities: JsonObject;
  readonly instructions?: string;
  readonly tools: readonly ToolDefinition[];
  readonly prompts: readonly JsonObject[];
  readonly resources: readonly JsonObject[];
  readonly resourceTemplates: readonly JsonObject[];
  /** What was left out because it is malformed; its siblings stay. */
  readonly dropped: readonly { readonly name: string; readonly reason: string }[];
}

/** A tool as its server lists it, the root of its schema made sure to be an object. Further members are kept. */
export interface ToolDefinition {
  readonly name: string;
  readonly title?: string;
  readonly description?: string;
  readonly inputSchema: JsonObject;
  readonly outputSchema?: JsonObject;
  readonly annotations?: JsonObject;
  readonly [more: string]: Json | undefined;
}

export interface Progress {
  readonly progress: number;
  readonly total?: number;
  readonly message?: string;
}

/** One method called at a downstream. */
export interface DownstreamRequest {
  readonly params: JsonObject;
  /** Goes into `params._meta` as it is: `traceparent`, hops. Never credentials of the caller. */
  readonly meta?: JsonObject;
  /** Without any sign of life for so long, the call fails; progress is one. */
  readonly idleMs: number;
  /** The call fails after so long, progress or not. */
  readonly timeoutMs: number;
  /** The most bytes the answer may have; beyond them the stream is cut at once. */
  readonly maxBytes: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /** Hears what the server logs while it answers: the parameters of `notifications/message`. On the modern era only what `meta` asks for. */
  readonly onLog?: ((message: JsonObject) => void) | undefined;
  /** What the caller can be asked (`elicitation`, `sampling`, `roots`), as the protocol writes client capabilities. */
  readonly capabilities?: JsonObject;
  /**
   * Asks the caller on behalf of the downstream: a server request such as `elicitation/create` and its answer. Absent: nobody can be
   * asked, and the downstream is told so. While an answer is awaited no deadline of the call runs; it may take ten minutes.
   *
   * A legacy connection may not tell which of the calls under way a question belongs to. Then the latest of those of one `asker` is asked.
   * Where they may be of several, the question waits until they are not, or, after a while, nobody is asked and the downstream is told
   * so. From the first such question on, calls that can be asked are made one at a time, save those of one `asker`, and others only
   * while somebody thinks: `downstream/overloaded` when a call's turn did not come in time.
   */
  readonly onAsk?: ((ask: Ask) => Promise<JsonObject>) | undefined;
  /** Who is behind the call: equal for calls that may be asked each other's questions. Absent: for this call alone. */
  readonly asker?: string | undefined;
}

/** A question that a downstream pushes while it answers. */
export interface Ask {
  readonly method: string;
  readonly params: JsonObject;
}

export type DownstreamAnswer =
  | { readonly kind: 'result'; readonly payload: Payload }
  /** The modern way to ask: `payload` holds `inputRequests` and, perhaps, `requestState`. */
  | { readonly kind: 'input-required'; readonly payload: Payload }
  /** A JSON-RPC error of the downstream's own, to be passed on. */
  | { readonly kind: 'error'; readonly error: RpcError }
  /** Longer than what may be returned inline, within `maxBytes`: not parsed, nested as deep as any result may be. The text of the result object, and whether it says that the tool failed. */
  | { readonly kind: 'large'; readonly bytes: Uint8Array; readonly isError?: boolean };

export interface RpcError {
  readonly code: number;
  readonly message: string;
  readonly data?: Json;
}

export type DownstreamStatus = 'idle' | 'connecting' | 'ready' | 'down';

export interface DownstreamHealth {
  readonly status: DownstreamStatus;
  /** Why it is down, for people: bounded, without control characters or secrets. */
  readonly error?: string;
  /** Where to log in, when that is what is missing. */
  readonly loginUrl?: string;
  /** Processes of its group and their resident memory, where it is a child of ours. */
  readonly processes?: number;
  readonly memoryBytes?: number;
  readonly era?: Era;
}

export type DownstreamEvent = 'tools' | 'prompts' | 'resources' | 'health';

/**
 * One connection to one MCP server, made when it is first needed, rejoined when it broke, closed when nobody used it for long.
 * Implementations pass `test/contracts/downstream.contract.ts`.
 *
 * Methods that reach the server throw TuttiError `downstream/unavailable` (it cannot be started or reached, or left in the middle),
 * `downstream/timeout`, `downstream/protocol` (what it said is no MCP), `downstream/overloaded` (see `onAsk`), `downstream/result-too-large` (`data.head` holds the
 * beginning as text), `downstream/login-needed` (`data.url`), and the reason of `signal` when it aborted.
 * `data.sent` is `false` where certainly nothing reached the server: such a call may be made elsewhere, whatever it does.
 */
export interface Downstream {
  readonly server: string;
  health(): DownstreamHealth;
  /** What it offers now; connects when it is not connected. One listing serves everybody who asks meanwhile. */
  offer(signal?: AbortSignal): Promise<Offer>;
  /** `tools/call`, on the short path. Answers above `inlineBytes` come back as `large`. */
  call(request: DownstreamRequest & { readonly inlineBytes: number }): Promise<DownstreamAnswer>;
  /** Any other method: `resources/read`, `prompts/get`, `completion/complete` … */
  request(method: string, request: DownstreamRequest): Promise<DownstreamAnswer>;
  /** Hears, at most once a second for each kind, that something changed. Returns how to stop. */
  on(listener: (event: DownstreamEvent, detail?: JsonObject) => void): () => void;
  /** The last lines of its stderr, oldest first; empty for a remote one. */
  logs(): readonly string[];
  /** Lets calls under way finish for as long as `drainMs`, then ends the connection and reaps every process. May be called again. */
  close(drainMs?: number): Promise<void>;
}

/** Makes a connection; nothing is started before it is used. */
export type OpenDownstream = (options: DownstreamOptions) => Downstream;
