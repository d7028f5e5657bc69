import type { Kysely } from 'kysely';
import type { TuttiError } from '../../core/kernel/errors.ts';
import type { Entry, Instance } from '../../core/kernel/instance.ts';
import type { Move } from '../../core/ports/store.ts';
import { toEntryRow, toInstanceRow } from './rows.ts';
import { checkFirstMove, checkJournal, checkMove, conflict, taken, unknownDefinition } from './rules.ts';
import { changed, first } from './statement.ts';
import { entryBytes, roomFor } from './footprint.ts';
import type { Footprints } from './footprints.ts';
import type { Statements } from './statements.ts';
import type { Tables } from './tables.ts';

/** A write that waits for its transaction. */
export interface Writing<T> {
  /** Throws a TuttiError before it wrote anything when it must not be. */
  readonly work: (tx: Kysely<Tables>) => Promise<T>;
  /** Nobody waits until it is on the disk. */
  readonly behind?: boolean;
  /** What a broken constraint of the database means. */
  readonly refusal?: () => TuttiError;
}

export interface MoveParts {
  readonly prepared: Statements;
  readonly footprints: Footprints;
}

export function createMove({ prepared, footprints }: MoveParts, move: Move): Writing<void> {
  checkFirstMove(move);
  const { instance, bounds } = move;
  const row = toInstanceRow(instance);
  const entry = toEntryRow(instance, move.entry, move.answer);
  const { owner, token } = entry;
  const [keeper, bytes] = [{ owner, session: instance.id }, entryBytes(entry)];
  return {
    refusal: () => taken(instance),
    work: async (tx) => {
      await needDefinition(tx, prepared, instance);
      const answered = token === null ? undefined : first(await prepared.answer(tx, { owner, id: token }));
      if (answered !== undefined) throw taken(instance);
      if (bounds) await footprints.check(tx, keeper, { bytes, bounds });
      if (!changed(await prepared.insertInstance(tx, row))) throw taken(instance);
      await prepared.insertEntry(tx, entry);
      if (bounds) await footprints.add(tx, keeper, bytes);
    },
  };
}

export function commitMove({ prepared, footprints }: MoveParts, move: Move): Writing<void> {
  checkMove(move);
  const { instance, bounds } = move;
  const entry = toEntryRow(instance, move.entry, move.answer);
  const [keeper, bytes] = [{ owner: entry.owner, session: instance.id }, entryBytes(entry)];
  const row = { ...toInstanceRow(instance), before: instance.revision - 1, answered: entry.token };
  return {
    refusal: () => conflict(instance),
    work: async (tx) => {
      const stepped = bounds
        ? await prepared.stepWithin(tx, { ...row, ...roomFor(bytes, bounds) })
        : await prepared.step(tx, row);
      if (!changed(stepped)) {
        if (bounds) await footprints.check(tx, keeper, { bytes, bounds });
        await needDefinition(tx, prepared, instance);
        if (!changed(await prepared.move(tx, row))) throw conflict(instance);
      }
      await prepared.insertEntry(tx, entry);
      if (bounds) await footprints.add(tx, keeper, bytes);
    },
  };
}

/** Writes an instance with its whole journal unless the owner has one with its id. */
export function importMoves(
  prepared: Statements,
  instance: Instance,
  entries: readonly Entry[],
): Writing<boolean> {
  checkJournal(instance, entries);
  const row = toInstanceRow(instance);
  const journal = entries.map((entry) => toEntryRow(instance, entry));
  return {
    refusal: () => taken(instance),
    work: async (tx) => {
      await needDefinition(tx, prepared, instance);
      if (!changed(await prepared.insertInstance(tx, row))) return false;
      for (const entry of journal) await prepared.insertEntry(tx, entry);
      return true;
    },
  };
}

async function needDefinition(tx: Kysely<Tables>, prepared: Statements, instance: Instance): Promise<void> {
  const known = first(await prepared.knownDefinition(tx, { hash: instance.definition }));
  if (known === undefined) throw unknownDefinition(instance);
}
