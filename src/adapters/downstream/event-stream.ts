/** One event of a `text/event-stream`. */
export interface StreamEvent {
  readonly id: string | undefined;
  readonly name: string;
  /** What `data` said, lines joined. */
  readonly data: Buffer;
}

export interface StreamEvents {
  limitBytes(): number;
  onEvent(event: StreamEvent): void;
  onRetry(ms: number): void;
  /** An event grew above the limit; the stream must be given up. */
  onTooLong(head: Buffer): void;
  /** Whether it should stop after this line. */
  spent?(): boolean;
}

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const MAX_FIELD = 1_024;
const HEAD_BYTES = 4_096;

/** Reads an event stream from its bytes, piece by piece. Holds at most the limit and one piece. */
export class EventStream {
  readonly #events: StreamEvents;
  #line: Buffer[] = [];
  #lineLength = 0;
  #data: Buffer[] = [];
  #dataLength = 0;
  #id: string | undefined;
  #name = '';
  #over = false;
  #skipNewline = false;

  constructor(events: StreamEvents) {
    this.#events = events;
  }

  /** Of the last event that had one, to go on from there. */
  get lastId(): string | undefined {
    return this.#id;
  }

  /** @returns what it left over, where it had to stop. */
  push(chunk: Buffer): Buffer | undefined {
    let at = 0;
    while (at < chunk.length && !this.#over) {
      if (at > 0 && this.#events.spent?.() === true) return chunk.subarray(at);
      if (this.#skipNewline) {
        this.#skipNewline = false;
        if (chunk[at] === NEWLINE) {
          at += 1;
          continue;
        }
      }
      const end = endOfLine(chunk, at);
      if (end === -1) {
        this.#keep(chunk.subarray(at));
        return undefined;
      }
      const piece = chunk.subarray(at, end);
      this.#skipNewline = chunk[end] === RETURN;
      this.#finish(piece);
      at = end + 1;
    }
    return undefined;
  }

  #keep(piece: Buffer): void {
    this.#line.push(piece);
    this.#lineLength += piece.length;
    if (this.#lineLength + this.#dataLength > this.#events.limitBytes()) this.#tooLong();
  }

  #tooLong(): void {
    this.#over = true;
    const pieces = this.#data.length > 0 ? this.#data : this.#line;
    const head = Buffer.concat(pieces, Math.min(HEAD_BYTES, this.#dataLength + this.#lineLength));
    this.#line = [];
    this.#data = [];
    this.#events.onTooLong(head);
  }

  #finish(piece: Buffer): void {
    let line = piece;
    if (this.#lineLength > 0) {
      this.#keep(piece);
      if (this.#over) return;
      line = this.#line.length === 1 ? (this.#line[0] as Buffer) : Buffer.concat(this.#line);
      this.#line = [];
      this.#lineLength = 0;
    }
    if (line.length === 0) this.#dispatch();
    else this.#field(line);
  }

  #field(line: Buffer): void {
    const colon = line.indexOf(0x3a);
    if (colon === 0) return;
    const name = line.toString('latin1', 0, colon === -1 ? Math.min(line.length, 16) : Math.min(colon, 16));
    const value = colon === -1 ? line.subarray(line.length) : line.subarray(fieldEnd(line));
    switch (name) {
      case 'data':
        this.#data.push(value);
        this.#dataLength += value.length + 1;
        if (this.#dataLength > this.#events.limitBytes()) this.#tooLong();
        return;
      case 'id':
        if (value.length <= MAX_FIELD && !value.includes(0)) this.#id = value.toString('utf8');
        return;
      case 'event':
        this.#name = value.toString('utf8', 0, MAX_FIELD);
        return;
      case 'retry': {
        const text = value.toString('latin1', 0, 16);
        if (/^\d+$/.test(text)) this.#events.onRetry(Number(text));
        return;
      }
      default:
    }
  }

  #dispatch(): void {
    const pieces = this.#data;
    const name = this.#name;
    this.#data = [];
    this.#dataLength = 0;
    this.#name = '';
    if (pieces.length === 0) return;
    const data = pieces.length === 1 ? (pieces[0] as Buffer) : join(pieces);
    this.#events.onEvent({ id: this.#id, name, data });
  }
}

function join(lines: readonly Buffer[]): Buffer {
  const newline = Buffer.from('\n');
  return Buffer.concat(lines.flatMap((line, index) => (index === 0 ? [line] : [newline, line])));
}

/** Where the value of a field begins. */
function fieldEnd(line: Buffer): number {
  const colon = line.indexOf(0x3a);
  return line[colon + 1] === 0x20 ? colon + 2 : colon + 1;
}

function endOfLine(chunk: Buffer, from: number): number {
  const newline = chunk.indexOf(NEWLINE, from);
  const stop = newline === -1 ? chunk.length : newline;
  const back = chunk.subarray(from, stop).indexOf(RETURN);
  return back === -1 ? newline : from + back;
}
