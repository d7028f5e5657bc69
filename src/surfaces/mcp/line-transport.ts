import { isUtf8 } from 'node:buffer';
import type { Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import {
  isJSONRPCNotification,
  isJSONRPCRequest,
  isJSONRPCResponse,
  parseJSONRPCMessage,
} from '@modelcontextprotocol/server';
import type { JSONRPCMessage, RequestId, Transport } from '@modelcontextprotocol/server';
import { BusySet } from '../../core/kernel/busy.ts';
import { piecesOf } from './answer-text.ts';
import type { AnswerText } from './answer-text.ts';
import {
  CUT_OFF,
  INVALID_REQUEST,
  MESSAGE_BYTES,
  PARSE_ERROR,
  readMessage,
  toFaultResponse,
} from './message-text.ts';
import type { MessageFault } from './message-text.ts';
import { SkippedLine } from './skipped-line.ts';

export interface LineTransportOptions {
  readonly input: Readable;
  readonly output: Writable;
  /** The longest line that is read, in bytes. */
  readonly maxLineBytes?: number;
  /** How long requests may still be answered once no more can come. */
  readonly drainMs?: number;
  /** Hears of every line that was refused. */
  readonly onFault?: (fault: MessageFault) => void;
  /** Sees every message before the protocol does. */
  readonly shortcut?: Shortcut;
}

/** Answers some messages itself. */
export interface Shortcut {
  /** Whether it answers this one. */
  take(value: unknown, wire: Wire): boolean;
  /** The connection is over. */
  close(): void;
}

/** How a {@link Shortcut} answers. */
export interface Wire {
  begin(id: RequestId): void;
  send(notification: object): void;
  /** `text` is a whole response, in one line. */
  end(id: RequestId, text: AnswerText): void;
  /** Gives a message back that was taken. */
  handOver(value: unknown): void;
}

const NEWLINE = 0x0a;
const DRAIN_MS = 10_000;
/** Clients that close the input and send SIGTERM kill after two seconds; the servers behind us need their part of these. */
const PRESSED_MS = 1_000;
const SERVER_ERROR = -32_000;
const DRAINING = 'Shutting down: no more requests are taken. Connect again, then repeat this one.';
/** Answered when it ends, and it need not end: nobody waits for it. */
const STREAM = 'subscriptions/listen';

/**
 * One JSON-RPC message a line. A line that is too long, too deep or no message is answered with an error and the next one is
 * read; nothing beyond the bound is ever kept. Once the input ends, requests already taken are still answered. Once the end is asked for
 * they are as well, while others are refused for as long as the process lasts; what takes too long is cut off with an error, sooner when
 * the input is over as well.
 */
export class LineTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: NonNullable<Transport['onmessage']>;

  /** Settles when the connection is over. */
  readonly closed: Promise<void>;

  readonly #over: () => void;
  readonly #options: LineTransportOptions;
  readonly #maxLineBytes: number;
  #line: Buffer[] = [];
  #lineBytes = 0;
  /** The current line is too long; it is passed over up to its end. */
  #skipped: SkippedLine | undefined;
  readonly #unanswered = new BusySet<RequestId>();
  /** Of those, the ones whose answer is being written. */
  readonly #leaving = new BusySet<RequestId>();
  /** What is said at this moment. */
  #gathered: Gathered | undefined;
  #reads = true;
  #ended = false;
  #inputOver = false;
  #closed = false;
  #drainTimer: NodeJS.Timeout | undefined;

  constructor(options: LineTransportOptions) {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.closed = promise;
    this.#over = resolve;
    this.#options = options;
    this.#maxLineBytes = options.maxLineBytes ?? MESSAGE_BYTES;
  }

  async start(): Promise<void> {
    const { input, output } = this.#options;
    input.on('data', this.#onData).on('end', this.#onEnd).on('close', this.#onEnd).on('error', this.#onEnd);
    // A peer that is gone (EPIPE) ends the connection; the listener stays, so that a late failure ends nothing more.
    output.on('error', () => {
      this.#release();
      this.#close();
    });
    if (input.readableEnded || input.destroyed) setImmediate(this.#onEnd);
  }

  async send(message: JSONRPCMessage): Promise<void> {
    if (this.#closed) throw new Error('The connection is closed.');
    const answered = isJSONRPCResponse(message) ? message.id : undefined;
    if (answered !== undefined) this.#leaving.add(answered);
    await this.#say(JSON.stringify(message));
    if (answered !== undefined) this.#settle(answered);
  }

  async close(): Promise<void> {
    this.#close();
  }

  /** Takes no more requests and closes once those taken are answered, or the time for that is over. */
  end(): void {
    if (this.#ended) {
      // The client left before, and now somebody presses: what is nearly done may still be, before he does more than press.
      if (this.#inputOver) this.#drain(Math.min(PRESSED_MS, this.#options.drainMs ?? DRAIN_MS));
      return;
    }
    this.#ended = true;
    this.#drain(this.#options.drainMs ?? DRAIN_MS);
  }

  #drain(ms: number): void {
    clearTimeout(this.#drainTimer);
    if (this.#unanswered.size === 0) this.#close();
    else this.#drainTimer = setTimeout(() => this.#cutOff(), ms);
  }

  readonly #onEnd = (): void => {
    if (this.#ended) return;
    if (this.#lineBytes > 0) this.#takeLine();
    this.end();
    this.#inputOver = true;
  };

  readonly #onData = (chunk: Buffer): void => {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      this.#keep(chunk.subarray(start, end));
      this.#takeLine();
      start = end + 1;
    }
    this.#keep(chunk.subarray(start));
  };

  #keep(part: Buffer): void {
    if (part.length === 0) return;
    this.#lineBytes += part.length;
    if (this.#skipped) {
      this.#skipped.add(part);
      return;
    }
    this.#line.push(part);
    if (this.#lineBytes <= this.#maxLineBytes) return;
    this.#skipped = new SkippedLine(this.#line);
    this.#line = [];
  }

  #takeLine(): void {
    const skipped = this.#skipped;
    const [first] = this.#line;
    const bytes = first !== undefined && this.#line.length === 1 ? first : Buffer.concat(this.#line);
    this.#line = [];
    this.#lineBytes = 0;
    this.#skipped = undefined;
    if (skipped) {
      const message = `Invalid request: the line is longer than the limit of ${this.#maxLineBytes} bytes. Send a shorter message.`;
      this.#refuse({ code: INVALID_REQUEST, message, id: skipped.id });
      return;
    }
    const text = bytes.toString('utf8').trim();
    if (text === '') return;
    if (!isUtf8(bytes)) {
      this.#refuse({ code: PARSE_ERROR, message: 'Parse error: the line is not UTF-8.', id: null });
      return;
    }
    const { fault, ...read } = readMessage(text);
    if (fault) {
      this.#refuse(fault);
      return;
    }
    const { value } = read as { readonly value: unknown };
    if (this.#ended && this.#turnsAway(value)) return;
    if (this.#options.shortcut?.take(value, this.#wire) !== true) this.#takeMessage(value);
  }

  readonly #wire: Wire = {
    begin: (id) => this.#unanswered.add(id),
    send: (notification) => void this.#say(JSON.stringify(notification)),
    end: (id, text) => {
      if (this.#closed) return;
      void this.#say(text);
      this.#settle(id);
    },
    handOver: (value) => {
      if (!this.#closed) this.#takeMessage(value);
    },
  };

  /** What would be new work. Answers to our questions, and cancellations, still count for what is under way. */
  #turnsAway(value: unknown): boolean {
    if (!isJSONRPCRequest(value)) return this.#closed;
    this.#refuse({ code: SERVER_ERROR, message: DRAINING, id: value.id });
    return true;
  }

  #takeMessage(value: unknown): void {
    let message: JSONRPCMessage;
    try {
      message = parseJSONRPCMessage(value);
    } catch {
      const fault = 'Invalid request: expected one JSON-RPC 2.0 request, notification or response.';
      this.#refuse({ code: INVALID_REQUEST, message: fault, id: idOf(value) });
      return;
    }
    if (isJSONRPCRequest(message) && message.method !== STREAM) this.#unanswered.add(message.id);
    this.onmessage?.(message);
    // A cancelled request is not answered.
    if (isJSONRPCNotification(message) && message.method === 'notifications/cancelled') {
      this.#settle(message.params?.['requestId'] as RequestId);
    }
  }

  #refuse(fault: MessageFault): void {
    this.#options.onFault?.(fault);
    void this.#say(JSON.stringify(toFaultResponse(fault)));
  }

  #settle(id: RequestId): void {
    this.#unanswered.delete(id);
    this.#leaving.delete(id);
    if (this.#ended && this.#unanswered.size === 0) this.#close();
  }

  /** What is said at the same moment goes out together. Settles when it is out; whoever does not wait need not hear that it failed. */
  #say(line: AnswerText): Promise<void> {
    const gathered = (this.#gathered ??= this.#gather());
    gathered.parts.push(...piecesOf(line), '\n');
    return gathered.sent;
  }

  #gather(): Gathered {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    promise.catch((error: unknown) => this.onerror?.(error as Error));
    process.nextTick(() => this.#sendGathered());
    const done: Gathered['done'] = (error) => (error ? reject(error) : resolve());
    return { parts: [], sent: promise, done };
  }

  #sendGathered(): void {
    if (this.#gathered === undefined) return;
    const { parts, done } = this.#gathered;
    this.#gathered = undefined;
    const { input, output } = this.#options;
    const more = output.write(joined(parts), done);
    if (more || !this.#reads || input.isPaused()) return;
    // Whoever does not read our answers is not asked for more requests.
    input.pause();
    output.once('drain', () => {
      if (this.#reads) input.resume();
    });
  }

  #cutOff(): void {
    if (this.#closed) return;
    for (const id of this.#unanswered.values()) {
      if (!this.#leaving.has(id)) this.#refuse({ code: SERVER_ERROR, message: CUT_OFF, id });
    }
    this.#close();
  }

  #release(): void {
    const { input } = this.#options;
    this.#reads = false;
    input.off('data', this.#onData).off('end', this.#onEnd).off('close', this.#onEnd);
    input.pause();
  }

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#ended = true;
    clearTimeout(this.#drainTimer);
    // What still comes is refused, which keeps nobody from leaving.
    (this.#options.input as Partial<Pick<Socket, 'unref'>>).unref?.();
    this.#sendGathered();
    this.#options.shortcut?.close();
    this.onclose?.();
    this.#over();
  }
}

interface Gathered {
  readonly parts: (string | Uint8Array)[];
  readonly sent: Promise<void>;
  readonly done: (error?: Error | null) => void;
}

/** Short lines are texts, which the platform writes as they are. */
function joined(parts: readonly (string | Uint8Array)[]): string | Buffer {
  if (parts.every((part) => typeof part === 'string')) return parts.join('');
  return Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)));
}

function idOf(value: unknown): string | number | null {
  if (value === null || typeof value !== 'object' || !Object.hasOwn(value, 'id')) return null;
  const { id } = value as { readonly id?: unknown };
  return typeof id === 'string' || typeof id === 'number' ? id : null;
}
