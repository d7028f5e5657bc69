import { asUnsent, TuttiError } from '../../core/kernel/errors.ts';
import type { DownstreamAnswer, DownstreamRequest } from '../../core/ports/downstream.ts';
import type { Outgoing } from './wire.ts';

type Asking = Pick<DownstreamRequest, 'onAsk' | 'asker' | 'signal'>;

interface Waiting {
  readonly asker: string | undefined;
  readonly begin: () => void;
}

/**
 * The order of calls to a server that asks without saying on whose behalf. Once it did, calls whose callers can be asked are made one at a
 * time, save those of one asker, so that there is one person that its next question can be meant for.
 */
export class Turns {
  readonly #underWay: () => Iterable<Outgoing>;
  #queue: readonly Waiting[] = [];
  #areTaken = false;

  /** @param underWay - what is on its way on the connection that there is now. */
  constructor(underWay: () => Iterable<Outgoing>) {
    this.#underWay = underWay;
  }

  /** From now on turns are taken. */
  begin(): void {
    this.#areTaken = true;
  }

  mustWait({ onAsk, asker }: Asking): boolean {
    if (!this.#areTaken || onAsk === undefined) return false;
    if (this.#isBlocked(asker)) return true;
    // Who needs another call to answer does not wait for those who wait for the answer.
    return this.#queue.length > 0 && !this.#isAnswering(asker);
  }

  /**
   * Makes the call when it is its turn.
   *
   * @param by - when that must be, on the clock of `performance`, and whether it was made once already.
   */
  wait(
    { asker, signal }: Asking,
    { deadlineAt, sent }: { readonly deadlineAt: number; readonly sent: boolean },
    make: () => Promise<DownstreamAnswer>,
  ): Promise<DownstreamAnswer> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
        this.#queue = this.#queue.filter((each) => each !== waiting);
      };
      const giveUp = (reason: unknown) => {
        leave();
        reject(reason);
        this.next();
      };
      const onAbort = () => giveUp(signal?.reason);
      const ms = Math.min(Math.max(0, deadlineAt - performance.now()), 2 ** 31 - 1);
      const timer = setTimeout(() => giveUp(tooLate(sent)), ms);
      const waiting: Waiting = {
        asker,
        begin: () => {
          leave();
          resolve(make());
        },
      };
      this.#queue = [...this.#queue, waiting];
      signal?.addEventListener('abort', onAbort, { once: true });
      if (signal?.aborted === true) onAbort();
    });
  }

  /** One call less is on its way. */
  next(): void {
    for (;;) {
      const [first] = this.#queue;
      if (first === undefined || this.#isBlocked(first.asker)) return;
      first.begin();
    }
  }

  #isBlocked(asker: string | undefined): boolean {
    for (const call of this.#underWay()) {
      if (call.ask !== undefined && (asker === undefined || call.asker !== asker)) return true;
    }
    return false;
  }

  #isAnswering(asker: string | undefined): boolean {
    for (const call of this.#underWay()) if (call.asking && call.asker === asker) return true;
    return false;
  }
}

function tooLate(sent: boolean): unknown {
  const error = new TuttiError(
    'downstream/overloaded',
    'The server asks people without saying who is meant, so that callers who can be asked take turns there, and somebody else was not done in time. Try again in a moment.',
  );
  return sent ? error : asUnsent(error);
}
