const SECOND_MS = 1_000;
/** Notifications of one second that are all read; of what is said beyond them, what nobody misses is passed over. */
const READ_A_SECOND = 1_000;
const WINDOW_MS = 10;
/** It is heard again after so long, whatever it took before. */
const MAX_PAUSE_MS = 1_000;
/** Of each window, in lines that are passed over. A server that says more is left to wait in its pipe, where it takes nobody's processor. */
const WORK = 200;
/** A line that is read costs as much as so many that are passed over. Counted, not timed: a busy machine is not the server's fault. */
const READING = 8;
/** What is read at one go; then everybody else has their turn. */
const SLICE = 1_600;
/** How messages begin of which the newest says enough. */
const PASSING =
  /^\{"(?:jsonrpc":"2\.0",")?method":"notifications\/(progress|message|(?:tools|prompts|resources)\/list_changed)"/;
const BEGINNING = 80;

/** Keeps what one server says unasked from taking everybody's time: passes over what is too much, and lets the server wait. */
export class Flood {
  readonly #pause: () => void;
  readonly #resume: () => void;
  #secondAt = 0;
  #windowAt = 0;
  #heard = 0;
  #work = 0;
  #slice = 0;
  #left: { chunk: Buffer; readonly work: (chunk: Buffer) => Buffer | undefined } | undefined;
  #hurried = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(pause: () => void, resume: () => void) {
    this.#pause = pause;
    this.#resume = resume;
  }

  /** A notification was heard. */
  count(): void {
    this.#heard += 1;
    this.#work += READING;
    this.#slice += READING;
  }

  /** The kind of a line that is too much: nobody misses it once a newer one of its kind is there. */
  excess(line: Buffer): string | undefined {
    if (this.#heard <= READ_A_SECOND) return undefined;
    const kind = PASSING.exec(line.toString('latin1', 0, BEGINNING))?.[1];
    if (kind === undefined) return undefined;
    this.#heard += 1;
    this.#work += 1;
    this.#slice += 1;
    return kind;
  }

  /** So much was read at one go that everybody else should have their turn. */
  get spent(): boolean {
    return this.#slice >= SLICE && !this.#hurried;
  }

  /** Reads what came by `work`, which returns what it left over when all was `spent`: that is read a little later, before anything else. */
  read(chunk: Buffer, work: (chunk: Buffer) => Buffer | undefined): void {
    if (this.#left === undefined) this.#go(chunk, work);
    else this.#left.chunk = Buffer.concat([this.#left.chunk, chunk]);
  }

  /** Nothing more will come: what is left over is read now. */
  finish(): void {
    this.#hurried = true;
    const left = this.#left;
    this.#left = undefined;
    if (left) this.#go(left.chunk, left.work);
  }

  #go(chunk: Buffer, work: (chunk: Buffer) => Buffer | undefined): void {
    this.#begin();
    const rest = work(chunk);
    if (rest !== undefined) this.#left = { chunk: rest, work };
    this.#end();
  }

  #begin(): void {
    this.#slice = 0;
    const now = performance.now();
    if (now - this.#secondAt >= SECOND_MS) {
      this.#secondAt = now;
      this.#heard = 0;
    }
    if (now - this.#windowAt < WINDOW_MS) return;
    this.#windowAt = now;
    this.#work = 0;
  }

  #end(): void {
    const isTooMuch = this.#heard > READ_A_SECOND && this.#work >= WORK;
    if (!(isTooMuch || this.#left !== undefined) || this.#timer !== undefined || this.#hurried) return;
    this.#pause();
    // One piece of a stream may hold the work of many windows: as long as they would have taken, it waits.
    const owedMs = isTooMuch ? Math.min(MAX_PAUSE_MS, (this.#work / WORK) * WINDOW_MS) : 0;
    const waitMs = this.#windowAt + owedMs - performance.now();
    this.#timer = setTimeout(() => this.#again(), Math.max(1, waitMs)).unref();
  }

  #again(): void {
    this.#timer = undefined;
    const left = this.#left;
    this.#left = undefined;
    if (left) this.#go(left.chunk, left.work);
    if (this.#timer === undefined) this.#resume();
  }
}
