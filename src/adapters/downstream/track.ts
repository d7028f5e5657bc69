import type { IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { ResponseReader } from './response-reader.ts';
import type { ResponseEvents } from './response-reader.ts';
import { broken, NotProcessed, unreached } from './wire.ts';

/** By which a request under way is ended, or made to wait. */
export interface Controller {
  abort(reason: Error): void;
  pause(): void;
  resume(): void;
}

/** Who waits for a response. */
export interface Awaiting {
  /** It is sent now, unless it is aborted here. */
  onRequestStart(controller: Controller): void;
  onResponseStart(controller: Controller, status: number, headers: IncomingHttpHeaders): void;
  /** @param isOwn - nobody else knows the memory that the piece stands in. */
  onResponseData(controller: Controller, piece: Buffer, isOwn?: boolean): void;
  onResponseEnd(controller: Controller): void;
  onResponseError(controller: Controller, error: Error): void;
}

export const CONNECT_MS = 10_000;
/** A connection that nothing is asked on is kept so long: servers that serve one at a time serve nobody else meanwhile. */
const IDLE_MS = 4_000;
/** Whoever says how long is given so much to spare. */
const SPARE_MS = 2_000;
const PIECE_BYTES = 65_536;
/** After a longer silence it is waited until all was heard that came meanwhile, and not only what is known to have come. */
const SILENCE_MS = 100;
/** Whoever closes so soon after an answer would have closed whatever was asked next. */
const HASTY_MS = 1_000;
/** Of the system's own question whether the other side is still there. */
const PROBE_MS = 60_000;
const PORT = 80;
const TIMEOUT = /timeout=(\d{1,6})/i;
const LATIN = /^[\t\r\n\u0020-\u007e]*$/;

/** All that is read is read into here, and copied from here: the system is asked for no memory for each piece. */
const arrived = Buffer.allocUnsafeSlow(PIECE_BYTES);

/** A request and who waits for its response; both know each other for as long as it is under way. */
export class Ride implements Controller {
  readonly awaiting: Awaiting;
  head = '';
  body = '';
  track: Track | undefined;
  /** Nothing more is told of it. */
  over = false;
  paused = false;

  constructor(awaiting: Awaiting) {
    this.awaiting = awaiting;
  }

  abort(reason: Error): void {
    if (this.over) return;
    const { track } = this;
    this.fail(reason);
    track?.abandon();
  }

  pause(): void {
    if (this.over) return;
    this.paused = true;
    this.track?.pause();
  }

  resume(): void {
    if (!this.paused || this.over) return;
    this.paused = false;
    this.track?.resume();
  }

  /** It is sent now. */
  start(): void {
    try {
      this.awaiting.onRequestStart(this);
    } catch (error) {
      this.fail(error as Error);
    }
  }

  finish(): void {
    if (this.over) return;
    this.over = true;
    try {
      this.awaiting.onResponseEnd(this);
    } catch (error) {
      this.awaiting.onResponseError(this, error as Error);
    }
  }

  fail(error: Error): void {
    if (this.over) return;
    this.over = true;
    this.awaiting.onResponseError(this, error);
  }
}

interface TrackEvents {
  /** Another request may be sent. */
  onFree(): void;
  /** The other side closed it right after an answer, without having said so. */
  onHasty(): void;
  onGone(): void;
  /** It is gone, and this was not written. */
  onUnsent(ride: Ride): void;
}

/** One connection: one request at a time, and what comes back to it. */
export class Track implements ResponseEvents {
  keptUntil = 0;
  readonly #events: TrackEvents;
  readonly #socket: Socket;
  readonly #reader = new ResponseReader(this);
  readonly #connecting: NodeJS.Timeout;
  #ride: Ride | undefined;
  #isConnected = false;
  #isSent = false;
  #isGone = false;
  /** What it said last was heard in this round of the event loop: whether it said more, such as farewell, is not known yet. */
  #isWarm = false;
  /** The response was read to its end; it may not be told yet. */
  #ended: { readonly isKept: boolean } | undefined;
  #keepMs = IDLE_MS;
  #freeSince = -Infinity;
  /** Read, and not told while somebody makes it wait. */
  #unread: Buffer | undefined;

  constructor({ hostname, port }: URL, events: TrackEvents) {
    this.#events = events;
    this.#socket = connect({
      host: bare(hostname),
      port: Number(port === '' ? PORT : port),
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: PROBE_MS,
      onread: { buffer: arrived, callback: (length) => this.#read(arrived.subarray(0, length)) },
    });
    const late = () => this.#break(new Error(`no connection within ${CONNECT_MS} ms`));
    this.#connecting = setTimeout(late, CONNECT_MS).unref();
    this.#socket
      .once('connect', () => {
        clearTimeout(this.#connecting);
        this.#isConnected = true;
        if (this.#ride) this.#send(this.#ride);
      })
      .on('end', () => this.#finish())
      .on('error', (error) => this.#break(error))
      .on('close', () => this.#break(lost()))
      .resume();
  }

  /** Takes a request, which is sent as soon as it can be: when all that the other side had said by now was heard. */
  carry(ride: Ride): void {
    this.#ride = ride;
    ride.track = this;
    if (this.#isConnected && !this.#isWarm) this.#sendSoon();
  }

  /** Nobody waits for its response any more. */
  abandon(): void {
    this.#ride = undefined;
    if (this.#isConnected && !this.#isSent) this.#free();
    else this.end();
  }

  end(): void {
    this.#ended = undefined;
    this.#break(this.#isSent ? lost() : wasClosed());
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    const unread = this.#unread;
    this.#unread = undefined;
    if (unread) this.#hear(unread);
    if (this.#ride?.paused === true) return;
    if (this.#ended) this.#complete(this.#ended);
    else this.#socket.resume();
  }

  get halted(): boolean {
    return this.#ride === undefined || this.#ride.over || this.#ride.paused;
  }

  onHead(status: number, headers: IncomingHttpHeaders): void {
    const ride = this.#ride;
    this.#keepMs = keepMsOf(headers);
    ride?.awaiting.onResponseStart(ride, status, headers);
  }

  onBody(piece: Buffer): void {
    const ride = this.#ride;
    if (ride?.over === false) ride.awaiting.onResponseData(ride, piece, true);
  }

  onEnd(reusable: boolean): void {
    // A server that answers before it heard the whole request does not want the rest.
    this.#ended = { isKept: reusable && this.#keepMs > 0 && this.#socket.writableLength === 0 };
  }

  /** At the end of this round of the event loop; of the next one, where it may be long since anything was heard. */
  #sendSoon(rounds = performance.now() - this.#freeSince > SILENCE_MS ? 2 : 1): void {
    const ride = this.#ride;
    setImmediate(() => {
      if (ride === undefined || this.#ride !== ride || this.#isSent || this.#isWarm) return;
      if (rounds > 1) this.#sendSoon(rounds - 1);
      else this.#send(ride);
    });
  }

  #send(ride: Ride): void {
    ride.start();
    // Aborted, it may carry another one by now.
    if (this.#ride !== ride) return;
    if (ride.over) {
      this.abandon();
      return;
    }
    this.#socket.ref();
    this.#isSent = true;
    this.#reader.begin();
    if (LATIN.test(ride.head)) this.#socket.write(ride.head + ride.body);
    else this.#socket.write(Buffer.concat([Buffer.from(ride.head, 'latin1'), Buffer.from(ride.body)]));
  }

  /** @returns whether more may come. */
  #read(piece: Buffer): boolean {
    // What nobody asked for is no answer to what is asked next.
    if (!this.#isSent) this.end();
    else if (this.#unread !== undefined) this.#unread = Buffer.concat([this.#unread, piece]);
    else if (this.#ride?.paused === true) this.#unread = Buffer.from(piece);
    else this.#hear(piece);
    return this.#ride?.paused !== true;
  }

  #hear(piece: Buffer): void {
    let rest: Buffer | undefined;
    try {
      rest = this.#reader.read(piece);
    } catch (error) {
      this.#break(error as Error);
      return;
    }
    if (this.#isGone) return;
    // What nobody asked for is no answer to what is asked next.
    if (this.#ended && rest) this.#ended = { isKept: false };
    else if (rest) this.#unread = Buffer.from(rest);
    if (this.#ended && this.#ride?.paused !== true) this.#complete(this.#ended);
  }

  /** The other side says no more. */
  #finish(): void {
    if (!this.#isSent && performance.now() - this.#freeSince < HASTY_MS) this.#events.onHasty();
    this.#reader.finish();
    if (this.#ended) this.#ended = { isKept: false };
    if (this.#ended && this.#ride?.paused !== true) this.#complete(this.#ended);
    else this.#break(this.#isSent ? lost() : wasClosed());
  }

  #complete({ isKept }: { readonly isKept: boolean }): void {
    const ride = this.#ride;
    this.#ended = undefined;
    this.#ride = undefined;
    this.#isSent = false;
    if (isKept && !this.#isGone) this.#coolDown();
    else this.end();
    ride?.finish();
  }

  /** Not before it is next this one's turn is it known whether the other side said more. */
  #coolDown(): void {
    this.#isWarm = true;
    setImmediate(() => {
      this.#isWarm = false;
      if (this.#ride) this.#sendSoon();
    });
    this.#socket.resume();
    this.#free();
  }

  #free(): void {
    this.#socket.unref();
    this.#freeSince = performance.now();
    this.keptUntil = this.#freeSince + this.#keepMs;
    this.#events.onFree();
  }

  #break(error: Error): void {
    if (this.#isGone) return;
    this.#isGone = true;
    clearTimeout(this.#connecting);
    this.#socket.destroy();
    const ride = this.#ride;
    // All of its answer is there; it is told when it may be.
    if (this.#ended && ride?.over === false) {
      this.#events.onGone();
      return;
    }
    this.#ride = undefined;
    if (ride !== undefined && this.#isConnected && !this.#isSent) this.#events.onUnsent(ride);
    else {
      this.#events.onGone();
      ride?.fail(this.#isConnected ? broken(error) : unreached(error));
    }
  }
}

export function wasClosed(): NotProcessed {
  return new NotProcessed('The connection was closed.');
}

function lost(): Error {
  return Object.assign(new Error('the other side closed it'), { code: 'ECONNRESET' });
}

function bare(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '');
}

/** How long a connection may be kept without being used, as its server says. */
function keepMsOf({ 'keep-alive': said }: IncomingHttpHeaders): number {
  const [, seconds] = (typeof said === 'string' && TIMEOUT.exec(said)) || [];
  return seconds === undefined ? IDLE_MS : Math.min(Number(seconds) * 1_000 - SPARE_MS, IDLE_MS);
}
