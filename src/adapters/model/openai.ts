import type { JsonObject } from '../../core/kernel/json.ts';
import type { ModelWire, WireAnswer, WireFailure, WireQuestion } from '../../core/ports/model-wire.ts';
import { post } from './exchange.ts';
import type { Endpoint } from './exchange.ts';
import { count, items, member, refused, tokensOf, unusable } from './reply.ts';
import { isBadRequest, isClosed, payFor, plainPrompt, schemaOrPlain } from './schema-taking.ts';

export interface OpenAiOptions {
  /** Base address, up to what `/chat/completions` follows. */
  readonly url: string;
  readonly name: string;
  readonly apiKey?: string;
}

const NEWER_BOUND = 'max_completion_tokens';

/** Any endpoint that speaks OpenAI's chat completions: OpenAI, Gemini, Ollama, vLLM, LM Studio … */
export function openaiWire({ url, name, apiKey }: OpenAiOptions): ModelWire {
  const endpoint = bearer(url, apiKey);
  /** What the bound is called: OpenAI's newer models take the newer name alone, most other services know the older one. */
  let bound = new URL(url).hostname === 'api.openai.com' ? NEWER_BOUND : 'max_tokens';
  const send = async (question: WireQuestion, isPlain: boolean): Promise<WireAnswer> => {
    const format = isPlain ? plainFormat(question) : schemaFormat(question);
    const body = { model: name, [bound]: question.maxTokens, ...format };
    return toAnswer(await post(endpoint, { path: '/chat/completions', body, signal: question.signal }));
  };
  const ask = async (question: WireQuestion, isPlain: boolean): Promise<WireAnswer> => {
    try {
      return await send(question, isPlain);
    } catch (error) {
      if (bound === NEWER_BOUND || !wantsNewerBound(error)) throw error;
      bound = NEWER_BOUND;
      await payFor(question, error);
      return await send(question, isPlain);
    }
  };
  return {
    name,
    identity: `openai ${url} ${name}`,
    send: schemaOrPlain(ask),
  };
}

export function bearer(url: string, apiKey: string | undefined): Endpoint {
  return {
    url,
    headers: apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` },
    ...(apiKey !== undefined && { apiKey }),
  };
}

function wantsNewerBound(error: unknown): boolean {
  return isBadRequest(error) && (error.data as WireFailure).body?.includes(NEWER_BOUND) === true;
}

function schemaFormat({ prompt, name, schema }: WireQuestion): JsonObject {
  return {
    messages: [{ role: 'user', content: prompt }],
    response_format: { type: 'json_schema', json_schema: { name, schema, strict: isClosed(schema) } },
  };
}

function plainFormat(question: WireQuestion): JsonObject {
  return {
    messages: [{ role: 'user', content: plainPrompt(question) }],
    response_format: { type: 'json_object' },
  };
}

function toAnswer(reply: JsonObject): WireAnswer {
  const usage = member(reply, 'usage');
  const tokens = tokensOf(count(usage['prompt_tokens']), count(usage['completion_tokens']));
  const [choice] = items(reply, 'choices');
  const message = member(choice, 'message');
  const text = textOf(message);
  const { refusal } = message;
  if (typeof refusal === 'string' && refusal !== '') throw refused(refusal, tokens);
  if (choice?.['finish_reason'] === 'content_filter') throw refused('', tokens);
  if (choice?.['finish_reason'] === 'length') throw unusable('one that was cut off', text, tokens);
  if (text === '') throw unusable('none', JSON.stringify(reply), tokens);
  return { text, ...tokens };
}

/** Some services answer in parts. */
function textOf(message: JsonObject): string {
  const { content } = message;
  if (typeof content === 'string') return content;
  return items(message, 'content')
    .map(({ text }) => (typeof text === 'string' ? text : ''))
    .join('');
}
