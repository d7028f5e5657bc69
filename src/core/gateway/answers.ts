import type { Payload } from '../kernel/payload.ts';
import type { Cache } from '../ports/cache.ts';
import type { GatewayParts } from './parts.ts';

export interface KeptAnswer {
  readonly payload: Payload;
  readonly sensitive: boolean;
}

/** Answers that may be given again for a while. */
export interface Answers {
  /** Begins with the server's name, so that all of a server's go at once. */
  keyOf(about: { readonly server: string; readonly owner: string; readonly rest: string }): string;
  get(key: string): KeptAnswer | undefined;
  /** Kept unless something was written to its server since `generation`. */
  set(key: string, answer: KeptAnswer, about: { server: string; ttlMs: number; generation: number }): void;
  /** Changes with every purge of a server. */
  generation(server: string): number;
  purge(server?: string): void;
}

const MAX_GENERATIONS = 1_000;

export function createAnswers(parts: GatewayParts): Answers {
  const cache: Cache<KeptAnswer> = parts.createCache(parts.settings.cacheBytes);
  const generations = new Map<string, number>();
  let sweep = 0;
  const filled = new Set<string>();
  /** Those of all move on, so that none is as it was. */
  const forget = (): void => {
    sweep += Math.max(...generations.values()) + 1;
    generations.clear();
  };
  const generation = (server: string): number => (generations.get(server) ?? 0) + sweep;

  return {
    keyOf: ({ server, owner, rest }) => `${server}\n${owner}\n${rest}`,
    get: (key) => cache.get(key),
    set: (key, answer, { server, ttlMs, generation: then }) => {
      if (generation(server) !== then) return;
      filled.add(server);
      cache.set(key, answer, { bytes: answer.payload.bytes.byteLength + key.length, ttlMs });
    },
    generation,
    purge: (server) => {
      if (server === undefined) {
        sweep += 1;
        cache.purge('');
        filled.clear();
        return;
      }
      if (generations.size >= MAX_GENERATIONS && !generations.has(server)) forget();
      generations.set(server, (generations.get(server) ?? 0) + 1);
      if (filled.delete(server)) cache.purge(`${server}\n`);
    },
  };
}
