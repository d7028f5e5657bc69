import type { Kysely } from 'kysely';
import type { Bounds } from '../../core/ports/bounds.ts';
import type {
  Knowledge,
  KnowledgeEntry,
  KnowledgeFilter,
  Origin,
  Shelf,
  PutOptions,
  Standing,
} from '../../core/ports/knowledge.ts';
import { type Keeper, keeperOf, knowledgeBytes } from './footprint.ts';
import type { Footprints } from './footprints.ts';
import type { FullText } from './full-text.ts';
import { searchKnowledge } from './knowledge-search.ts';
import { type Content, type KnowledgeStatements, knowledgeStatements } from './knowledge-statements.ts';
import type { Medium } from './medium.ts';
import { toKept, toShelfKey, withoutSession } from './shelves.ts';
import { changed, first } from './statement.ts';
import type { KnowledgeRow, Tables } from './tables.ts';
import { tokensOf } from './tokens.ts';
import { entryWords } from './words.ts';

/** How much of what has expired goes with one write. */
const SWEEP = 200;

interface KnowledgeParts {
  readonly db: Kysely<Tables>;
  readonly medium: Medium;
  readonly fullText: FullText;
  readonly footprints: Footprints;
}

/** Knowledge in tables, found by full text. */
export function kyselyKnowledge({ db, fullText, footprints, medium }: KnowledgeParts): Knowledge {
  const { read, write } = medium;
  const prepared = knowledgeStatements(db);
  const shelfOf = async (shelf: Shelf) => first(await read(() => prepared.shelf(db, toShelfKey(shelf))));
  const { replaceFootprint, sweepIn } = countedWrites(prepared, footprints);
  return {
    put: async (shelf, given, { bounds, ...standing }: PutOptions = {}) => {
      const entry = toKept(given);
      // Before it waits for its turn: the value is the caller's, and a long one takes a while.
      const keeper = keeperOf(shelf, entry);
      const row = { ...toRow(entry), keeper: keeper.owner };
      const words = entryWords(entry);
      return await write({
        // The one constraint that can break: its session is not there.
        refusal: () => withoutSession(shelf),
        work: async (tx) => {
          // First, since it takes room; that it stays done when the entry is refused harms nobody.
          await sweepIn(tx, entry.updatedAt);
          const found = await needShelf(tx, prepared, shelf);
          if (found === undefined) throw withoutSession(shelf);
          const before = first(await prepared.place(tx, { shelf: found, key: row.key }));
          const isThere = before !== undefined && !isOver(before, entry);
          if (!isMeant(isThere ? before : undefined, standing)) return false;
          await replaceFootprint(tx, { before, row, keeper, bounds });
          if (before !== undefined) await prepared.remove(tx, { shelf: found, key: row.key });
          const created_at = isThere ? before.created_at : row.created_at;
          const id = first(await prepared.insert(tx, { ...row, created_at, shelf: found }))?.id ?? 0;
          for (const tag of new Set(entry.tags))
            await prepared.tag(tx, { shelf: found, tag, key: row.key, entry: id });
          await fullText.insert(tx, id, tokensOf(found, words, entry.tags));
          return true;
        },
      });
    },
    get: async (shelf, key, now) => {
      const on = { ...toShelfKey(shelf), key: key.toWellFormed(), now };
      const row = first(await read(() => prepared.entry(db, on)));
      return row && toEntry(row);
    },
    list: async (shelf, filter, now) => {
      const found = await shelfOf(shelf);
      if (found === undefined) return [];
      return (await read(() => page(db, found.id, { filter, now }).selectAll('knowledge').execute())).map(
        toEntry,
      );
    },
    keys: async (shelf, filter, now) => {
      const found = await shelfOf(shelf);
      if (found === undefined) return [];
      const rows = await read(() =>
        page(db, found.id, { filter, now }).select(['knowledge.key', 'untrusted']).execute(),
      );
      return rows.map(({ key, untrusted }) => ({ key, isUntrusted: untrusted === 1 }));
    },
    count: async (shelf, now) => {
      const found = first(await read(() => prepared.count(db, { ...toShelfKey(shelf), now })));
      return found === undefined ? 0 : Number(found.entries) - Number(found.expired);
    },
    search: async (shelves, query, now) => {
      const over = first(await read(() => prepared.expired(db, { now, limit: 1 })));
      // One sweep at most: whoever searches does not wait until what others left is gone.
      const isOverfull =
        over !== undefined && (await write({ work: async (tx) => await sweepIn(tx, now) })) === SWEEP;
      const keys = shelves.map(toShelfKey);
      const found = await read(() =>
        searchKnowledge({ db, prepared, fullText }, keys, { ...query, now, isOverfull }),
      );
      return found.map(({ row, at, score }) => ({ shelf: shelves[at] as Shelf, entry: toEntry(row), score }));
    },
    remove: (shelf, given, standing) =>
      write({
        work: async (tx) => {
          const found = first(await prepared.shelf(tx, toShelfKey(shelf)));
          if (found === undefined) return false;
          const place = { shelf: found.id, key: given.toWellFormed() };
          const there = first(await prepared.place(tx, place));
          if (there === undefined || !isMeant(there, standing)) return false;
          const { session } = toShelfKey(shelf);
          await footprints.add(tx, { owner: there.keeper, session }, -Number(there.bytes));
          return changed(await prepared.remove(tx, place));
        },
      }),
  };
}

/** What changes the sums of what is kept. */
function countedWrites(prepared: KnowledgeStatements, footprints: Footprints) {
  /** Counts an entry in place of the one before it. @throws TuttiError `session/full`. */
  const replaceFootprint = async (
    tx: Kysely<Tables>,
    { before, row, keeper, bounds }: Replacing,
  ): Promise<void> => {
    const isSame = before?.keeper === keeper.owner;
    const added = row.bytes - (isSame ? Number(before.bytes) : 0);
    await footprints.check(tx, keeper, { bytes: added, bounds });
    await footprints.add(tx, keeper, added);
    if (before !== undefined && !isSame)
      await footprints.add(tx, { ...keeper, owner: before.keeper }, -Number(before.bytes));
  };
  const sweepIn = async (tx: Kysely<Tables>, now: number): Promise<number> => {
    const { rows } = await prepared.expired(tx, { now, limit: SWEEP });
    for (const { id, bytes, keeper, space, session } of rows) {
      await prepared.removeById(tx, { id });
      // What a session kept that is gone counts no more.
      if (space !== 'gone') await footprints.add(tx, { owner: keeper, session }, -Number(bytes));
    }
    return rows.length;
  };
  return { replaceFootprint, sweepIn };
}

interface Replacing {
  readonly before: Pick<KnowledgeRow, 'bytes' | 'keeper'> | undefined;
  readonly row: { readonly bytes: number };
  readonly keeper: Keeper;
  readonly bounds: Bounds | undefined;
}

/** Whether what stands there is what it should be. */
function isMeant(found: Content | undefined, { instead }: Standing = {}): boolean {
  if (instead === undefined) return true;
  if (instead === null || found === undefined) return instead === null && found === undefined;
  const row = toRow(toKept(instead));
  return (
    (['value', 'tags', 'origin', 'untrusted'] as const).every((column) => found[column] === row[column]) &&
    (['created_at', 'updated_at'] as const).every((column) => Number(found[column]) === row[column]) &&
    (found.expires_at === null ? null : Number(found.expires_at)) === row.expires_at
  );
}

/** Whether what stood under the key was absent already when the new one came. */
function isOver(before: Pick<KnowledgeRow, 'expires_at'>, { updatedAt }: KnowledgeEntry): boolean {
  return before.expires_at !== null && Number(before.expires_at) <= updatedAt;
}

/** `undefined` where its session is not there. */
async function needShelf(
  tx: Kysely<Tables>,
  prepared: KnowledgeStatements,
  shelf: Shelf,
): Promise<number | undefined> {
  const key = toShelfKey(shelf);
  const known = first(await prepared.shelf(tx, key));
  if (known !== undefined) return known.id;
  if (shelf.space === 'session' && first(await prepared.session(tx, shelf)) === undefined) return undefined;
  const instance = shelf.space === 'session' ? shelf.session : null;
  return first(await prepared.insertShelf(tx, { ...key, instance }))?.id ?? 0;
}

/** One page of a shelf in the order of keys. */
function page(db: Kysely<Tables>, shelf: number, { filter, now }: { filter: KnowledgeFilter; now: number }) {
  const { limit, after, tags = [] } = filter;
  let query = db
    .selectFrom('knowledge')
    .where('knowledge.shelf', '=', shelf)
    .where((or) => or.or([or('expires_at', 'is', null), or('expires_at', '>', now)]))
    .orderBy('knowledge.key')
    .limit(limit);
  if (after !== undefined) query = query.where('knowledge.key', '>', after.toWellFormed());
  for (const tag of new Set(tags)) {
    query = query.where('knowledge.id', 'in', (bearing) =>
      bearing
        .selectFrom('knowledge_tags')
        .select('knowledge_tags.entry')
        .where('knowledge_tags.shelf', '=', shelf)
        .where('tag', '=', tag.toWellFormed()),
    );
  }
  return query;
}

function toRow(entry: KnowledgeEntry) {
  const row = {
    key: entry.key,
    value: JSON.stringify(entry.value),
    tags: JSON.stringify(entry.tags),
    origin: JSON.stringify(entry.origin),
    untrusted: entry.isUntrusted ? 1 : 0,
    created_at: entry.createdAt,
    updated_at: entry.updatedAt,
    expires_at: entry.expiresAt,
  };
  return { ...row, bytes: knowledgeBytes(row) };
}

function toEntry(row: Content): KnowledgeEntry {
  return {
    key: row.key,
    value: JSON.parse(row.value) as KnowledgeEntry['value'],
    tags: JSON.parse(row.tags) as readonly string[],
    origin: JSON.parse(row.origin) as Origin,
    isUntrusted: row.untrusted === 1,
    createdAt: Number(row.created_at),
    updatedAt: Number(row.updated_at),
    expiresAt: row.expires_at === null ? null : Number(row.expires_at),
  };
}
