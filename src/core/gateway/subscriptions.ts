import { TuttiError } from '../kernel/errors.ts';
import type { Downstream } from '../ports/downstream.ts';

const MAX_PER_OWNER = 1_000;

interface Subscription {
  /** Over which it was made. */
  connection: Downstream;
  /** How many clients of the owner want it. */
  count: number;
}

export interface Subscriber {
  readonly owner: string;
  readonly uri: string;
  readonly connection: Downstream;
}

/** Who listens to which resource: a server hears of a subscription once, whoever has it, and of its end when nobody is left. */
export interface Subscriptions {
  /**
   * Notes a subscription, and sends it where nobody has it yet. One that fails is not kept.
   *
   * @throws TuttiError `policy/rate-limited` for an owner who has too many.
   */
  subscribe(subscriber: Subscriber, send: () => Promise<boolean>): Promise<void>;
  /** Forgets one, and sends the end of it when nobody else needs it; nothing is sent without a connection. */
  unsubscribe(
    subscriber: Omit<Subscriber, 'connection'> & Partial<Subscriber>,
    send: () => Promise<unknown>,
  ): Promise<void>;
}

/** Keeps subscriptions as long as the process lives. */
export function createSubscriptions(): Subscriptions {
  const owners = new Map<string, Map<string, Subscription>>();
  const turns = new Map<string, Promise<void>>();

  /** What is said of one resource is said in turn. */
  const inTurn = async (uri: string, work: () => Promise<void>): Promise<void> => {
    const mine = (turns.get(uri) ?? Promise.resolve()).then(work);
    const over = mine.catch(() => undefined);
    turns.set(uri, over);
    try {
      await mine;
    } finally {
      if (turns.get(uri) === over) turns.delete(uri);
    }
  };
  const isHad = (uri: string, connection: Downstream): boolean =>
    [...owners.values()].some((each) => each.get(uri)?.connection === connection);
  const keep = ({ owner, uri, connection }: Subscriber): void => {
    const mine = owners.get(owner) ?? new Map<string, Subscription>();
    owners.set(owner, mine);
    const known = mine.get(uri);
    if (known === undefined) mine.set(uri, { connection, count: 1 });
    else Object.assign(known, { connection, count: known.count + 1 });
  };

  return {
    subscribe: async (subscriber, send) =>
      inTurn(subscriber.uri, async () => {
        const mine = owners.get(subscriber.owner);
        if (mine !== undefined && mine.size >= MAX_PER_OWNER && !mine.has(subscriber.uri)) throw tooMany();
        // Noted only once it is made: nobody may rely on one that failed.
        if (isHad(subscriber.uri, subscriber.connection) || (await send())) keep(subscriber);
      }),
    unsubscribe: async (subscriber, send) =>
      inTurn(subscriber.uri, async () => {
        const { owner, uri, connection } = subscriber;
        const mine = owners.get(owner);
        const known = mine?.get(uri);
        if (mine === undefined || known === undefined) return;
        known.count -= 1;
        if (known.count > 0) return;
        mine.delete(uri);
        if (mine.size === 0) owners.delete(owner);
        if (known.connection === connection && !isHad(uri, connection)) await send();
      }),
  };
}

function tooMany(): TuttiError {
  return new TuttiError(
    'policy/rate-limited',
    `Nobody may subscribe to more than ${MAX_PER_OWNER} resources at once. Unsubscribe from some, then try again.`,
  );
}
