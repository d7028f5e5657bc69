import type { IncomingHttpHeaders } from 'node:http';
import { TuttiError } from '../../core/kernel/errors.ts';
import { toPlain } from './wire.ts';

/** What a response is made of, as it is found. `onBody` is given bytes that are only there until it returns. */
export interface ResponseEvents {
  /** Nothing more may be told now: what is not read yet is given back by `read`. */
  readonly halted: boolean;
  onHead(status: number, headers: IncomingHttpHeaders): void;
  onBody(piece: Buffer): void;
  /** @param reusable - another request may be sent on the same connection. */
  onEnd(reusable: boolean): void;
}

/** Of the lines before a body, of those behind it, and of one line between its chunks. */
const MAX_LINES_BYTES = 16_384;
/** `100 Continue`, `103 Early Hints`: before one answer. */
const MAX_INTERIM = 16;
const SWITCHING = 101;
const NO_CONTENT = 204;
const NOT_MODIFIED = 304;
const SHOWN = 60;
const BLANK_LINE = '\r\n\r\n';
const CRLF = '\r\n';
const STATUS_LINE = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: [\t\u0020-\u007e\u0080-\u00ff]*)?$/;
export const HEADER_NAME = /^[!#$%&'*+.^_`|~\w-]+$/;
export const HEADER_VALUE = /^[\t\u0020-\u007e\u0080-\u00ff]*$/;
const LENGTH = /^\d{1,15}$/;
const CHUNK_SIZE = /^([\da-f]{1,12})(?:;[\t\u0020-\u007e\u0080-\u00ff]*)?$/i;
/** Said twice, the first one counts; of all others, each adds to the one before. */
const SAID_ONCE: ReadonlySet<string> = new Set(['content-type', 'location', 'retry-after', 'date', 'server']);

type State = 'head' | 'counted' | 'size' | 'chunk' | 'chunk-end' | 'trailers' | 'until-closed' | 'over';

/**
 * Reads the responses of HTTP/1.1 on one connection from their bytes, piece by piece, by the letter of RFC 9112: what could be read in two ways
 * is refused, and so is what is none. Pure: a connection feeds it.
 */
export class ResponseReader {
  readonly #events: ResponseEvents;
  #state: State = 'over';
  /** The beginning of lines whose end was not there yet. */
  #kept: Buffer | undefined;
  /** Bytes of the body, or of a chunk of it. */
  #left = 0;
  #interim = 0;
  #reusable = false;

  constructor(events: ResponseEvents) {
    this.#events = events;
  }

  /** Before each response. */
  begin(): void {
    this.#state = 'head';
    this.#interim = 0;
  }

  /**
   * @returns what it left unread: it was halted, or the response is over.
   * @throws TuttiError `downstream/protocol` for what is no response.
   */
  read(piece: Buffer): Buffer | undefined {
    let bytes = piece;
    if (this.#kept !== undefined) {
      bytes = Buffer.concat([this.#kept, piece]);
      this.#kept = undefined;
    }
    while (bytes.length > 0 && this.#state !== 'over' && !this.#events.halted) {
      const rest = this.#step(bytes);
      if (rest === undefined) return undefined;
      bytes = rest;
    }
    return bytes.length > 0 ? bytes : undefined;
  }

  /** The other side says no more. `false`: it was in the middle of something. */
  finish(): boolean {
    if (this.#state === 'over') return true;
    if (this.#state !== 'until-closed') return false;
    this.#end(false);
    return true;
  }

  /** @returns the rest; `undefined` when more must come first, which is kept. */
  #step(bytes: Buffer): Buffer | undefined {
    switch (this.#state) {
      case 'head':
        return this.#lines(bytes, BLANK_LINE, (text) => this.#head(text));
      case 'counted':
      case 'chunk':
        return this.#body(bytes);
      case 'size':
        return this.#lines(bytes, CRLF, (line) => this.#size(line));
      case 'chunk-end':
        return this.#lines(bytes, CRLF, (line) => {
          if (line !== '') throw malformed('a chunk that ends where it should', line);
          this.#state = 'size';
        });
      case 'trailers':
        return this.#trailers(bytes);
      case 'until-closed':
        this.#events.onBody(bytes);
        return EMPTY;
      case 'over':
        return bytes;
    }
  }

  #lines(bytes: Buffer, ending: string, take: (text: string) => void): Buffer | undefined {
    const end = bytes.indexOf(ending, 0, 'latin1');
    if (end > MAX_LINES_BYTES || (end === -1 && bytes.length > MAX_LINES_BYTES)) {
      throw malformed(`at most ${MAX_LINES_BYTES} bytes of headers`, 'more');
    }
    if (end === -1) {
      if (this.#state === 'head' && !couldBegin(bytes)) throw malformed('HTTP/1.1', firstLine(bytes));
      // What it was read into is used for what comes next.
      this.#kept = Buffer.from(bytes);
      return undefined;
    }
    take(bytes.toString('latin1', 0, end));
    return bytes.subarray(end + ending.length);
  }

  #head(text: string): void {
    const [statusLine = '', ...lines] = text.split(CRLF);
    const [, minor, code] = STATUS_LINE.exec(statusLine) ?? [];
    if (code === undefined) throw malformed('HTTP/1.1', statusLine);
    const status = Number(code);
    if (status === SWITCHING)
      throw malformed('an answer', 'a change of protocol (HTTP 101) that nobody asked for');
    const headers = toHeaders(lines);
    if (status < 200) {
      this.#interim += 1;
      if (this.#interim > MAX_INTERIM) throw malformed('an answer', `more than ${MAX_INTERIM} interim ones`);
      return;
    }
    this.#frame(headers, { isOld: minor === '0', isBare: status === NO_CONTENT || status === NOT_MODIFIED });
    this.#events.onHead(status, headers);
    if (this.#state === 'counted' && this.#left === 0) this.#end(this.#reusable);
  }

  /** @param isBare - a response without a body, whatever its headers say. */
  #frame(headers: IncomingHttpHeaders, { isOld, isBare }: { isOld: boolean; isBare: boolean }): void {
    const framing = framingOf(headers, isOld);
    this.#reusable = keepsAlive(headers, isOld) && (!isBare || framing === 'none' || framing === 0);
    this.#left = typeof framing === 'number' && !isBare ? framing : 0;
    if (isBare || typeof framing === 'number') this.#state = 'counted';
    else this.#state = framing === 'chunked' ? 'size' : 'until-closed';
  }

  #body(bytes: Buffer): Buffer {
    const piece = bytes.length > this.#left ? bytes.subarray(0, this.#left) : bytes;
    this.#left -= piece.length;
    const isChunk = this.#state === 'chunk';
    if (this.#left === 0 && isChunk) this.#state = 'chunk-end';
    this.#events.onBody(piece);
    if (this.#left === 0 && !isChunk) this.#end(this.#reusable);
    return bytes.subarray(piece.length);
  }

  #size(line: string): void {
    const [, digits] = CHUNK_SIZE.exec(line) ?? [];
    if (digits === undefined) throw malformed('the length of a chunk', line);
    this.#left = Number.parseInt(digits, 16);
    this.#state = this.#left === 0 ? 'trailers' : 'chunk';
  }

  /** What is said behind the body is read, and forgotten. */
  #trailers(bytes: Buffer): Buffer | undefined {
    const hasNone = bytes.length >= CRLF.length && bytes.toString('latin1', 0, CRLF.length) === CRLF;
    const rest = this.#lines(bytes, hasNone ? CRLF : BLANK_LINE, (text) => {
      if (!hasNone) toHeaders(text.split(CRLF));
    });
    if (rest !== undefined) this.#end(this.#reusable);
    return rest;
  }

  #end(reusable: boolean): void {
    if (this.#state === 'over') return;
    this.#state = 'over';
    this.#events.onEnd(reusable);
  }
}

const EMPTY = Buffer.alloc(0);

/** The length of a body; `none`: it ends with the connection. */
type Framing = number | 'chunked' | 'none';

function toHeaders(lines: readonly string[]): IncomingHttpHeaders {
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(colon, 0)).toLowerCase();
    const value = line.slice(colon + 1).trim();
    if (!HEADER_NAME.test(name) || !HEADER_VALUE.test(value)) throw malformed('a header', line);
    const before = Object.hasOwn(headers, name) ? headers[name] : undefined;
    if (before === undefined) headers[name] = value;
    else if (!SAID_ONCE.has(name)) headers[name] = `${before}, ${value}`;
  }
  return headers;
}

function framingOf(headers: IncomingHttpHeaders, isOld: boolean): Framing {
  const { 'transfer-encoding': coding, 'content-length': length } = headers;
  if (coding !== undefined) {
    // Two lengths are how one answer is made to look like two.
    if (length !== undefined || isOld || coding.toLowerCase() !== 'chunked')
      throw malformed(
        'Transfer-Encoding: chunked, and nothing else to tell the length',
        `${coding}, ${length ?? 'HTTP/1.0'}`,
      );
    return 'chunked';
  }
  if (length === undefined) return 'none';
  if (!LENGTH.test(length)) throw malformed('one Content-Length', length);
  return Number(length);
}

function keepsAlive({ connection = '' }: IncomingHttpHeaders, isOld: boolean): boolean {
  const said = connection.toLowerCase().split(',');
  const has = (word: string) => said.some((each) => each.trim() === word);
  return isOld ? has('keep-alive') : !has('close');
}

/** Whether what is there so far may be the beginning of an answer: who speaks something else is not waited for. */
function couldBegin(bytes: Buffer): boolean {
  const start = 'HTTP/1.';
  const length = Math.min(bytes.length, start.length);
  return bytes.toString('latin1', 0, length) === start.slice(0, length);
}

function firstLine(bytes: Buffer): string {
  return bytes.toString('latin1', 0, SHOWN * 2).split('\n', 1)[0] ?? '';
}

function malformed(expected: string, found: string): TuttiError {
  return new TuttiError(
    'downstream/protocol',
    `Expected ${expected}, found ${toPlain(found, SHOWN)}. Is this the address of an MCP server?`,
  );
}
