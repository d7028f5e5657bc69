import { joined } from './joined.ts';
import { Scan } from './scan.ts';

/** A line above the limit. */
export interface LongLine {
  readonly head: Buffer;
  /** The text of its member of that name, once that was seen. */
  readonly id: string | undefined;
  readonly length: number;
  readonly ended: boolean;
}

export interface LineEvents {
  /** The most bytes a line may have now. */
  limitBytes(): number;
  /** Whether a whole line is passed over unread. */
  drops?(line: Buffer): boolean;
  /** One object on one line. The listener may keep its bytes. */
  onLine(line: Buffer, scan: Scan): void;
  /** Told when it crosses the limit, while it is skipped, and when it ends. */
  onTooLong(line: LongLine): void;
  /** Something that is no message. */
  onNoise(): void;
  /** Whether it should stop after this line. */
  spent?(): boolean;
}

const NEWLINE = 0x0a;
const EMPTY = Buffer.alloc(0);
/** What is kept of the end of a line that is skipped: servers like to write the id last. */
const TAIL_BYTES = 1_024;
const HEAD_BYTES = 4_096;

/** Cuts a stream of bytes into lines. Holds at most the limit and one chunk of a line, whatever its length. */
export class LineReader {
  readonly #events: LineEvents;
  #pieces: Buffer[] = [];
  #scan: Scan | undefined;
  #noise = false;
  #skipping = false;
  #head: Buffer = EMPTY;
  #tail: Buffer = EMPTY;

  constructor(events: LineEvents) {
    this.#events = events;
  }

  /** A line has begun and not ended. */
  get within(): boolean {
    return this.#scan !== undefined;
  }

  /**
   * @param chunk - nobody else needs its memory, which may be freed.
   * @returns what it left over, where it had to stop.
   */
  push(chunk: Buffer): Buffer | undefined {
    let at = 0;
    for (;;) {
      const end = chunk.indexOf(NEWLINE, at);
      if (end === -1) break;
      const piece = at === 0 && end === chunk.length ? chunk : chunk.subarray(at, end);
      if (this.#scan === undefined && !this.#noise) this.#whole(piece);
      else this.#finish(piece);
      at = end + 1;
      if (at < chunk.length && this.#events.spent?.() === true) return chunk.subarray(at);
    }
    if (at < chunk.length) this.#more(at === 0 ? chunk : chunk.subarray(at));
    return undefined;
  }

  /** A line that came in one piece. */
  #whole(line: Buffer): void {
    if (isBlank(line) || this.#events.drops?.(line) === true) return;
    if (!opensObject(line)) this.#events.onNoise();
    else if (line.length > this.#events.limitBytes()) {
      this.#more(line);
      this.#finish(EMPTY);
    } else this.#events.onLine(line, new Scan().feed(line));
  }

  #more(piece: Buffer): void {
    if (this.#noise) return;
    if (this.#scan === undefined) {
      if (!opensObject(piece)) {
        this.#noise = true;
        return;
      }
      this.#scan = new Scan();
    }
    this.#scan.feed(piece);
    if (this.#skipping) this.#skip(piece);
    else {
      this.#pieces.push(piece);
      if (this.#scan.length > this.#events.limitBytes()) this.#startSkipping();
    }
  }

  #startSkipping(): void {
    const pieces = this.#pieces;
    this.#pieces = [];
    this.#skipping = true;
    // The rest is not copied: it may be all that memory allows.
    this.#head = Buffer.concat(pieces, Math.min(HEAD_BYTES, this.#scan?.length ?? 0));
    this.#skip(pieces.at(-1) ?? EMPTY);
  }

  #skip(piece: Buffer): void {
    const tail = piece.length >= TAIL_BYTES ? piece : Buffer.concat([this.#tail, piece]);
    this.#tail = Buffer.from(tail.subarray(Math.max(0, tail.length - TAIL_BYTES)));
    this.#tellTooLong(false);
  }

  #finish(piece: Buffer): void {
    if (piece.length > 0) this.#more(piece);
    const scan = this.#scan;
    if (this.#noise) this.#events.onNoise();
    else if (this.#skipping) this.#tellTooLong(true);
    else if (scan !== undefined) this.#events.onLine(joined(this.#pieces, true), scan);
    this.#pieces = [];
    this.#scan = undefined;
    this.#noise = false;
    this.#skipping = false;
    this.#head = EMPTY;
    this.#tail = EMPTY;
  }

  #tellTooLong(ended: boolean): void {
    const length = this.#scan?.length ?? 0;
    this.#events.onTooLong({ head: this.#head, id: this.#idText(length), length, ended });
  }

  #idText(length: number): string | undefined {
    const id = this.#scan?.members['id'];
    if (id === undefined) return undefined;
    if (id.end <= this.#head.length) return this.#head.toString('latin1', id.start, id.end).trim();
    const before = length - this.#tail.length;
    return id.start >= before
      ? this.#tail.toString('latin1', id.start - before, id.end - before).trim()
      : undefined;
  }
}

function opensObject(piece: Buffer): boolean {
  let at = 0;
  while (at < piece.length && (piece[at] === 0x20 || piece[at] === 0x09 || piece[at] === 0x0d)) at += 1;
  return piece[at] === 0x7b;
}

function isBlank(line: Buffer): boolean {
  return line.length === 0 || (line.length === 1 && line[0] === 0x0d);
}
