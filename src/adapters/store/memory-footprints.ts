import type { Bounds } from '../../core/ports/bounds.ts';
import { checkRoom, type Keeper } from './footprint.ts';

/** Sums of what is kept, in a map. */
export interface MemoryFootprints {
  /** @throws TuttiError `session/full`; nothing was counted then. */
  readonly add: (keeper: Keeper, bytes: number, bounds?: Bounds) => void;
  readonly drop: (keeper: Keeper) => void;
}

export function memoryFootprints(): MemoryFootprints {
  const sums = new Map<string, number>();
  const read = (keeper: Keeper) => sums.get(keyOf(keeper)) ?? 0;
  return {
    add: (keeper, bytes, bounds) => {
      const [session, owner] = [keeper.session === '' ? 0 : read(keeper), read(all(keeper))];
      checkRoom({ session, owner }, bytes, bounds);
      if (keeper.session !== '') sums.set(keyOf(keeper), session + bytes);
      sums.set(keyOf(all(keeper)), owner + bytes);
    },
    drop: (keeper) => {
      sums.set(keyOf(all(keeper)), read(all(keeper)) - read(keeper));
      sums.delete(keyOf(keeper));
    },
  };
}

function all({ owner }: Keeper): Keeper {
  return { owner, session: '' };
}

function keyOf({ owner, session }: Keeper): string {
  return JSON.stringify([owner, session]);
}
