import type { Caller } from '../kernel/caller.ts';
import { TuttiError } from '../kernel/errors.ts';
import type { JsonObject } from '../kernel/json.ts';
import type { AuditEntry } from '../ports/audit.ts';
import type { Digest } from '../ports/digest.ts';
import type { Offer } from '../ports/downstream.ts';
import { approvePins, heldHash } from './approval-of-pins.ts';
import { ownerOfResource } from './assembly.ts';
import type { Catalog, CatalogEntry, Connections } from './catalog.ts';
import { heldElsewhere, waitingAnywhere, type HeldElsewhere } from './elsewhere.ts';
import type { Held } from './elsewhere.ts';
import { createNearness } from './embed/nearness.ts';
import type { Nearness } from './embed/nearness.ts';
import { Exposure, isOpen } from './exposure.ts';
import type {
  BudgetView,
  Found,
  Gateway,
  GatewayOperator,
  HeldByServer,
  ServerView,
  ToolView,
} from './gateway.ts';
import type { ToolGrants } from './grants.ts';
import { ALL_GRANTED, toolGrants } from './grants.ts';
import { parseLock } from './lock.ts';
import { writeLock } from './lock-file.ts';
import { brokenError } from './held.ts';
import { checkServers, noSuchServer } from './known-servers.ts';
import { brokenOwner, lookUp, possibleOwners } from './lookup.ts';
import type { GatewayParts } from './parts.ts';
import type { Routing } from './route/route.ts';
import type { BrokenServer, GatewaySettings, ServerSettings } from './settings.ts';
import { Stations } from './stations.ts';
import type { ToolGate } from './tool-gate.ts';
import { letsCall } from './tool-gate.ts';
import { createToolIndex } from './tool-index.ts';
import { toBrokenView, toGroupView, toServerView, toToolView } from './views.ts';

const FOUND_BY_DEFAULT = 8;
const FOUND_AT_MOST = 50;

export interface RosterOptions {
  audit(entry: AuditEntry): void;
  budgetsOf(server: string): readonly BudgetView[];
  /** Hard findings by key: `tool:NAME`, `prompt:NAME`, `instructions:`, `resource:URI`. */
  scan(
    server: ServerSettings,
    offer: Offer,
    others: readonly string[],
  ): ReadonlyMap<string, readonly string[]>;
}

/** Who is there and what they offer: everything about servers but the calls. */
export type Roster = Catalog &
  Connections &
  Pick<
    Gateway,
    | 'listServers'
    | 'findTools'
    | 'describeTools'
    | 'exposed'
    | 'exposesDirectly'
    | 'onChange'
    | 'onResourceUpdated'
  > & {
    /** Over what is known now; the same object each time. */
    routing(): Routing;
    /** Over what is held as well. */
    routingWithHeld(): Routing;
    /** Absent without an embedder. */
    readonly nearness: Nearness | undefined;
    readonly operator: Pick<
      GatewayOperator,
      'testServer' | 'serverLogs' | 'held' | 'approvePins' | 'lock' | 'applyLock' | 'expectQuestions'
    >;
    /** What processes that run hold, for who only asks what they would do. */
    heldElsewhere(): Promise<HeldElsewhere>;
    reconfigure(settings: GatewaySettings): Promise<void>;
    close(drainMs?: number): Promise<void>;
  };

/** Puts a roster together. Nothing is started or read before somebody asks. */
export function createRoster(parts: GatewayParts, options: RosterOptions): Roster {
  const stations = new Stations(parts.settings, {
    parts,
    scan: (server, offer, others) => options.scan(server, offer, others),
    audit: (entry) => {
      options.audit(entry);
    },
  });
  const entries = () => stations.assembly.entries;
  const routing = createToolIndex(parts.stem, entries, ({ held }) => held === undefined);
  const nearness = parts.embedder && createNearness(parts.embedder, parts, entries);
  if (nearness !== undefined) stations.onChange((what) => what === 'tools' && nearness.follow());
  return {
    ...catalogOf(stations),
    ...listsOf(stations, { parts, options, routing, nearness }),
    routing,
    routingWithHeld: createToolIndex(parts.stem, entries, () => true),
    nearness,
    of: (server, caller) => connectionOf(stations, server, caller),
    onChange: (callback) => stations.onChange(callback),
    onResourceUpdated: (callback) => stations.onResourceUpdated(callback),
    operator: { ...operatorOf(stations, { parts, options }), expectQuestions: () => nearness?.expect() },
    heldElsewhere: async () => heldElsewhere(stations, parts),
    reconfigure: async (settings) => stations.reconfigure(settings),
    close: async (drainMs) => {
      nearness?.close();
      await stations.close(drainMs);
    },
  };
}

interface Setting {
  readonly parts: GatewayParts;
  readonly options: RosterOptions;
}

function connectionOf(stations: Stations, server: ServerSettings, caller: Caller) {
  const station = stations.of(server);
  if (station !== undefined) return station.connection(caller);
  throw new TuttiError(
    'downstream/unavailable',
    `The server ${server.name} is no longer configured. Look for another with list_servers.`,
  );
}

function catalogOf(stations: Stations): Catalog {
  const isFresh = (entry: CatalogEntry) => stations.of(entry.server)?.isFresh === true;
  return {
    known(name) {
      const entry = stations.assembly.byName.get(name);
      return entry !== undefined && entry.held === undefined && isFresh(entry) ? entry : undefined;
    },
    settle: async () => stations.settle(),
    resolve: async (name, signal) => lookUp(stations, name, signal),
    members: (group) => stations.assembly.groups.get(group) ?? [],
    entries: () => stations.assembly.entries,
    owner(kind, name) {
      if (kind === 'resource') {
        const server = ownerOfResource(stations.assembly, name);
        return server === undefined ? undefined : { server, name };
      }
      const prompt = stations.assembly.prompts.get(name);
      return prompt === undefined ? undefined : { server: prompt.server, name: prompt.own };
    },
  };
}

function listsOf(
  stations: Stations,
  {
    parts,
    options,
    routing,
    nearness,
  }: Setting & { readonly routing: () => Routing; readonly nearness: Nearness | undefined },
): Pick<Gateway, 'listServers' | 'findTools' | 'describeTools' | 'exposed' | 'exposesDirectly'> {
  const exposure = new Exposure(parts.digest);
  const exposed = async (caller: Caller) => {
    if (!stations.isSettled) await stations.settleMost();
    const grants = toolGrants(caller);
    const connecting = stations.connecting.filter((name) => grants.any(name));
    return exposure.of(stations.assembly, grants, connecting);
  };
  return {
    exposed,
    async exposesDirectly(caller, clientName) {
      const { mode, maxTools, searchingClients } = stations.settings.exposure;
      if (mode !== 'auto') return mode === 'direct';
      const client = clientName?.toLowerCase();
      if (searchingClients.some((each) => each.toLowerCase() === client)) return true;
      return (await exposed(caller)).tools.items.length <= maxTools;
    },
    async listServers(caller, how) {
      await (how?.look === true ? stations.lookAtAll() : stations.settle());
      const grants = toolGrants(caller);
      const { usable, broken } = serversFor(stations, grants);
      return [
        ...usable.map((server) => viewOf(stations, server, { grants, options })),
        ...broken.map((each) => toBrokenView(each)),
      ];
    },
    async findTools(caller, { session, ...query }) {
      nearness?.expect();
      await stations.settle();
      const grants = toolGrants(caller);
      const { usable, broken } = serversFor(stations, grants);
      if (query.server !== undefined) checkServers([query.server], [...usable, ...broken]);
      const toolGate = await parts.toolGateOf?.(caller, session);
      const work = (over: Routing) => over.route(query.query);
      const account = { owner: caller.owner, ...(session !== undefined && { session }) };
      const over = (await nearness?.over(routing(), work, { account })) ?? routing();
      return find(stations, over, { grants, toolGate, ...query });
    },
    async describeTools(caller, names) {
      // Each name waits for its own server.
      await stations.look();
      const grants = toolGrants(caller);
      return Promise.all(names.map(async (name) => describe(stations, name, grants)));
    },
  };
}

/** What is written in the configuration and not switched off, of what somebody with these grants may see. */
function serversFor(
  { settings }: Stations,
  grants: ToolGrants,
): { readonly usable: readonly ServerSettings[]; readonly broken: readonly BrokenServer[] } {
  return {
    usable: settings.servers.filter(({ name, enabled }) => enabled && grants.any(name)),
    broken: settings.broken.filter(({ name }) => grants.any(name)),
  };
}

function viewOf(
  stations: Stations,
  server: ServerSettings,
  look: { readonly grants: ToolGrants; readonly options: RosterOptions },
): ServerView {
  const refusal = stations.refused.get(server);
  const station = stations.byName(server.name);
  if (refusal !== undefined || station === undefined) {
    const error = refusal ?? 'It is switched off in the configuration.';
    return {
      ...toBrokenView({ name: server.name, status: 'down', error }),
      description: server.description ?? '',
    };
  }
  return toServerView(station, {
    assembly: stations.assembly,
    grants: look.grants,
    budgets: look.options.budgetsOf(server.name),
  });
}

function find(
  stations: Stations,
  routing: Routing,
  asked: {
    readonly grants: ToolGrants;
    readonly toolGate: ToolGate | undefined;
    readonly query: string;
    readonly limit?: number;
    readonly server?: string;
  },
): Found {
  const { grants, toolGate, query, server, limit = FOUND_BY_DEFAULT } = asked;
  const { byName } = stations.assembly;
  const { candidates, confidence } = routing.route(query, {
    limit: Math.max(1, Math.min(FOUND_AT_MOST, limit)),
    isVisible: (document) => {
      const entry = byName.get(document.name);
      return (
        entry !== undefined &&
        isOpen(entry, grants) &&
        letsCall(toolGate, entry) &&
        (server ?? document.server) === document.server
      );
    },
  });
  const connecting = stations.connecting.filter((name) => grants.any(name) && (server ?? name) === name);
  return {
    tools: candidates.flatMap(({ document, score }) => {
      const entry = byName.get(document.name);
      return entry === undefined ? [] : [{ ...toToolView(entry, isAvailable(stations, entry)), score }];
    }),
    confidence,
    ...(connecting.length > 0 && { connecting }),
  };
}

async function describe(stations: Stations, name: string, grants: ToolGrants): Promise<ToolView> {
  const found = stations.assembly.byName.get(name);
  const group = stations.assembly.groups.get(name)?.find((entry) => isOpen(entry, grants));
  if (found === undefined && group !== undefined)
    return toGroupView(name, group, isAvailable(stations, group));
  const owners = [...possibleOwners(stations, name), brokenOwner(stations, name)];
  const mayAsk = owners.some((each) => each !== undefined && grants.any(each.name));
  const entry = found ?? (mayAsk ? await lookUp(stations, name) : undefined);
  if (entry !== undefined && isOpen(entry, grants)) return toToolView(entry, isAvailable(stations, entry));
  throw new TuttiError(
    'tool/not-found',
    `There is no tool ${JSON.stringify(name.slice(0, 128))}. find_tools looks for tools.`,
  );
}

function isAvailable(stations: Stations, entry: CatalogEntry): boolean {
  const status = stations.of(entry.server)?.status;
  return status !== undefined && status !== 'down' && status !== 'held';
}

function toHeld(server: string, item: Held, digest: Digest): HeldByServer {
  const seen = item.seenAt === undefined ? {} : { seenAt: item.seenAt };
  return { server, ...item.held, ...seen, hash: heldHash(server, item, digest) };
}

function operatorOf(
  stations: Stations,
  { parts, options }: Setting,
): Omit<Roster['operator'], 'expectQuestions'> {
  const serverNamed = (name: string): ServerSettings => {
    const server = stations.settings.servers.find((each) => each.name === name);
    if (server !== undefined) return server;
    const { broken, servers } = stations.settings;
    const written = broken.find((each) => each.name === name);
    if (written !== undefined) throw brokenError(written);
    throw noSuchServer(name, [...servers, ...broken]);
  };
  return {
    async testServer(name) {
      const broken = stations.settings.broken.find((each) => each.name === name);
      if (broken !== undefined) return toBrokenView(broken);
      const server = serverNamed(name);
      await stations.ready();
      // What went wrong stands in the view.
      await stations
        .byName(name)
        ?.refresh()
        .catch(() => undefined);
      return viewOf(stations, server, { grants: ALL_GRANTED, options });
    },
    serverLogs: (name) => stations.byName(serverNamed(name).name)?.shared.logs() ?? [],
    async held(refresh) {
      await stations.ready();
      await stations.readPins();
      if (refresh) await Promise.allSettled(stations.all.map(async (station) => station.refresh()));
      const waiting = await waitingAnywhere(stations, parts);
      return [...waiting].flatMap(([station, items]) =>
        items.map((item) => toHeld(station.name, item, parts.digest)),
      );
    },
    async approvePins(what, by, shown) {
      await stations.ready();
      return approvePins(stations, what, {
        by,
        shown,
        audit: (entry) => {
          options.audit(entry);
        },
        parts,
      });
    },
    async lock(): Promise<JsonObject> {
      await stations.ready();
      return writeLock(stations, await parts.workflowHashes());
    },
    applyLock: async (lock) => stations.apply(parseLock(lock, parts.digest)),
  };
}
