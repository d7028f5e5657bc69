import type { Store } from '../../src/core/ports/store.ts';

export const NOW = 1_700_000_000_000;

/** A store, and where it is kept beyond the process: another one on the same medium. */
export interface OpenedStore {
  readonly store: Store;
  readonly another?: () => Promise<Store>;
}

/** Gives a fresh, empty one each time; who gives it closes it. */
export type OpenStore = () => Promise<OpenedStore>;

export const CLOSED = { name: 'TuttiError', code: 'store/unavailable' };

/** The same question to both, many times at once. */
export function ofBoth<T>(
  stores: readonly Store[],
  ask: (store: Store, index: number) => Promise<T>,
): Promise<T[]> {
  return Promise.all(
    Array.from({ length: 20 }, (_, index) => ask(stores[index % stores.length] as Store, index)),
  );
}
