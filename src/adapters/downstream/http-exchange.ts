import type { IncomingHttpHeaders } from 'node:http';
import { TuttiError } from '../../core/kernel/errors.ts';
import { tooLarge, unreadable } from './answer.ts';
import { CalmStream } from './calm-stream.ts';
import { joined } from './joined.ts';
import { Scan } from './scan.ts';
import type { Awaiting, Controller } from './track.ts';
import { broken, messageOf, NotProcessed, NotUnderstood, toPlain, unreached } from './wire.ts';
import type { Outgoing } from './wire.ts';

/** What an exchange leaves to its connection. */
export interface ExchangeEvents {
  /** What is asked was heard before, and is asked for again: whatever happens, it was sent. */
  readonly wasHeard?: boolean;
  onMessage(text: Buffer, scan: Scan, call: Outgoing): void;
  /** A stream ended before the answer came, and the server said how to go on. */
  onResume(call: Outgoing, lastId: string, retryMs: number): void;
  /** Turned away: by status and with what it said. `false`: it is a failure like any other. */
  onRefusal(call: Outgoing, refusal: Refusal): boolean;
  onEnd(call: Outgoing): void;
}

export interface Refusal {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

const ENVELOPE_BYTES = 4_096;
const MAX_REFUSAL_BYTES = 65_536;
const DEFAULT_RETRY_MS = 1_000;
const HEAD_BYTES = 4_096;
const LINGER_MS = 1_000;
/** Errors of a connection that was never made. */
const UNCONNECTED: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);
/** Of certificates that cannot be checked, are out of date, or belong to somebody else. */
const DISTRUST = /CERT|^UNABLE_TO_/;

type Mode = 'json' | 'events' | 'refusal' | 'ignore';

/** One request of ours over HTTP, from its dispatch to its answer. */
export class HttpExchange implements Awaiting {
  readonly call: Outgoing;
  readonly #events: ExchangeEvents;
  #controller: Controller | undefined;
  #mode: Mode = 'ignore';
  #status = 0;
  #headers: IncomingHttpHeaders = {};
  #pieces: Buffer[] = [];
  #areOwn = true;
  #length = 0;
  #scan: Scan | undefined;
  #stream: CalmStream | undefined;
  #retryMs = DEFAULT_RETRY_MS;
  #cancelled = false;
  #delivering = false;
  #lingering: NodeJS.Timeout | undefined;

  constructor(call: Outgoing, events: ExchangeEvents) {
    this.call = call;
    this.#events = events;
  }

  /** Nothing at all came back. */
  get silent(): boolean {
    return this.#status === 0;
  }

  /** Closes the connection under it; nothing more is heard of it. */
  cancel(): void {
    this.#cancelled = true;
    this.#controller?.abort(new Error('cancelled'));
  }

  /** Nobody waits any more. A stream that has just answered may end by itself, so that its connection can be used again. */
  abandon(): void {
    if (!this.#delivering) this.cancel();
    else if (this.#mode === 'events') {
      this.#lingering = setTimeout(() => this.cancel(), LINGER_MS).unref();
    }
  }

  onRequestStart(controller: Controller): void {
    this.#controller = controller;
    if (this.#cancelled) controller.abort(new Error('cancelled'));
  }

  onResponseStart(_controller: Controller, status: number, headers: IncomingHttpHeaders): void {
    if (status < 200) return;
    this.#status = status;
    this.#headers = headers;
    this.#mode = this.#choose(status, mediaType(headers));
  }

  #choose(status: number, type: string): Mode {
    if (status < 200 || status > 299) return 'refusal';
    switch (type) {
      case 'application/json':
        this.#scan = new Scan();
        return 'json';
      case 'text/event-stream':
        this.#stream = this.#toStream();
        return 'events';
      default:
        return 'refusal';
    }
  }

  #toStream(): CalmStream {
    return new CalmStream(
      {
        limitBytes: () => this.call.maxBytes + ENVELOPE_BYTES,
        onMessage: ({ data }, scan) => {
          if (data.length > 0) this.#deliver(data, scan);
        },
        onRetry: (ms) => {
          this.#retryMs = Math.min(ms, 60_000);
        },
        onTooLong: (head) => this.#stop(tooLarge(afterEnvelope(head), this.call.maxBytes)),
      },
      { pause: () => this.#controller?.pause(), resume: () => this.#controller?.resume() },
    );
  }

  /** @param isOwn - nobody else knows the memory it stands in. */
  onResponseData(_controller: Controller, chunk: Buffer, isOwn = false): void {
    this.#areOwn &&= isOwn;
    if (this.#cancelled || this.call.settled) return;
    if (this.#mode === 'events') this.#stream?.push(chunk);
    else if (this.#mode === 'json') this.#gather(chunk);
    else if (this.#mode === 'refusal' && this.#length < MAX_REFUSAL_BYTES) {
      this.#pieces.push(chunk);
      this.#length += chunk.length;
    }
  }

  #gather(chunk: Buffer): void {
    this.#pieces.push(chunk);
    this.#length += chunk.length;
    if (this.#length > this.call.maxBytes + ENVELOPE_BYTES) {
      const head = Buffer.concat(this.#pieces, Math.min(this.#length, HEAD_BYTES));
      this.#pieces = [];
      this.#stop(tooLarge(afterEnvelope(head), this.call.maxBytes));
      return;
    }
    this.#scan?.feed(chunk);
  }

  onResponseEnd(): void {
    clearTimeout(this.#lingering);
    this.#events.onEnd(this.call);
    if (!this.call.settled && !this.#cancelled) this.#finish();
    this.#controller = undefined;
    this.#pieces = [];
    this.#scan = undefined;
  }

  #finish(): void {
    if (this.#mode === 'json') this.#finishJson();
    else if (this.#mode === 'events') this.#finishEvents();
    else this.#finishRefusal();
  }

  onResponseError(_controller: Controller, error: Error): void {
    clearTimeout(this.#lingering);
    this.#events.onEnd(this.call);
    if (this.call.settled || this.#cancelled) return;
    const lastId = this.#stream?.lastId;
    if (lastId === undefined) this.call.fail(toUnavailable(error, this.#events.wasHeard));
    else this.#events.onResume(this.call, lastId, this.#retryMs);
  }

  #deliver(text: Buffer, scan: Scan): void {
    this.#delivering = true;
    this.#events.onMessage(text, scan, this.call);
    this.#delivering = false;
  }

  #stop(error: TuttiError): void {
    this.call.fail(error);
    this.cancel();
  }

  #finishJson(): void {
    this.#deliver(joined(this.#pieces, this.#areOwn), this.#scan ?? new Scan());
    if (!this.call.settled) this.call.fail(unreadable('an answer to something else than what was asked'));
  }

  #finishEvents(): void {
    const lastId = this.#stream?.lastId;
    if (lastId !== undefined) this.#events.onResume(this.call, lastId, this.#retryMs);
    else {
      this.call.fail(
        new TuttiError('downstream/unavailable', 'The server ended the stream before it answered.'),
      );
    }
  }

  #finishRefusal(): void {
    const text = Buffer.concat(this.#pieces).toString('utf8');
    const refusal = { status: this.#status, headers: this.#headers, text };
    if (!this.#events.onRefusal(this.call, refusal)) this.call.fail(refused(refusal));
  }
}

/** @returns for people, what an answer was that is no MCP. */
export function refused({ status, headers, text }: Refusal): TuttiError {
  const type = mediaType(headers);
  const words = type.includes('html') || text.trimStart().startsWith('<') ? '' : toPlain(text, 200);
  const found = `HTTP ${status}${type === '' ? '' : `, ${toPlain(type, 60)}`}${words === '' ? '' : `: ${words}`}`;
  if (status >= 200 && status <= 299) {
    return new TuttiError(
      'downstream/protocol',
      `Expected JSON or an event stream, found ${found}. Is this the address of an MCP server?`,
    );
  }
  if (status === 401 || status === 403) {
    return new TuttiError(
      'downstream/unavailable',
      `The server wants credentials, or others than it was given: HTTP ${status}. Put them into \`headers\`.`,
    );
  }
  if (status === 429 || status >= 500) {
    return new TuttiError('downstream/unavailable', `The server refuses the request: ${found}.`);
  }
  return new NotUnderstood(`Expected an MCP answer, found ${found}. Correct the address.`);
}

export function toUnavailable(error: Error, wasHeard = false): TuttiError {
  if (wasHeard && error instanceof NotProcessed) return broken(error);
  if (error instanceof TuttiError) return error;
  const { code } = error as NodeJS.ErrnoException;
  if (code !== undefined && DISTRUST.test(code)) return distrusted(error, code);
  return UNCONNECTED.has(code) && !wasHeard ? unreached(error) : broken(error);
}

function distrusted(error: Error, code: string): NotProcessed {
  // What follows is advice for who runs Node.js by hand.
  const [found = ''] = toPlain(messageOf(error)).split('; if the root CA', 1);
  return new NotProcessed(
    `Expected a certificate that this machine trusts, found: ${found} (${code}). Correct the address or the certificate of the server, or name the authority that signed it in NODE_EXTRA_CA_CERTS.`,
    error,
  );
}

export function mediaType(headers: IncomingHttpHeaders): string {
  const [type = ''] = (headers['content-type'] ?? '').split(';', 1);
  return type.trim().toLowerCase();
}

function afterEnvelope(head: Buffer): Buffer {
  const at = head.subarray(0, 1_024).indexOf('"result":');
  return at === -1 ? head : head.subarray(at + 9);
}
