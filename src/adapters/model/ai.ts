import { TuttiError } from '../../core/kernel/errors.ts';
import type { Json } from '../../core/kernel/json.ts';
import type { ModelWire, WireAnswer, WireFailure, WireQuestion } from '../../core/ports/model-wire.ts';
import { boundedFetch, reasonOf, toApiError, withoutKey } from './exchange.ts';
import { keyless } from './keyless.ts';
import { count, items, member, refused, tokensOf, unusable } from './reply.ts';
import { isClosed, plainPrompt, schemaOrPlain } from './schema-taking.ts';

export interface AiOptions {
  /** As the provider calls the model; without a provider, as the gateway of `ai` does. */
  readonly name: string;
  /** A package that makes a provider, such as `@ai-sdk/anthropic`. */
  readonly provider?: string;
  readonly url?: string;
  readonly apiKey?: string;
}

interface Generated {
  readonly text: string;
  readonly finishReason: string;
  readonly usage?: { readonly inputTokens?: number; readonly outputTokens?: number };
  readonly response?: { readonly body?: unknown };
}

/** What versions 6 and 7 of the package have in common, as far as it is needed here. */
interface AiPackage {
  generateText(options: object): Promise<Generated>;
  readonly Output: { object(options: { readonly schema: unknown; readonly name: string }): unknown };
  jsonSchema(schema: object): unknown;
  readonly createGateway: Maker;
}

interface Ready {
  readonly ai: AiPackage;
  readonly model: unknown;
}

/** Any provider that the npm package `ai` (version 6 or 7) has. It is loaded when it is first asked. */
export function aiWire(options: AiOptions): ModelWire {
  const { name, provider = 'gateway', url = '' } = options;
  let ready: Promise<Ready> | undefined;
  return {
    name,
    identity: `ai ${provider} ${url} ${name}`,
    send: schemaOrPlain(async (question, isPlain) => {
      ready ??= open(options);
      const { ai, model } = await ready.catch((error: unknown) => {
        // What is missing may be installed by then.
        ready = undefined;
        throw error;
      });
      return await generate(ai, model, { ...question, isPlain, apiKey: options.apiKey });
    }),
  };
}

/** @throws TuttiError `model/failed` saying what to install. */
export async function open({ name, provider, url, apiKey }: AiOptions): Promise<Ready> {
  // Its warnings are not for whoever reads our stderr.
  Object.assign(globalThis, { AI_SDK_LOG_WARNINGS: false });
  const ai = (await load('ai')) as unknown as AiPackage;
  const settings = {
    name: 'tutti',
    ...(url !== undefined && { baseURL: url }),
    ...(apiKey !== undefined && { apiKey }),
    fetch: boundedFetch,
    supportsStructuredOutputs: true,
  };
  const create = provider === undefined ? ai.createGateway : maker(provider, await load(provider));
  return { ai, model: create(settings)(name) };
}

type Maker = (settings: object) => (name: string) => unknown;

/** What makes a provider is called `create…` in every such package. */
function maker(provider: string, loaded: Readonly<Record<string, unknown>>): Maker {
  const found = Object.entries(loaded).find(
    ([name, value]) => /^create[A-Z]/.test(name) && typeof value === 'function',
  );
  if (found) return found[1] as Maker;
  throw missing(`Expected a package that makes a provider for \`ai\` in model.provider, found ${provider}.`);
}

async function load(name: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    return (await import(name)) as Readonly<Record<string, unknown>>;
  } catch (cause) {
    const versions = name === 'ai' ? ' (version 6 or 7)' : '';
    throw missing(
      `model.kind "ai" needs the npm package ${name}${versions}, which was not found. Install it beside tutti: npm install ${name}`,
      cause,
    );
  }
}

function missing(message: string, cause?: unknown): TuttiError {
  return new TuttiError('model/failed', message, { cause, data: { final: true } satisfies WireFailure });
}

/** Providers take a schema for strict unless told otherwise, each under its own name. */
const NOT_STRICT = Object.fromEntries(
  ['openai', 'azure', 'openaiCompatible', 'groq'].map((name) => [name, { strictJsonSchema: false }]),
);

type Asking = WireQuestion & { readonly apiKey: string | undefined; readonly isPlain: boolean };

async function generate(ai: AiPackage, model: unknown, question: Asking): Promise<WireAnswer> {
  const { signal } = question;
  try {
    const generated = await ai.generateText({
      model,
      ...asked(ai, question),
      maxOutputTokens: question.maxTokens,
      maxRetries: 0,
      include: { responseBody: true },
      abortSignal: signal,
    });
    return toAnswer(generated, question.apiKey);
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    // It looks at the answer itself and fails with the text in hand: that is judged where every answer is.
    if (isUnparsed(error)) return toAnswer(error, question.apiKey);
    throw toFailure(error, question);
  }
}

function asked(ai: AiPackage, question: Asking): object {
  const { prompt, name, schema, isPlain } = question;
  if (isPlain) return { prompt: plainPrompt(question) };
  return {
    prompt,
    output: ai.Output.object({ schema: ai.jsonSchema(schema), name }),
    ...(!isClosed(schema) && { providerOptions: NOT_STRICT }),
  };
}

function toAnswer(
  { text: written, finishReason, usage, response }: Partial<Generated>,
  apiKey: string | undefined,
): WireAnswer {
  const text = written === undefined ? undefined : keyless(written, apiKey);
  const tokens = tokensOf(count(usage?.inputTokens), count(usage?.outputTokens));
  const refusal = refusalIn(response?.body as Json | undefined);
  if (refusal !== '') throw refused(keyless(refusal, apiKey), tokens);
  if (finishReason === 'content-filter') throw refused(text ?? '', tokens);
  if (finishReason === 'length') throw unusable('one that was cut off', text ?? '', tokens);
  if (text === undefined || text === '') throw unusable('none', '', tokens);
  return { text, ...tokens };
}

/** Providers of version 6 leave a refusal out of what they make of a reply; it stands in the reply itself. */
function refusalIn(body: Json | undefined): string {
  const [choice] = items(body, 'choices');
  const { refusal } = member(choice, 'message');
  return typeof refusal === 'string' ? refusal : '';
}

/** The members of its errors, whose classes belong to the version that is installed. */
interface AiError extends Error, Partial<Generated> {
  readonly statusCode?: number;
  readonly responseBody?: string;
  readonly responseHeaders?: Readonly<Record<string, string>>;
}

function isUnparsed(error: unknown): error is AiError {
  return error instanceof Error && error.name === 'AI_NoObjectGeneratedError';
}

function toFailure(error: unknown, { apiKey }: Asking): unknown {
  const ours = causes(error).find((each) => each instanceof TuttiError);
  if (ours !== undefined) return ours;
  const { name, message, statusCode: status, responseBody = '', responseHeaders } = error as AiError;
  if (status !== undefined && (status < 200 || status >= 300))
    return toApiError(
      { status, headers: new Headers(responseHeaders), text: responseBody || message },
      apiKey,
    );
  const body = withoutKey(responseBody || message, apiKey);
  const data: WireFailure = { body };
  if (status !== undefined || /TypeValidation|JSONParse|InvalidResponse|NoContent|NoOutput/.test(name)) {
    const found = `Expected an answer in the reply, found: ${body.slice(0, 200)}`;
    return new TuttiError('model/invalid-answer', found, { cause: error, data });
  }
  const reason = withoutKey(reasonOf(error), apiKey);
  return new TuttiError('model/failed', `Expected an answer of the model, found ${reason}.`, {
    cause: error,
    data,
  });
}

/** An error and what lies below it. */
function causes(error: unknown): readonly unknown[] {
  const found: unknown[] = [];
  for (let each = error; each instanceof Error && found.length < 8; each = each.cause) found.push(each);
  return found;
}
