import { isJsonObject } from '../../core/kernel/json.ts';
import { anthropicEndpoint } from './anthropic.ts';
import { open } from './ai.ts';
import type { AiOptions } from './ai.ts';
import { get } from './exchange.ts';
import { bearer } from './openai.ts';
import type { OpenAiOptions } from './openai.ts';
import { items } from './reply.ts';

/** Names of the models that a service offers, for whoever wants to know whether it is there: nothing is paid for. */
export async function listModels(
  kind: 'openai' | 'anthropic',
  { url, apiKey }: Pick<OpenAiOptions, 'url' | 'apiKey'>,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const endpoint = kind === 'anthropic' ? anthropicEndpoint(url, apiKey) : bearer(url, apiKey);
  const listed = await get(endpoint, '/models', signal);
  return items(isJsonObject(listed) ? listed : {}, 'data').flatMap(({ id }) =>
    typeof id === 'string' ? [id.replace(/^models\//, '')] : [],
  );
}

/** Whether the packages are there. @throws TuttiError `model/failed` saying what to install. */
export async function requireAi(options: AiOptions): Promise<void> {
  await open(options);
}
