import type { Outgoing } from './wire.ts';

/** How long a question may wait until it is clear whose it is. */
const WAIT_MS = 1_000;

interface Waiting {
  /** The calls that the question can belong to: those under way when it came. */
  readonly open: Set<Outgoing>;
  readonly decide: (call: Outgoing | undefined) => void;
  readonly timer: NodeJS.Timeout;
}

/** Finds out which call a question belongs to, on a connection that does not tell. */
export class Addressees {
  readonly #waiting = new Set<Waiting>();

  /** @returns the call whose caller is to be asked; `undefined` when that may be any of several people. */
  find(calls: Iterable<Outgoing>): Outgoing | undefined | Promise<Outgoing | undefined> {
    const open = new Set<Outgoing>();
    for (const call of calls) if (call.ask !== undefined) open.add(call);
    if (open.size === 0 || isOnePerson(open)) return [...open].at(-1);
    return new Promise((resolve) => {
      const decide = (call: Outgoing | undefined) => {
        clearTimeout(waiting.timer);
        this.#waiting.delete(waiting);
        resolve(call);
      };
      const waiting: Waiting = { open, decide, timer: setTimeout(() => decide(undefined), WAIT_MS) };
      this.#waiting.add(waiting);
    });
  }

  /** The server has answered it, so that the question is none of its. */
  answered(call: Outgoing): void {
    for (const waiting of this.#waiting) {
      if (waiting.open.delete(call) && isOnePerson(waiting.open)) waiting.decide([...waiting.open].at(-1));
    }
  }

  /** Nobody waits for it any more, but the question may well have been its own. */
  abandoned(call: Outgoing): void {
    for (const waiting of this.#waiting) if (waiting.open.has(call)) waiting.decide(undefined);
  }
}

function isOnePerson(calls: ReadonlySet<Outgoing>): boolean {
  const [first, ...others] = calls;
  return others.every(({ asker }) => asker !== undefined && asker === first?.asker);
}
