import { TuttiError } from '../../src/core/kernel/errors.ts';
import type { JsonObject } from '../../src/core/kernel/json.ts';
import { toPayload } from '../../src/core/kernel/payload.ts';
import type {
  Downstream,
  DownstreamAnswer,
  DownstreamEvent,
  DownstreamHealth,
  DownstreamOptions,
  DownstreamRequest,
  EraVerdict,
  Offer,
  OpenDownstream,
  ToolDefinition,
} from '../../src/core/ports/downstream.ts';
import type { Pin, Pins, Sighting, Waiting } from '../../src/core/ports/pins.ts';
import type { After } from '../../src/core/ports/timer.ts';
import type { ServerSettings, ToolSettings } from '../../src/core/gateway/settings.ts';

interface SentRequest {
  readonly method: string;
  readonly request: DownstreamRequest;
}

type Listener = (event: DownstreamEvent, detail?: JsonObject) => void;

/** One scripted server. Everything about it may be changed while it runs. */
export interface FakeServer {
  offer: Offer;
  /** Present: whoever reaches for it gets this. */
  failure: Error | undefined;
  /** Awaited between the look at the offer and the answer: a server that is slow. */
  listing: Promise<unknown> | undefined;
  /** What calls and requests get; an echo of the parameters by default. */
  answer: (sent: SentRequest) => DownstreamAnswer | Promise<DownstreamAnswer>;
  health: DownstreamHealth | undefined;
  logs: string[];
  /** How each connection to it was opened, closed and used, oldest first. */
  readonly opened: DownstreamOptions[];
  readonly closed: (number | undefined)[];
  readonly sent: SentRequest[];
  listings: number;
  /** Speaks up on every open connection. */
  emit(event: DownstreamEvent, detail?: JsonObject): void;
}

export function toOffer(tools: readonly ToolDefinition[], more: Partial<Offer> = {}): Offer {
  return {
    era: 'modern',
    serverInfo: { name: 'fake', version: '1.0.0' },
    capabilities: { tools: {} },
    tools,
    prompts: [],
    resources: [],
    resourceTemplates: [],
    dropped: [],
    ...more,
  };
}

export function toTool(name: string, more: Partial<ToolDefinition> = {}): ToolDefinition {
  return { name, description: `The tool ${name}`, inputSchema: { type: 'object' }, ...more };
}

/** Settings of a server as the configuration would resolve them. */
export function toServer(name: string, more: Partial<ServerSettings> = {}): ServerSettings {
  return {
    name,
    launch: { kind: 'stdio', command: `/bin/${name}`, args: [], env: {} },
    origin: 'operator',
    enabled: true,
    trusted: false,
    prefix: true,
    costMicros: 0,
    connectMs: 5_000,
    idleMs: 5_000,
    timeoutMs: 30_000,
    concurrency: 8,
    maxMemoryBytes: 1_073_741_824,
    cache: { mode: 'auto', ttlMs: 60_000 },
    budgets: [],
    fallback: [],
    tools: {},
    users: {},
    ...more,
  };
}

export function toToolSettings(more: Partial<ToolSettings> = {}): ToolSettings {
  return { enabled: true, examples: [], ...more };
}

function fakeServer(offer: Offer, listeners: Set<Listener>): FakeServer {
  return {
    offer,
    failure: undefined,
    listing: undefined,
    answer: ({ request }) => ({ kind: 'result', payload: toPayload({ echo: request.params }) }),
    health: undefined,
    logs: [],
    opened: [],
    closed: [],
    sent: [],
    listings: 0,
    emit(event, detail) {
      for (const each of listeners) each(event, detail);
    },
  };
}

function connection(options: DownstreamOptions, fake: FakeServer, heard: Set<Listener>): Downstream {
  const mine = new Set<Listener>();
  let state: DownstreamHealth = { status: 'idle' };
  let closed = false;
  const reach = async (signal?: AbortSignal): Promise<void> => {
    signal?.throwIfAborted();
    if (closed) throw new TuttiError('downstream/unavailable', 'The connection is closed.');
    if (fake.failure !== undefined) {
      state = { status: 'down', error: fake.failure.message };
      throw fake.failure;
    }
    state = { status: 'ready', era: fake.offer.era };
  };
  const send = async (method: string, request: DownstreamRequest): Promise<DownstreamAnswer> => {
    await reach(request.signal);
    fake.sent.push({ method, request });
    return fake.answer({ method, request });
  };
  return {
    server: options.server,
    health: () => fake.health ?? state,
    async offer(signal) {
      await reach(signal);
      fake.listings += 1;
      const { offer, listing } = fake;
      await listing;
      await reach(signal);
      options.onVerdict?.({ era: offer.era, at: 1 });
      return offer;
    },
    call: async (request) => send('tools/call', request),
    request: send,
    on(listener) {
      heard.add(listener);
      mine.add(listener);
      return () => {
        heard.delete(listener);
        mine.delete(listener);
      };
    },
    logs: () => fake.logs,
    async close(drainMs) {
      if (closed) return;
      closed = true;
      fake.closed.push(drainMs);
      for (const each of mine) heard.delete(each);
    },
  };
}

/** A small world of scripted servers behind one {@link OpenDownstream}. */
export function fakeDownstreams(offers: Readonly<Record<string, Offer>> = {}): {
  readonly open: OpenDownstream;
  /** The server of this name, made when it is first named. */
  server(name: string): FakeServer;
} {
  const servers = new Map<string, { readonly fake: FakeServer; readonly heard: Set<Listener> }>();
  const named = (name: string) => {
    const known = servers.get(name);
    if (known !== undefined) return known;
    const heard = new Set<Listener>();
    const made = { fake: fakeServer(offers[name] ?? toOffer([]), heard), heard };
    servers.set(name, made);
    return made;
  };
  return {
    server: (name) => named(name).fake,
    open: (options) => {
      const { fake, heard } = named(options.server);
      fake.opened.push(options);
      return connection(options, fake, heard);
    },
  };
}

/** Pins in memory. Give the same one to a second gateway to play a restart. */
export function fakePins(): Pins {
  const pins = new Map<string, Pin>();
  const seen = new Map<string, Sighting>();
  const waiting = new Map<string, Waiting>();
  const waitingKey = ({ server, kind, name, hash }: Pick<Waiting, 'server' | 'kind' | 'name' | 'hash'>) =>
    JSON.stringify([server, kind, name, hash]);
  const verdicts = new Map<string, EraVerdict>();
  const keyOf = (pin: Pin) => JSON.stringify([pin.server, pin.kind, pin.name]);
  return {
    list: async () => [...pins.values()].map((pin) => structuredClone(pin)),
    async put(added) {
      for (const pin of added) pins.set(keyOf(pin), structuredClone(pin));
    },
    async putNew(added) {
      return added.map((pin) => {
        const key = keyOf(pin);
        if (!pins.has(key)) pins.set(key, structuredClone(pin));
        return structuredClone(pins.get(key) as Pin);
      });
    },
    async forget(server) {
      for (const [key, pin] of pins) if (pin.server === server) pins.delete(key);
      seen.delete(server);
      for (const key of verdicts.keys()) if (JSON.parse(key)[0] === server) verdicts.delete(key);
    },
    sightings: async () => [...seen.values()].map((each) => structuredClone(each)),
    async see(sighting) {
      seen.set(sighting.server, structuredClone(sighting));
    },
    waiting: async () => [...waiting.values()].map((each) => structuredClone(each)),
    async setWaiting(added, over) {
      for (const each of over) waiting.delete(waitingKey(each));
      for (const each of added) waiting.set(waitingKey(each), structuredClone(each));
    },
    verdict: async (server, launch) => verdicts.get(JSON.stringify([server, launch])),
    async rememberVerdict(server, launch, verdict) {
      verdicts.set(JSON.stringify([server, launch]), verdict);
    },
  };
}

/** A timer that a test moves by hand; what is to be done at the next turn is done then. */
export function handTimer(): { readonly after: After; pass(ms: number): void } {
  let now = 0;
  const waiting = new Set<{ readonly at: number; readonly work: () => void }>();
  return {
    after: (ms, work) => {
      if (ms === 0) {
        const turn = setImmediate(work);
        return () => clearImmediate(turn);
      }
      const entry = { at: now + ms, work };
      waiting.add(entry);
      return () => waiting.delete(entry);
    },
    pass(ms) {
      now += ms;
      for (const entry of [...waiting].toSorted((a, b) => a.at - b.at)) {
        if (entry.at > now) continue;
        waiting.delete(entry);
        entry.work();
      }
    },
  };
}
