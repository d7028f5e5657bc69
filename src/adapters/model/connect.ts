import type { EmbeddingTarget, ModelTarget, ModelWire } from '../../core/ports/model-wire.ts';
import { aiWire, open } from './ai.ts';
import { anthropicEndpoint, anthropicWire } from './anthropic.ts';
import { get } from './exchange.ts';
import { bearer, openaiWire } from './openai.ts';
import { items } from './reply.ts';

/** The wire that a configuration names. Nothing is sent, and nothing loaded, before it is asked. */
export function connectModel(target: ModelTarget): ModelWire {
  if (target.kind === 'ai') return aiWire(target);
  return target.kind === 'anthropic' ? anthropicWire(target) : openaiWire(target);
}

/**
 * Looks whether a model is there without paying for an answer: its service lists what it offers, or the packages are installed.
 *
 * @returns Names of the models that the service lists; `undefined` where it lists none.
 * @throws TuttiError `model/*`; the reason of `signal`.
 */
export async function probeModel(
  target: ModelTarget | (EmbeddingTarget & { readonly kind: 'openai' }),
  signal: AbortSignal,
): Promise<readonly string[] | undefined> {
  if (target.kind === 'ai') {
    await open(target);
    return undefined;
  }
  const { url, apiKey } = target;
  const endpoint = target.kind === 'anthropic' ? anthropicEndpoint(url, apiKey) : bearer(url, apiKey);
  const names = items(await get(endpoint, '/models', signal), 'data').flatMap(({ id }) =>
    typeof id === 'string' ? [id.replace(/^models\//, '')] : [],
  );
  return names.length === 0 ? undefined : names;
}
