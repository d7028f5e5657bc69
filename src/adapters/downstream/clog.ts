/** Something stands in the way of everybody: it goes away by itself, or is cleared away when it does not. */
export class Clog {
  /** Settles when the way is free. */
  readonly gone: Promise<void>;
  readonly #free: () => void;
  readonly #timer: NodeJS.Timeout;

  constructor(patienceMs: number, clear: () => void) {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.gone = promise;
    this.#free = resolve;
    this.#timer = setTimeout(clear, patienceMs);
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#free();
  }
}
