import type { JsonObject } from '../../core/kernel/json.ts';
import type { ModelWire, WireAnswer, WireQuestion } from '../../core/ports/model-wire.ts';
import { post } from './exchange.ts';
import type { Endpoint } from './exchange.ts';
import { count, items, member, refused, tokensOf, unusable } from './reply.ts';

export interface AnthropicOptions {
  /** Base address, up to what `/messages` follows. */
  readonly url: string;
  readonly name: string;
  readonly apiKey?: string;
}

const VERSION = '2023-06-01';

/** Anthropic's messages: the answer is the input of one tool that has to be used. */
export function anthropicWire({ url, name, apiKey }: AnthropicOptions): ModelWire {
  const endpoint = anthropicEndpoint(url, apiKey);
  return {
    name,
    identity: `anthropic ${url} ${name}`,
    async send(question) {
      const body = { model: name, ...toBody(question) };
      const reply = await post(endpoint, { path: '/messages', body, signal: question.signal });
      return toAnswer(reply, question.name);
    },
  };
}

export function anthropicEndpoint(url: string, apiKey: string | undefined): Endpoint {
  return {
    url,
    headers: { 'anthropic-version': VERSION, ...(apiKey !== undefined && { 'x-api-key': apiKey }) },
    ...(apiKey !== undefined && { apiKey }),
  };
}

function toBody({ prompt, name, schema, maxTokens }: WireQuestion): JsonObject {
  return {
    max_tokens: maxTokens,
    messages: [{ role: 'user', content: prompt }],
    tools: [{ name, description: 'Takes the answer.', input_schema: schema }],
    tool_choice: { type: 'tool', name },
  };
}

function toAnswer(reply: JsonObject, name: string): WireAnswer {
  const tokens = tokensIn(member(reply, 'usage'));
  const content = items(reply, 'content');
  const written = content.map(({ text }) => (typeof text === 'string' ? text : '')).join('');
  const reason = reply['stop_reason'];
  if (reason === 'refusal') throw refused(written, tokens);
  const used = content.find((each) => each['type'] === 'tool_use' && each['name'] === name);
  if (reason === 'max_tokens')
    throw unusable('one that was cut off', written || JSON.stringify(used ?? {}), tokens);
  if (used?.['input'] !== undefined) return { text: JSON.stringify(used['input']), ...tokens };
  // Prose instead of the tool may hold the JSON all the same.
  if (written !== '') return { text: written, ...tokens };
  throw unusable('none', JSON.stringify(reply), tokens);
}

/** What was read from a cache of the provider is counted apart there, and was read all the same. */
function tokensIn(usage: JsonObject): ReturnType<typeof tokensOf> {
  const names = ['input_tokens', 'cache_creation_input_tokens', 'cache_read_input_tokens'];
  const [fresh, ...cached] = names.map((name) => count(usage[name]));
  const input =
    fresh === undefined ? undefined : cached.reduce<number>((sum, each) => sum + (each ?? 0), fresh);
  return tokensOf(input, count(usage['output_tokens']));
}
