import type { Caller } from '../kernel/caller.ts';
import type { TuttiError } from '../kernel/errors.ts';
import type { Json, JsonObject } from '../kernel/json.ts';
import { isJsonObject } from '../kernel/json.ts';
import type { Spender } from '../policy/budget.ts';
import type { CompiledRules } from '../policy/rules.ts';
import type { Risk } from '../kernel/approval.ts';
import type { Approvals } from '../ports/approvals.ts';
import type { Ask } from '../ports/downstream.ts';
import type { Answers } from './answers.ts';
import type { HeldElsewhere } from './elsewhere.ts';
import type { CallChannel, CallFacts, CallInput, CallOutcome, HeldItem } from './gateway.ts';
import type { Catalog, CatalogEntry, Connections } from './catalog.ts';
import type { Circuits } from './circuits.ts';
import type { InFlight } from './in-flight.ts';
import type { Journal } from './journal.ts';
import type { Ledger } from './ledger.ts';
import type { Parking } from './parking.ts';
import type { GatewayParts } from './parts.ts';
import type { Refusals } from './refusals.ts';
import type { Repeats } from './repeats.ts';
import type { Effect, PolicyRule, PolicySettings } from './settings.ts';
import type { Shelf } from './results.ts';
import type { States } from './states.ts';
import type { ToolGate } from './tool-gate.ts';

/** The operator's policy, compiled. A call keeps the one it began under. */
export interface Policy {
  readonly settings: PolicySettings;
  readonly rules: CompiledRules<PolicyRule>;
  /** Changes with anything in it: approvals given under another one do not count. */
  readonly version: string;
}

/** What all calls share. */
export interface Gate {
  readonly parts: GatewayParts;
  readonly catalog: Catalog;
  readonly connections: Connections;
  readonly ledger: Ledger;
  readonly journal: Journal;
  /** Their arguments in clear. */
  readonly approvals: Pick<Approvals, 'request'>;
  readonly refusals: Refusals;
  readonly answers: Answers;
  readonly inFlight: InFlight;
  readonly repeats: Repeats;
  readonly circuits: Circuits;
  readonly parking: Parking;
  readonly states: States;
  readonly shelf: Shelf;
  /** Random: how we know ourselves among the hops of a call. */
  readonly orchestratorId: string;
  isDraining(): boolean;
  policy(): Policy;
}

export type Verdict =
  | { readonly kind: 'pass' | 'skip' | 'ask'; readonly because: string }
  /** `elsewhere`: another server may still answer. */
  | { readonly kind: 'stop'; readonly error: TuttiError; readonly elsewhere?: boolean };

/** One stage of the path of a call. */
export interface Stage {
  readonly name: string;
  /** Judges the call, and brings it a step further. Changes nothing outside the call; without a promise where nothing must be awaited. */
  readonly admit: (call: Call) => Verdict | Promise<Verdict>;
  /** Does what the stage is for, around or instead of the rest of the path. Not run when a call is only explained. */
  readonly run?: (call: Call, next: () => Promise<CallOutcome>) => Promise<CallOutcome>;
}

/** What a sealed `requestState` carried over from the leg of the call before. */
export interface Carried {
  readonly kind: 'approval' | 'downstream' | 'parked' | 'ask' | 'decision';
  /** Id of the approval, the parked call or the instance; name of the server; what an `ask` asked about. */
  readonly of: string;
  /** Keys of what was asked. */
  readonly asks: readonly string[];
  /** Of a parked call: name of the server that asked. */
  readonly server?: string;
  /** Of a parked call that may be made again: digests of what was asked, by key. */
  readonly questions?: Readonly<Record<string, string>>;
  /** The downstream's own state; what an `ask` goes on with. */
  readonly state?: string;
  /** How often an approval was answered by neither yes nor no so far. */
  readonly wrong?: number;
  /** Digest of what was approved on the way: it holds for this leg too. */
  readonly approved?: string;
}

export const PASS: Verdict = { kind: 'pass', because: '' };

/** One call on its way: what is known of it so far. */
export class Call {
  readonly gate: Gate;
  readonly policy: Policy;
  readonly caller: Caller;
  readonly input: CallInput;
  readonly channel: CallChannel;
  /** Only explained: nothing is counted, asked or sent. */
  readonly dry: boolean;
  /** What is held elsewhere counts, too. */
  elsewhere: HeldElsewhere | undefined = undefined;
  readonly id: string;
  readonly startedAt: number;

  /** Whose budgets it falls under, as far as is known of its session and its run. */
  spender: Spender;
  /** Those that may answer, the best first. */
  candidates: readonly CatalogEntry[] = [];
  /** What the state of its session lets be called. */
  toolGate: ToolGate | undefined = undefined;
  /** How many of the fallbacks were looked for. */
  fallbacks = 0;
  /** The one that is tried now. */
  chosen: CatalogEntry | undefined = undefined;
  /** With references replaced, before parameters are renamed for a member of a group. */
  given: JsonObject;
  /** What is sent. */
  arguments: JsonObject;
  risk: Risk = 'unknown';
  effect: Effect = 'allow';
  /** Why a person must agree. */
  asks: string | undefined = undefined;
  /** Digest under which a person agreed, once he did. */
  approved: string | undefined = undefined;
  /** Id of the approval that was used up for it. */
  approval: string | undefined = undefined;
  carried: Carried | undefined = undefined;
  hops: readonly string[] = [];
  /** Something may have been sent to the one that is tried now. */
  sent = false;
  /** Its idempotency key was taken for it in the store. */
  claimed = false;
  /** Somebody was asked something while it ran: the answer holds for this once. */
  asked = false;
  attempts = 0;
  findings: readonly string[] = [];
  /** What came back is secret, whatever the settings say. */
  sensitive = false;
  /** Its arguments refer to something secret, whenever that was read. */
  bearsSecret = false;
  /** Under which its answer is kept; absent: it is not. */
  cacheKey: string | undefined = undefined;
  /** How long people were waited for. */
  waitedMs = 0;
  /** When the time of the one that is tried now began: with the wait for room there. */
  triedAt = 0;
  /** Gives up its place among those that run at its server. */
  leavePlace: (() => void) | undefined = undefined;
  /** Where progress and questions go now: for a parked call, the latest repeat. */
  live: CallChannel;
  /** Calls it off, for calls that outlive their request. */
  signal: AbortSignal | undefined;
  /** Asks the caller on behalf of the downstream. */
  onAsk: ((ask: Ask) => Promise<JsonObject>) | undefined = undefined;
  /** The refusal that another server may make good. */
  yields: TuttiError | undefined = undefined;

  constructor(
    gate: Gate,
    about: {
      readonly caller: Caller;
      readonly input: CallInput;
      readonly channel: CallChannel;
      readonly dry: boolean;
    },
  ) {
    this.gate = gate;
    this.policy = gate.policy();
    this.caller = about.caller;
    this.input = about.input;
    this.channel = about.channel;
    this.dry = about.dry;
    this.id = gate.parts.clock.id();
    this.startedAt = gate.parts.clock.now();
    this.spender = { owner: about.caller.owner, now: this.startedAt };
    this.given = about.input.arguments;
    this.arguments = about.input.arguments;
    this.signal = about.channel.signal;
    this.live = about.channel;
  }

  get entry(): CatalogEntry {
    if (this.chosen === undefined) throw new Error('A stage asks for the tool before one was chosen.');
    return this.chosen;
  }

  get costMicros(): number {
    return this.entry.settings.costMicros ?? this.entry.server.costMicros;
  }

  /** Waits for somebody: meanwhile the call keeps nobody from its server, and the time is not its own. */
  async wait<T>(answer: () => Promise<T>): Promise<T> {
    const { clock } = this.gate.parts;
    const since = clock.now();
    this.asked = true;
    this.leavePlace?.();
    try {
      return await answer();
    } finally {
      this.waitedMs += clock.now() - since;
    }
  }

  /** Why nothing may be sent to it, if so. */
  heldOf(entry: CatalogEntry): HeldItem | undefined {
    return entry.held ?? this.elsewhere?.(entry);
  }

  /** A sentence for {@link Explanation}; not put together for a call that is made. */
  pass(because: () => string): Verdict {
    return this.dry ? { kind: 'pass', because: because() } : PASS;
  }

  skip(because: () => string): Verdict {
    return this.dry ? { kind: 'skip', because: because() } : PASS;
  }

  facts(cached: boolean): CallFacts {
    return {
      callId: this.id,
      server: this.entry.server.name,
      tool: this.entry.tool.name,
      cached,
      durationMs: this.gate.parts.clock.now() - this.startedAt,
      attempts: this.attempts,
    };
  }

  /** Turns to another server: what was judged of the one before does not hold for it. */
  choose(entry: CatalogEntry): void {
    this.chosen = entry;
    this.arguments = this.given;
    this.effect = 'allow';
    this.asks = undefined;
    this.sent = false;
    this.cacheKey = undefined;
  }
}

/** The member of `capabilities` that a question needs; `undefined` when the caller did not declare it. */
export function canBeAsked(capabilities: JsonObject, method: string): boolean {
  const [area = ''] = method.split('/');
  const declared: Json | undefined = capabilities[area];
  return declared !== undefined && declared !== null && declared !== false;
}

/** Whether the caller can be shown a form. */
export function hasForms(capabilities: JsonObject): boolean {
  if (!canBeAsked(capabilities, 'elicitation/create')) return false;
  const modes = capabilities['elicitation'];
  if (!isJsonObject(modes)) return false;
  return Object.keys(modes).length === 0 || Object.hasOwn(modes, 'form') || !Object.hasOwn(modes, 'url');
}
