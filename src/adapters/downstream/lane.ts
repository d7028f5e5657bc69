import { HEADER_NAME, HEADER_VALUE } from './response-reader.ts';
import { Ride, Track, wasClosed } from './track.ts';
import type { Awaiting } from './track.ts';
import { NotProcessed, toPlain } from './wire.ts';

/** One request, before it is written. */
export interface LaneRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** Names and values in turn. */
  readonly headers: string[];
  readonly body?: string;
}

export const MAX_CONNECTIONS = 256;
const SWEEP_MS = 1_000;
/** For so long nothing is kept of a server that closes without a word. */
const DISTRUST_MS = 60_000;

/**
 * The connections to one server that is reached over plain HTTP. This is where the time of a call goes when the server is near: a general client
 * takes a quarter of all that a call costs us. Over TLS, and for all that is rare, there is undici.
 */
export class Lane {
  readonly #origin: URL;
  /** The one that was used last is used first, so that those that are not needed age. */
  readonly #idle: Track[] = [];
  readonly #tracks = new Set<Track>();
  readonly #queue: Ride[] = [];
  #sweeping: NodeJS.Timeout | undefined;
  #closed = false;
  #destroyed = false;
  #distrustedUntil = -Infinity;
  readonly #emptied = Promise.withResolvers<void>();

  /** @param origin - plain HTTP. */
  constructor(origin: string) {
    this.#origin = new URL(origin);
  }

  /** Whether it has no connections. */
  get isEmpty(): boolean {
    return this.#tracks.size === 0;
  }

  dispatch(request: LaneRequest, awaiting: Awaiting): void {
    const ride = new Ride(awaiting);
    const head = toHead(request, this.#origin.host);
    if (head instanceof Error) ride.fail(head);
    else if (this.#closed) ride.fail(wasClosed());
    else {
      ride.head = head;
      ride.body = request.body ?? '';
      this.#begin(ride);
    }
  }

  /** Sends nothing new. Settles once what is under way has ended. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const track of this.#idle.splice(0)) track.end();
    clearInterval(this.#sweeping);
    if (this.#tracks.size > 0) await this.#emptied.promise;
  }

  /** Ends everything. */
  async destroy(): Promise<void> {
    this.#destroyed = true;
    const closing = this.close();
    for (const ride of this.#queue.splice(0)) ride.fail(wasClosed());
    for (const track of this.#tracks) track.end();
    await closing;
  }

  #begin(ride: Ride): void {
    const track = this.#take();
    if (this.#destroyed) ride.fail(wasClosed());
    else if (track) track.carry(ride);
    else if (this.#tracks.size < MAX_CONNECTIONS) this.#open(ride);
    else this.#queue.push(ride);
  }

  #take(): Track | undefined {
    const now = performance.now();
    for (let track = this.#idle.pop(); track !== undefined; track = this.#idle.pop()) {
      if (now < track.keptUntil) return track;
      track.end();
    }
    return undefined;
  }

  #open(ride: Ride): void {
    const track: Track = new Track(this.#origin, {
      onFree: () => this.#free(track),
      onHasty: () => {
        this.#distrustedUntil = performance.now() + DISTRUST_MS;
      },
      onGone: () => this.#gone(track),
      // It was closed while nobody used it: over another one, or a new one.
      onUnsent: (unsent) => {
        this.#begin(unsent);
        this.#gone(track);
      },
    });
    this.#tracks.add(track);
    track.carry(ride);
  }

  #free(track: Track): void {
    const isKept = !this.#closed && performance.now() >= this.#distrustedUntil;
    const next = isKept || this.#closed ? this.#queue.shift() : undefined;
    if (next) track.carry(next);
    else if (!isKept) track.end();
    else {
      this.#idle.push(track);
      this.#sweeping ??= setInterval(() => this.#sweep(), SWEEP_MS).unref();
    }
  }

  #gone(track: Track): void {
    this.#tracks.delete(track);
    const at = this.#idle.indexOf(track);
    if (at !== -1) this.#idle.splice(at, 1);
    const next = this.#queue.shift();
    if (next) this.#begin(next);
    else if (this.#closed && this.#tracks.size === 0) this.#emptied.resolve();
  }

  /** Whoever is not needed is closed in time. */
  #sweep(): void {
    const now = performance.now();
    for (const track of this.#idle.filter(({ keptUntil }) => now >= keptUntil)) track.end();
    if (this.#idle.length > 0) return;
    clearInterval(this.#sweeping);
    this.#sweeping = undefined;
  }
}

/** @returns an error for what cannot be said in a header. */
function toHead({ method, path, headers, body }: LaneRequest, host: string): string | NotProcessed {
  let head = `${method} ${path} HTTP/1.1\r\nhost: ${host}\r\nconnection: keep-alive\r\naccept-encoding: identity\r\n`;
  for (let at = 0; at + 1 < headers.length; at += 2) {
    const name = headers[at] as string;
    const value = headers[at + 1] as string;
    if (!HEADER_NAME.test(name) || !HEADER_VALUE.test(value)) {
      return new NotProcessed(
        `Expected headers of letters, digits and what else Latin-1 has, on one line each, found others in ${toPlain(name, 60)}. Correct \`headers\`; nothing was sent.`,
      );
    }
    head += `${name}: ${value}\r\n`;
  }
  return body === undefined ? `${head}\r\n` : `${head}content-length: ${Buffer.byteLength(body)}\r\n\r\n`;
}
