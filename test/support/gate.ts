import { createAbort } from '../../src/adapters/clock/abort.ts';
import { lruCache } from '../../src/adapters/cache/lru.ts';
import { cockatielCircuit } from '../../src/adapters/circuit/cockatiel.ts';
import { sha256 } from '../../src/adapters/digest/sha256.ts';
import { memoryLimits } from '../../src/adapters/limits/memory.ts';
import { compileRe2 } from '../../src/adapters/pattern/re2.ts';
import { ajvSchemas } from '../../src/adapters/schema/ajv.ts';
import { aesSeal } from '../../src/adapters/seal/aes.ts';
import { porterStem } from '../../src/adapters/stem/porter.ts';
import { memoryStore } from '../../src/adapters/store/memory.ts';
import { createGateway } from '../../src/core/gateway/create-gateway.ts';
import type { CallChannel, CallInput, CallOutcome, Gateway } from '../../src/core/gateway/gateway.ts';
import type { GatewayParts } from '../../src/core/gateway/parts.ts';
import type { GatewaySettings, PolicySettings, ServerSettings } from '../../src/core/gateway/settings.ts';
import type { Caller } from '../../src/core/kernel/caller.ts';
import { TuttiError } from '../../src/core/kernel/errors.ts';
import type { JsonObject } from '../../src/core/kernel/json.ts';
import { toPayload } from '../../src/core/kernel/payload.ts';
import type { Clock } from '../../src/core/ports/clock.ts';
import type { DownstreamAnswer, ToolDefinition } from '../../src/core/ports/downstream.ts';
import type { Store } from '../../src/core/ports/store.ts';
import { fakeDownstreams, handTimer, toOffer, toServer } from './fake-downstream.ts';

export const ADA: Caller = { owner: 'ada' };
export const BOB: Caller = { owner: 'bob' };
/** Can be asked nothing. */
export const MUTE: CallChannel = { capabilities: {}, repeats: false };
/** Answers questions by repeating the call. */
export const MODERN: CallChannel = { capabilities: { elicitation: {} }, repeats: true };

const POLICY: PolicySettings = {
  rules: [],
  approve: [],
  tainted: 'ask',
  budgets: [],
  resultMaxBytes: 65_536,
  resultStoreMaxBytes: 16_777_216,
  resultTtlMs: 3_600_000,
  approvalTtlMs: 3_600_000,
  fourEyes: false,
  maxHops: 5,
  injection: 'mark',
  unknownArguments: 'schema',
};

interface World {
  readonly gateway: Gateway;
  readonly store: Store;
  readonly timer: ReturnType<typeof handTimer>;
  readonly fakes: ReturnType<typeof fakeDownstreams>;
  readonly settings: GatewaySettings;
  /** Moves the clock. */
  readonly pass: (ms: number) => void;
  /** The same without any timer going off: as it is for whoever was not there. */
  readonly leap: (ms: number) => void;
  /** What a gateway over all this is put together from. */
  readonly parts: (policy?: Partial<PolicySettings>) => GatewayParts;
  /** Another process on the same store, servers and keys. */
  readonly again: (policy?: Partial<PolicySettings>) => Gateway;
  readonly call: (name: string, sent?: JsonObject, more?: Partial<CallInput> & About) => Promise<CallOutcome>;
}

interface About {
  readonly caller?: Caller;
  readonly channel?: CallChannel;
}

interface Plan {
  readonly servers: Readonly<Record<string, readonly ToolDefinition[]>>;
  readonly policy?: Partial<PolicySettings>;
  readonly server?: Readonly<Record<string, Partial<ServerSettings>>>;
  readonly parts?: Partial<GatewayParts>;
}

/** A gateway over scripted servers, with everything else real and in memory. */
export function world({ servers, policy, server = {}, parts: other }: Plan): World {
  const store = memoryStore();
  const timer = handTimer();
  const fakes = fakeDownstreams(
    Object.fromEntries(Object.entries(servers).map(([name, tools]) => [name, toOffer(tools)])),
  );
  const time = { now: Date.UTC(2026, 0, 1), ids: 0 };
  const clock: Clock = {
    now: () => time.now,
    id: () => `id${String((time.ids += 1)).padStart(20, '0')}`,
    random: () => 0.5,
  };
  const seal = aesSeal('a key that is as long as thirty-two bytes');
  const settings: GatewaySettings = {
    servers: Object.keys(servers).map((name) => toServer(name, server[name])),
    broken: [],
    policy: { ...POLICY, ...policy },
    exposure: { mode: 'auto', maxTools: 40, searchingClients: [] },
    ask: { maxCalls: 32, maxMs: 120_000, maxBytes: 4_194_304, model: 'auto', learn: false },
    cacheBytes: 1_048_576,
    maxProcesses: 16,
  };
  const partsOf = (changed: Partial<PolicySettings> = {}): GatewayParts => ({
    settings: { ...settings, policy: { ...settings.policy, ...changed } },
    open: fakes.open,
    store,
    clock,
    after: timer.after,
    createAbort,
    digest: sha256,
    schemas: ajvSchemas(),
    limits: memoryLimits(),
    createCache: lruCache,
    createCircuit: cockatielCircuit,
    seal,
    compilePattern: compileRe2,
    stem: porterStem,
    offsetOf: () => 0,
    telemetry: { log: () => undefined },
    workflowHashes: async () => ({}),
    ...other,
  });
  const open = (changed?: Partial<PolicySettings>): Gateway => createGateway(partsOf(changed));
  const gateway = open();
  return {
    gateway,
    store,
    timer,
    fakes,
    settings,
    pass: (ms) => {
      time.now += ms;
      timer.pass(ms);
    },
    leap: (ms) => {
      time.now += ms;
    },
    parts: partsOf,
    again: open,
    call: (name, sent = {}, { caller = ADA, channel = MUTE, ...more } = {}) =>
      gateway.call(caller, { name, arguments: sent, ...more }, channel),
  };
}

/** An ordinary answer that says one thing. */
export function said(text: string, more: JsonObject = {}): DownstreamAnswer {
  return { kind: 'result', payload: toPayload({ content: [{ type: 'text', text }], ...more }) };
}

/** The texts of an answer, one a line. */
export function heard(outcome: CallOutcome): string {
  if (!('payload' in outcome)) return outcome.kind;
  const content = (outcome.payload.value['content'] ?? []) as readonly { readonly text?: string }[];
  return content.map(({ text }) => text ?? '').join('\n');
}

/** The code with which something is refused; `undefined` when it was not. */
export async function codeOf(work: Promise<unknown>): Promise<string | undefined> {
  try {
    await work;
    return undefined;
  } catch (fault) {
    if (fault instanceof TuttiError) return fault.code;
    throw fault;
  }
}
