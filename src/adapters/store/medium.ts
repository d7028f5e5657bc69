import { setTimeout as delay } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import { type ErrorCode, TuttiError } from '../../core/kernel/errors.ts';
import { Disk } from './disk.ts';
import type { DiskOptions } from './disk.ts';
import { groupCommit } from './group-commit.ts';
import type { Writing } from './moves.ts';
import { closed } from './rules.ts';
import type { Tables } from './tables.ts';

/** What an error of the medium means: `busy` passes by itself, `constraint` is the fault of one write. */
export interface Diagnosis {
  readonly kind: 'busy' | 'constraint' | Extract<ErrorCode, `store/${string}`>;
  /** What was found and what to do. */
  readonly message: string;
}

export interface MediumOptions extends DiskOptions {
  /** `undefined` for an error that is not the medium's. */
  readonly diagnose: (error: unknown) => Diagnosis | undefined;
  /** How to name the database in messages while it opens. */
  readonly location: string;
  /** How long a call waits while others hold the lock. */
  readonly lockWaitMs: number;
  /** Present where the medium answers at once. */
  readonly atOnce?: AtOnce;
  /** Why what is written now would be lost, if so. Asked before each transaction. */
  readonly problem?: () => string | undefined;
}

/** Whole transactions that do not leave the turn. */
export interface AtOnce {
  /** No other transaction is under way. */
  isFree(): boolean;
  /** `false`, with nothing written, when it cannot be now, for whatever reason. */
  run(work: () => void): boolean;
}

const MAX_BATCH = 256;
const MAX_PAUSE_MS = 25;

type Db = Kysely<Tables>;

type Insist = <T>(work: () => Promise<T>, since?: number) => Promise<T>;

/** What all calls together may still wait for locks. */
interface Patience {
  ofMs: number;
  leftMs: number;
}

/** Repeats what met a lock until it passes or the wait is over; turns every other error into a TuttiError. */
export function insistent(
  { diagnose, location, lockWaitMs }: MediumOptions,
  patience: Patience = { ofMs: Infinity, leftMs: Infinity },
): Insist {
  return async (work, since = performance.now()) => {
    let triedAt = performance.now();
    for (let round = 0; ; round += 1) {
      try {
        return await work();
      } catch (error) {
        const found = diagnose(error);
        if (found === undefined || found.kind === 'constraint') throw error;
        const { kind, message } = found;
        if (kind !== 'busy') throw new TuttiError(kind, `${location}: ${message}`, { cause: error });
        const now = performance.now();
        patience.leftMs -= now - triedAt;
        triedAt = now;
        if (now - since >= lockWaitMs || patience.leftMs <= 0) {
          throw locked(location, Math.min(lockWaitMs, patience.ofMs), error);
        }
      }
      // Spread out, so that processes that wait for each other do not meet again.
      await delay(1 + Math.random() * Math.min(2 ** round, MAX_PAUSE_MS));
    }
  };
}

function locked(location: string, lockWaitMs: number, cause: unknown): TuttiError {
  return new TuttiError(
    'store/unavailable',
    `${location} is locked: expected it to be free within ${lockWaitMs} ms, but another program holds it. ` +
      'Nothing was written; call again, or end the other program.',
    { cause },
  );
}

/** The ways to the medium: calls wait for it, are counted until they end, and are refused once it is closed. */
export interface Medium {
  readonly read: <T>(work: () => Promise<T>) => Promise<T>;
  readonly write: <T>(writing: Writing<T>) => Promise<T>;
  /** Writes behind, without leaving the turn. `false`, with nothing written, when that cannot be: then {@link Medium.write} can, or says why not. */
  readonly writeNow: (work: () => void) => boolean;
  /** Calls wait for locks no longer than this from now on, all together. */
  readonly hurry: (ms: number) => void;
  readonly close: () => Promise<void>;
}

export function mediumOf(db: Db, options: MediumOptions): Medium {
  const patience: Patience = { ofMs: Infinity, leftMs: Infinity };
  const insist = insistent(options, patience);
  const isConstraint = (error: unknown) => options.diagnose(error)?.kind === 'constraint';
  const disk = new Disk(options);
  const begin = (behind: boolean): ((isDone: boolean) => void) => {
    const problem = options.problem?.();
    if (problem !== undefined) throw new TuttiError('store/unavailable', problem);
    return disk.begin(behind);
  };
  const commit = async <T>(work: (tx: Db) => Promise<T>, behind: boolean): Promise<T> => {
    const end = begin(behind);
    let isDone = false;
    try {
      const value = await db.transaction().execute(work);
      isDone = true;
      return value;
    } finally {
      end(isDone);
    }
  };
  const group = groupCommit<Db>({
    transaction: (work, { since, behind }) => insist(() => commit(work, behind), since),
    isOwnFault: isConstraint,
    now: () => performance.now(),
    maxBatch: MAX_BATCH,
  });
  const begun = new Set<Promise<unknown>>();
  let closing: Promise<void> | undefined;

  const run = async <T>(work: () => Promise<T>): Promise<T> => {
    if (closing !== undefined) throw closed();
    const running = work();
    begun.add(running);
    try {
      return await running;
    } finally {
      begun.delete(running);
    }
  };
  return {
    read: (work) => run(() => insist(work)),
    write: async ({ work, refusal, behind }) => {
      try {
        return await run(() => group.write(work, behind));
      } catch (error) {
        // What holds here can still be broken by a writer on another connection at the same moment.
        throw refusal !== undefined && isConstraint(error) ? refusal() : error;
      }
    },
    writeNow: (work) => {
      const { atOnce } = options;
      if (closing !== undefined || atOnce?.isFree() !== true) return false;
      const end = begin(true);
      let isDone = false;
      try {
        isDone = atOnce.run(work);
        return isDone;
      } finally {
        end(isDone);
      }
    },
    hurry: (ms) => {
      patience.ofMs = ms;
      patience.leftMs = ms;
    },
    close: () => {
      closing ??= Promise.allSettled([...begun, disk.end()]).then(() => db.destroy());
      return closing;
    },
  };
}
