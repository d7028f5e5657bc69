import type { Caller } from '../kernel/caller.ts';
import { TuttiError } from '../kernel/errors.ts';
import type { JsonObject } from '../kernel/json.ts';
import { cleanText } from '../policy/clean.ts';
import type { AuditEntry } from '../ports/audit.ts';
import type { DownstreamEvent, Offer, ToolDefinition } from '../ports/downstream.ts';
import type { Pin, Sighting } from '../ports/pins.ts';
import type { CatalogEntry } from './catalog.ts';
import { Connection } from './connection.ts';
import type { Guard } from './connection.ts';
import { launchFor, targetFor, targetKey, userOf } from './connection-pool.ts';
import type { ConnectionPool } from './connection-pool.ts';
import { toEntries } from './entries.ts';
import type { Checks } from './entries.ts';
import type { HeldItem, ServerStatus } from './gateway.ts';
import { heldError } from './held.ts';
import { judgeLaunch, judgeOffer, pinnables } from './judge.ts';
import type { Findings, Judged, Judgement } from './judge.ts';
import type { GatewayParts } from './parts.ts';
import { pinHash, toDefinition, toLaunchDefinition } from './pin.ts';
import { FIRST_USE } from './pinboard.ts';
import type { Pinboard, Pinnable } from './pinboard.ts';
import type { ServerSettings } from './settings.ts';

/** How often a listing is begun anew while the server keeps saying that it changed. */
const MAX_ROUNDS = 3;
const FIRST_WAIT_MS = 2_000;
const RETRY_MS = 2_000;
const RETRY_MAX_MS = 300_000;
/** So long calls that were admitted before new settings came may still set out on the old connection. */
const RETIRE_AFTER_MS = 1_000;
const ERROR_MAX_LENGTH = 500;

export type Scan = (
  server: ServerSettings,
  offer: Offer,
  others: readonly string[],
) => ReadonlyMap<string, readonly string[]>;

/** What all stations share. */
export interface StationMeans {
  readonly parts: Pick<
    GatewayParts,
    'open' | 'store' | 'telemetry' | 'clock' | 'after' | 'digest' | 'schemas'
  >;
  readonly board: Pinboard;
  readonly pool: ConnectionPool;
  readonly checks: Checks;
  readonly scan: Scan;
  readonly audit: (entry: AuditEntry) => void;
  /** Names of the other servers. */
  readonly others: (server: string) => readonly string[];
  readonly changed: () => void;
  readonly resourceUpdated: (uri: string) => void;
}

/** One server: how it is reached, what it offers, and what is thought of it. */
export class Station {
  settings: ServerSettings;
  readonly launch: Pinnable;
  readonly targetKey: string;
  shared: Connection;
  held: HeldItem | undefined;
  judgement: Judgement | undefined;
  entries: readonly CatalogEntry[] = [];
  error: string | undefined;
  readonly #means: StationMeans;
  readonly #guard: Guard;
  readonly #privates = new Map<string, { readonly key: string; readonly connection: Connection }>();
  /** Hashes of what the connections of single callers list, by kind and name. */
  readonly #own = new WeakMap<Connection, ReadonlyMap<string, string>>();
  #items: ReadonlyMap<string, Judged<unknown>> = new Map();
  #offer: Offer | undefined;
  #findings: Findings = new Map();
  #refreshing: Promise<void> | undefined;
  #firstLook: Promise<void> | undefined;
  #listed = false;
  #failures = 0;
  #cancelRetry: (() => void) | undefined;
  #retired = false;

  constructor(settings: ServerSettings, means: StationMeans) {
    this.#means = means;
    this.settings = settings;
    const { digest } = means.parts;
    const definition = toLaunchDefinition(launchFor(settings, undefined), digest);
    this.launch = { kind: 'server', name: '', definition, hash: pinHash(definition, digest) };
    this.targetKey = targetKey(targetFor(settings, undefined), digest);
    this.#guard = {
      admit: (connection) => {
        if (this.held !== undefined) throw heldError(this.settings.name, this.held);
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
    return this.settings.name;
  }

  /** What is known was seen on the living connection. */
  get isFresh(): boolean {
    return this.shared.isFresh;
  }

  get status(): ServerStatus {
    if (this.held !== undefined) return 'held';
    const { status } = this.shared.health();
    if (status !== 'idle') return status;
    if (this.error !== undefined) return 'down';
    return this.judgement === undefined ? 'connecting' : 'ready';
  }

  /** Judges how it is reached, then what was last seen of it there. */
  async begin(sighting: Sighting | undefined): Promise<void> {
    const { board } = this.#means;
    this.#judgeLaunch();
    if (this.held === undefined && !board.locked) {
      const agreed = board.agreed(this.name, 'server', '');
      if (agreed?.hash !== this.launch.hash) await this.#repin(agreed !== undefined);
    } else if (this.held === undefined) await board.confirm(this.name, [this.launch]);
    if (sighting?.launch === this.launch.hash && this.#offer === undefined) {
      this.#offer = sighting.offer;
      this.#findings = this.#means.scan(this.settings, sighting.offer, this.#means.others(this.name));
    }
    this.rejudge();
  }

  /** Takes over settings under which its connection stays as it is. */
  update(settings: ServerSettings): void {
    this.settings = settings;
    for (const [user, { key, connection }] of this.#privates) {
      const kept =
        Object.hasOwn(settings.users, user) &&
        targetKey(targetFor(settings, user), this.#means.parts.digest) === key;
      if (kept) continue;
      this.#privates.delete(user);
      this.#retireConnection(connection);
    }
    if (this.#offer !== undefined)
      this.#findings = this.#means.scan(settings, this.#offer, this.#means.others(this.name));
    this.rejudge();
  }

  /** Judges anew what is known: after approvals, or under another lock. */
  rejudge(): void {
    this.#judgeLaunch();
    if (this.held !== undefined) this.judgement = this.#fromPins();
    else if (this.#offer !== undefined) this.judgement = this.#judge(this.#offer);
    else this.judgement = undefined;
    this.#rebuild();
  }

  /** Lists anew, together with whoever else asks meanwhile. @throws as `Downstream.offer`, and `tool/held`. */
  async refresh(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (this.held !== undefined) throw heldError(this.name, this.held);
    this.#refreshing ??= this.#list().finally(() => {
      this.#refreshing = undefined;
    });
    await abandonable(this.#refreshing, signal);
  }

  /** Begins what has to be done in the background: the first listing since the start, and no other. */
  look(): void {
    if (this.#listed || this.#failures > 0 || this.held !== undefined || this.#retired) return;
    void this.#quietly();
  }

  /** The first listing, for as long as anybody should wait for it. */
  async firstLook(): Promise<void> {
    if (this.held !== undefined || this.judgement !== undefined) return;
    this.#firstLook ??= new Promise((resolve) => {
      const cancel = this.#means.parts.after(FIRST_WAIT_MS, resolve);
      void this.#quietly().then(() => {
        cancel();
        resolve();
      });
    });
    await this.#firstLook;
  }

  /** The connection that this caller's calls go over. */
  connection(caller: Caller): Connection {
    const user = userOf(this.settings, caller);
    if (user === undefined) return this.shared;
    const known = this.#privates.get(user);
    if (known !== undefined) return known.connection;
    const connection = this.#connect(user);
    const key = targetKey(targetFor(this.settings, user), this.#means.parts.digest);
    this.#privates.set(user, { key, connection });
    return connection;
  }

  /** All that could be approved of it, as it is now. */
  pinnables(): readonly Judged<unknown>[] {
    return this.judgement === undefined || this.held !== undefined ? [] : pinnables(this.judgement);
  }

  heldItems(): readonly HeldItem[] {
    if (this.held !== undefined) return [this.held];
    return this.pinnables().flatMap(({ held }) => held ?? []);
  }

  /** Leaves when nobody sets out on its connections any more. */
  retire(): void {
    this.#retired = true;
    this.#cancelRetry?.();
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
    const connection = pool.add(
      new Connection({
        parts,
        guard: this.#guard,
        target: targetFor(this.settings, user),
        launchHash: this.launch.hash,
      }),
    );
    connection.on((event, detail) => {
      this.#hear(connection, event, detail);
    });
    return connection;
  }

  #hear(connection: Connection, event: DownstreamEvent, detail: JsonObject | undefined): void {
    const uri = event === 'resources' ? detail?.['uri'] : undefined;
    if (typeof uri === 'string') this.#means.resourceUpdated(uri);
    else if (connection === this.shared && !this.#retired) {
      const rejoined = event === 'health' && connection.health().status === 'ready';
      if ((event !== 'health' || rejoined) && !connection.isFresh && this.#listed) void this.#quietly();
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
        await this.#take(await connection.offer());
        if (connection.isFresh) break;
      }
      this.#listed = true;
      this.#failures = 0;
      this.#cancelRetry?.();
      this.error = undefined;
    } catch (error) {
      this.#fail(error);
      throw error;
    }
  }

  #fail(error: unknown): void {
    const { parts } = this.#means;
    this.error = cleanText(error instanceof Error ? error.message : String(error), ERROR_MAX_LENGTH);
    this.#failures += 1;
    parts.telemetry.log('warn', 'gateway.listing_failed', { server: this.name, error: this.error });
    if (this.#retired || this.held !== undefined) return;
    this.#cancelRetry?.();
    this.#cancelRetry = parts.after(Math.min(RETRY_MAX_MS, RETRY_MS * 2 ** (this.#failures - 1)), () => {
      if (!this.#retired) void this.#quietly();
    });
  }

  /** Judges an offer, pins what is new and free to be pinned, and remembers it. */
  async #take(offer: Offer): Promise<void> {
    const { board, parts, scan, others } = this.#means;
    this.#findings = scan(this.settings, offer, others(this.name));
    let judgement = this.#judge(offer);
    const unpinned = pinnables(judgement).filter((item) => item.unpinned);
    if (unpinned.length > 0) {
      await board.pinNew(this.name, unpinned);
      this.#report('pin', { by: FIRST_USE, pinned: unpinned.map(({ kind, name, hash }) => ({ kind, name, hash })) });
      judgement = this.#judge(offer);
    }
    if (board.locked)
      await board.confirm(
        this.name,
        pinnables(judgement).filter(({ held }) => held === undefined),
      );
    this.#reportHeld(judgement);
    this.#offer = offer;
    // A lock may have come meanwhile.
    this.rejudge();
    const sighting = { server: this.name, at: parts.clock.now(), launch: this.launch.hash, offer };
    await parts.store.pins.see(sighting).catch((error: unknown) => {
      parts.telemetry.log('warn', 'gateway.sighting', { server: this.name, error: String(error) });
    });
  }

  #judge(offer: Offer): Judgement {
    return judgeOffer(offer, { ...this.#standards(), findings: this.#findings, digest: this.#means.parts.digest });
  }

  #standards() {
    const { board } = this.#means;
    return {
      origin: this.settings.origin,
      locked: board.locked,
      agreed: (kind: Pinnable['kind'], name: string) => board.agreed(this.name, kind, name),
    };
  }

  #judgeLaunch(): void {
    const before = this.held;
    this.held = judgeLaunch(this.name, this.launch, this.#standards());
    if (this.held === undefined || before !== undefined) return;
    this.error = undefined;
    this.#disconnect();
    this.#report('held', { kind: 'server', name: '', hash: this.launch.hash, reason: this.held.reason });
  }

  /** What was approved of a server that may not be reached: known, and out of reach. */
  #fromPins(): Judgement {
    const judged = (pin: Pin): Judged => ({ ...pin, listed: pin.definition, unpinned: false });
    const pins = this.#means.board.of(this.name);
    return {
      tools: pins.filter(isTool).map((pin) => ({ ...judged(pin), listed: pin.definition as ToolDefinition })),
      prompts: [],
      resources: [],
      resourceTemplates: [],
      dropped: [],
    };
  }

  #rebuild(): void {
    const { checks, parts, changed } = this.#means;
    const items = this.judgement === undefined ? [] : pinnables(this.judgement);
    this.#items = new Map(items.map((item) => [`${item.kind}:${item.name}`, item]));
    this.entries = toEntries(this.settings, this.judgement?.tools ?? [], {
      checks,
      digest: parts.digest,
      held: this.held,
    });
    changed();
  }

  async #look(connection: Connection): Promise<void> {
    if (connection === this.shared) {
      await this.refresh();
      return;
    }
    const offer = await connection.offer();
    const { digest } = this.#means.parts;
    const hashes = [
      ...offer.tools.map((tool) => [`tool:${tool.name}`, pinHash(toDefinition(tool), digest)] as const),
      ...offer.prompts.map((each) => [`prompt:${String(each['name'])}`, pinHash(each, digest)] as const),
    ];
    this.#own.set(connection, new Map(hashes));
    // Where only callers with credentials get in, theirs is the listing there is.
    if (this.#offer === undefined) await this.#take(offer);
  }

  #allow(connection: Connection, kind: 'tool' | 'prompt', name: string): void {
    const item = this.#items.get(`${kind}:${name}`);
    if (item === undefined)
      throw new TuttiError('tool/not-found', `The server ${this.name} no longer offers the ${kind} ${name}.`);
    if (item.held !== undefined) throw heldError(this.name, item.held);
    const own = connection === this.shared ? item.hash : this.#own.get(connection)?.get(`${kind}:${name}`);
    if (own !== item.hash)
      throw new TuttiError(
        'tool/changed',
        `The server ${this.name} shows this caller another ${kind} ${name} than was approved, so nothing was sent.`,
      );
  }

  async #repin(again: boolean): Promise<void> {
    const { board } = this.#means;
    if (again) await board.pin(this.name, [this.launch], FIRST_USE);
    else await board.pinNew(this.name, [this.launch]);
    this.#report('pin', { by: FIRST_USE, pinned: [{ kind: 'server', name: '', hash: this.launch.hash }] });
  }

  #reportHeld(judgement: Judgement): void {
    const known = new Set(this.pinnables().flatMap((item) => (item.held === undefined ? [] : [item.hash])));
    for (const { kind, name, hash, held } of pinnables(judgement)) {
      if (held === undefined || known.has(hash)) continue;
      this.#report('held', { kind, name, hash, reason: held.reason, findings: held.findings });
    }
  }

  #report(kind: string, fields: JsonObject): void {
    const { audit, parts } = this.#means;
    audit({ at: parts.clock.now(), owner: 'tutti', kind, fields: { server: this.name, ...fields } });
  }

  #disconnect(): void {
    this.#cancelRetry?.();
    const old = [this.shared, ...[...this.#privates.values()].map(({ connection }) => connection)];
    this.#privates.clear();
    this.shared = this.#connect(undefined);
    this.#listed = false;
    this.#failures = 0;
    this.#firstLook = undefined;
    for (const each of old) this.#close(each);
  }

  #retireConnection(connection: Connection): void {
    this.#means.parts.after(RETIRE_AFTER_MS, () => {
      this.#close(connection);
    });
  }

  #close(connection: Connection): void {
    this.#means.pool.close(connection, this.settings.timeoutMs).catch((error: unknown) => {
      this.#means.parts.telemetry.log('warn', 'gateway.close', { server: this.name, error: String(error) });
    });
  }
}

function isTool(pin: Pin): boolean {
  return pin.kind === 'tool';
}

/** Stops waiting, not the work, when the signal says so. */
async function abandonable(work: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const abandon = () => {
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', abandon, { once: true });
    work.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', abandon);
    });
  });
}
