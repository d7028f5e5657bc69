import type { Embedder } from '../../ports/embedder.ts';
import type { ModelAccount } from '../../ports/model.ts';
import type { GatewayParts } from '../parts.ts';
import { embed } from './embedding.ts';

const DEADLINE_MS = 1_000;
/** After a failure questions are not held up by it for so long. */
const QUIET_MS = 10_000;
const CACHE_BYTES = 4_194_304;
const TTL_MS = 3_600_000;

export interface AskedFor {
  readonly account: ModelAccount;
  readonly signal?: AbortSignal | undefined;
}

/** What the words of questions mean. */
export interface QueryVectors {
  /** Of every text, or of none where that cannot be known in time. */
  of(texts: readonly string[], asked: AskedFor): Promise<ReadonlyMap<string, Float32Array>>;
  /** The embedder became another one. */
  forget(): void;
}

type Parts = Pick<GatewayParts, 'clock' | 'createAbort' | 'createCache' | 'after' | 'telemetry'>;

/** Vectors of questions, of which the last ones are kept. */
export function createQueryVectors(embedder: Embedder, parts: Parts): QueryVectors {
  let cache = parts.createCache<Float32Array>(CACHE_BYTES);
  let quietUntil = 0;
  const made = async (texts: readonly string[], { account, signal: request }: AskedFor) => {
    const { signal, abort } = parts.createAbort();
    const stop = parts.after(DEADLINE_MS, () => abort(new Error('It did not answer in time.')));
    const leave = () => abort(request?.reason);
    if (request?.aborted === true) leave();
    else request?.addEventListener('abort', leave, { once: true });
    try {
      return await embed(embedder, { texts, account, signal });
    } finally {
      stop();
      request?.removeEventListener('abort', leave);
    }
  };
  return {
    forget: () => {
      cache = parts.createCache<Float32Array>(CACHE_BYTES);
    },
    of: async (texts, asked) => {
      const known = new Map(
        texts.flatMap((text) => {
          const vector = cache.get(text);
          return vector === undefined ? [] : [[text, vector] as const];
        }),
      );
      const missing = [...new Set(texts)].filter((text) => !known.has(text));
      if (missing.length === 0) return known;
      if (parts.clock.now() < quietUntil) return new Map();
      try {
        const vectors = await made(missing, asked);
        for (const [at, vector] of vectors.entries()) {
          const text = missing[at] ?? '';
          known.set(text, vector);
          cache.set(text, vector, { bytes: vector.byteLength, ttlMs: TTL_MS });
        }
        return known;
      } catch (fault) {
        if (asked.signal?.aborted === true) return new Map();
        quietUntil = parts.clock.now() + QUIET_MS;
        parts.telemetry.log('warn', 'embedder/failed', { embedder: embedder.name, fault });
        return new Map();
      }
    },
  };
}
