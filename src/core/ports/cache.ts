/** Keeps values for a while, the least recently used leaving first. */
export interface Cache<V> {
  get(key: string): V | undefined;
  set(key: string, value: V, options: { readonly bytes: number; readonly ttlMs: number }): void;
  /** Drops every entry whose key begins so. */
  purge(prefix: string): void;
}

/** Makes a cache of at most so many bytes. */
export type CreateCache = <V>(maxBytes: number) => Cache<V>;
