import { asUnsent, TuttiError } from '../../core/kernel/errors.ts';
import type { DownstreamAnswer, DownstreamRequest } from '../../core/ports/downstream.ts';
import { isSomebodys } from './wire.ts';
import type { Outgoing } from './wire.ts';

type Asking = Pick<DownstreamRequest, 'onAsk' | 'asker' | 'signal'>;

interface Waiting extends Asking {
  readonly begin: () => void;
}

/**
 * The order of calls to a server that asks without saying on whose behalf. Once it did, calls of those who can be asked are made one at a
 * time, save those of one asker, so that there is one person that its next question can be meant for. Those who cannot be asked are in nobody's
 * way while a person thinks.
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

  mustWait(call: Asking): boolean {
    return this.#areTaken && isSomebodys(call) && !this.#mayGo(call, this.#queue.length === 0);
  }

  /**
   * Makes the call when it is its turn.
   *
   * @param by - when that must be, on the clock of `performance`, and whether it was made once already.
   */
  wait(
    { asker, onAsk, signal }: Asking,
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
        onAsk,
        begin: () => {
          leave();
          resolve(started(make));
        },
      };
      this.#queue = [...this.#queue, waiting];
      signal?.addEventListener('abort', onAbort, { once: true });
      if (signal?.aborted === true) onAbort();
    });
  }

  /** One call less is on its way, or somebody has begun to think. */
  next(): void {
    for (const waiting of this.#queue) {
      const at = this.#queue.indexOf(waiting);
      if (at !== -1 && this.#mayGo(waiting, at === 0)) waiting.begin();
    }
  }

  #mayGo({ asker, onAsk }: Asking, isFirst: boolean): boolean {
    let isExcused = isFirst;
    for (const call of this.#underWay()) {
      const isOwn = asker !== undefined && call.asker === asker;
      const isInWay = onAsk === undefined ? call.ask !== undefined && !call.asking : isSomebodys(call);
      if (isInWay && !isOwn) return false;
      // Those who wait, wait for a person: let him look something up, and others who cannot be asked go on.
      if (call.asking && (isOwn || onAsk === undefined)) isExcused = true;
    }
    return isExcused;
  }
}

/** Begins at once, and never throws. */
async function started(make: () => Promise<DownstreamAnswer>): Promise<DownstreamAnswer> {
  return await make();
}

function tooLate(sent: boolean): unknown {
  const error = new TuttiError(
    'downstream/overloaded',
    'The server asks people without saying who is meant, so that callers take turns there, and somebody else was not done in time. Try again in a moment.',
  );
  return sent ? error : asUnsent(error);
}
