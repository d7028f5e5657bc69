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
import type { Grounds, Resolve } from './guard.ts';
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
  readonly trustLoopback?: boolean | undefined;
}

/** What is known beside an error. */
interface Circumstances {
  readonly login?: Login | undefined;
  /** The last thing that the server said was that it wants credentials. */
  readonly challenged?: boolean;
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
    if (!isOld(error)) throw error;
    return await openSse(url, options).catch(() => {
      throw explain(error, options);
    });
  }
}

function isOld(error: unknown): boolean {
  return error instanceof SdkHttpError && NO_POST.has(error.data.status);
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
      grounds: parts.grounds,
      line: parts.line,
      greeting,
      transport,
      login,
      events,
      explain: (error) => explain(error, parts.circumstances()),
      dispose: parts.dispose,
    });
  } catch (error) {
    const circumstances = parts.circumstances();
    await transport.close().catch(() => {});
    await parts.dispose();
    throw circumstances.challenged === true || !isOld(error) ? explain(error, circumstances) : error;
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
    throw explain(error, parts.circumstances());
  }
}

function toParts({ launch, resolve, handshake, login, trustLoopback }: HttpOptions) {
  const line = guardedLine(launch.allowPrivate, resolve);
  const ending = new AbortController();
  const giveUp = () => ending.abort();
  handshake.signal.addEventListener('abort', giveUp);
  const grounds: Grounds = { ...launch, trustLoopback };
  const fetch = guardedFetch({
    line,
    grounds,
    maxBytes: launch.kind === 'sse' ? Number.MAX_SAFE_INTEGER : MAX_FETCH_BYTES,
    signal: ending.signal,
  });
  const { origin, pathname } = new URL(launch.url);
  let challenged = false;
  /** The SDK would give the operator's headers to whoever it asks for a login, too. */
  const ownFetch: typeof fetch = async (input, init = {}) => {
    const url = new URL(input);
    if (url.origin !== origin) return fetch(input, init);
    const headers = new Headers(init.headers);
    for (const [name, value] of Object.entries(launch.headers)) headers.set(name, value);
    const response = await fetch(input, { ...init, headers });
    if (url.pathname === pathname) challenged = response.status === 401;
    return response;
  };
  const dispose = async () => {
    handshake.signal.removeEventListener('abort', giveUp);
    ending.abort();
    await line.end();
  };
  const circumstances = (): Circumstances => ({ login, challenged });
  return { line, grounds, fetch: ownFetch, dispose, circumstances };
}

/** What went wrong, for people, from the depths of what the SDK throws. */
export function explain(error: unknown, { login, challenged }: Circumstances = {}): TuttiError {
  const needed = login?.needed(error);
  if (needed !== undefined) return needed;
  const errors = [...causesOf(error)];
  const ours = errors.find((each) => each instanceof TuttiError);
  if (ours !== undefined) return ours;
  // Whatever went wrong after that, it did so on the way to a login.
  if (challenged === true) return unwelcome(login !== undefined, error);
  for (const each of errors) {
    const found = explainOne(each);
    if (found !== undefined) return found;
  }
  const unexpected = error instanceof SdkError && error.code === SdkErrorCode.ClientHttpUnexpectedContent;
  const code = unexpected ? 'downstream/protocol' : 'downstream/unavailable';
  return new TuttiError(code, `The server cannot be used: ${toPlain(messageOf(error))}.`, { cause: error });
}

function* causesOf(error: unknown): Generator<Error> {
  let each = error;
  for (let depth = 0; each instanceof Error && depth < MAX_CAUSES; depth += 1) {
    yield each;
    each = each.cause;
  }
}

function unwelcome(couldLogIn: boolean, cause: unknown): TuttiError {
  const found = couldLogIn
    ? 'The server wants credentials (HTTP 401), and its OAuth metadata, which should say how to get them, is missing or of no use. Put them into `headers`, or mend the metadata.'
    : 'The server wants credentials, or others than it was given (HTTP 401). Put them into `headers`.';
  return new TuttiError('downstream/unavailable', found, { cause });
}

function explainOne(error: Error): TuttiError | undefined {
  if (error instanceof UnauthorizedError) return unwelcome(false, error);
  if (error instanceof SdkHttpError) {
    const { status, text } = error.data;
    return refused({ status, headers: {}, text: typeof text === 'string' ? text : '' });
  }
  const unreached = toUnavailable(error);
  return unreached instanceof NotProcessed ? unreached : undefined;
}
