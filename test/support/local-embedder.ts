import { TuttiError } from '../../src/core/kernel/errors.ts';
import type { Embedder, EmbedRequest } from '../../src/core/ports/embedder.ts';

const DIMENSIONS = 256;

interface LocalOptions {
  readonly name?: string;
  /** Where it would be reached. */
  readonly at?: string;
  readonly dimensions?: number;
}

export interface LocalEmbedder extends Embedder {
  readonly asked: EmbedRequest[];
  /** Present: whoever asks gets this. */
  failure: Error | undefined;
  /** Present: awaited before it answers. */
  waiting: Promise<unknown> | undefined;
}

/** Hashes words into a vector. Words of one group mean the same. Deterministic. */
export function localEmbedder(
  groups: readonly (readonly string[])[] = [],
  { name = 'local', at = 'here', dimensions = DIMENSIONS }: LocalOptions = {},
): LocalEmbedder {
  const meaning = new Map(groups.flatMap((group) => group.map((word) => [word, group[0] ?? word] as const)));
  const embedder: LocalEmbedder = {
    name,
    identity: `${at} ${name}`,
    asked: [],
    failure: undefined,
    waiting: undefined,
    async embed(request) {
      request.signal?.throwIfAborted();
      embedder.asked.push(request);
      await embedder.waiting;
      if (embedder.failure !== undefined) throw embedder.failure;
      return {
        vectors: request.texts.map((text) => vectorOf(text, { meaning, dimensions })),
        usage: { name, latencyMs: 0 },
      };
    },
  };
  return embedder;
}

export const EMBEDDER_DOWN = new TuttiError('model/failed', 'The embedder is away.');

interface Space {
  readonly meaning: ReadonlyMap<string, string>;
  readonly dimensions: number;
}

function vectorOf(text: string, { meaning, dimensions }: Space): Float32Array {
  const vector = new Float32Array(dimensions);
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []) {
    const at = hashOf(meaning.get(word) ?? word) % dimensions;
    vector[at] = (vector[at] ?? 0) + 1;
  }
  const length = Math.hypot(...vector) || 1;
  return vector.map((value) => value / length);
}

/** FNV-1a. */
function hashOf(word: string): number {
  let hash = 0x811c9dc5;
  for (const sign of word) hash = Math.imul(hash ^ (sign.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return hash;
}
