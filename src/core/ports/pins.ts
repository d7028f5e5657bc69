import type { JsonObject } from '../kernel/json.ts';
import type { EraVerdict, Offer } from './downstream.ts';

/** `server` pins how a server is reached; the others pin what a model can see of it. */
export type PinKind = 'server' | 'tool' | 'prompt' | 'instructions';

/** What somebody agreed to. */
export interface Pin {
  readonly server: string;
  readonly kind: PinKind;
  /** Name of the tool or prompt; the empty text for the others. */
  readonly name: string;
  /** SHA-256 of the canonical JSON of `definition`. */
  readonly hash: string;
  readonly definition: JsonObject;
  readonly approvedAt: number;
  /** Who, such as `first-use`, `lock-file` or `cli:ada`. */
  readonly approvedBy: string;
}

/** What was last seen of a server, so that it can be searched while it is down. */
export interface Sighting {
  readonly server: string;
  readonly at: number;
  /** Hash of how it was reached: what was seen there holds for nothing else. */
  readonly launch: string;
  readonly offer: Offer;
}

/** Where pins, sightings and verdicts about protocol eras live. */
export interface Pins {
  /** All of them. */
  list(): Promise<readonly Pin[]>;
  /** Adds or replaces by server, kind and name, all at once. */
  put(pins: readonly Pin[]): Promise<void>;
  /** Adds those that are not there; what is pinned already stays, whoever was first. Returns the pins as they now stand, in the order given. */
  putNew(pins: readonly Pin[]): Promise<readonly Pin[]>;
  /** Forgets everything about a server, sighting and verdict included. */
  forget(server: string): Promise<void>;
  sightings(): Promise<readonly Sighting[]>;
  see(sighting: Sighting): Promise<void>;
  /** Keyed by server and launch hash. */
  verdict(server: string, launch: string): Promise<EraVerdict | undefined>;
  rememberVerdict(server: string, launch: string, verdict: EraVerdict): Promise<void>;
}
