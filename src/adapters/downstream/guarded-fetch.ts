import { fetch as undiciFetch } from 'undici';
import type { Agent, RequestInit as UndiciInit } from 'undici';
import { TuttiError } from '../../core/kernel/errors.ts';
import { MAX_REDIRECTS, checkUrl, mayBePrivate, tooManyRedirects } from './guard.ts';
import type { Grounds, Line } from './guard.ts';

export interface FetchOptions {
  readonly line: Line;
  readonly grounds: Grounds;
  /** No answer may be longer. */
  readonly maxBytes: number;
  /** Ends every request that is under way. */
  readonly signal: AbortSignal;
}

export type FetchLike = (input: string | URL, init?: RequestInit) => Promise<Response>;

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
const OF_REQUEST = /^(accept|content-type|mcp-(protocol-version|method|name))$/;

/** A `fetch` for the SDK, over the connections that check where they lead. */
export function guardedFetch(options: FetchOptions): FetchLike {
  return async (input, init = {}) => {
    let url = new URL(input);
    const headers = new Headers(init.headers);
    for (let left = MAX_REDIRECTS; ; left -= 1) {
      // Nobody wrote down as private where a redirect leads, or what the server names: where to log in, for example.
      const own = mayBePrivate(url, options.grounds);
      checkUrl(url, own);
      const { line, grounds } = options;
      const agent = own || !grounds.allowPrivate ? line.agent : line.strict;
      const response = await fetchOnce(url, { ...init, headers }, { ...options, agent });
      const next = nextOf(response, init.method);
      if (next === null) return response;
      await response.body?.cancel();
      if (left === 0) throw tooManyRedirects();
      const target = new URL(next, url);
      if (target.origin !== url.origin) dropCredentials(headers, init);
      url = target;
    }
  };
}

/** Where a response sends the same request. */
function nextOf({ status, headers }: Response, method = 'GET'): string | null {
  const same = REDIRECTS.has(status) && (method.toUpperCase() === 'GET' || status >= 307);
  return same ? headers.get('location') : null;
}

/** Only what belongs to the request stays; the operator's own headers may hold keys of any name. */
function dropCredentials(headers: Headers, init: RequestInit): void {
  const kept = init.body === undefined || init.body === null ? /^accept$/ : OF_REQUEST;
  for (const name of Array.from(headers.keys())) if (!kept.test(name)) headers.delete(name);
}

/** Every request has an abort controller of its own: listeners on one that all share would pile up. */
async function fetchOnce(
  url: URL,
  init: RequestInit,
  options: FetchOptions & { readonly agent: Agent },
): Promise<Response> {
  const own = new AbortController();
  const abort = () => own.abort();
  const signals = [options.signal, init.signal].filter((each) => each !== null && each !== undefined);
  for (const signal of signals) {
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
  }
  const release = () => {
    for (const signal of signals) signal.removeEventListener('abort', abort);
  };
  try {
    const response = (await undiciFetch(url, {
      ...(init as unknown as UndiciInit),
      signal: own.signal,
      redirect: 'manual',
      dispatcher: options.agent,
    })) as unknown as Response;
    return bounded(response, options.maxBytes, release);
  } catch (error) {
    release();
    const cause = (error as Error).cause;
    throw cause instanceof TuttiError ? cause : error;
  }
}

/** The same response, cut off where it grows too long. */
function bounded(response: Response, maxBytes: number, release: () => void): Response {
  const { body, status, statusText, headers } = response;
  if (body === null) {
    release();
    return response;
  }
  let seen = 0;
  const reader = body.getReader();
  const stream = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await reader.read().catch((error: unknown) => {
        release();
        throw error;
      });
      if (done) {
        release();
        controller.close();
        return;
      }
      seen += value.length;
      if (seen <= maxBytes) controller.enqueue(value);
      else {
        release();
        void reader.cancel();
        controller.error(
          new TuttiError('downstream/protocol', `The answer is longer than ${maxBytes} bytes.`),
        );
      }
    },
    async cancel(reason) {
      release();
      await reader.cancel(reason);
    },
  });
  const empty = status === 204 || status === 205 || status === 304 || status < 200;
  const copy = new Response(empty ? null : stream, {
    status: Math.max(200, status),
    statusText,
    headers: [...headers],
  });
  return copy;
}
