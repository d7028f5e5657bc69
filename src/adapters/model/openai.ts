import { TuttiError } from '../../core/kernel/errors.ts';
import type { Json, JsonObject } from '../../core/kernel/json.ts';
import type { ModelWire, WireAnswer, WireFailure, WireQuestion } from '../../core/ports/model-wire.ts';
import { post } from './exchange.ts';
import type { Endpoint } from './exchange.ts';
import { count, items, member, refused, tokensOf, unusable } from './reply.ts';

export interface OpenAiOptions {
  /** Base address, up to what `/chat/completions` follows. */
  readonly url: string;
  readonly name: string;
  readonly apiKey?: string;
}

/** Any endpoint that speaks OpenAI's chat completions: OpenAI, Gemini, Ollama, vLLM, LM Studio … */
export function openaiWire({ url, name, apiKey }: OpenAiOptions): ModelWire {
  const endpoint = bearer(url, apiKey);
  const ask = async (question: WireQuestion, isPlain: boolean): Promise<WireAnswer> => {
    const format = isPlain ? plainFormat(question) : schemaFormat(question);
    const body = { model: name, ...format };
    return toAnswer(await post(endpoint, { path: '/chat/completions', body, signal: question.signal }));
  };
  /** Names of schemas that the service does not take, as some take none: they are written into the prompt from then on. */
  const untaken = new Set<string>();
  return {
    name,
    identity: `openai ${url} ${name}`,
    async send(question) {
      if (untaken.has(question.name)) return await ask(question, true);
      try {
        return await ask(question, false);
      } catch (error) {
        if (!isBadRequest(error)) throw error;
        // Only an answer shows that it was the schema: a wrong name of the model is answered in the same way.
        const answer = await ask(question, true).catch((second: unknown) => {
          throw isBadRequest(second) ? error : second;
        });
        untaken.add(question.name);
        return answer;
      }
    },
  };
}

export function bearer(url: string, apiKey: string | undefined): Endpoint {
  return {
    url,
    headers: apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` },
    ...(apiKey !== undefined && { apiKey }),
  };
}

function schemaFormat({ prompt, name, schema }: WireQuestion): JsonObject {
  return {
    messages: [{ role: 'user', content: prompt }],
    response_format: { type: 'json_schema', json_schema: { name, schema, strict: isClosed(schema) } },
  };
}

function plainFormat({ prompt, schema }: WireQuestion): JsonObject {
  const wanted = `Answer with a JSON object that fits this JSON Schema, and nothing else:\n${JSON.stringify(schema)}`;
  return {
    messages: [{ role: 'user', content: `${prompt}\n\n${wanted}` }],
    response_format: { type: 'json_object' },
  };
}

/** Whether every object in it names all of its members and needs them all: only such a schema may be called strict. */
function isClosed(schema: JsonObject): boolean {
  const { type, properties, required, additionalProperties } = schema;
  const parts = Object.values(schema).flatMap((each): readonly Json[] =>
    Array.isArray(each) ? each : [each],
  );
  const isWhole = parts.every(
    (each) => each === null || typeof each !== 'object' || isClosed(each as JsonObject),
  );
  if (type !== 'object') return isWhole;
  const names = Object.keys((properties ?? {}) as JsonObject);
  const needed = Array.isArray(required) ? required : [];
  return isWhole && additionalProperties === false && names.every((each) => needed.includes(each));
}

function isBadRequest(error: unknown): boolean {
  if (!(error instanceof TuttiError) || error.code !== 'model/api') return false;
  // Services that check requests by a schema of their own answer 422.
  return [400, 422].includes((error.data as WireFailure).status ?? 0);
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
