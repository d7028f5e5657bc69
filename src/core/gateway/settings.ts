import type { Launch } from '../ports/downstream.ts';
import type { Risk } from '../kernel/approval.ts';
import type { RateLimit } from '../ports/limits.ts';

/** What the operator wrote about servers and calls, resolved: no default is open. */
export interface GatewaySettings {
  readonly servers: readonly ServerSettings[];
  /** Those that cannot be used as they are written: shown with the reason, never started or reached. */
  readonly broken: readonly BrokenServer[];
  readonly policy: PolicySettings;
  readonly exposure: Exposure;
  readonly ask: AskSettings;
  /** Bytes of cached results in all. */
  readonly cacheBytes: number;
  /** Processes that downstreams may have started at once. */
  readonly maxProcesses: number;
}

export interface BrokenServer {
  /** For people: bounded, without control characters. It may be no name that a server can have. */
  readonly name: string;
  /** `held`: nobody trusted the file it stands in yet. */
  readonly status: 'down' | 'held';
  /** What was found, what was expected, and what to do. Holds no secret. */
  readonly error: string;
}

/**
 * Whose word a server is configured by. `operator`: the operator's own; what it offers is pinned at first sight. `stranger`: it stands in a
 * file that was come across and then trusted, which shows how it is reached and nothing of what it offers: that is held.
 */
export type Origin = 'operator' | 'stranger';

export interface ServerSettings {
  readonly name: string;
  readonly description?: string;
  readonly launch: Launch;
  readonly origin: Origin;
  readonly enabled: boolean;
  /** Its annotations are believed. */
  readonly trusted: boolean;
  /** `false`: its tools keep their own names. */
  readonly prefix: boolean;
  /** Of one call, in whole micro-units of the currency. */
  readonly costMicros: number;
  readonly connectMs: number;
  readonly idleMs: number;
  readonly timeoutMs: number;
  readonly idleShutdownMs?: number;
  readonly concurrency: number;
  readonly maxMemoryBytes: number;
  readonly cache: CacheSettings;
  readonly budgets: readonly Budget[];
  /** Servers to try in this order, under the same tool name, when this one cannot or may not answer. */
  readonly fallback: readonly string[];
  readonly tools: Readonly<Record<string, ToolSettings>>;
  /** Credentials of single callers, by owner or by the name of their token: then they have a connection of their own. */
  readonly users: Readonly<Record<string, UserCredentials>>;
}

export interface CacheSettings {
  /** `auto`: read-only, idempotent calls. */
  readonly mode: 'auto' | 'off';
  readonly ttlMs: number;
}

export interface UserCredentials {
  readonly env: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
}

export interface ToolSettings {
  readonly enabled: boolean;
  readonly risk?: Risk;
  readonly costMicros?: number;
  /** `true`: cached although nothing says it only reads; `false`: never cached. */
  readonly cache?: boolean;
  readonly timeoutMs?: number;
  /** Name under which it and its equivalents are called. */
  readonly group?: string;
  /** Parameter of the group → parameter of this tool. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Queries that it answers. */
  readonly examples: readonly string[];
  /** What it returns is secret; what it sends leaves the house. */
  readonly sensitive?: boolean;
  readonly egress?: boolean;
}

export interface Budget {
  /** At least one of the three. */
  readonly calls?: number;
  readonly costMicros?: number;
  readonly ms?: number;
  readonly per: 'session' | 'instance' | 'owner' | 'day';
}

export const EFFECTS = ['allow', 'ask', 'deny', 'degrade'] as const;
/** `degrade`: answered from the cache or by a fallback, or refused. */
export type Effect = (typeof EFFECTS)[number];

export interface PolicyRule {
  /** In the rule language, over `caller`, `server`, `tool`, `risk`, `arguments`, `tainted`. */
  readonly when: string;
  readonly effect: Effect;
  readonly reason: string;
}

export interface PolicySettings {
  /** The first that holds decides. */
  readonly rules: readonly PolicyRule[];
  /** Risks that a person approves where no rule decides. */
  readonly approve: readonly Risk[];
  /** What happens to calls that send something out after something secret was read. */
  readonly tainted: 'ask' | 'deny' | 'allow';
  readonly perUser?: RateLimit;
  /** Of everything, whichever server. */
  readonly budgets: readonly Budget[];
  readonly resultMaxBytes: number;
  readonly resultStoreMaxBytes: number;
  readonly resultTtlMs: number;
  readonly approvalTtlMs: number;
  /** The person who approves must not be the one who asked. */
  readonly fourEyes: boolean;
  readonly maxHops: number;
  /** What is done with results that seem to carry instructions. */
  readonly injection: 'mark' | 'block';
  /** Arguments that the pinned schema does not name: refused, or passed on where the schema allows them. */
  readonly unknownArguments: 'refuse' | 'schema';
}

/** What one `ask` may use, whatever its plan says. */
export interface AskSettings {
  /** Calls, each item of a `forEach` counted. */
  readonly maxCalls: number;
  /** Of each request, from the question to the answer; people who are waited for do not count. A request that goes on with a plan has it anew. */
  readonly maxMs: number;
  /** Of everything that the calls bring. */
  readonly maxBytes: number;
  readonly maxCostMicros?: number;
  /** In which questions are read, as an IANA name; absent: that of the machine. */
  readonly timeZone?: string;
  /** When a model helps, where there is one; `auto`: where words leave something open, and where several calls answered. */
  readonly model: 'auto' | 'always' | 'never';
  /** Which tool somebody confirmed for a question is remembered for his next ones. */
  readonly learn: boolean;
}

/** What clients see of downstream tools besides `find_tools`, `describe_tool` and `call_tool`. */
export interface Exposure {
  /** `auto`: directly while there are at most `maxTools`, or for clients that search tools themselves. */
  readonly mode: 'auto' | 'direct' | 'search';
  readonly maxTools: number;
  /** Names in `clientInfo` of hosts that search tools themselves. */
  readonly searchingClients: readonly string[];
}
