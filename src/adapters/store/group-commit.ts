import { TuttiError } from '../../core/kernel/errors.ts';

/**
 * One write among others in a transaction. It throws a TuttiError, before it wrote anything, when it cannot be; any other error is
 * the medium's and ends the whole transaction. It may run more than once, each time in a new transaction.
 */
type Write<Tx, T> = (tx: Tx) => Promise<T>;

export interface GroupCommit<Tx> {
  /** Resolves once the write is durable; one that was `behind` may still be lost when the machine loses its power. */
  write<T>(work: Write<Tx, T>, behind?: boolean): Promise<T>;
}

export interface GroupCommitOptions<Tx> {
  /** Runs `work` in one transaction and commits it, or throws and leaves nothing written. */
  readonly transaction: <T>(work: (tx: Tx) => Promise<T>, about: Together) => Promise<T>;
  /** Whether an error is one write's own fault, so that the others deserve another try without it. */
  readonly isOwnFault: (error: unknown) => boolean;
  /** Milliseconds that only grow. */
  readonly now: () => number;
  readonly maxBatch: number;
}

/** What is known of the writes of one transaction. */
export interface Together {
  /** When the first came. */
  readonly since: number;
  /** Nobody waits for any of them. */
  readonly behind: boolean;
}

interface Item<Tx> {
  readonly work: Write<Tx, unknown>;
  readonly behind: boolean;
  readonly since: number;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

type Outcome = { readonly value: unknown } | { readonly refusal: TuttiError };

/** Lets writes that come together share one transaction, and so one flush to the disk. */
export function groupCommit<Tx>(options: GroupCommitOptions<Tx>): GroupCommit<Tx> {
  const waiting: Item<Tx>[] = [];
  let draining = false;

  const runTogether = (batch: readonly Item<Tx>[]): Promise<Outcome[]> =>
    options.transaction(
      async (tx) => {
        const outcomes: Outcome[] = [];
        for (const item of batch) outcomes.push(await outcomeOf(item, tx));
        return outcomes;
      },
      { since: batch[0]?.since ?? options.now(), behind: batch.every(({ behind }) => behind) },
    );

  const settle = async (batch: readonly Item<Tx>[]): Promise<void> => {
    try {
      const outcomes = await runTogether(batch);
      for (const [index, outcome] of outcomes.entries()) {
        if ('value' in outcome) batch[index]?.resolve(outcome.value);
        else batch[index]?.reject(outcome.refusal);
      }
    } catch (error) {
      if (batch.length > 1 && options.isOwnFault(error)) for (const item of batch) await settle([item]);
      else for (const item of batch) item.reject(error);
    }
  };

  const drain = async (): Promise<void> => {
    draining = true;
    while (waiting.length > 0) {
      // One turn of the event loop: whoever the last batch answered, and requests already read from sockets, join the next.
      await new Promise(setImmediate);
      await settle(waiting.splice(0, options.maxBatch));
    }
    draining = false;
  };

  return {
    write: <T>(work: Write<Tx, T>, behind = false) =>
      new Promise<T>((resolve, reject) => {
        const settled = { resolve: resolve as Item<Tx>['resolve'], reject };
        waiting.push({ work, behind, since: options.now(), ...settled });
        if (!draining) void drain();
      }),
  };
}

async function outcomeOf<Tx>(item: Item<Tx>, tx: Tx): Promise<Outcome> {
  try {
    return { value: await item.work(tx) };
  } catch (error) {
    if (error instanceof TuttiError) return { refusal: error };
    throw error;
  }
}
