import { TuttiError } from '../../core/kernel/errors.ts';

interface Waiter {
  readonly enter: () => void;
}

/** Lets so many in at a time and so many wait, first come, first served. */
export class WaitingRoom {
  readonly #places: number;
  readonly #chairs: number;
  readonly #waiting = new Set<Waiter>();
  #inside = 0;

  constructor(places: number, chairs: number) {
    this.#places = places;
    this.#chairs = chairs;
  }

  /**
   * Whether there is a place at once; then it is taken.
   *
   * @see leave
   */
  tryEnter(): boolean {
    if (this.#inside >= this.#places) return false;
    this.#inside += 1;
    return true;
  }

  /** Resolves with a place; rejects with the reason of `signal`, or `downstream/overloaded`. */
  async wait(signal: AbortSignal | undefined): Promise<void> {
    if (this.#waiting.size >= this.#chairs) throw this.#overloaded();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiter = { enter: resolve };
    const giveUp = () => {
      // A place that was given in the same moment is used: whoever holds it sees the signal himself.
      if (this.#waiting.delete(waiter)) reject(signal?.reason);
    };
    this.#waiting.add(waiter);
    signal?.addEventListener('abort', giveUp, { once: true });
    try {
      await promise;
    } finally {
      signal?.removeEventListener('abort', giveUp);
    }
  }

  /** Gives a place back, to who has waited longest. */
  leave(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#inside -= 1;
      return;
    }
    this.#waiting.delete(next);
    next.enter();
  }

  #overloaded(): TuttiError {
    return new TuttiError(
      'downstream/overloaded',
      `Expected at most ${this.#places} calls under way and ${this.#chairs} waiting for this server, and there are as many. ` +
        'Try again in a moment.',
    );
  }
}
