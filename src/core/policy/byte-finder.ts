/** Words to look for, by the bit that is set when one of them is found. ASCII letters match in either case. */
export type WordSets = readonly { readonly bit: number; readonly words: readonly (string | Uint8Array)[] }[];

const encoder = new TextEncoder();

/**
 * Finds any of many words in one pass over bytes, a table look-up for each: which sets have a word in it, as bits.
 * The automaton of Aho and Corasick, with bytes that no word has sharing one column.
 */
export function createByteFinder(sets: WordSets): (bytes: Uint8Array) => number {
  const columns = new Uint8Array(256);
  let width = 1;
  const patterns = sets.flatMap(({ bit, words }) =>
    words.map((word) => ({
      bit,
      bytes: typeof word === 'string' ? encoder.encode(word.toLowerCase()) : word,
    })),
  );
  for (const pattern of patterns) {
    for (const byte of pattern.bytes) if (columns[byte] === 0) columns[byte] = width++;
  }
  for (let byte = 0x41; byte <= 0x5a; byte++) columns[byte] = columns[byte + 32] ?? 0;
  const { next, found } = automaton(patterns, columns, width);
  return (bytes) => {
    let state = 0;
    let bits = 0;
    for (let at = 0; at < bytes.length; at++) {
      state = next[state + columns[bytes[at]!]!]!;
      bits |= found[state]!;
    }
    return bits;
  };
}

interface Pattern {
  readonly bit: number;
  readonly bytes: Uint8Array;
}

/** States are offsets into `next`, so that the walk needs no multiplication. */
function automaton(
  patterns: readonly Pattern[],
  columns: Uint8Array,
  width: number,
): { readonly next: Int32Array; readonly found: Uint8Array } {
  const size = countStates(patterns) * width;
  const next = new Int32Array(size).fill(-1);
  const found = new Uint8Array(size);
  let last = 0;
  for (const { bit, bytes } of patterns) {
    let state = 0;
    for (const byte of bytes) {
      const edge = state + columns[byte]!;
      if (next[edge] === -1) next[edge] = last += width;
      state = next[edge]!;
    }
    found[state]! |= bit;
  }
  const fallback = new Int32Array(size / width);
  const open: number[] = [];
  for (let column = 0; column < width; column++) {
    const target = next[column]!;
    if (target === -1) next[column] = 0;
    else open.push(target);
  }
  for (let index = 0; index < open.length; index++) {
    const state = open[index]!;
    const other = fallback[state / width]!;
    found[state]! |= found[other]!;
    for (let column = 0; column < width; column++) {
      const target = next[state + column]!;
      if (target === -1) next[state + column] = next[other + column]!;
      else {
        fallback[target / width] = next[other + column]!;
        open.push(target);
      }
    }
  }
  return { next, found };
}

/** The start, and one for each beginning that any of them has. */
function countStates(patterns: readonly Pattern[]): number {
  const words = patterns.map(({ bytes }) => String.fromCharCode(...bytes)).toSorted();
  let count = 1;
  let former = '';
  for (const word of words) {
    let shared = 0;
    while (shared < word.length && word[shared] === former[shared]) shared += 1;
    count += word.length - shared;
    former = word;
  }
  return count;
}
