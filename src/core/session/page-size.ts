const FIRST = 8;
const MAX = 100;
/** Characters of a page, where that is known before it is read. */
const LENGTH = 1_048_576;

/** How many rows to read next, after a page of so many rows and characters: few where they are large, and never many at first. */
export function nextPage(last?: { readonly size: number; readonly length: number }): number {
  if (!last) return FIRST;
  const { size, length } = last;
  const fitting = Math.floor((LENGTH * size) / Math.max(length, 1));
  return Math.max(1, Math.min(size * 2, MAX, fitting));
}
