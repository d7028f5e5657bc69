import type { Json, JsonObject } from '../../core/kernel/json.ts';
import type { EmbeddingWire } from '../../core/ports/model-wire.ts';
import { post } from './exchange.ts';
import { bearer } from './openai.ts';
import type { OpenAiOptions } from './openai.ts';
import { count, items, member, tokensOf, unusable } from './reply.ts';

/** Any endpoint that speaks OpenAI's embeddings. */
export function embeddingsWire({ url, name, apiKey }: OpenAiOptions): EmbeddingWire {
  const endpoint = bearer(url, apiKey);
  return {
    name,
    identity: `openai ${url} ${name}`,
    async send(texts, signal) {
      const body = { model: name, input: texts, encoding_format: 'float' };
      const reply = await post(endpoint, { path: '/embeddings', body, signal });
      const tokens = tokensOf(count(member(reply, 'usage')['prompt_tokens']), undefined);
      const vectors = vectorsIn(reply, texts.length);
      if (vectors === undefined)
        throw unusable(`other than ${texts.length} vectors`, JSON.stringify(reply), tokens);
      return { vectors, ...tokens };
    },
  };
}

/** In the order of the texts, which is that of `index`; `undefined` unless there is one for each. */
function vectorsIn(reply: JsonObject, wanted: number): readonly (readonly number[])[] | undefined {
  const entries = items(reply, 'data').toSorted((a, b) => placeOf(a) - placeOf(b));
  const vectors = entries.map((entry) => numbersOf(entry['embedding']));
  return vectors.length === wanted && vectors.every((each) => each !== undefined) ? vectors : undefined;
}

/** Those without a number stay where they are. */
function placeOf({ index }: JsonObject): number {
  return count(index) ?? 0;
}

function numbersOf(value: Json | undefined): readonly number[] | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  return value.every((each: Json) => typeof each === 'number') ? value : undefined;
}
