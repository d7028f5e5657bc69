import type { Kysely } from 'kysely';
import type { Tables } from './tables.ts';

/** A token, or the beginning of one. Tokens are made of letters and digits. */
export interface Term {
  readonly token: string;
  readonly isPrefix: boolean;
}

/** Finds what has one of the terms of every clause. */
export type Match = readonly (readonly Term[])[];

interface Newest {
  readonly matches: readonly Match[];
  /** Rows for each of them. */
  readonly limit: number;
  /** Rows that have expired by then are passed over; absent: none has. */
  readonly now?: number;
}

/** What a dialect finds words with. */
export interface FullText {
  /**
   * Makes the index over the table `knowledge`. Where a row of it goes, its tokens go; `shelves.entries` counts the rows of a shelf from then on.
   */
  readonly create: (db: Kysely<unknown>) => Promise<void>;
  readonly insert: (db: Kysely<Tables>, id: number, tokens: readonly string[]) => Promise<void>;
  /** For each of the matches the greatest ids of the rows that it finds, the greatest first. */
  readonly newest: (db: Kysely<Tables>, wanted: Newest) => Promise<readonly (readonly number[])[]>;
}
