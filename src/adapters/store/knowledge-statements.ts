import { type Kysely, sql } from 'kysely';
import type { ShelfKey } from './shelves.ts';
import { columns, statement } from './statement.ts';
import type { KnowledgeRow, KnowledgeTagRow, ShelfRow, Tables } from './tables.ts';

interface Place {
  readonly shelf: number;
  readonly key: string;
}

const CONTENT = [
  'key',
  'value',
  'tags',
  'origin',
  'untrusted',
  'created_at',
  'updated_at',
  'expires_at',
] as const satisfies readonly (keyof KnowledgeRow)[];

const COUNTED = ['bytes', 'keeper'] as const satisfies readonly (keyof KnowledgeRow)[];

type Counted = Pick<KnowledgeRow, (typeof COUNTED)[number]>;

/** Something that has expired, and the shelf it stands on. */
type Over = Pick<KnowledgeRow, 'id'> & Counted & Pick<ShelfRow, 'space' | 'session'>;

export type Content = Pick<KnowledgeRow, (typeof CONTENT)[number]>;

/** A shelf as a search needs it. */
export interface Extent {
  readonly id: number;
  readonly entries: number | string;
  /** Ids of its oldest and newest entry; `null` when it is empty. */
  readonly oldest: number | string | null;
  readonly newest: number | string | null;
}

export type KnowledgeStatements = ReturnType<typeof knowledgeStatements>;

export function knowledgeStatements(db: Kysely<Tables>) {
  return { ...shelfStatements(db), ...reads(db), ...writes(db) };
}

function shelfStatements(db: Kysely<Tables>) {
  const on = (key: ShelfKey) =>
    db
      .selectFrom('shelves')
      .where('space', '=', key.space)
      .where('owner', '=', key.owner)
      .where('session', '=', key.session);
  return {
    shelf: statement<ShelfKey, { id: number }>((key) => on(key).select('id')),
    session: statement<Pick<ShelfKey, 'owner' | 'session'>, { id: string }>((key) =>
      db
        .selectFrom('instances')
        .select('id')
        .where('owner', '=', key.owner)
        .where('id', '=', key.session)
        .where('gone', '=', sql.lit(0)),
    ),
    insertShelf: statement<Omit<ShelfRow, 'id' | 'entries'>, { id: number }>((row) =>
      db
        .insertInto('shelves')
        .values(columns(row, ['space', 'owner', 'session', 'instance']))
        .returning('id'),
    ),
    extent: statement<ShelfKey, Extent>((key) =>
      on(key).select((is) => [
        'id',
        'entries',
        is
          .selectFrom('knowledge')
          .whereRef('knowledge.shelf', '=', 'shelves.id')
          .select((all) => all.fn.min('knowledge.id').as('id'))
          .as('oldest'),
        is
          .selectFrom('knowledge')
          .whereRef('knowledge.shelf', '=', 'shelves.id')
          .select((all) => all.fn.max('knowledge.id').as('id'))
          .as('newest'),
      ]),
    ),
    count: statement<
      ShelfKey & { readonly now: number },
      { entries: number | string; expired: number | string | null }
    >((key) =>
      on(key).select((is) => [
        'entries',
        is
          .selectFrom('knowledge')
          .whereRef('knowledge.shelf', '=', 'shelves.id')
          .where('expires_at', '<=', key.now)
          .select((all) => all.fn.countAll().as('expired'))
          .as('expired'),
      ]),
    ),
  };
}

function reads(db: Kysely<Tables>) {
  return {
    entry: statement<ShelfKey & { readonly key: string; readonly now: number }, Content>((at) =>
      db
        .selectFrom('knowledge')
        .innerJoin('shelves', 'shelves.id', 'knowledge.shelf')
        .select(CONTENT)
        .where('space', '=', at.space)
        .where('owner', '=', at.owner)
        .where('session', '=', at.session)
        .where('key', '=', at.key)
        .where((or) => or.or([or('expires_at', 'is', null), or('expires_at', '>', at.now)])),
    ),
    byId: statement<{ readonly id: number }, Content & Pick<KnowledgeRow, 'shelf'>>(({ id }) =>
      db
        .selectFrom('knowledge')
        .select(['shelf', ...CONTENT])
        .where('id', '=', id),
    ),
    place: statement<Place, Content & Counted>(({ shelf, key }) =>
      db
        .selectFrom('knowledge')
        .select([...CONTENT, ...COUNTED])
        .where('shelf', '=', shelf)
        .where('key', '=', key),
    ),
    expired: statement<{ readonly now: number; readonly limit: number }, Over>(({ now, limit }) =>
      db
        .selectFrom('knowledge')
        .innerJoin('shelves', 'shelves.id', 'knowledge.shelf')
        .select(['knowledge.id', ...COUNTED, 'space', 'session'])
        .where('expires_at', '<=', now)
        .limit(limit),
    ),
  };
}

function writes(db: Kysely<Tables>) {
  return {
    insert: statement<Omit<KnowledgeRow, 'id'>, { id: number }>((row) =>
      db
        .insertInto('knowledge')
        .values(columns(row, ['shelf', ...CONTENT, ...COUNTED]))
        .returning('id'),
    ),
    tag: statement<KnowledgeTagRow>((row) =>
      db.insertInto('knowledge_tags').values(columns(row, ['shelf', 'tag', 'key', 'entry'])),
    ),
    remove: statement<Place>(({ shelf, key }) =>
      db.deleteFrom('knowledge').where('shelf', '=', shelf).where('key', '=', key),
    ),
    removeById: statement<{ readonly id: number }>(({ id }) =>
      db.deleteFrom('knowledge').where('id', '=', id),
    ),
  };
}
