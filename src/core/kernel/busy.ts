/** After so many changes a table is made anew, or after as many as it holds: copying it then costs each change next to nothing. */
const CHANGES = 64;

/**
 * A `Map` for what comes and goes with every call. V8 links each table that a `Map` outgrew to the one after it: once such a table is old, it
 * keeps all later ones alive, and everything that ever stood in them, until all that is old is collected. So the `Map` itself is replaced
 * now and then: what an old table keeps is then what came and went between two of them.
 */
export class BusyMap<K, V> {
  #map = new Map<K, V>();
  #changes = 0;

  get size(): number {
    return this.#map.size;
  }

  has(key: K): boolean {
    return this.#map.has(key);
  }

  get(key: K): V | undefined {
    return this.#map.get(key);
  }

  set(key: K, value: V): void {
    this.#changes += 1;
    if (this.#changes > Math.max(CHANGES, this.#map.size)) {
      this.#changes = 0;
      this.#map = new Map(this.#map);
    }
    this.#map.set(key, value);
  }

  delete(key: K): boolean {
    return this.#map.delete(key);
  }

  clear(): void {
    this.#map = new Map();
  }

  /** In the order in which they came, those of this moment. */
  values(): V[] {
    return [...this.#map.values()];
  }
}

/** A `Set` for what comes and goes with every call, as {@link BusyMap}. */
export class BusySet<T> {
  readonly #map = new BusyMap<T, T>();

  get size(): number {
    return this.#map.size;
  }

  has(one: T): boolean {
    return this.#map.has(one);
  }

  add(one: T): void {
    this.#map.set(one, one);
  }

  delete(one: T): boolean {
    return this.#map.delete(one);
  }

  clear(): void {
    this.#map.clear();
  }

  /** In the order in which they came, those of this moment. */
  values(): T[] {
    return this.#map.values();
  }
}
