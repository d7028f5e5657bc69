import { isSomebodys } from './wire.ts';
import type { Outgoing } from './wire.ts';

/** How long a question may wait until it is clear whose it is. */
const WAIT_MS = 5_000;
/** How long a call that was given up may still be what asks. */
const LINGER_MS = 30_000;

interface Waiting {
  /** The calls that the question can belong to: those under way when it came. */
  readonly open: Set<Outgoing>;
  readonly decide: (call: Outgoing | undefined) => void;
}

/** Finds out which call a question belongs to, on a connection that does not tell. */
export class Addressees {
  readonly #waiting = new Set<Waiting>();
  /** By id, the oldest first: their servers were told to stop, and need not have. */
  readonly #givenUp = new Map<string, { readonly call: Outgoing; readonly until: number }>();

  /** @returns the call whose caller is to be asked; `undefined` when that may be any of several people, or somebody who cannot be asked. */
  find(calls: Iterable<Outgoing>): Outgoing | undefined | Promise<Outgoing | undefined> {
    this.#forget();
    const open = new Set<Outgoing>();
    for (const { call } of this.#givenUp.values()) open.add(call);
    for (const call of calls) if (isSomebodys(call)) open.add(call);
    if (open.size < 2) return latestIn(open);
    return new Promise((resolve) => {
      const decide = (call: Outgoing | undefined) => {
        stop();
        this.#waiting.delete(waiting);
        resolve(call);
      };
      const waiting: Waiting = { open, decide };
      this.#waiting.add(waiting);
      // What is answered in the same breath is not what asks.
      const stop = isOnePerson(open) ? soon(() => decide(latestIn(open))) : later(() => decide(undefined));
    });
  }

  /** The server has answered it, so that the question is none of its. */
  answered(call: Outgoing): void {
    for (const { open, decide } of this.#waiting) {
      if (open.delete(call) && isOnePerson(open)) decide(latestIn(open));
    }
  }

  /** The server has answered a call of this id that nobody waited for any more. */
  answeredLate(id: string): void {
    const late = this.#givenUp.get(id);
    if (late === undefined) return;
    this.#givenUp.delete(id);
    this.answered(late.call);
  }

  /** Nobody waits for it any more, but the question may well have been its own. */
  abandoned(call: Outgoing): void {
    for (const { open, decide } of this.#waiting) if (open.has(call)) decide(undefined);
  }

  /** So may be those to come, where its server was only told to stop. */
  givenUp(id: string, call: Outgoing): void {
    this.#forget();
    if (isSomebodys(call)) this.#givenUp.set(id, { call, until: performance.now() + LINGER_MS });
  }

  #forget(): void {
    const now = performance.now();
    for (const [id, { until }] of this.#givenUp) {
      if (until > now) return;
      this.#givenUp.delete(id);
    }
  }
}

function soon(work: () => void): () => void {
  const timer = setImmediate(work);
  return () => clearImmediate(timer);
}

function later(work: () => void): () => void {
  const timer = setTimeout(work, WAIT_MS);
  return () => clearTimeout(timer);
}

function isOnePerson(calls: ReadonlySet<Outgoing>): boolean {
  const [first, ...others] = calls;
  return others.every(({ asker }) => asker !== undefined && asker === first?.asker);
}

function latestIn(calls: ReadonlySet<Outgoing>): Outgoing | undefined {
  return [...calls].findLast(({ ask }) => ask !== undefined);
}
