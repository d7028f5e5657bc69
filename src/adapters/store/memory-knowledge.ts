import type { Bounds } from '../../core/ports/bounds.ts';
import type {
  FoundKnowledge,
  Knowledge,
  KnowledgeEntry,
  KnowledgeFilter,
  Shelf,
  PutOptions,
  Standing,
} from '../../core/ports/knowledge.ts';
import { keeperOf, knowledgeBytes } from './footprint.ts';
import type { MemorySessions } from './memory-transcript.ts';
import { toPlain } from './plain.ts';
import { type Way, WAYS, worth } from './ranking.ts';
import { hasTags, toKept, toShelfKey, withoutSession } from './shelves.ts';
import { type EntryWords, entryWords, queryWords } from './words.ts';

interface Kept {
  readonly entry: KnowledgeEntry;
  readonly words: EntryWords;
  /** Grows with every entry that is put. */
  readonly seq: number;
}

interface Replacing {
  readonly before: KnowledgeEntry | undefined;
  readonly entry: KnowledgeEntry;
  readonly bounds: Bounds | undefined;
}

type Entries = Map<string, Kept>;

interface Match {
  readonly shelf: Shelf;
  readonly kept: Kept;
  readonly found: readonly string[];
}

const WAYS_OF: Readonly<Record<Way, (words: EntryWords, word: string) => boolean>> = {
  begin: ({ all }, word) => all.has(word) || [...all].some((each) => each.startsWith(word)),
  whole: ({ all }, word) => all.has(word),
  key: ({ ofKey }, word) => [...ofKey].some((each) => each.startsWith(word)),
};

/** Knowledge in maps. `forget` takes out what a session that goes knew. */
export function memoryKnowledge({ checkOpen, has, footprints }: MemorySessions) {
  const shelves = new Map<string, Entries>();
  let seq = 0;
  const entriesOf = (shelf: Shelf): Entries => {
    checkOpen();
    return shelves.get(keyOf(shelf)) ?? new Map();
  };
  const page = (shelf: Shelf, { limit, after, tags }: KnowledgeFilter, now: number) =>
    alive(entriesOf(shelf), now)
      .map(({ entry }) => entry)
      .filter((entry) => after === undefined || compare(entry.key, after.toWellFormed()) > 0)
      .filter((entry) => hasTags(entry.tags, tags))
      .toSorted((a, b) => compare(a.key, b.key))
      .slice(0, limit);
  const take = (shelf: Shelf, entries: Entries, key: string): boolean => {
    const entry = entries.get(key)?.entry;
    if (entry) footprints.add(keeperOf(shelf, entry), -bytesOf(entry));
    return entries.delete(key);
  };
  const count = (shelf: Shelf, { before, entry, bounds }: Replacing): void => {
    const [keeper, other] = [keeperOf(shelf, entry), before && keeperOf(shelf, before)];
    const freed = before && other?.owner === keeper.owner ? bytesOf(before) : 0;
    footprints.add(keeper, bytesOf(entry) - freed, bounds);
    if (before && other && freed === 0) footprints.add(other, -bytesOf(before));
  };
  const knowledge: Knowledge = {
    async put(shelf, given, { bounds, ...standing }: PutOptions = {}) {
      const entries = entriesOf(shelf);
      if (shelf.space === 'session' && !has(shelf.owner, shelf.session)) throw withoutSession(shelf);
      const entry = toKept(toPlain(given));
      for (const [key, kept] of entries) if (!isAlive(kept, entry.updatedAt)) take(shelf, entries, key);
      if (!isMeant(entries.get(entry.key), standing)) return false;
      const before = entries.get(entry.key)?.entry;
      const createdAt = before?.createdAt ?? entry.createdAt;
      count(shelf, { before, entry, bounds });
      seq += 1;
      entries.set(entry.key, { entry: { ...entry, createdAt }, words: entryWords(entry), seq });
      shelves.set(keyOf(shelf), entries);
      return true;
    },
    async get(shelf, key, now) {
      const kept = entriesOf(shelf).get(key.toWellFormed());
      return kept && isAlive(kept, now) ? toPlain(kept.entry) : undefined;
    },
    async list(shelf, filter, now) {
      return toPlain(page(shelf, filter, now));
    },
    async keys(shelf, filter, now) {
      return page(shelf, filter, now).map(({ key, isUntrusted }) => ({ key, isUntrusted }));
    },
    async count(shelf, now) {
      return alive(entriesOf(shelf), now).length;
    },
    async search(given, { text, tags, limit }, now) {
      const words = queryWords(text);
      const all = given.flatMap((shelf) =>
        alive(entriesOf(shelf), now).map((kept) => ({ shelf, kept, found: found(kept, words) })),
      );
      const bearing = all.filter(({ kept }) => hasTags(kept.entry.tags, tags));
      return toPlain(ranked(bearing, all.length).slice(0, limit));
    },
    async remove(shelf, key, standing) {
      const entries = entriesOf(shelf);
      return isMeant(entries.get(key.toWellFormed()), standing) && take(shelf, entries, key.toWellFormed());
    },
  };
  const forget = (owner: string, session: string) => {
    shelves.delete(keyOf({ space: 'session', owner, session }));
  };
  return { knowledge, forget };
}

/** Which words of a query an entry has, and in which ways. */
function found({ words }: Kept, wanted: readonly string[]): readonly string[] {
  return wanted.flatMap((word) =>
    WAYS.filter((way) => WAYS_OF[way](words, word)).map((way) => `${way} ${word}`),
  );
}

function ranked(matches: readonly Match[], total: number): readonly FoundKnowledge[] {
  const counts = new Map<string, number>();
  for (const match of matches) for (const each of match.found) counts.set(each, (counts.get(each) ?? 0) + 1);
  const worthOf = (each: string) =>
    worth(each.slice(0, each.indexOf(' ')) as Way, counts.get(each) ?? 0, total);
  return matches
    .filter((match) => match.found.length > 0)
    .map(({ shelf, kept, found: ways }) => {
      const score = ways.reduce((sum, each) => sum + worthOf(each), 0);
      return { seq: kept.seq, found: { shelf, entry: kept.entry, score } };
    })
    .toSorted((a, b) => b.found.score - a.found.score || b.seq - a.seq)
    .map((each) => each.found);
}

function alive(entries: Entries, now: number): readonly Kept[] {
  return [...entries.values()].filter((kept) => isAlive(kept, now));
}

function isAlive({ entry }: Kept, now: number): boolean {
  return entry.expiresAt === null || entry.expiresAt > now;
}

/** Whether what stands there is what it should be. */
function isMeant(kept: Kept | undefined, { instead }: Standing = {}): boolean {
  if (instead === undefined) return true;
  if (instead === null || kept === undefined) return instead === null && kept === undefined;
  return JSON.stringify(kept.entry) === JSON.stringify(toKept(toPlain(instead)));
}

function bytesOf({ key, value, tags, origin }: KnowledgeEntry): number {
  const [written, ...rest] = [value, tags, origin].map((each) => JSON.stringify(each));
  return knowledgeBytes({ key, value: written ?? '', tags: rest[0] ?? '', origin: rest[1] ?? '' });
}

function keyOf(shelf: Shelf): string {
  const { space, owner, session } = toShelfKey(shelf);
  return JSON.stringify([space, owner, session]);
}

/** By code points, as databases do. */
function compare(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
