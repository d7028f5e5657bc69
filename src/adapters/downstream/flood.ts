const SECOND_MS = 1_000;
/** Notifications of one second that are all read; of what is said beyond them, what nobody misses is passed over. */
const READ_A_SECOND = 1_000;
const WINDOW_MS = 10;
/** Of each window. */
const BUSY_MS = 2;
/** How messages begin that tell of progress and of what is logged. */
const PASSING = /^\{"(?:jsonrpc":"2\.0",")?method":"notifications\/(?:progress|message)"/;
const BEGINNING = 64;

/** Keeps what one server says unasked from taking everybody's time: passes over what is too much, and lets the server wait. */
export class Flood {
  readonly #pause: () => void;
  readonly #resume: () => void;
  #secondAt = 0;
  #windowAt = 0;
  #heard = 0;
  #begunAt = 0;
  #busyMs = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(pause: () => void, resume: () => void) {
    this.#pause = pause;
    this.#resume = resume;
  }

  /** A notification was heard. */
  count(): void {
    this.#heard += 1;
  }

  /** Whether nobody misses this line. */
  drops(line: Buffer): boolean {
    if (this.#heard <= READ_A_SECOND || !PASSING.test(line.toString('latin1', 0, BEGINNING))) return false;
    this.#heard += 1;
    return true;
  }

  /** Something came that is now read. */
  begin(): void {
    const now = performance.now();
    this.#begunAt = now;
    if (now - this.#secondAt >= SECOND_MS) {
      this.#secondAt = now;
      this.#heard = 0;
    }
    if (now - this.#windowAt < WINDOW_MS) return;
    this.#windowAt = now;
    this.#busyMs = 0;
  }

  /** It was read. */
  end(): void {
    if (this.#heard <= READ_A_SECOND) return;
    const now = performance.now();
    this.#busyMs += now - this.#begunAt;
    if (this.#busyMs < BUSY_MS || this.#timer !== undefined) return;
    this.#pause();
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        this.#resume();
      },
      Math.max(1, this.#windowAt + WINDOW_MS - now),
    ).unref();
  }
}
