/** When a text is read, and where: without an offset, in UTC. */
export interface ReadingTime {
  readonly now: number;
  /** How far the clocks there are ahead of UTC at an instant, in milliseconds. */
  readonly offsetAt?: ((ms: number) => number) | undefined;
}

/** Between instants and what the clocks show, both in milliseconds. */
export interface Zone {
  toLocal(ms: number): number;
  toUtc(local: number): number;
}

export function zoneOf({ offsetAt = () => 0 }: ReadingTime): Zone {
  return {
    toLocal: (ms) => ms + offsetAt(ms),
    // What the clocks were ahead a moment before or after may be what they are ahead then.
    toUtc: (local) => local - offsetAt(local - offsetAt(local)),
  };
}
