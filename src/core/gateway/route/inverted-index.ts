import type { Changes } from './places.ts';

/** What a text holds, each key once. */
export interface SparseVector {
  readonly keys: ArrayLike<number>;
  readonly values: ArrayLike<number>;
}

/** The lists of some keys that follow one another. */
interface Block {
  /** By key: where its list starts; with the end of the last. */
  readonly starts: Uint32Array;
  readonly places: Uint32Array;
  readonly values: Float32Array;
}

/** So few keys share a block that most blocks stay as they are when a few texts come or go. */
const BITS = 6;
const BLOCK = 1 << BITS;
const EMPTY: Block = blockOf(new Uint32Array(BLOCK + 1));

/** By key, the places that hold it and how much. Never changes; see `changed`. */
export class InvertedIndex {
  readonly #blocks: readonly Block[];

  constructor(blocks: readonly Block[] = []) {
    this.#blocks = blocks;
  }

  /** How many keys are held somewhere. */
  get held(): number {
    let held = 0;
    for (const { starts } of this.#blocks)
      for (let at = 0; at < BLOCK; at += 1) if (starts[at] !== starts[at + 1]) held += 1;
    return held;
  }

  /** How many places hold it. */
  count(key: number): number {
    const starts = this.#blocks[key >> BITS]?.starts;
    return starts === undefined ? 0 : lengthAt(starts, key % BLOCK);
  }

  /** Adds what is held of a key, times `weight`, to the scores of the places. */
  add(key: number, weight: number, scores: Float64Array): void {
    const block = this.#blocks[key >> BITS];
    if (block === undefined || weight === 0) return;
    const { starts, places, values } = block;
    const end = starts[(key % BLOCK) + 1] ?? 0;
    for (let at = starts[key % BLOCK] ?? 0; at < end; at += 1) {
      const place = places[at] ?? 0;
      scores[place] = (scores[place] ?? 0) + weight * (values[at] ?? 0);
    }
  }

  /** Adds the square of what is held of each key, times the key's weight, to the sums of the places; in the order of the keys. */
  addSquares(weights: Float32Array, sums: Float64Array): void {
    this.#blocks.forEach(({ starts, places, values }, block) => {
      for (let slot = 0, at = 0; slot < BLOCK; slot += 1) {
        const weight = weights[block * BLOCK + slot] ?? 0;
        for (const end = starts[slot + 1] ?? 0; at < end; at += 1) {
          const place = places[at] ?? 0;
          const part = (values[at] ?? 0) * weight;
          sums[place] = (sums[place] ?? 0) + part * part;
        }
      }
    });
  }

  /** With these texts gone and come; of so many keys. Blocks that none of the texts holds anything of are shared. */
  changed({ gone, come }: Changes<SparseVector>, keys: number): InvertedIndex {
    const gains = new Int32Array(keys);
    const touched = new Uint8Array(Math.ceil(keys / BLOCK));
    for (const { thing } of gone) note(thing, { by: -1, gains, touched });
    for (const { thing } of come) note(thing, { by: 1, gains, touched });
    const left = flagsOf(gone);
    const next = new Uint32Array(keys);
    const blocks = Array.from(touched, (isTouched, at) => {
      const known = this.#blocks[at] ?? EMPTY;
      const from = at * BLOCK;
      return isTouched === 1
        ? kept(known, left, { gains: gains.subarray(from), next: next.subarray(from) })
        : known;
    });
    for (const { place, thing } of come) {
      for (let at = 0; at < thing.keys.length; at += 1) {
        const key = thing.keys[at] ?? 0;
        const { places, values } = blocks[key >> BITS] ?? EMPTY;
        const to = next[key] ?? 0;
        next[key] = to + 1;
        places[to] = place;
        values[to] = thing.values[at] ?? 0;
      }
    }
    return new InvertedIndex(blocks);
  }
}

function blockOf(starts: Uint32Array): Block {
  const size = starts[BLOCK] ?? 0;
  return { starts, places: new Uint32Array(size), values: new Float32Array(size) };
}

function lengthAt(starts: Uint32Array, slot: number): number {
  return (starts[slot + 1] ?? 0) - (starts[slot] ?? 0);
}

/** A block without the places that are left, each of its lists as long as it is going to be; `next` is told where each goes on. */
function kept(
  { starts, places, values }: Block,
  left: Uint8Array,
  { gains, next }: { readonly gains: Int32Array; readonly next: Uint32Array },
): Block {
  const ends = new Uint32Array(BLOCK + 1);
  for (let slot = 0; slot < BLOCK; slot += 1)
    ends[slot + 1] = (ends[slot] ?? 0) + lengthAt(starts, slot) + (gains[slot] ?? 0);
  const block = blockOf(ends);
  for (let slot = 0, at = 0; slot < BLOCK; slot += 1) {
    let to = ends[slot] ?? 0;
    for (const end = starts[slot + 1] ?? 0; at < end; at += 1) {
      const place = places[at] ?? 0;
      if (left[place] === 1) continue;
      block.places[to] = place;
      block.values[to] = values[at] ?? 0;
      to += 1;
    }
    next[slot] = to;
  }
  return block;
}

/** One at each of the places, up to the last of them. */
function flagsOf(gone: Changes<SparseVector>['gone']): Uint8Array {
  const flags = new Uint8Array(gone.reduce((most, { place }) => Math.max(most, place + 1), 0));
  for (const { place } of gone) flags[place] = 1;
  return flags;
}

/** Counts the keys of one text, and notes the blocks that they are in. */
function note(
  { keys }: SparseVector,
  to: { readonly by: number; readonly gains: Int32Array; readonly touched: Uint8Array },
): void {
  for (let at = 0; at < keys.length; at += 1) {
    const key = keys[at] ?? 0;
    to.gains[key] = (to.gains[key] ?? 0) + to.by;
    to.touched[key >> BITS] = 1;
  }
}
