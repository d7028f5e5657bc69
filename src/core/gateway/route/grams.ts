import { tokenize } from './words.ts';

/** So many numbers for pieces of words; the few pieces that share one do no harm. */
export const GRAMS = 65_536;
const SHORTEST = 3;
const LONGEST = 5;
const MAX_TEXT_LENGTH = 2_048;

/** Pieces of three to five signs that a text's words hold, their borders included; in the order of their numbers. Never changes. */
export interface Grams {
  readonly grams: Uint16Array;
  readonly weights: Float32Array;
}

/** Calls back with the number of each piece of a word. */
export function eachGram(word: string, callback: (gram: number) => void): void {
  const text = ` ${word} `;
  for (let from = 0; from + SHORTEST <= text.length; from += 1) {
    const end = Math.min(text.length, from + LONGEST);
    let hash = 0x81_1c_9d_c5;
    for (let at = from; at < end; at += 1) {
      // FNV-1a, folded to sixteen bits.
      hash = Math.imul(hash ^ text.charCodeAt(at), 0x01_00_01_93);
      if (at - from + 1 >= SHORTEST) callback((hash ^ (hash >>> 16)) & (GRAMS - 1));
    }
  }
}

export function gramsOf(texts: readonly { readonly text: string; readonly weight: number }[]): Grams {
  const counts = new Map<number, number>();
  for (const { text, weight } of texts) {
    for (const word of tokenize(text.slice(0, MAX_TEXT_LENGTH)))
      eachGram(word, (gram) => counts.set(gram, (counts.get(gram) ?? 0) + weight));
  }
  const grams = Uint16Array.from(counts.keys()).toSorted();
  return { grams, weights: Float32Array.from(grams, (gram) => Math.sqrt(counts.get(gram) ?? 0)) };
}
