/** Something that comes to its place, or leaves it. */
export interface Placed<Thing> {
  readonly place: number;
  readonly thing: Thing;
}

/** What is no longer there, and what is new; a place that is left may be taken again at once. */
export interface Changes<Thing> {
  readonly gone: readonly Placed<Thing>[];
  readonly come: readonly Placed<Thing>[];
}

export interface Changed<Thing extends object> {
  readonly places: Places<Thing>;
  readonly changes: Changes<Thing>;
}

/** The same changes, of something that belongs to each thing. */
export function changesOf<Thing, Part>(
  { gone, come }: Changes<Thing>,
  partOf: (thing: Thing) => Part,
): Changes<Part> {
  const part = ({ place, thing }: Placed<Thing>) => ({ place, thing: partOf(thing) });
  return { gone: gone.map(part), come: come.map(part) };
}

/** A number for each of some things, kept for as long as it is among them. Never changes; see `changed`. */
export class Places<Thing extends object> {
  /** By place; nothing where one is free. */
  readonly all: readonly (Thing | undefined)[];
  readonly #numbers: ReadonlyMap<Thing, number>;

  constructor(
    all: readonly (Thing | undefined)[] = [],
    numbers: ReadonlyMap<Thing, number> = new Map<Thing, number>(),
  ) {
    this.all = all;
    this.#numbers = numbers;
  }

  /** How many are there. */
  get size(): number {
    return this.#numbers.size;
  }

  /** Of one that is there; -1 of any other. */
  find(thing: Thing): number {
    return this.#numbers.get(thing) ?? -1;
  }

  /** With these things and no others. */
  changed(things: Iterable<Thing>): Changed<Thing> {
    const all = Array.from<Thing | undefined>({ length: this.all.length });
    const fresh: Thing[] = [];
    const numbers = new Map<Thing, number>();
    for (const thing of things) {
      const place = this.find(thing);
      if (place < 0) fresh.push(thing);
      else {
        numbers.set(thing, place);
        all[place] = thing;
      }
    }
    const gone: Placed<Thing>[] = [];
    this.all.forEach((thing, place) => {
      if (thing !== undefined && all[place] === undefined) gone.push({ place, thing });
    });
    let free = 0;
    const come = fresh.map((thing) => {
      while (all[free] !== undefined) free += 1;
      all[free] = thing;
      numbers.set(thing, free);
      return { place: free, thing };
    });
    return { places: new Places(all, numbers), changes: { gone, come } };
  }
}
