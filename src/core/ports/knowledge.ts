import type { Json } from '../kernel/json.ts';
import type { Bounds } from './bounds.ts';

/** Where knowledge is kept, and who may read it: of one session, of one owner, or of everybody here. */
export type Shelf =
  | { readonly space: 'session'; readonly owner: string; readonly session: string }
  | { readonly space: 'user'; readonly owner: string }
  | { readonly space: 'shared' };

export type Space = Shelf['space'];

/** Who stored it, and where it came from. */
export interface Origin {
  /** Name of the caller who stored it. */
  readonly by: string;
  /** Principal of that caller: nobody else may replace or delete what he stored for everybody. Kept, not shown. */
  readonly owner?: string;
  /** The session it was stored from. */
  readonly session?: string;
  /** The tool whose result it came from, as `server__tool`, and the stored result. */
  readonly tool?: string;
  readonly result?: string;
}

/** One thing known. */
export interface KnowledgeEntry {
  /** Unique on its shelf. */
  readonly key: string;
  readonly value: Json;
  readonly tags: readonly string[];
  readonly origin: Origin;
  /** It came from a tool's result, or looks like an instruction: it is shown as data and stands in no prompt. */
  readonly isUntrusted: boolean;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** From then on it is not there any more; `null`: never. */
  readonly expiresAt: number | null;
}

export interface FoundKnowledge {
  readonly shelf: Shelf;
  readonly entry: KnowledgeEntry;
  /** Greater is better; comparable within one search only. */
  readonly score: number;
}

export interface KnowledgeFilter {
  /** At least 1. */
  readonly limit: number;
  /** Only keys after this one. */
  readonly after?: string;
  /** Only entries that bear all of these. */
  readonly tags?: readonly string[];
}

/** A key, and how far it is to be trusted: whoever stored the entry chose it. */
export type KnownKey = Pick<KnowledgeEntry, 'key' | 'isUntrusted'>;

/** What must stand under the key of an entry for it to be written or taken out. */
export interface Standing {
  /** As `get` gave it; `null`: nothing. Absent: whatever stands there. */
  readonly instead?: KnowledgeEntry | null;
}

export interface PutOptions extends Standing {
  /** Absent: it is counted, and never too much. What is shared counts for `origin.owner`. */
  readonly bounds?: Bounds;
}

/** What sessions know. What has expired at `now` is treated as absent everywhere. */
export interface Knowledge {
  /**
   * Writes an entry, or replaces the one of its key, whose `createdAt` stays; `false`, and nothing written, where something else stands
   * there than was named.
   *
   * @throws TuttiError `session/not-found` for the shelf of a session that the owner does not have, `session/full` where it grows beyond
   * the bounds; nothing is written.
   */
  put(shelf: Shelf, entry: KnowledgeEntry, options?: PutOptions): Promise<boolean>;
  get(shelf: Shelf, key: string, now: number): Promise<KnowledgeEntry | undefined>;
  /** In the order of their keys. */
  list(shelf: Shelf, filter: KnowledgeFilter, now: number): Promise<readonly KnowledgeEntry[]>;
  /** Keys and marks alone, in the order of the keys. */
  keys(shelf: Shelf, filter: KnowledgeFilter, now: number): Promise<readonly KnownKey[]>;
  /** How many entries a shelf holds. */
  count(shelf: Shelf, now: number): Promise<number>;
  /**
   * Entries whose key, value or tags hold words that begin like those of `text`, the best first; case and accents do not matter. Every text is
   * a query: nothing in it is an operator. The more of its words an entry has, and the rarer they are, the better it is. Of an entry the first
   * 100,000 characters are found, of a query the eight longest words count, and of a word its first sixteen characters. Among hundreds
   * that have nothing but the same common words the newest are given.
   */
  search(
    shelves: readonly Shelf[],
    query: { readonly text: string; readonly tags?: readonly string[]; readonly limit: number },
    now: number,
  ): Promise<readonly FoundKnowledge[]>;
  /** `false`, and nothing taken out, when there was none, or something else than was named. */
  remove(shelf: Shelf, key: string, standing?: Standing): Promise<boolean>;
}
