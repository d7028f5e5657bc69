/** What a word of a query can find, each worth more than the one before. */
export const WAYS = ['begin', 'whole', 'key'] as const;
export type Way = (typeof WAYS)[number];

/** What each adds to the others: a word of the key is a whole word or the beginning of one as well. */
const WORTH: Readonly<Record<Way, number>> = { begin: 1, whole: 0.25, key: 0.25 };

/** How much finding a word tells: the rarer the word, the more. `found` of `total` entries have it. */
export function worth(way: Way, found: number, total: number): number {
  return WORTH[way] * Math.log1p((Math.max(total - found, 0) + 0.5) / (found + 0.5));
}
