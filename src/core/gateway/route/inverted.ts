import type { Changes } from './places.ts';

/** What a text holds, each key once. */
export interface Held {
  readonly keys: ArrayLike<number>;
  readonly values: ArrayLike<number>;
}

/** By key, the places that hold it and how much. Never changes; see `changed`. */
export class Inverted {
  readonly #starts: Uint32Array;
  readonly #places: Uint32Array;
  readonly #values: Float32Array;

  constructor(starts = new Uint32Array(1), places = new Uint32Array(0), values = new Float32Array(0)) {
    this.#starts = starts;
    this.#places = places;
    this.#values = values;
  }

  /** How many keys are held somewhere. */
  get held(): number {
    let held = 0;
    for (let key = 0; key + 1 < this.#starts.length; key += 1) if (this.count(key) > 0) held += 1;
    return held;
  }

  /** How many places hold it. */
  count(key: number): number {
    return key < 0 ? 0 : (this.#starts[key + 1] ?? 0) - (this.#starts[key] ?? 0);
  }

  /** Adds what is held of a key, times `weight`, to the scores of the places. */
  add(key: number, weight: number, scores: Float64Array): void {
    if (key < 0 || weight === 0) return;
    const end = this.#starts[key + 1] ?? 0;
    for (let at = this.#starts[key] ?? 0; at < end; at += 1) {
      const place = this.#places[at] ?? 0;
      scores[place] = (scores[place] ?? 0) + weight * (this.#values[at] ?? 0);
    }
  }

  /** With these texts gone and come: lists of keys that none of them holds are copied as they lie. */
  changed({ gone, come }: Changes<Held>, keys: number): Inverted {
    const touched = new Uint8Array(keys);
    const starts = this.#counted(keys);
    for (const [texts, by] of [
      [gone, -1],
      [come, 1],
    ] as const)
      for (const { thing } of texts) note(thing, { by, counts: starts, touched });
    for (let key = 0, sum = 0; key < keys; key += 1) starts[key + 1] = sum += starts[key + 1] ?? 0;
    const places = new Uint32Array(starts[keys] ?? 0);
    const values = new Float32Array(places.length);
    const next = this.#keep(new Set(gone.map(({ place }) => place)), touched, { starts, places, values });
    for (const { place, thing } of come) {
      for (let at = 0; at < thing.keys.length; at += 1) {
        const key = thing.keys[at] ?? 0;
        const to = next[key] ?? 0;
        next[key] = to + 1;
        places[to] = place;
        values[to] = thing.values[at] ?? 0;
      }
    }
    return new Inverted(starts, places, values);
  }

  /** How many places hold each of so many keys, each a place further on. */
  #counted(keys: number): Uint32Array<ArrayBuffer> {
    const known = this.#starts;
    const counts = new Uint32Array(keys + 1);
    for (let key = 1; key < known.length; key += 1) counts[key] = (known[key] ?? 0) - (known[key - 1] ?? 0);
    return counts;
  }

  /** Copies all but what the places that are left held; tells where each list goes on. */
  #keep(
    left: ReadonlySet<number>,
    touched: Uint8Array,
    to: { readonly starts: Uint32Array; readonly places: Uint32Array; readonly values: Float32Array },
  ): Uint32Array {
    const next = to.starts.slice();
    const known = this.#starts.length - 1;
    for (let key = 0; key < known;) {
      if (touched[key] === 1) {
        next[key] = this.#keepOne(key, left, to);
        key += 1;
        continue;
      }
      const first = key;
      while (key < known && touched[key] === 0) key += 1;
      const [from, end] = [this.#starts[first] ?? 0, this.#starts[key] ?? 0];
      to.places.set(this.#places.subarray(from, end), to.starts[first]);
      to.values.set(this.#values.subarray(from, end), to.starts[first]);
    }
    return next;
  }

  #keepOne(
    key: number,
    left: ReadonlySet<number>,
    to: { readonly starts: Uint32Array; readonly places: Uint32Array; readonly values: Float32Array },
  ): number {
    let next = to.starts[key] ?? 0;
    const end = this.#starts[key + 1] ?? 0;
    for (let at = this.#starts[key] ?? 0; at < end; at += 1) {
      const place = this.#places[at] ?? 0;
      if (left.has(place)) continue;
      to.places[next] = place;
      to.values[next] = this.#values[at] ?? 0;
      next += 1;
    }
    return next;
  }
}

/** Counts the keys of one text, each a place further on. */
function note(
  { keys }: Held,
  to: { readonly by: number; readonly counts: Uint32Array; readonly touched: Uint8Array },
): void {
  for (let at = 0; at < keys.length; at += 1) {
    const key = keys[at] ?? 0;
    to.counts[key + 1] = (to.counts[key + 1] ?? 0) + to.by;
    to.touched[key] = 1;
  }
}
