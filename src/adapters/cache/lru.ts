import { LRUCache } from 'lru-cache';
import type { Cache, CreateCache } from '../../core/ports/cache.ts';

/** A key up to its second separator: what is purged together mostly begins so. */
const STEM = /^[^\s\0:/|,]*[\s\0:/|,]?[^\s\0:/|,]*[\s\0:/|,]?/;

/** Bytes count as given, and the key as its length; what is larger than the whole cache is not kept. */
export const lruCache: CreateCache = <V>(maxBytes: number): Cache<V> => {
  const stems = new Map<string, Set<string>>();
  const enter = (key: string): void => {
    const stem = stemOf(key);
    const keys = stems.get(stem) ?? new Set();
    keys.add(key);
    stems.set(stem, keys);
  };
  const leave = (key: string): void => {
    const stem = stemOf(key);
    const keys = stems.get(stem);
    keys?.delete(key);
    if (keys?.size === 0) stems.delete(stem);
  };
  const kept = new LRUCache<string, { readonly value: V }>({
    maxSize: Math.max(1, Math.floor(maxBytes)),
    dispose: (_entry, key) => leave(key),
  });
  return {
    get: (key) => kept.get(key)?.value,
    set(key, value, { bytes, ttlMs }) {
      kept.delete(key);
      // The library takes no time for endless time.
      if (!(ttlMs > 0)) return;
      kept.set(key, { value }, { size: Math.max(1, Math.ceil(bytes)) + key.length, ttl: ttlMs });
      if (kept.has(key)) enter(key);
    },
    purge(prefix) {
      for (const [stem, keys] of stems) {
        if (stem.startsWith(prefix) || prefix.startsWith(stem))
          for (const key of keys) if (key.startsWith(prefix)) kept.delete(key);
      }
    },
  };
};

function stemOf(key: string): string {
  return STEM.exec(key)?.[0] ?? '';
}
