import type { Vectors } from '../../core/ports/vectors.ts';
import { MAX_VECTOR_BYTES } from './vectors.ts';

interface Kept {
  readonly at: number;
  readonly embedder: string;
  readonly hash: string;
  readonly vector: Float32Array;
}

/** Vectors of tools in a map. */
export function memoryVectors(checkOpen: () => void): Vectors {
  const kept = new Map<string, Kept>();
  return {
    async find(embedder, hashes) {
      checkOpen();
      return new Map(
        hashes.flatMap((hash) => {
          const vector = kept.get(keyOf(embedder, hash))?.vector;
          return vector === undefined ? [] : [[hash, vector.slice()] as const];
        }),
      );
    },
    async put(embedder, vectors, now) {
      checkOpen();
      for (const [hash, vector] of vectors)
        kept.set(keyOf(embedder, hash), { at: now, embedder, hash, vector: vector.slice() });
      let total = [...kept.values()].reduce((sum, { vector }) => sum + vector.byteLength, 0);
      for (const each of [...kept.values()].toSorted(oldestFirst)) {
        if (total <= MAX_VECTOR_BYTES) return;
        kept.delete(keyOf(each.embedder, each.hash));
        total -= each.vector.byteLength;
      }
    },
  };
}

function keyOf(embedder: string, hash: string): string {
  return JSON.stringify([embedder, hash]);
}

function oldestFirst(a: Kept, b: Kept): number {
  if (a.at !== b.at) return a.at - b.at;
  if (a.embedder !== b.embedder) return a.embedder < b.embedder ? -1 : 1;
  return a.hash < b.hash ? -1 : 1;
}
