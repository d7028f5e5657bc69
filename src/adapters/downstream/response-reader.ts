import type { IncomingHttpHeaders } from 'node:http';
import { TuttiError } from '../../core/kernel/errors.ts';
import { toPlain } from './wire.ts';

/** What a response is made of, as it is found. */
export interface ResponseEvents {
  /** Nothing more may be told now: what is not read yet is given back by `read`. */
  readonly halted: boolean;
  onHead(status: number, headers: IncomingHttpHeaders): void;
  /** @param piece - all of the body that came at one go, in memory of its own. */
  onBody(piece: Buffer): void;
  /** @param reusable - another request may be sent on the same connection. */
  onEnd(reusable: boolean): void;
}

/** Of the lines before a body, of those behind it, and of one line between its chunks. */
const MAX_LINES_BYTES = 16_384;
/** `100 Continue`, `102 Processing`, and line breaks without anything: before one answer. */
const MAX_INTERIM = 1_000;
const SWITCHING = 101;
const NO_CONTENT = 204;
const NOT_MODIFIED = 304;
const SHOWN = 60;
const BLANK_LINE = '\r\n\r\n';
const CRLF = '\r\n';
const STATUS_LINE = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: [\t\u0020-\u007e\u0080-\u00ff]*)?$/;
export const HEADER_NAME = /^[!#$%&'*+.^_`|~\w-]+$/;
export const HEADER_VALUE = /^[\t\u0020-\u007e\u0080-\u00ff]*$/;
const TAB = 0x09;
const SPACE = 0x20;
const NEWLINE = 0x0a;
const RETURN = 0x0d;
const LENGTH = /^\d{1,15}$/;
const CHUNK_SIZE = /^0*([\da-f]{1,12})[\t ]*(?:;[\t\u0020-\u007e\u0080-\u00ff]*)?$/i;
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
  /** Parts of the body, in memory that will be used again. */
  #found: Buffer[] = [];
  /** Bytes of the body, or of a chunk of it. */
  #left = 0;
  #interim = 0;
  #reusable = false;
  #isBegun = false;
  /** So many bytes of what was kept were looked at before. */
  #checked = 0;

  constructor(events: ResponseEvents) {
    this.#events = events;
  }

  /** Before each response. */
  begin(): void {
    this.#state = 'head';
    this.#interim = 0;
    this.#isBegun = true;
  }

  /**
   * @returns what it left unread: it was halted, or the response is over.
   * @throws TuttiError `downstream/protocol` for what is no response.
   */
  read(piece: Buffer): Buffer | undefined {
    let bytes: Buffer | undefined = piece;
    const { length: known } = this.#kept ?? EMPTY;
    if (this.#kept !== undefined) {
      bytes = Buffer.concat([this.#kept, piece]);
      this.#kept = undefined;
    }
    this.#checked = known;
    try {
      while (bytes !== undefined && bytes.length > 0 && this.#state !== 'over' && !this.#events.halted) {
        bytes = this.#step(bytes);
        this.#checked = 0;
      }
    } finally {
      // What was found before something was wrong is told as well, however the bytes were cut.
      this.#tell();
    }
    if (this.#state === 'over') this.#end();
    return bytes === undefined || bytes.length === 0 ? undefined : bytes;
  }

  /** What came of the body, as one. */
  #tell(): void {
    if (this.#found.length === 0) return;
    const [first = EMPTY] = this.#found;
    const all = this.#found.length === 1 ? Buffer.from(first) : Buffer.concat(this.#found);
    this.#found = [];
    this.#events.onBody(all);
  }

  /** The other side says no more. `false`: it was in the middle of something. */
  finish(): boolean {
    if (this.#state === 'over') return true;
    if (this.#state !== 'until-closed') return false;
    this.#state = 'over';
    this.#end();
    return true;
  }

  /** @returns the rest; `undefined` when more must come first, which is kept. */
  #step(bytes: Buffer): Buffer | undefined {
    switch (this.#state) {
      case 'head':
        return bytes[0] === RETURN
          ? this.#blank(bytes)
          : this.#lines(bytes, BLANK_LINE, (text) => this.#head(text));
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
        this.#found.push(bytes);
        return undefined;
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
      this.#checkBeginning(bytes);
      // What it was read into is used for what comes next.
      this.#kept = Buffer.from(bytes);
      return undefined;
    }
    take(bytes.toString('latin1', 0, end));
    return bytes.subarray(end + ending.length);
  }

  /** Whoever speaks something else is not waited for. */
  #checkBeginning(bytes: Buffer): void {
    if (this.#state === 'head' && !couldBegin(bytes)) throw malformed('HTTP/1.1', firstLine(bytes));
    for (let at = bytes.indexOf(NEWLINE, this.#checked); at !== -1; at = bytes.indexOf(NEWLINE, at + 1))
      if (bytes[at - 1] !== RETURN) throw malformed('lines that end in CR and LF', firstLine(bytes));
  }

  /** A line break that some servers send behind a body. */
  #blank(bytes: Buffer): Buffer | undefined {
    if (bytes.length > 1 && bytes[1] !== NEWLINE) throw malformed('HTTP/1.1', firstLine(bytes));
    return this.#lines(bytes, CRLF, (line) => {
      if (line !== '') throw malformed('HTTP/1.1', line);
      this.#count();
    });
  }

  #count(): void {
    this.#interim += 1;
    if (this.#interim > MAX_INTERIM) throw malformed('an answer', `more than ${MAX_INTERIM} interim ones`);
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
      this.#count();
      return;
    }
    this.#frame(headers, { isOld: minor === '0', isBare: status === NO_CONTENT || status === NOT_MODIFIED });
    if (this.#state === 'counted' && this.#left === 0) this.#state = 'over';
    this.#events.onHead(status, headers);
  }

  /** @param isBare - a response without a body, whatever its headers say. */
  #frame(headers: IncomingHttpHeaders, { isOld, isBare }: { isOld: boolean; isBare: boolean }): void {
    const framing = framingOf(headers);
    const isPlain = isBare ? framing === 'none' || framing === 0 : framing !== 'none';
    this.#reusable = keepsAlive(headers, isOld) && isPlain && !(isOld && framing === 'chunked');
    this.#left = typeof framing === 'number' && !isBare ? framing : 0;
    if (isBare || typeof framing === 'number') this.#state = 'counted';
    else this.#state = framing === 'chunked' ? 'size' : 'until-closed';
  }

  #body(bytes: Buffer): Buffer {
    const piece = bytes.length > this.#left ? bytes.subarray(0, this.#left) : bytes;
    this.#left -= piece.length;
    this.#found.push(piece);
    if (this.#left === 0) this.#state = this.#state === 'chunk' ? 'chunk-end' : 'over';
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
    if (rest !== undefined) this.#state = 'over';
    return rest;
  }

  #end(): void {
    if (!this.#isBegun) return;
    this.#isBegun = false;
    this.#events.onEnd(this.#reusable);
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
    if (!HEADER_NAME.test(name) || !HEADER_VALUE.test(line)) throw malformed('a header', line);
    const value = unpadded(line.slice(colon + 1));
    const before = Object.hasOwn(headers, name) ? headers[name] : undefined;
    if (before === undefined) headers[name] = value;
    else if (!SAID_ONCE.has(name)) headers[name] = `${before}, ${value}`;
  }
  return headers;
}

/** Without the blanks around it, and only those: a pattern would take longer than all the rest. */
function unpadded(text: string): string {
  let start = 0;
  let end = text.length;
  while (isBlank(text.charCodeAt(start))) start += 1;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

function isBlank(character: number): boolean {
  return character === SPACE || character === TAB;
}

function framingOf(headers: IncomingHttpHeaders): Framing {
  const { 'transfer-encoding': coding, 'content-length': length } = headers;
  if (coding !== undefined) {
    // Two lengths are how one answer is made to look like two. Said twice it is one coding: some servers' frameworks add what is there already.
    if (length !== undefined || !isChunked(coding)) {
      throw malformed(
        'Transfer-Encoding: chunked, or a Content-Length',
        `${coding}, ${length ?? 'no length'}`,
      );
    }
    return 'chunked';
  }
  if (length === undefined) return 'none';
  if (!LENGTH.test(length)) throw malformed('one Content-Length', length);
  return Number(length);
}

function isChunked(coding: string): boolean {
  const codings = coding
    .toLowerCase()
    .split(',')
    .map((each) => unpadded(each));
  return codings.includes('chunked') && codings.every((each) => each === 'chunked' || each === '');
}

function keepsAlive({ connection = '' }: IncomingHttpHeaders, isOld: boolean): boolean {
  const said = connection.toLowerCase().split(',');
  const has = (word: string) => said.some((each) => unpadded(each) === word);
  return isOld ? has('keep-alive') : !has('close');
}

/** Whether what is there so far may be the beginning of an answer: who speaks something else is not waited for. */
function couldBegin(bytes: Buffer): boolean {
  if (bytes[0] === RETURN) return true;
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
