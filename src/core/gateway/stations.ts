import type { Assembly } from './assembly.ts';
import { assemble } from './assembly.ts';
import { ConnectionPool, stationKey } from './connection-pool.ts';
import { Checks } from './entries.ts';
import { most } from './most.ts';
import { admitServers } from './names.ts';
import type { Lock } from './lock.ts';
import type { GatewayParts } from './parts.ts';
import { Pinboard } from './pinboard.ts';
import { Station } from './station.ts';
import type { StationMeans } from './station.ts';
import type { GatewaySettings, ServerSettings } from './settings.ts';

const RESCAN_EACH_MS = 100;
/** How old the pins at hand may be: for somebody who asks for what is held, and for everybody else. */
const PINS_FRESH_MS = 1_000;
const PINS_OLD_MS = 15_000;
/** Names of other servers' tools that a scan looks for. */
const MAX_OTHERS = 400;

type Change = 'tools' | 'prompts' | 'resources';
interface Means extends Pick<StationMeans, 'parts' | 'scan' | 'audit'> {
  readonly parts: StationMeans['parts'] & Pick<GatewayParts, 'schemas'>;
}

/** All servers of the settings that count now, and what they offer together. */
export class Stations {
  settings: GatewaySettings;
  readonly board: Pinboard;
  readonly pool: ConnectionPool;
  readonly #means: StationMeans;
  readonly #byName = new Map<string, Station>();
  /** Entries under older settings still lead to their server. */
  readonly #bySettings = new WeakMap<ServerSettings, Station>();
  #order: readonly Station[] = [];
  #refused: ReadonlyMap<ServerSettings, string> = new Map();
  #assembly: Assembly | undefined;
  /** Whether anything waits for a person; `undefined` until somebody asks. */
  #isHeld: boolean | undefined;
  #ready: Promise<void> | undefined;
  #isReady = false;
  #turn: Promise<unknown> = Promise.resolve();
  #pinsReadAt = 0;
  readonly #listeners = new Set<(what: Change) => void>();
  readonly #resourceListeners = new Set<(uri: string) => void>();
  #announced: Readonly<Record<Change, string>> | undefined;
  #announcing = false;
  /** Those that a list waited for in vain. */
  readonly #leftBehind = new WeakSet<Station>();

  constructor(settings: GatewaySettings, means: Means) {
    const { parts } = means;
    this.settings = settings;
    this.board = new Pinboard(parts.store.pins, parts.clock);
    this.pool = new ConnectionPool(settings.maxProcesses);
    this.#means = {
      ...means,
      board: this.board,
      pool: this.pool,
      checks: new Checks(parts.schemas),
      others: (server) => this.#others(server),
      changed: () => {
        this.#changed();
      },
      resourceUpdated: (uri) => {
        for (const each of this.#resourceListeners) each(uri);
      },
    };
    this.#swap(settings, this.#plan(settings));
  }

  /** In the order of the configuration. */
  get all(): readonly Station[] {
    return this.#order;
  }

  /** Servers that cannot be used under their name, with the reason. */
  get refused(): ReadonlyMap<ServerSettings, string> {
    return this.#refused;
  }

  byName(name: string): Station | undefined {
    return this.#byName.get(name);
  }

  of(server: ServerSettings): Station | undefined {
    const station = this.#bySettings.get(server);
    return station === undefined || station.isOver ? this.#byName.get(server.name) : station;
  }

  get assembly(): Assembly {
    this.#assembly ??= assemble(
      this.#order.map(({ standing }) => standing),
      this.#means.parts.digest,
    );
    return this.#assembly;
  }

  /** What the store remembers has been read. Tried again by the next who asks when it failed. */
  async ready(): Promise<void> {
    this.#ready ??= this.#begin(this.#order).catch((error: unknown) => {
      this.#ready = undefined;
      throw error;
    });
    await this.#ready;
    this.#isReady = true;
  }

  /** There is nothing that {@link settle} would do. */
  get isSettled(): boolean {
    return this.#isReady && !this.#hasHeld && this.#order.every((station) => station.isSettled);
  }

  /** Everything that can be known without waiting long is known: servers never seen before had their chance. */
  async settle(): Promise<void> {
    await this.look();
    const unseen = this.#unseen();
    if (unseen.length > 0) await Promise.all(unseen.map(async (station) => station.firstLook()));
  }

  /** The same for lists, which tell their readers when more comes: who is much later than the others is left behind. */
  async settleMost(): Promise<void> {
    await this.look();
    const unseen = this.#unseen();
    const awaited = unseen.filter((each) => each.standing.held === undefined && !this.#leftBehind.has(each));
    if (awaited.length === 0) return;
    const arrivals = awaited.map(async (station) => {
      await station.firstLook();
      return station.standing.isSeen;
    });
    const isSomeKnown = unseen.length < this.#order.length;
    await most(arrivals, { after: this.#means.parts.after, isSomeKnown });
    for (const each of awaited) if (!each.standing.isSeen) this.#leftBehind.add(each);
  }

  /** Servers that were never seen and are being reached: what they offer is in no list yet. */
  get connecting(): readonly string[] {
    const unseen = this.#order.filter(({ standing, status }) => !standing.isSeen && status === 'connecting');
    return unseen.map(({ name }) => name);
  }

  /** Begins the listings that have to be made, and waits for none. */
  async look(): Promise<void> {
    await this.ready();
    await this.rereadPins(PINS_OLD_MS);
    for (const station of this.#order) station.look();
  }

  #unseen(): readonly Station[] {
    return this.#order.filter(({ standing }) => !standing.isSeen);
  }

  /** How all servers are is known from a look of this life, but for those that take long to answer. */
  async lookAtAll(): Promise<void> {
    await this.settle();
    await Promise.all(this.#order.map(async (station) => station.firstLook()));
  }

  /** Where something is held, a person may have approved it in another process. */
  async rereadPins(holdMs = PINS_FRESH_MS): Promise<void> {
    const now = this.#means.parts.clock.now();
    if (!this.#hasHeld || now - this.#pinsReadAt < holdMs) return;
    this.#pinsReadAt = now;
    await this.readPins();
  }

  async readPins(): Promise<void> {
    if (!(await this.board.load())) return;
    for (const station of this.#order) station.standing.rejudge();
  }

  /** Has the pins of a lock file count from now on. */
  async apply(lock: Lock): Promise<void> {
    this.board.apply(lock);
    if (this.#ready === undefined) return;
    await this.ready();
    await Promise.all(this.#order.map(async (station) => station.begin(undefined)));
  }

  /** Takes new settings at once; what goes on under the old ones finishes there. */
  async reconfigure(settings: GatewaySettings): Promise<void> {
    const turn = this.#replace(this.#turn, settings);
    this.#turn = turn.catch(() => undefined);
    await turn;
  }

  onChange(callback: (what: Change) => void): () => void {
    this.#announced ??= signatures(this.assembly);
    this.#listeners.add(callback);
    return () => this.#listeners.delete(callback);
  }

  onResourceUpdated(callback: (uri: string) => void): () => void {
    this.#resourceListeners.add(callback);
    return () => this.#resourceListeners.delete(callback);
  }

  async close(drainMs?: number): Promise<void> {
    await this.#turn;
    for (const station of this.#order) station.stop();
    this.#listeners.clear();
    this.#resourceListeners.clear();
    await this.pool.closeAll(drainMs);
  }

  async #replace(before: Promise<unknown>, settings: GatewaySettings): Promise<void> {
    await before;
    await this.ready();
    const plan = this.#plan(settings);
    try {
      if (plan.fresh.length > 0) await this.#begin(plan.fresh);
    } catch (error) {
      for (const station of plan.fresh) station.retire();
      throw error;
    }
    this.#swap(settings, plan);
  }

  async #begin(stations: readonly Station[]): Promise<void> {
    await this.board.load();
    const sightings = await this.#means.parts.store.pins.sightings();
    const seen = new Map(sightings.map((each) => [each.server, each]));
    await Promise.all(stations.map(async (station) => station.begin(seen.get(station.name))));
  }

  /** Which servers stay as they are and which are new. Nothing is changed yet. */
  #plan(settings: GatewaySettings): Plan {
    const { admitted, refused } = admitServers(settings.servers.filter(({ enabled }) => enabled));
    const fresh: Station[] = [];
    const stations = admitted.map((server): PlannedStation => {
      const known = this.#byName.get(server.name);
      if (known?.key === stationKey(server, this.#means.parts.digest)) return { station: known, server };
      const station = new Station(server, this.#means);
      fresh.push(station);
      return { station, server };
    });
    return { stations, fresh, refused };
  }

  #swap(settings: GatewaySettings, { stations, refused }: Plan): void {
    const old = this.#order;
    this.settings = settings;
    this.pool.maxProcesses = settings.maxProcesses;
    this.#order = stations.map(({ station }) => station);
    this.#refused = refused;
    this.#byName.clear();
    for (const { station, server } of stations) {
      this.#byName.set(server.name, station);
      this.#bySettings.set(server, station);
    }
    for (const { station, server } of stations) station.update(server);
    for (const station of old) if (this.#byName.get(station.name) !== station) station.retire();
    this.#changed();
    if (old.some((station) => !this.#order.includes(station)) || this.#order.length !== old.length)
      this.#rescanSoon(old);
  }

  /** Those that stayed may speak of those that came. One after the other: a scan takes its time. */
  #rescanSoon(stayed: readonly Station[]): void {
    stayed.forEach((station, at) => {
      this.#means.parts.after(RESCAN_EACH_MS * (at + 1), () => {
        if (this.#byName.get(station.name) === station) station.standing.rescan();
      });
    });
  }

  #others(server: string): readonly string[] {
    const others = this.#order.filter(({ name }) => name !== server);
    const tools = others.flatMap(({ standing }) => standing.entries.map(({ tool }) => tool.name));
    return [...others.map(({ name }) => name), ...tools.slice(0, MAX_OTHERS)];
  }

  /** Found out once for what is known: there may be thousands of items. */
  get #hasHeld(): boolean {
    this.#isHeld ??= this.#order.some((each) => each.standing.heldItems().length > 0);
    return this.#isHeld;
  }

  #changed(): void {
    this.#assembly = undefined;
    this.#isHeld = undefined;
    // Who listens next has not seen how it was.
    if (this.#listeners.size === 0) this.#announced = undefined;
    if (this.#announcing || this.#listeners.size === 0) return;
    this.#announcing = true;
    // Several changes at one moment are told once.
    void this.#announce();
  }

  async #announce(): Promise<void> {
    await Promise.resolve();
    this.#announcing = false;
    const { assembly } = this;
    this.#means.checks.keep(new Set(assembly.entries.map(({ hash }) => hash)));
    const before = this.#announced;
    const now = signatures(assembly);
    this.#announced = now;
    for (const what of ['tools', 'prompts', 'resources'] as const)
      if (before?.[what] !== now[what]) for (const each of this.#listeners) each(what);
  }
}

interface PlannedStation {
  readonly station: Station;
  readonly server: ServerSettings;
}

interface Plan {
  readonly stations: readonly PlannedStation[];
  readonly fresh: readonly Station[];
  readonly refused: ReadonlyMap<ServerSettings, string>;
}

/** Texts that differ when what passes through differs. */
function signatures(assembly: Assembly): Readonly<Record<Change, string>> {
  const free = assembly.entries.filter(({ held }) => held === undefined);
  return {
    tools: JSON.stringify(
      free.map(({ name, hash, settings }) => [name, hash, settings.group, settings.parameters]),
    ),
    prompts: JSON.stringify(
      [...assembly.prompts.values()]
        .filter(({ held }) => held === undefined)
        .map(({ name, listed }) => [name, listed]),
    ),
    resources: JSON.stringify(
      [...assembly.resources.values(), ...assembly.resourceTemplates.values()].map(({ listed }) => listed),
    ),
  };
}
