import { expressionBuilder, type Kysely } from 'kysely';
import type { Bounds } from '../../core/ports/bounds.ts';
import { checkRoom, type Footprint, type Keeper } from './footprint.ts';
import { columns, statement } from './statement.ts';
import type { FootprintRow, Tables } from './tables.ts';

/** The session of what an owner keeps altogether. */
export const ALL = '';

/** Sums of what is kept, moved in the transaction that writes it: nothing is counted again. */
export type Footprints = ReturnType<typeof footprintsOn>;

export function footprintsOn(db: Kysely<Tables>) {
  const prepared = prepare(db);
  const read = async (tx: Kysely<Tables>, keeper: Keeper): Promise<Footprint> => {
    const { rows } = await prepared.read(tx, keeper);
    const bytesOf = (session: string) => Number(rows.find((row) => row.session === session)?.bytes ?? 0);
    return { session: keeper.session === ALL ? 0 : bytesOf(keeper.session), owner: bytesOf(ALL) };
  };
  return {
    /** @throws TuttiError `session/full`; nothing was written then. */
    check: async (tx: Kysely<Tables>, keeper: Keeper, { bytes, bounds }: Added): Promise<void> => {
      if (bounds !== undefined && bytes > 0) checkRoom(await read(tx, keeper), bytes, bounds);
    },
    add: async (tx: Kysely<Tables>, { owner, session }: Keeper, bytes: number): Promise<void> => {
      if (bytes === 0) return;
      if (session === ALL) await prepared.addOne(tx, { owner, session, bytes });
      else await prepared.addBoth(tx, { owner, session, bytes });
    },
    /** A session goes, with all that is counted for it. */
    drop: async (tx: Kysely<Tables>, keeper: Keeper): Promise<void> => {
      const { session } = await read(tx, keeper);
      if (session > 0) await prepared.addOne(tx, { owner: keeper.owner, session: ALL, bytes: -session });
      await prepared.remove(tx, keeper);
    },
  };
}

/** What is kept in a session, or, in {@link ALL}, by an owner altogether; `null` where nothing was counted. */
export function kept(owner: string, session: string) {
  return expressionBuilder<Tables>()
    .selectFrom('footprints')
    .select('footprints.bytes')
    .where('footprints.owner', '=', owner)
    .where('footprints.session', '=', session);
}

interface Added {
  readonly bytes: number;
  readonly bounds: Bounds | undefined;
}

function prepare(db: Kysely<Tables>) {
  const names = ['owner', 'session', 'bytes'] as const;
  const add = (rows: readonly FootprintRow[]) =>
    db
      .insertInto('footprints')
      .values([...rows])
      .onConflict((on) =>
        on.columns(['owner', 'session']).doUpdateSet((is) => ({
          bytes: is('footprints.bytes', '+', is.ref('excluded.bytes')),
        })),
      );
  return {
    read: statement<Keeper, Pick<FootprintRow, 'session' | 'bytes'>>((keeper) =>
      db
        .selectFrom('footprints')
        .select(['session', 'bytes'])
        .where('owner', '=', keeper.owner)
        .where('session', 'in', [ALL, keeper.session]),
    ),
    addOne: statement<FootprintRow>((row) => add([columns(row, names)])),
    addBoth: statement<FootprintRow>((row) =>
      add([columns(row, names), { ...columns(row, names), session: ALL }]),
    ),
    remove: statement<Keeper>((keeper) =>
      db.deleteFrom('footprints').where('owner', '=', keeper.owner).where('session', '=', keeper.session),
    ),
  };
}
