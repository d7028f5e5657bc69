import type { EmbeddingTarget, ModelCheck, ModelTarget, ModelWire } from '../../core/ports/model-wire.ts';
import { aiWire, open } from './ai.ts';
import { anthropicEndpoint, anthropicWire } from './anthropic.ts';
import { get } from './exchange.ts';
import { bearer, openaiWire } from './openai.ts';
import { items } from './reply.ts';

/** A list of models is short, and nobody waits long for one. */
const LIST_MS = 10_000;

/** The wire that a configuration names. Nothing is sent, and nothing loaded, before it is asked. */
export function connectModel(target: ModelTarget): ModelWire {
  if (target.kind === 'ai') return aiWire(target);
  return target.kind === 'anthropic' ? anthropicWire(target) : openaiWire(target);
}

/** Looks whether what is configured to be asked is there, without paying for an answer. */
export async function checkModels({ model, embeddings }: Targets): Promise<readonly ModelCheck[]> {
  const checks: Promise<ModelCheck>[] = [];
  if (model && model.kind !== 'stub') checks.push(check('model', model));
  if (embeddings) checks.push(check('embeddings', { kind: 'openai', ...embeddings }));
  return await Promise.all(checks);
}

interface Targets {
  readonly model?: ModelTarget | { readonly kind: 'stub' };
  readonly embeddings?: EmbeddingTarget;
}

async function check(use: ModelCheck['use'], target: ModelTarget): Promise<ModelCheck> {
  const { name } = target;
  try {
    if (target.kind === 'ai') return { use, name, packages: await installed(target) };
    const listed = await list(target, AbortSignal.timeout(LIST_MS));
    return { use, name, ...(listed.length > 0 && !listed.includes(name) && { listed }) };
  } catch (error) {
    return { use, name, error: error instanceof Error ? error.message : String(error) };
  }
}

type AiTarget = Extract<ModelTarget, { readonly kind: 'ai' }>;

/** Loads what makes the provider: a service of its own can be asked for nothing but answers. */
async function installed(target: AiTarget): Promise<readonly string[]> {
  await open(target);
  return ['ai', ...(target.provider === undefined ? [] : [target.provider])];
}

/** Names of the models that a service lists; none where it lists none. */
async function list(
  { kind, url, apiKey }: Exclude<ModelTarget, AiTarget>,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const endpoint = kind === 'anthropic' ? anthropicEndpoint(url, apiKey) : bearer(url, apiKey);
  return items(await get(endpoint, '/models', signal), 'data').flatMap(({ id }) =>
    typeof id === 'string' ? [id.replace(/^models\//, '')] : [],
  );
}
