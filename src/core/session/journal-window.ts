import type { Entry, Instance } from '../kernel/instance.ts';
import type { Store } from '../ports/store.ts';
import { nextPage } from './page-size.ts';

/** Characters of journal entries that one answer looks through: an entry may hold as much as a value may. */
export const JOURNAL_MAX_LENGTH = 16_777_216;

export interface Looked {
  /** Newest first. */
  readonly entries: readonly Entry[];
  /** Characters they hold; after so many as may be, no further page is read. */
  readonly length: number;
  /** There are older ones that nobody looked at. */
  readonly isCut: boolean;
}

export interface JournalWindow {
  readonly maxEntries: number;
  readonly maxLength: number;
  /** Only entries with a smaller seq. */
  readonly before?: number;
  /** Entries from before this moment are not wanted. */
  readonly since?: number;
  /** Which entries are kept; the others are looked at and let go. */
  readonly keeps: (entry: Entry) => boolean;
}

type Journal = Pick<Instance, 'owner' | 'id'>;

/** The journal of an instance from its newest entry back, page by page. */
export async function lookBack(
  store: Pick<Store, 'entries'>,
  { owner, id }: Journal,
  { maxEntries, maxLength, before, since = 0, keeps }: JournalWindow,
): Promise<Looked> {
  const entries: Entry[] = [];
  let [length, looked, size] = [0, 0, nextPage()];
  for (let to = before; to !== 1;) {
    if (looked >= maxEntries || length >= maxLength) return { entries, length, isCut: true };
    const limit = Math.min(size, maxEntries - looked, to === undefined ? Infinity : to - 1);
    // Entries are numbered from 1 without gaps, so that a page ends where the one before began.
    const page =
      to === undefined
        ? await store.entries(owner, id, { limit, newest: true })
        : (await store.entries(owner, id, { limit, after: to - 1 - limit })).toReversed();
    const oldest = page.at(-1);
    if (oldest === undefined) break;
    entries.push(...page.filter((entry) => keeps(entry)));
    const pageLength = page.reduce((sum, entry) => sum + JSON.stringify(entry).length, 0);
    [length, looked] = [length + pageLength, looked + page.length];
    if (oldest.at < since) break;
    to = oldest.seq;
    size = nextPage({ size, length: pageLength });
  }
  return { entries, length, isCut: false };
}

/** Seq of the first entry that is not from before a moment, found without reading those between; one more than the last where there is none. */
export async function firstSince(
  store: Pick<Store, 'entries'>,
  { owner, id, revision }: Journal & Pick<Instance, 'revision'>,
  at: number,
): Promise<number> {
  let [low, high] = [1, revision + 1];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const [entry] = await store.entries(owner, id, { limit: 1, after: middle - 1 });
    if (entry === undefined || entry.at >= at) high = middle;
    else low = middle + 1;
  }
  return low;
}
