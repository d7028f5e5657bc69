import type { Caller } from '../kernel/caller.ts';
import { TuttiError } from '../kernel/errors.ts';
import type { JsonObject } from '../kernel/json.ts';
import { cleanText } from '../policy/clean.ts';
import type { DownstreamEvent, Offer } from '../ports/downstream.ts';
import type { Sighting } from '../ports/pins.ts';
import { Connection } from './connection.ts';
import type { Guard } from './connection.ts';
import { stationKey, targetFor, targetKey, userOf } from './connection-pool.ts';
import type { ConnectionPool } from './connection-pool.ts';
import type { ServerStatus } from './gateway.ts';
import { textAt } from './judge.ts';
import type { GatewayParts } from './parts.ts';
import { pinHash, toDefinition } from './pin.ts';
import type { ServerSettings } from './settings.ts';
import { Standing } from './standing.ts';
import type { StandingMeans } from './standing.ts';

/** How often a listing is begun anew while the server keeps saying that it changed. */
const MAX_ROUNDS = 3;
const FIRST_WAIT_MS = 2_000;
const RETRY_MS = 2_000;
const RETRY_MAX_MS = 300_000;
/** So long calls that were admitted before new settings came may still set out on the old connection. */
const RETIRE_AFTER_MS = 1_000;
const RETIRE_ROUNDS = 60;
const ERROR_MAX_LENGTH = 500;

/** What all stations share. */
export interface StationMeans extends StandingMeans {
  readonly parts: Pick<GatewayParts, 'open' | 'store' | 'telemetry' | 'clock' | 'after' | 'digest'>;
  readonly pool: ConnectionPool;
  readonly resourceUpdated: (uri: string) => void;
}

/** One server with its connections: when it is listed, and over what it is called. */
export class Station {
  readonly standing: Standing;
  /** Equal for settings under which its connection can stay. */
  readonly key: string;
  shared: Connection;
  /** Why it could not be listed when that was last tried. */
  error: string | undefined;
  readonly #means: StationMeans;
  readonly #guard: Guard;
  readonly #privates = new Map<string, { readonly key: string; readonly connection: Connection }>();
  /** Hashes of what the connections of single callers list, by kind and name. */
  readonly #own = new WeakMap<Connection, ReadonlyMap<string, string>>();
  #refreshing: Promise<void> | undefined;
  #firstLook: Promise<void> | undefined;
  #listed = false;
  #failures = 0;
  #cancelRetry: (() => void) | undefined;
  #retired = false;

  constructor(settings: ServerSettings, means: StationMeans) {
    this.#means = means;
    this.standing = new Standing(settings, {
      ...means,
      changed: () => {
        if (this.standing.held !== undefined && this.shared.isOpened) this.#disconnect();
        means.changed();
      },
    });
    this.key = stationKey(settings, means.parts.digest);
    this.#guard = {
      admit: (connection) => {
        this.standing.admit();
        means.pool.admit(connection);
      },
      look: async (connection) => this.#look(connection),
      allow: (connection, kind, name) => {
        this.#allow(connection, kind, name);
      },
    };
    this.shared = this.#connect(undefined);
  }

  get name(): string {
    return this.standing.name;
  }

  /** Other settings took its place, and its connection ended. */
  get isOver(): boolean {
    return this.#retired && this.shared.isClosed;
  }

  /** What is known was seen on the living connection. */
  get isFresh(): boolean {
    return this.shared.isFresh;
  }

  /** What it offers is known, and nobody has to look. */
  get isSettled(): boolean {
    return this.#listed && this.standing.isSeen;
  }

  get status(): ServerStatus {
    if (this.standing.held !== undefined) return 'held';
    const { status } = this.shared.health();
    // Connected, and yet what it offers could not be learned, or not yet.
    if (status === 'ready' && !this.isSettled) return this.error === undefined ? 'connecting' : 'down';
    if (status !== 'idle') return status;
    if (this.error !== undefined) return 'down';
    return this.isSettled ? 'idle' : 'connecting';
  }

  async begin(sighting: Sighting | undefined): Promise<void> {
    await this.standing.begin(sighting);
  }

  /** Takes over settings under which its connection stays as it is. */
  update(settings: ServerSettings): void {
    for (const [user, { key, connection }] of this.#privates) {
      const kept =
        Object.hasOwn(settings.users, user) &&
        targetKey(targetFor(settings, user), this.#means.parts.digest) === key;
      if (kept) continue;
      this.#privates.delete(user);
      this.#retireConnection(connection);
    }
    this.standing.update(settings);
  }

  /** Lists anew, together with whoever else asks meanwhile. @throws as `Downstream.offer`, and `tool/held`. */
  async refresh(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    this.standing.admit();
    this.#refreshing ??= this.#list().finally(() => {
      this.#refreshing = undefined;
    });
    await abandonable(this.#refreshing, signal);
  }

  /** Begins what has to be done in the background: the first listing since the start, and no other. */
  look(): void {
    if (this.#listed || this.#failures > 0 || this.standing.held !== undefined || this.#retired) return;
    void this.#quietly();
  }

  /** The first listing, for as long as anybody should wait for it. */
  async firstLook(): Promise<void> {
    if (this.standing.held !== undefined || this.isSettled) return;
    this.#firstLook ??= new Promise((resolve) => {
      const cancel = this.#means.parts.after(FIRST_WAIT_MS, resolve);
      void this.#quietly().finally(cancel).finally(resolve);
    });
    await this.#firstLook;
  }

  /** The connection that this caller's calls go over. */
  connection(caller: Caller): Connection {
    const { settings } = this.standing;
    const user = userOf(settings, caller);
    if (user === undefined) return this.shared;
    const known = this.#privates.get(user);
    if (known !== undefined) return known.connection;
    const connection = this.#connect(user);
    const key = targetKey(targetFor(settings, user), this.#means.parts.digest);
    if (this.#retired) this.#retireConnection(connection);
    else this.#privates.set(user, { key, connection });
    return connection;
  }

  /** Leaves when nobody sets out on its connections any more. */
  retire(): void {
    this.stop();
    this.#retireConnection(this.shared);
    for (const { connection } of this.#privates.values()) this.#retireConnection(connection);
  }

  /** Stops what it does by itself. */
  stop(): void {
    this.#retired = true;
    this.#cancelRetry?.();
  }

  #connect(user: string | undefined): Connection {
    const { parts, pool } = this.#means;
    const { settings, launch } = this.standing;
    const target = targetFor(settings, user);
    const connection = pool.add(
      new Connection({ parts, guard: this.#guard, target, launchHash: launch.hash }),
    );
    connection.on((event, detail) => {
      this.#hear(connection, event, detail);
    });
    return connection;
  }

  #hear(connection: Connection, event: DownstreamEvent, detail: JsonObject | undefined): void {
    const uri = event === 'resources' ? detail?.['uri'] : undefined;
    if (typeof uri === 'string') this.#means.resourceUpdated(uri);
    else if (connection === this.shared && this.#listed && !this.#retired && !connection.isFresh) {
      const gone = event === 'health' && connection.health().status !== 'ready';
      if (!gone) void this.#quietly();
    }
  }

  async #quietly(): Promise<void> {
    // The failure is kept and shown; whoever waits for this only wants to know that it is over.
    await this.refresh().catch(() => undefined);
  }

  async #list(): Promise<void> {
    try {
      for (let round = 0; round < MAX_ROUNDS; round += 1) {
        const connection = this.shared;
        await connection.list(async (offer) => this.standing.take(offer));
        if (connection.isFresh) break;
      }
    } catch (error) {
      this.#fail(error);
      throw error;
    }
    this.#listed = true;
    this.#failures = 0;
    this.#cancelRetry?.();
    this.error = undefined;
  }

  #fail(error: unknown): void {
    const { parts } = this.#means;
    // What was cut off by ourselves is no failure of the server.
    if (this.standing.held !== undefined || this.#retired) return;
    this.error = cleanText(error instanceof Error ? error.message : String(error), ERROR_MAX_LENGTH);
    this.#failures += 1;
    parts.telemetry.log('warn', 'gateway.listing_failed', { server: this.name, error: this.error });
    this.#cancelRetry?.();
    this.#cancelRetry = parts.after(Math.min(RETRY_MAX_MS, RETRY_MS * 2 ** (this.#failures - 1)), () => {
      void this.#quietly();
    });
  }

  async #look(connection: Connection): Promise<void> {
    if (connection === this.shared) {
      await this.refresh();
      return;
    }
    await connection.list(async (offer) => this.#takeOwn(connection, offer));
  }

  async #takeOwn(connection: Connection, offer: Offer): Promise<void> {
    const { digest } = this.#means.parts;
    const hashes = [
      ...offer.tools.map((tool) => [`tool:${tool.name}`, pinHash(toDefinition(tool), digest)] as const),
      ...offer.prompts.map((each) => [`prompt:${textAt(each, 'name')}`, pinHash(each, digest)] as const),
    ];
    this.#own.set(connection, new Map(hashes));
    // Where only callers with credentials get in, theirs is the listing there is.
    if (!this.standing.isSeen) await this.standing.take(offer);
  }

  #allow(connection: Connection, kind: 'tool' | 'prompt', name: string): void {
    const agreed = this.standing.agreedHash(kind, name);
    if (connection === this.shared || this.#own.get(connection)?.get(`${kind}:${name}`) === agreed) return;
    throw new TuttiError(
      'tool/changed',
      `The server ${this.name} shows this caller another ${kind} ${name} than was approved, so nothing was sent.`,
    );
  }

  #disconnect(): void {
    this.#cancelRetry?.();
    const old = [this.shared, ...[...this.#privates.values()].map(({ connection }) => connection)];
    this.#privates.clear();
    this.shared = this.#connect(undefined);
    this.error = undefined;
    this.#listed = false;
    this.#failures = 0;
    this.#firstLook = undefined;
    for (const each of old) this.#close(each);
  }

  #retireConnection(connection: Connection, rounds = 0): void {
    this.#means.pool.leave(connection);
    this.#means.parts.after(RETIRE_AFTER_MS, () => {
      // Who waits for a slow listing has not set out yet.
      if (connection.isAwaited && rounds < RETIRE_ROUNDS) this.#retireConnection(connection, rounds + 1);
      else this.#close(connection);
    });
  }

  #close(connection: Connection): void {
    this.#means.pool.close(connection, this.standing.settings.timeoutMs).catch((error: unknown) => {
      this.#means.parts.telemetry.log('warn', 'gateway.close', { server: this.name, error: String(error) });
    });
  }
}

/** Stops waiting, not the work, when the signal says so. */
async function abandonable(work: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) return work;
  const { promise: abandoned, reject } = Promise.withResolvers<never>();
  const abandon = () => {
    reject(signal.reason as Error);
  };
  signal.addEventListener('abort', abandon, { once: true });
  try {
    await Promise.race([work, abandoned]);
  } finally {
    signal.removeEventListener('abort', abandon);
  }
}
