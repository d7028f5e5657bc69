/** Words to look for, by the bit that is set when one of them is found. ASCII letters match in either case. */
export type WordSets = readonly { readonly bit: number; readonly words: readonly (string | Uint8Array)[] }[];

const encoder = new TextEncoder();

const BITS_WIDTH = 8;
const BITS = 2 ** BITS_WIDTH - 1;

/**
 * Finds any of many words in one pass over bytes, a table look-up for each: which sets have a word in it, as bits.
 * The automaton of Aho and Corasick, with bytes that no word has sharing one column. Each look-up must wait for the one before, so that it walks over
 * both halves at the same time, the first up to where no word that begins in it can end later.
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
  const next = automaton(patterns, columns, width);
  const longest = patterns.reduce((most, { bytes }) => Math.max(most, bytes.length), 1);
  return (bytes) => {
    const { length } = bytes;
    const part = Math.min(length, Math.ceil((length + longest - 1) / 2));
    let left = 0;
    let right = 0;
    let found = 0;
    for (let at = 0, beside = length - part; at < part; at++, beside++) {
      left = next[(left >>> BITS_WIDTH) + columns[bytes[at]!]!]!;
      right = next[(right >>> BITS_WIDTH) + columns[bytes[beside]!]!]!;
      found |= left | right;
    }
    return found & BITS;
  };
}

interface Pattern {
  readonly bit: number;
  readonly bytes: Uint8Array;
}

/**
 * By state and column, the state that follows, and below it the bits of what is found there. States are offsets into the table, so that the walk
 * needs no multiplication.
 */
function automaton(patterns: readonly Pattern[], columns: Uint8Array, width: number): Int32Array {
  const count = countStates(patterns);
  const next = new Int32Array(count * width).fill(-1);
  const found = new Uint8Array(count);
  let last = 0;
  for (const { bit, bytes } of patterns) {
    let state = 0;
    for (const byte of bytes) {
      const edge = state + columns[byte]!;
      if (next[edge] === -1) next[edge] = last += width;
      state = next[edge]!;
    }
    found[state / width]! |= bit;
  }
  const fallback = new Int32Array(count);
  const open: number[] = [];
  /** What is found in the longest end of a word's beginning that begins a word itself is found with it. */
  const enter = (edge: number, other: number): void => {
    const state = next[edge]!;
    const bits = (found[state / width]! |= other & BITS);
    next[edge] = (state << BITS_WIDTH) | bits;
    fallback[state / width] = other >>> BITS_WIDTH;
    open.push(state);
  };
  for (let column = 0; column < width; column++) {
    if (next[column] === -1) next[column] = 0;
    else enter(column, 0);
  }
  for (let index = 0; index < open.length; index++) {
    const state = open[index]!;
    const shorter = fallback[state / width]!;
    for (let edge = state; edge < state + width; edge++) {
      const other = next[shorter + edge - state]!;
      if (next[edge] === -1) next[edge] = other;
      else enter(edge, other);
    }
  }
  return next;
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
