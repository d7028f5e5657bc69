import {
  SSEClientTransport,
  SdkError,
  SdkErrorCode,
  SdkHttpError,
  StreamableHTTPClientTransport,
  UnauthorizedError,
} from '@modelcontextprotocol/client';
import type { Transport } from '@modelcontextprotocol/client';
import { TuttiError } from '../../core/kernel/errors.ts';
import type { Launch } from '../../core/ports/downstream.ts';
import { checkUrl, guardedLine } from './guard.ts';
import type { Resolve } from './guard.ts';
import { guardedFetch } from './guarded-fetch.ts';
import { shakeHands } from './handshake.ts';
import type { HandshakeOptions } from './handshake.ts';
import { refused, toUnavailable } from './http-exchange.ts';
import { HttpLink } from './http-link.ts';
import type { Login } from './login.ts';
import { SdkLink } from './sdk-link.ts';
import { messageOf, NotProcessed, toPlain } from './wire.ts';
import type { Link, LinkEvents } from './wire.ts';

export interface HttpOptions {
  readonly launch: Exclude<Launch, { kind: 'stdio' }>;
  readonly login: Login | undefined;
  readonly handshake: HandshakeOptions;
  readonly events: LinkEvents;
  readonly resolve?: Resolve | undefined;
}

/** Of what the SDK reads: the handshake, metadata, tokens. */
const MAX_FETCH_BYTES = 4 * 1_048_576;
const MAX_CAUSES = 8;
/** An old server knows no POST at its address. */
const NO_POST: ReadonlySet<unknown> = new Set([404, 405]);

/** Connects to a remote server and agrees with it on a revision. */
export async function openHttp(options: HttpOptions): Promise<Link> {
  const { launch } = options;
  const url = new URL(launch.url);
  checkUrl(url, launch.allowPrivate);
  if (launch.kind === 'sse') return openSse(url, options);
  try {
    return await openStreamable(url, options);
  } catch (error) {
    if (!(error instanceof SdkHttpError) || !NO_POST.has(error.data.status))
      throw explain(error, options.login);
    return await openSse(url, options).catch(() => {
      throw explain(error, options.login);
    });
  }
}

async function openStreamable(url: URL, options: HttpOptions): Promise<Link> {
  const { launch, login, handshake, events } = options;
  const parts = toParts(options);
  const transport = new StreamableHTTPClientTransport(url, {
    // Its stream for what servers say unasked is opened by the link itself.
    fetch: (input, init) =>
      init?.method === 'GET' && String(input) === url.href
        ? Promise.resolve(new Response(null, { status: 405 }))
        : parts.fetch(input, init),
    ...(login && { authProvider: login.provider }),
  });
  try {
    const greeting = await shakeHands(transport, handshake);
    return new HttpLink({
      url,
      headers: launch.headers,
      allowPrivate: launch.allowPrivate,
      line: parts.line,
      greeting,
      transport,
      login,
      events,
      explain: (error) => explain(error, login),
      dispose: parts.dispose,
    });
  } catch (error) {
    await transport.close().catch(() => {});
    await parts.dispose();
    throw error;
  }
}

async function openSse(url: URL, options: HttpOptions): Promise<Link> {
  const { login, handshake, events } = options;
  const parts = toParts(options);
  const transport: Transport = new SSEClientTransport(url, {
    fetch: parts.fetch,
    ...(login && { authProvider: login.provider }),
  });
  try {
    // It is older than the question for a revision.
    const greeting = await shakeHands(transport, { ...handshake, verdict: { era: 'legacy', at: 0 } });
    return new SdkLink({ transport, greeting, events, dispose: parts.dispose });
  } catch (error) {
    await transport.close().catch(() => {});
    await parts.dispose();
    throw explain(error, login);
  }
}

function toParts({ launch, resolve, handshake }: HttpOptions) {
  const line = guardedLine(launch.allowPrivate, resolve);
  const ending = new AbortController();
  const giveUp = () => ending.abort();
  handshake.signal.addEventListener('abort', giveUp);
  const fetch = guardedFetch({
    line,
    allowPrivate: launch.allowPrivate,
    maxBytes: launch.kind === 'sse' ? Number.MAX_SAFE_INTEGER : MAX_FETCH_BYTES,
    signal: ending.signal,
  });
  const origin = new URL(launch.url).origin;
  /** The SDK would give the operator's headers to whoever it asks for a login, too. */
  const ownFetch: typeof fetch = (input, init = {}) => {
    if (new URL(input).origin !== origin) return fetch(input, init);
    const headers = new Headers(init.headers);
    for (const [name, value] of Object.entries(launch.headers)) headers.set(name, value);
    return fetch(input, { ...init, headers });
  };
  const dispose = async () => {
    handshake.signal.removeEventListener('abort', giveUp);
    ending.abort();
    await line.end();
  };
  return { line, fetch: ownFetch, dispose };
}

/** What went wrong, for people, from the depths of what the SDK throws. */
export function explain(error: unknown, login: Login | undefined): TuttiError {
  const needed = login?.needed(error);
  if (needed !== undefined) return needed;
  let each: unknown = error;
  for (let depth = 0; each instanceof Error && depth < MAX_CAUSES; depth += 1) {
    const found = explainOne(each);
    if (found !== undefined) return found;
    each = each.cause;
  }
  const unexpected = error instanceof SdkError && error.code === SdkErrorCode.ClientHttpUnexpectedContent;
  const code = unexpected ? 'downstream/protocol' : 'downstream/unavailable';
  return new TuttiError(code, `The server cannot be used: ${toPlain(messageOf(error))}.`, { cause: error });
}

function explainOne(error: Error): TuttiError | undefined {
  if (error instanceof TuttiError) return error;
  if (error instanceof UnauthorizedError) {
    return new TuttiError('downstream/unavailable', 'The server wants credentials that it was not given.', {
      cause: error,
    });
  }
  if (error instanceof SdkHttpError) {
    const { status, text } = error.data;
    return refused({ status, headers: {}, text: typeof text === 'string' ? text : '' });
  }
  const unreached = toUnavailable(error);
  return unreached instanceof NotProcessed ? unreached : undefined;
}
