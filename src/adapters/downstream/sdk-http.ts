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
import { isJsonObject } from '../../core/kernel/json.ts';
import { calmed } from './calm-response.ts';
import { DISCOVERY_ID, parsed } from './discovery.ts';
import { guardedFetch } from './guarded-fetch.ts';
import type { FetchLike } from './guarded-fetch.ts';
import { shakeHands } from './handshake.ts';
import { refused, toUnavailable } from './http-exchange.ts';
import type { Refusal } from './http-exchange.ts';
import { HttpLink } from './http-link.ts';
import type { Login } from './login.ts';
import type { HttpGround, HttpOptions } from './open-http.ts';
import { SdkLink } from './sdk-link.ts';
import { messageOf, NotProcessed, toPlain } from './wire.ts';
import type { Greeting, Link } from './wire.ts';

/** What is known beside an error. */
interface Circumstances {
  readonly login?: Login | undefined;
  /** The last thing that the server said was that it wants credentials. */
  readonly challenged?: boolean;
  /** Why the last request to its address came to nothing: the transport for event streams tells but its text. */
  readonly failure?: unknown;
}

/** Of what the SDK reads: the handshake, metadata, tokens. */
const MAX_FETCH_BYTES = 4 * 1_048_576;
const MAX_CAUSES = 8;
/** An old server knows no POST at its address. */
const NO_POST: ReadonlySet<unknown> = new Set([404, 405]);

/** The SDK's way to a server: for the handshake, logins, and the end of a session. */
export interface SdkSide {
  readonly transport: StreamableHTTPClientTransport;
  /** Why a request over it failed, for people. */
  explain(error: unknown): TuttiError;
  /** Gives back what it was made with, but for the line. */
  end(): void;
}

/** How a server is reached that may have been asked for its revision before. */
interface SdkOptions extends HttpOptions {
  /** What it said then. */
  readonly answer?: Refusal | undefined;
}

/** Connects to a server that has to be judged by the SDK. */
export async function openBySdk(ground: HttpGround, options: SdkOptions): Promise<Link> {
  if (options.launch.kind === 'sse') return await openSse(ground, options);
  try {
    return await openStreamable(ground, options);
  } catch (error) {
    if (!isOld(error)) throw error;
    return await openSse(ground, { ...options, launch: { ...options.launch, kind: 'sse' } }).catch(() => {
      throw explain(error, options);
    });
  }
}

/** For a server that was met without the SDK, once it is needed after all. */
export async function openSdkSide(
  ground: HttpGround,
  options: HttpOptions,
  { protocolVersion }: Greeting,
): Promise<SdkSide> {
  const side = toSide(ground, options);
  await side.transport.start();
  side.transport.setProtocolVersion(protocolVersion);
  return side;
}

function isOld(error: unknown): boolean {
  return error instanceof SdkHttpError && NO_POST.has(error.data.status);
}

async function openStreamable(ground: HttpGround, options: SdkOptions): Promise<Link> {
  const { launch, login, handshake, events } = options;
  const sdk = toSide(ground, options);
  const giveUp = () => sdk.end();
  handshake.signal.addEventListener('abort', giveUp);
  try {
    const greeting = await shakeHands(sdk.transport, handshake);
    return new HttpLink({
      ...ground,
      headers: launch.headers,
      greeting,
      login,
      events,
      sdk,
      openSdk: () => Promise.resolve(sdk),
    });
  } catch (error) {
    const explained = sdk.explain(error);
    await sdk.transport.close().catch(() => {});
    sdk.end();
    throw isOld(error) && !sdk.challenged() ? error : explained;
  } finally {
    handshake.signal.removeEventListener('abort', giveUp);
  }
}

function toSide(ground: HttpGround, options: SdkOptions): SdkSide & { readonly challenged: () => boolean } {
  const { login } = options;
  const { url } = ground;
  const requests = toRequests(ground, options);
  const transport = new StreamableHTTPClientTransport(url, {
    // Its stream for what servers say unasked is opened by the link itself.
    fetch: (input, init) =>
      init?.method === 'GET' && String(input) === url.href
        ? Promise.resolve(new Response(null, { status: 405 }))
        : requests.fetch(input, init),
    ...(login && { authProvider: login.provider }),
  });
  return {
    transport,
    explain: (error) => explain(error, { login, ...requests.circumstances() }),
    challenged: () => requests.circumstances().challenged === true,
    end: requests.end,
  };
}

async function openSse(ground: HttpGround, options: HttpOptions): Promise<Link> {
  const { login, handshake, events } = options;
  const requests = toRequests(ground, options);
  const transport: Transport = new SSEClientTransport(ground.url, {
    fetch: async (input, init) => calmed(await requests.fetch(input, init)),
    ...(login && { authProvider: login.provider }),
  });
  handshake.signal.addEventListener('abort', requests.end);
  const dispose = async () => {
    requests.end();
    await ground.line.end();
  };
  try {
    // It is older than the question for a revision.
    const greeting = await shakeHands(transport, { ...handshake, verdict: { era: 'legacy', at: 0 } });
    return new SdkLink({ transport, greeting, events, dispose });
  } catch (error) {
    const explained = explain(error, { login, ...requests.circumstances() });
    await transport.close().catch(() => {});
    requests.end();
    throw explained;
  } finally {
    handshake.signal.removeEventListener('abort', requests.end);
  }
}

interface Requests {
  readonly fetch: FetchLike;
  readonly circumstances: () => Circumstances;
  /** Ends those under way. */
  readonly end: () => void;
}

function toRequests(
  { line, grounds }: HttpGround,
  { launch, answer }: Pick<SdkOptions, 'launch' | 'answer'>,
): Requests {
  const ending = new AbortController();
  const fetch = guardedFetch({
    line,
    grounds,
    maxBytes: launch.kind === 'sse' ? Number.MAX_SAFE_INTEGER : MAX_FETCH_BYTES,
    signal: ending.signal,
  });
  const { origin, pathname } = new URL(launch.url);
  let known = answer;
  let challenged = false;
  let failure: unknown;
  /** The SDK would give the operator's headers to whoever it asks for a login, too. */
  const ownFetch: FetchLike = async (input, init = {}) => {
    const url = new URL(input);
    if (url.origin !== origin) return fetch(input, init);
    const again = known && repeated(known, init);
    known = undefined;
    const headers = new Headers(init.headers);
    for (const [name, value] of Object.entries(launch.headers)) headers.set(name, value);
    const isHome = url.pathname === pathname;
    try {
      const response = again ?? (await fetch(input, { ...init, headers }));
      if (isHome) [challenged, failure] = [response.status === 401, undefined];
      return response;
    } catch (error) {
      if (isHome) failure = error;
      throw error;
    }
  };
  const circumstances = (): Circumstances => ({ challenged, failure });
  return { fetch: ownFetch, circumstances, end: () => ending.abort() };
}

/** What was answered to our own question is the answer to the SDK's, which is the same. */
function repeated({ status, headers, text }: Refusal, { body }: RequestInit): Response | undefined {
  const asked = typeof body === 'string' ? parsed(body) : undefined;
  if (!isJsonObject(asked) || asked['method'] !== 'server/discover') return undefined;
  const said = parsed(text);
  const named = isJsonObject(said) && said['id'] === DISCOVERY_ID ? { ...said, id: asked['id'] } : undefined;
  const kept = ['content-type', 'www-authenticate'].flatMap((name) => {
    const value = headers[name];
    return typeof value === 'string' ? [[name, value] as [string, string]] : [];
  });
  const isEmpty = status === 204 || status === 205;
  return new Response(isEmpty ? null : named === undefined ? text : JSON.stringify(named), {
    status,
    headers: kept,
  });
}

/** What went wrong, for people, from the depths of what the SDK throws. */
export function explain(error: unknown, circumstances: Circumstances = {}): TuttiError {
  const { login, challenged, failure } = circumstances;
  const needed = error instanceof UnauthorizedError ? login?.pending() : undefined;
  if (needed !== undefined) return needed;
  const errors = [...causesOf(error), ...causesOf(failure)];
  const ours = errors.find((each) => each instanceof TuttiError);
  if (ours !== undefined) return ours;
  // Whatever went wrong after that, it did so on the way to a login.
  if (challenged === true) return unwelcome(login !== undefined, error);
  for (const each of errors) {
    const found = explainOne(each);
    if (found !== undefined) return found;
  }
  const unsaid = errors.find((each) => each instanceof TypeError && each.cause instanceof Error);
  if (unsaid !== undefined) return toUnavailable(unsaid.cause as Error);
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
