import { TuttiError } from '../kernel/errors.ts';
import type { ModelUsage } from '../kernel/instance.ts';
import type { Embedded, Embedder, EmbedRequest } from '../ports/embedder.ts';
import type { EmbeddingWire, WireVectors } from '../ports/model-wire.ts';
import { createLine } from './line.ts';
import type { AskingParts } from './parts.ts';

/** Texts of one request: every provider takes as many. */
const BATCH = 96;

/** Vectors over one wire, under the same budgets as the model. */
export function createEmbedder(wire: EmbeddingWire, parts: AskingParts): Embedder {
  const line = createLine(parts, wire.name);
  const batch = async ({ account, signal }: EmbedRequest, texts: readonly string[]): Promise<Embedded> => {
    const { value, usage } = await line.run<readonly Float32Array[]>({
      purpose: 'embed',
      account,
      prompt: texts.join('\n'),
      maxTokens: 0,
      timeoutMs: undefined,
      signal,
      told: (vectors) => ({ vectors: vectors.length, dimensions: vectors[0]?.length ?? 0 }),
      attempt: async ({ signal: ending }) => {
        const answer = await wire.send(texts, ending);
        const { vectors: _, ...tokens } = answer;
        return { value: toUnit(answer), tokens };
      },
    });
    return { vectors: value, usage };
  };
  return {
    name: wire.name,
    identity: wire.identity,
    async embed(request) {
      const { texts } = request;
      const parted: Embedded[] = [];
      for (let at = 0; at < texts.length; at += BATCH)
        parted.push(await batch(request, texts.slice(at, at + BATCH)));
      const vectors = parted.flatMap((each) => each.vectors);
      if (vectors.some(({ length }) => length !== vectors[0]?.length))
        throw invalid('vectors of different dimensions', {});
      return {
        vectors,
        usage: together(
          wire.name,
          parted.map(({ usage }) => usage),
        ),
      };
    },
  };
}

/** Of length 1, so that a product of two says how close they lie. */
function toUnit({ vectors, ...tokens }: WireVectors): readonly Float32Array[] {
  return vectors.map((vector) => {
    const length = Math.hypot(...vector);
    if (!Number.isFinite(length) || length === 0) throw invalid('a vector without a direction', tokens);
    return Float32Array.from(vector, (each) => each / length);
  });
}

function invalid(found: string, data: object): TuttiError {
  return new TuttiError('model/invalid-answer', `Expected a vector for each text, found ${found}.`, { data });
}

/** What is not known of one part is not known of the whole. */
function together(name: string, usages: readonly ModelUsage[]): ModelUsage {
  const sum = (of: 'inputTokens' | 'cost') => {
    const known = usages.flatMap((each) => each[of] ?? []);
    return known.length === usages.length ? { [of]: known.reduce((a, b) => a + b, 0) } : {};
  };
  const latencyMs = usages.reduce((total, each) => total + each.latencyMs, 0);
  return { name, ...sum('inputTokens'), ...sum('cost'), latencyMs };
}
