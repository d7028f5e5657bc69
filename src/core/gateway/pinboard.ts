import type { JsonObject } from '../kernel/json.ts';
import type { Clock } from '../ports/clock.ts';
import type { Pin, PinKind, Pins } from '../ports/pins.ts';
import type { Lock, LockedServer } from './lock.ts';
import { lockedHashes } from './lock.ts';

/** Who pinned what was simply there when it was first seen. */
export const FIRST_USE = 'first-use';
const LOCK_FILE = 'lock-file';

/** What counts as agreed to for one thing. */
export interface Agreement {
  readonly hash: string;
  /** The text, where it is known: a lock file holds hashes only. */
  readonly definition?: JsonObject;
  /** A person looked at it: not merely the first that was seen. */
  readonly byPerson: boolean;
}

/** Something that can be pinned, as it is now. */
export interface Pinnable {
  readonly kind: PinKind;
  /** The empty text for what a server has one of. */
  readonly name: string;
  readonly hash: string;
  readonly definition: JsonObject;
}

/** The pins of the store, kept at hand, and the lock file over them. */
export class Pinboard {
  readonly #store: Pins;
  readonly #clock: Clock;
  #pins = new Map<string, Pin>();
  #writes = 0;
  #lock: { readonly lock: Lock; readonly appliedAt: number } | undefined;

  constructor(store: Pins, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** Whether a lock file says what may be there at all. */
  get locked(): boolean {
    return this.#lock !== undefined;
  }

  /** What the lock file says of a server. */
  lockOf(server: string): LockedServer | undefined {
    const servers = this.#lock?.lock.servers ?? {};
    return Object.hasOwn(servers, server) ? servers[server] : undefined;
  }

  /** Reads what other processes pinned. Returns whether anything is different now. */
  async load(): Promise<boolean> {
    let pins: readonly Pin[];
    let writes: number;
    do {
      writes = this.#writes;
      pins = await this.#store.list();
      // What was pinned while the list was read may not stand in it.
    } while (writes !== this.#writes);
    const fresh = new Map(pins.map((pin) => [keyOf(pin.server, pin.kind, pin.name), pin]));
    const same =
      fresh.size === this.#pins.size &&
      [...fresh].every(([key, pin]) => {
        const known = this.#pins.get(key);
        return known?.hash === pin.hash && known.approvedBy === pin.approvedBy;
      });
    this.#pins = fresh;
    return !same;
  }

  apply(lock: Lock): void {
    this.#lock = { lock, appliedAt: this.#clock.now() };
  }

  /** The lock file counts, unless a person agreed to something else since it was applied. */
  agreed(server: string, kind: PinKind, name: string): Agreement | undefined {
    const pin = this.#pins.get(keyOf(server, kind, name));
    const byPerson = pin !== undefined && pin.approvedBy !== FIRST_USE;
    if (this.#lock === undefined)
      return pin === undefined ? undefined : { hash: pin.hash, definition: pin.definition, byPerson };
    if (byPerson && pin.approvedBy !== LOCK_FILE && pin.approvedAt >= this.#lock.appliedAt)
      return { hash: pin.hash, definition: pin.definition, byPerson };
    const hashes = lockedHashes(this.lockOf(server), kind);
    const hash = Object.hasOwn(hashes, name) ? hashes[name] : undefined;
    if (hash === undefined) return undefined;
    const known = pin?.hash === hash ? { definition: pin.definition } : {};
    return { hash, ...known, byPerson: true };
  }

  /** The pins of a server, whatever a lock file says. */
  of(server: string): readonly Pin[] {
    return [...this.#pins.values()].filter((pin) => pin.server === server);
  }

  /** Everything of a kind that was agreed to, by name. */
  hashes(server: string, kind: PinKind): ReadonlyMap<string, string> {
    const locked = lockedHashes(this.lockOf(server), kind);
    const pinned = this.of(server).flatMap((pin) => (pin.kind === kind ? pin.name : []));
    const names = new Set([...pinned, ...Object.keys(locked)]);
    return new Map(
      [...names].flatMap((name): [string, string][] => {
        const agreed = this.agreed(server, kind, name);
        return agreed === undefined ? [] : [[name, agreed.hash]];
      }),
    );
  }

  /** Pins what is seen for the first time. Where another process was first, its pins count. */
  async pinNew(server: string, items: readonly Pinnable[]): Promise<void> {
    if (items.length === 0) return;
    this.#keep(await this.#store.putNew(this.#toPins(server, items, FIRST_USE)));
  }

  /** Replaces what was pinned. */
  async pin(server: string, items: readonly Pinnable[], by: string): Promise<void> {
    if (items.length === 0) return;
    const pins = this.#toPins(server, items, by);
    await this.#store.put(pins);
    this.#keep(pins);
  }

  /** Whatever was agreed to of a server is agreed to no more. */
  async forget(server: string): Promise<void> {
    await this.#store.forget(server);
    this.#writes += 1;
    for (const [key, pin] of this.#pins) if (pin.server === server) this.#pins.delete(key);
  }

  /** Keeps the texts behind the hashes of a lock file, for later comparison. */
  async confirm(server: string, items: readonly Pinnable[]): Promise<void> {
    const unknown = items.filter(
      (item) => this.#pins.get(keyOf(server, item.kind, item.name))?.hash !== item.hash,
    );
    await this.pin(server, unknown, LOCK_FILE);
  }

  #toPins(server: string, items: readonly Pinnable[], approvedBy: string): Pin[] {
    const approvedAt = this.#clock.now();
    return items.map(({ kind, name, hash, definition }) => ({
      server,
      kind,
      name,
      hash,
      definition,
      approvedAt,
      approvedBy,
    }));
  }

  #keep(pins: readonly Pin[]): void {
    this.#writes += 1;
    for (const pin of pins) this.#pins.set(keyOf(pin.server, pin.kind, pin.name), pin);
  }
}

function keyOf(server: string, kind: PinKind, name: string): string {
  return JSON.stringify([server, kind, name]);
}
