import { expressionBuilder, type Kysely, sql } from 'kysely';
import { ALL, kept } from './footprints.ts';
import { columns, statement } from './statement.ts';
import type { DefinitionRow, EntryRow, InstanceRow, Tables } from './tables.ts';

/** Whose, and which: an instance's id, or a token. */
interface Key {
  readonly owner: string;
  readonly id: string;
}

interface Page extends Key {
  readonly after: number;
  readonly limit: number;
}

export const INSTANCE_COLUMNS = [
  'owner',
  'id',
  'workflow',
  'definition',
  'step',
  'status',
  'context',
  'pending',
  'visits',
  'token',
  'revision',
  'created_at',
  'updated_at',
  'completed_at',
  'parent',
] as const satisfies readonly (keyof InstanceRow)[];

/** What nearly every move changes. Not naming the others spares their indexes and the check of the definition. */
const STEPPING_COLUMNS = [
  'step',
  'context',
  'pending',
  'visits',
  'token',
  'revision',
  'updated_at',
  'completed_at',
] as const satisfies readonly (keyof InstanceRow)[];

const MOVING_COLUMNS = ['definition', 'status', ...STEPPING_COLUMNS] as const;

const ENTRY_COLUMNS = [
  'owner',
  'instance',
  'seq',
  'at',
  'kind',
  'step',
  'report',
  'context_updates',
  'status',
  'next',
  'decision',
  'candidates',
] as const satisfies readonly (keyof EntryRow)[];

/** An instance after a move, with what must hold before it. */
interface MoveRow extends InstanceRow {
  /** The revision it must have. */
  readonly before: number;
  /** The token that must not be answered yet; `null` when the move answers none. */
  readonly answered: string | null;
}

/** How much may be kept before a move. */
interface Room {
  readonly sessionRoom: number;
  readonly ownerRoom: number;
}

type EntryColumns = Pick<EntryRow, (typeof ENTRY_COLUMNS)[number]>;

export type Statements = ReturnType<typeof statements>;

/** The queries of every step, compiled once for the dialect of `db`. */
export function statements(db: Kysely<Tables>) {
  return { ...writes(db), ...reads(db) };
}

function writes(db: Kysely<Tables>) {
  return {
    insertInstance: statement<InstanceRow>((row) =>
      db
        .insertInto('instances')
        .values(columns(row, INSTANCE_COLUMNS))
        .onConflict((on) => on.doNothing()),
    ),
    /** Moves an instance whose status and definition stay. */
    step: statement<MoveRow>((row) => stepping(db, row)),
    /** The same where nothing is too full. */
    stepWithin: statement<MoveRow & Room>((row) =>
      stepping(db, row)
        .where(kept(row.owner, row.id), '<=', row.sessionRoom)
        .where(kept(row.owner, ALL), '<=', row.ownerRoom),
    ),
    move: statement<MoveRow>((row) => movable(db, row).set(columns(row, MOVING_COLUMNS))),
    insertEntry: statement<EntryRow>((row) =>
      db.insertInto('journal').values(columns(row, [...ENTRY_COLUMNS, 'token', 'answer'])),
    ),
    insertDefinition: statement<DefinitionRow>((row) =>
      db
        .insertInto('definitions')
        .values(columns(row, ['hash', 'workflow', 'files']))
        .onConflict((on) => on.doNothing()),
    ),
  };
}

function stepping(db: Kysely<Tables>, row: MoveRow) {
  return movable(db, row)
    .set(columns(row, STEPPING_COLUMNS))
    .where('status', '=', row.status)
    .where('definition', '=', row.definition);
}

function movable(db: Kysely<Tables>, row: MoveRow) {
  return db
    .updateTable('instances')
    .where('owner', '=', row.owner)
    .where('id', '=', row.id)
    .where('revision', '=', row.before)
    .where('gone', '=', sql.lit(0))
    .where((is) =>
      is.not(
        is.exists(
          is
            .selectFrom('journal')
            .select('journal.seq')
            .where('journal.owner', '=', row.owner)
            .where('journal.token', '=', row.answered),
        ),
      ),
    );
}

function reads(db: Kysely<Tables>) {
  return {
    instance: statement<Key, InstanceRow>((key) =>
      db
        .selectFrom('instances')
        .select(INSTANCE_COLUMNS)
        .where('owner', '=', key.owner)
        .where('id', '=', key.id)
        .where('gone', '=', sql.lit(0)),
    ),
    answer: statement<Key, Pick<EntryRow, 'instance' | 'answer'>>((key) =>
      db
        .selectFrom('journal')
        .innerJoin('instances', (join) =>
          join
            .onRef('instances.owner', '=', 'journal.owner')
            .onRef('instances.id', '=', 'journal.instance')
            .on('gone', '=', sql.lit(0)),
        )
        .select(['journal.instance', 'journal.answer'])
        .where('journal.owner', '=', key.owner)
        .where('journal.token', '=', key.id),
    ),
    oldestEntries: statement<Page, EntryColumns>((page) =>
      entries(db, page).orderBy('seq', 'asc').limit(page.limit),
    ),
    newestEntries: statement<Page, EntryColumns>((page) =>
      entries(db, page).orderBy('seq', 'desc').limit(page.limit),
    ),
    definition: statement<Pick<DefinitionRow, 'hash'>, Pick<DefinitionRow, 'files'>>((key) =>
      db.selectFrom('definitions').select('files').where('hash', '=', key.hash),
    ),
    definitionHashes: statement<Pick<DefinitionRow, 'workflow'>, Pick<DefinitionRow, 'hash'>>((key) =>
      db.selectFrom('definitions').select('hash').where('workflow', '=', key.workflow),
    ),
    knownDefinition: statement<Pick<DefinitionRow, 'hash'>, Pick<DefinitionRow, 'hash'>>((key) =>
      db.selectFrom('definitions').select('hash').where('hash', '=', key.hash),
    ),
  };
}

function entries(db: Kysely<Tables>, page: Page) {
  return db
    .selectFrom('journal')
    .select(ENTRY_COLUMNS)
    .where('owner', '=', page.owner)
    .where('instance', '=', page.id)
    .where('seq', '>', page.after)
    .where(isThere(page.owner, page.id));
}

/**
 * Whether the owner has this instance: one that is gone may still have rows. The zero stands in the query: SQLite compiles a query with a
 * parameter anew each time where that decides whether a partial index serves, and where it is a limit.
 */
export function isThere(owner: string, id: string) {
  const is = expressionBuilder<Tables>();
  return is.exists(
    is
      .selectFrom('instances')
      .select('instances.id')
      .where('instances.owner', '=', owner)
      .where('instances.id', '=', id)
      .where('instances.gone', '=', sql.lit(0)),
  );
}
