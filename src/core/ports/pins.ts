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

/** What a process that runs holds back until a person agrees: one that is just started may never see it. */
export interface Waiting {
  readonly server: string;
  readonly kind: PinKind;
  readonly name: string;
  readonly hash: string;
  readonly definition: JsonObject;
  /** What a scan found in it. */
  readonly findings: readonly string[];
  /** Hash of how the server was reached. */
  readonly launch: string;
  readonly at: number;
}

export type WaitingKey = Pick<Waiting, 'server' | 'kind' | 'name' | 'hash'>;

/** Where pins, sightings and verdicts about protocol eras live. */
export interface Pins {
  /** All of them. */
  list(): Promise<readonly Pin[]>;
  /** Adds or replaces by server, kind and name, all at once. */
  put(pins: readonly Pin[]): Promise<void>;
  /** Adds those that are not there; what is pinned already stays, whoever was first. Returns the pins as they now stand, in the order given. */
  putNew(pins: readonly Pin[]): Promise<readonly Pin[]>;
  /** Forgets everything about a server, sighting, verdict and what waits included. */
  forget(server: string): Promise<void>;
  sightings(): Promise<readonly Sighting[]>;
  see(sighting: Sighting): Promise<void>;
  /** What any process holds, in the order in which it was seen. */
  waiting(): Promise<readonly Waiting[]>;
  /** Remembers what waits by server, kind, name and hash, and forgets what does so no more, all at once. */
  setWaiting(waiting: readonly Waiting[], over: readonly WaitingKey[]): Promise<void>;
  /** Keyed by server and launch hash. */
  verdict(server: string, launch: string): Promise<EraVerdict | undefined>;
  rememberVerdict(server: string, launch: string, verdict: EraVerdict): Promise<void>;
}
