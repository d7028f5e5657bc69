const SECOND_MS = 1_000;
/** Notifications of one second that are all read; of what is said beyond them, what nobody misses is passed over. */
const READ_A_SECOND = 1_000;
/** It is heard again after so long, whatever it took before. */
const MAX_PAUSE_MS = 1_000;
/**
 * Beyond them a server has credit, in lines that are passed over: enough for what is said in one go …
 * A server that says more is left to wait in its pipe, where it takes nobody's processor.
 */
const MAX_CREDIT = 2_000;
/** … and little for what lasts: while it says a pipeful, it takes a processor from others, and three calls to them take a millisecond instead of a third. */
const CREDIT_A_SECOND = 200;
/** A line that is read costs as much as so many that are passed over. Counted, not timed: a busy machine is not the server's fault. */
const READING = 8;
/** What is read at one go; then everybody else has their turn. */
const SLICE = 800;
/** How messages begin of which the newest says enough. */
const PASSING =
  /^\{"(?:jsonrpc":"2\.0",")?method":"notifications\/(progress|message|(?:tools|prompts|resources)\/list_changed)"/;
const BEGINNING = 80;

/** Keeps what one server says unasked from taking everybody's time: passes over what is too much, and lets the server wait. */
export class Flood {
  readonly #pause: () => void;
  readonly #resume: () => void;
  #secondAt = 0;
  #heard = 0;
  #credit = MAX_CREDIT;
  #creditAt = 0;
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
    this.#slice += READING;
    if (this.#heard > READ_A_SECOND) this.#credit -= READING;
  }

  /** The kind of a line that is too much: nobody misses it once a newer one of its kind is there. */
  excess(line: Buffer): string | undefined {
    if (this.#heard <= READ_A_SECOND) return undefined;
    const kind = PASSING.exec(line.toString('latin1', 0, BEGINNING))?.[1];
    if (kind === undefined) return undefined;
    this.#heard += 1;
    this.#credit -= 1;
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
    this.#credit = Math.min(
      MAX_CREDIT,
      this.#credit + ((now - this.#creditAt) / SECOND_MS) * CREDIT_A_SECOND,
    );
    this.#creditAt = now;
  }

  #end(): void {
    const owes = this.#credit < 0;
    if (!(owes || this.#left !== undefined) || this.#timer !== undefined || this.#hurried) return;
    this.#pause();
    this.#credit = Math.max(this.#credit, -(CREDIT_A_SECOND * MAX_PAUSE_MS) / SECOND_MS);
    const waitMs = owes ? (-this.#credit / CREDIT_A_SECOND) * SECOND_MS : 1;
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
