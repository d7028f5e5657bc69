import type { Kysely } from 'kysely';
import type { FullText, Match, Term } from './full-text.ts';
import type { Content, Extent, KnowledgeStatements } from './knowledge-statements.ts';
import { type Way, WAYS, worth } from './ranking.ts';
import { hasTags, type ShelfKey } from './shelves.ts';
import { first } from './statement.ts';
import type { Tables } from './tables.ts';
import { tagTerms, wordTerms } from './tokens.ts';
import { queryWords } from './words.ts';

/** The newest entries that a word is looked up in; older ones count where they have a rarer word too, or several common ones. */
const CANDIDATES = 300;
/** Common words that are looked for together, and with the rare ones. Each takes as long as the rarer of them has entries. */
const MAX_TOGETHER = 3;
const MAX_WITH_RARE = 2;

interface Where {
  readonly db: Kysely<Tables>;
  readonly prepared: KnowledgeStatements;
  readonly fullText: FullText;
}

interface Query {
  readonly text: string;
  readonly tags?: readonly string[];
  readonly limit: number;
  readonly now: number;
  /** What has expired is there still, and would stand in the way of what has not. */
  readonly isOverfull: boolean;
}

interface FoundRow {
  readonly row: Content;
  /** Which of the shelves it stands on. */
  readonly at: number;
  readonly score: number;
}

/** One word of the query in one of the ways it can be found. */
interface Lookup {
  readonly way: Way;
  readonly terms: readonly Term[];
  /** Its bit among those of the query. */
  readonly bit: number;
  /** The newest of them, the greatest id first. */
  readonly ids: readonly number[];
  /** How many entries have it, exactly or by estimate. */
  readonly found: number;
}

type Newest = (matches: readonly Match[]) => Promise<readonly (readonly number[])[]>;

/**
 * Ranks by the sum of what each word of the query tells. The work is bounded whatever the words are: each is looked up among the newest
 * entries that have it, and the common ones once more together with the rare ones.
 */
export function searchKnowledge(
  { db, prepared, fullText }: Where,
  keys: readonly ShelfKey[],
  query: Query,
): Promise<readonly FoundRow[]> {
  const words = queryWords(query.text);
  if (words.length === 0) return Promise.resolve([]);
  return db.connection().execute(async (connection) => {
    const extents: (Extent & { readonly at: number })[] = [];
    for (const [at, key] of keys.entries()) {
      const extent = first(await prepared.extent(connection, key));
      if (extent?.oldest != null) extents.push({ ...extent, at });
    }
    if (extents.length === 0) return [];
    const shelves = extents.map(({ id }) => id);
    const tags = [...new Set(query.tags)].map((tag) => tagTerms(shelves, tag.toWellFormed()));
    const newest: Newest = (given) => {
      const tagged = tags.length === 0 ? given : given.map((match) => [...match, ...tags]);
      return fullText.newest(connection, {
        matches: tagged,
        limit: CANDIDATES,
        ...(query.isOverfull && { now: query.now }),
      });
    };
    const total = extents.reduce((sum, { entries }) => sum + Number(entries), 0);
    const lookups = await lookUp({ newest, shelves, words, density: densityOf(extents, total), total });
    const hits = await matches(newest, lookups);
    const ranked = rank(hits, lookups, total);
    const isWanted = (row: Content) =>
      hasTags(JSON.parse(row.tags) as readonly string[], query.tags) && !isOver(row, query.now);
    const found: FoundRow[] = [];
    for (const { id, score } of ranked) {
      if (found.length >= query.limit) break;
      const row = first(await prepared.byId(connection, { id }));
      const at = extents.find((extent) => extent.id === row?.shelf)?.at;
      if (row !== undefined && at !== undefined && isWanted(row)) found.push({ row, at, score });
    }
    return found;
  });
}

/** Entries of these shelves for each id, so that a span of ids tells how many there are. */
function densityOf(extents: readonly Extent[], total: number): number {
  const oldest = Math.min(...extents.map((extent) => Number(extent.oldest)));
  const newest = Math.max(...extents.map((extent) => Number(extent.newest)));
  return total / (newest - oldest + 1);
}

interface Asked {
  readonly newest: Newest;
  readonly shelves: readonly number[];
  readonly words: readonly string[];
  readonly density: number;
  readonly total: number;
}

async function lookUp({ newest, shelves, words, density, total }: Asked): Promise<readonly Lookup[]> {
  const asked = words.flatMap((word) => WAYS.map((way) => ({ way, terms: wordTerms(shelves, way, word) })));
  const found = await newest(asked.map(({ terms }) => [terms]));
  return asked.map(({ way, terms }, at) => {
    const ids = found[at] ?? [];
    return { way, terms, bit: 2 ** at, ids, found: countOf(ids, { density, total }) };
  });
}

/** How many entries have a word: the newest of a common one stand the closer together, the more there are. */
function countOf(ids: readonly number[], { density, total }: Pick<Asked, 'density' | 'total'>): number {
  if (ids.length < CANDIDATES) return ids.length;
  const span = (ids[0] ?? 0) - (ids.at(-1) ?? 0) + 1;
  return (ids.length / Math.max(span * density, ids.length)) * total;
}

/** Which entries have which words, as bits. */
async function matches(newest: Newest, lookups: readonly Lookup[]): Promise<ReadonlyMap<number, number>> {
  const together = combinations(lookups);
  const found = together.length === 0 ? [] : await newest(together.map(({ match }) => match));
  const hits = new Map<number, number>();
  const mark = (ids: readonly number[] | undefined, bits: number) => {
    for (const id of ids ?? []) hits.set(id, (hits.get(id) ?? 0) | bits);
  };
  for (const { ids, bit } of lookups) mark(ids, bit);
  for (const [at, { bits }] of together.entries()) mark(found[at], bits);
  return hits;
}

interface Together {
  readonly match: Match;
  /** What it says of an entry. */
  readonly bits: number;
}

/** What to ask once more of the common words, whose older entries were not looked at: with the rare ones, and with each other. */
function combinations(lookups: readonly Lookup[]): readonly Together[] {
  const begins = lookups.filter(({ way }) => way === 'begin').toSorted((a, b) => a.found - b.found);
  const rare = begins
    .filter(({ ids }) => ids.length > 0 && ids.length < CANDIDATES)
    .flatMap(({ terms }) => terms);
  const common = begins.filter(({ ids }) => ids.length >= CANDIDATES).slice(0, MAX_TOGETHER);
  const allOf = (those: readonly Lookup[]) => ({
    match: those.map(({ terms }) => terms),
    bits: bitsOf(those),
  });
  return common.flatMap((each, at) => {
    const together = common.slice(0, at).map((other) => allOf([other, each]));
    if (at > 1) together.push(allOf(common.slice(0, at + 1)));
    if (rare.length > 0 && at < MAX_WITH_RARE) together.push({ match: [rare, each.terms], bits: each.bit });
    return together;
  });
}

function bitsOf(lookups: readonly Lookup[]): number {
  return lookups.reduce((bits, { bit }) => bits | bit, 0);
}

function rank(hits: ReadonlyMap<number, number>, lookups: readonly Lookup[], total: number) {
  const worths = lookups.map(({ bit, way, found }) => ({ bit, worth: worth(way, found, total) }));
  const scoreOf = (bits: number) =>
    worths.reduce((sum, each) => ((bits & each.bit) === 0 ? sum : sum + each.worth), 0);
  const scores = new Map<number, number>();
  const ranked = Array.from(hits, ([id, bits]) => {
    const score = scores.get(bits) ?? scoreOf(bits);
    scores.set(bits, score);
    return { id, score };
  });
  return ranked.toSorted((a, b) => b.score - a.score || b.id - a.id);
}

function isOver(row: Content, now: number): boolean {
  return row.expires_at !== null && Number(row.expires_at) <= now;
}
