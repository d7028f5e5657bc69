import { TuttiError } from '../../core/kernel/errors.ts';
import { isJsonObject } from '../../core/kernel/json.ts';
import type { Json, JsonObject } from '../../core/kernel/json.ts';
import { redactText } from '../../core/policy/secrets.ts';
import type { WireFailure } from '../../core/ports/model-wire.ts';
import { keyless, keylessReply } from './keyless.ts';

/** Where requests go, and with what. */
export interface Endpoint {
  /** Base address, such as `https://api.openai.com/v1`; what stands after a `?` is kept. */
  readonly url: string;
  readonly apiKey?: string;
  /** Headers, the key among them. */
  readonly headers: Readonly<Record<string, string>>;
}

interface Posting {
  /** Below the base address. */
  readonly path: string;
  readonly body: JsonObject;
  readonly signal: AbortSignal;
}

const MAX_BYTES = 4 * 1_048_576;
/** Of a reply that says what went wrong, more is not read. */
const MAX_ERROR_BYTES = 16_384;
const SHOWN = 500;

/**
 * One POST of JSON, answered with a JSON object.
 *
 * @throws TuttiError `model/api`, `model/invalid-answer`, `model/failed`; the reason of `signal`.
 */
export async function post(endpoint: Endpoint, posting: Posting): Promise<JsonObject> {
  return await exchange(endpoint, {
    path: posting.path,
    signal: posting.signal,
    init: {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json', ...endpoint.headers },
      body: JSON.stringify(posting.body),
    },
  });
}

/** One GET. @throws as {@link post}. */
export async function get(endpoint: Endpoint, path: string, signal: AbortSignal): Promise<JsonObject> {
  const { headers } = endpoint;
  return await exchange(endpoint, { path, signal, init: { headers } });
}

interface Exchange {
  readonly path: string;
  readonly signal: AbortSignal;
  readonly init: RequestInit;
}

async function exchange(endpoint: Endpoint, { path, signal, init }: Exchange): Promise<JsonObject> {
  const address = below(endpoint.url, path);
  try {
    // A redirect would take the key along to an address that nobody named.
    const response = await fetch(address, { ...init, signal, redirect: 'manual' });
    if (!response.ok) throw await apiError(response, endpoint);
    return toObject(await read(response, endpoint), response, endpoint);
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (error instanceof TuttiError) throw error;
    throw lost(address.origin, withoutKey(reasonOf(error), endpoint.apiKey), error);
  }
}

/** The platform's `fetch` for those who read whole bodies: no redirect is followed, and no more is read than may be. */
export const boundedFetch: typeof fetch = async (input, init) => {
  const response = await fetch(input, { ...init, redirect: 'manual' });
  const { status, statusText, headers, body } = response;
  const limited = body === null ? null : ReadableStream.from(limit(body));
  return new Response(limited, { status, statusText, headers });
};

async function* limit(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  try {
    for await (const chunk of body) {
      bytes += chunk.byteLength;
      if (bytes > MAX_BYTES) throw tooLarge('');
      yield chunk;
    }
  } catch (error) {
    // Whoever reads it would take half a body for a wrong one.
    throw error instanceof TuttiError ? error : lost('the service', reasonOf(error), error);
  }
}

function lost(from: string, found: string, cause: unknown): TuttiError {
  return new TuttiError(
    'model/failed',
    `Expected an answer of ${from}, found ${found}. Look whether it runs, and try again.`,
    { cause },
  );
}

function below(base: string, path: string): URL {
  const address = new URL(base);
  address.pathname = `${address.pathname.replace(/\/+$/, '')}${path}`;
  return address;
}

async function apiError(response: Response, endpoint: Endpoint): Promise<TuttiError> {
  const { text } = await bounded(response, MAX_ERROR_BYTES);
  return toApiError({ status: response.status, headers: response.headers, text }, endpoint.apiKey);
}

interface Failed {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** `model/api` without the key: some services repeat it when it is wrong. */
export function toApiError({ status, headers, text }: Failed, apiKey: string | undefined): TuttiError {
  const body = withoutKey(text, apiKey);
  const waitMs = retryAfter(headers);
  const data: WireFailure = { status, body, ...(waitMs !== undefined && { retry_after_ms: waitMs }) };
  const moved = status >= 300 && status < 400;
  const what = moved
    ? 'a redirect, which is not followed. Name the address that it leads to'
    : `HTTP ${status}: ${body.slice(0, 200)}`;
  return new TuttiError('model/api', `Expected an answer of the model, found ${what}.`, { data });
}

/** Seconds, a date, or milliseconds under the name that some providers use. */
function retryAfter(headers: Headers): number | undefined {
  const ms = Number(headers.get('retry-after-ms') ?? Number.NaN);
  if (ms >= 0) return ms;
  const written = headers.get('retry-after')?.trim();
  if (!written) return undefined;
  const found = /^\d+(?:\.\d+)?$/.test(written) ? Number(written) * 1000 : Date.parse(written) - Date.now();
  return Number.isFinite(found) ? Math.max(0, found) : undefined;
}

async function read(response: Response, { apiKey }: Endpoint): Promise<string> {
  const { text, isWhole } = await bounded(response, MAX_BYTES);
  if (isWhole) return text;
  throw tooLarge(withoutKey(text, apiKey));
}

function tooLarge(text: string): TuttiError {
  return new TuttiError(
    'model/invalid-answer',
    `Expected an answer of at most ${MAX_BYTES} bytes, found a larger one. The rest was not read.`,
    { data: { body: text } satisfies WireFailure },
  );
}

/** The beginning of a body; what lies beyond is not read, and its connection is closed. */
async function bounded(
  response: Response,
  maxBytes: number,
): Promise<{ readonly text: string; readonly isWhole: boolean }> {
  if (response.body === null) return { text: '', isWhole: true };
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for await (const chunk of response.body) {
    bytes += chunk.byteLength;
    // Leaving the loop cancels what is left of the body.
    if (bytes > maxBytes) return { text, isWhole: false };
    text += decoder.decode(chunk, { stream: true });
  }
  return { text: text + decoder.decode(), isWhole: true };
}

function toObject(text: string, { headers }: Response, endpoint: Endpoint): JsonObject {
  const value = parse(text);
  if (isJsonObject(value)) return keylessReply(value, endpoint.apiKey);
  const type = headers.get('content-type') ?? 'no content type';
  throw new TuttiError(
    'model/invalid-answer',
    `Expected a JSON object of the service, found ${value === undefined ? `something else (${type.slice(0, 60)})` : 'other JSON'}. Look whether the address is that of its API.`,
    { data: { body: withoutKey(text, endpoint.apiKey) } satisfies WireFailure },
  );
}

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** The beginning of a text. */
export function withoutKey(text: string, apiKey: string | undefined): string {
  const head = text.slice(0, MAX_ERROR_BYTES);
  const known = keyless(apiKey ? head.replaceAll(apiKey, '[redacted]') : head, apiKey);
  return redactText(known).slice(0, SHOWN);
}

/** What lies below `fetch failed`. */
export function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (!(cause instanceof Error)) return String(cause);
  return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.message;
}
