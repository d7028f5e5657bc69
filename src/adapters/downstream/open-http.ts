import { MODERN_VERSION } from '../../core/kernel/protocol-names.ts';
import type { Launch } from '../../core/ports/downstream.ts';
import { discover } from './discovery.ts';
import type { Discovery } from './discovery.ts';
import { greetingIn } from './greeting.ts';
import type { HandshakeOptions } from './greeting.ts';
import { checkUrl, guardedLine } from './guard.ts';
import type { Grounds, Line, Resolve } from './guard.ts';
import { HttpLink, POSTED, ownHeaders } from './http-link.ts';
import type { Login } from './login.ts';
import type { Link, LinkEvents } from './wire.ts';

export interface HttpOptions {
  readonly launch: Exclude<Launch, { kind: 'stdio' }>;
  readonly login: Login | undefined;
  readonly handshake: HandshakeOptions;
  readonly events: LinkEvents;
  readonly resolve?: Resolve | undefined;
  readonly trustLoopback?: boolean | undefined;
}

/** What a connection stands on while it is made. */
export interface HttpGround {
  readonly url: URL;
  readonly line: Line;
  readonly grounds: Grounds;
}

/** Connects to a remote server and agrees with it on a revision: without the SDK where the server is plainly one of the newest. */
export async function openHttp(given: HttpOptions): Promise<Link> {
  const options = { ...given, launch: introduced(given) };
  const { launch, resolve, trustLoopback } = options;
  const url = new URL(launch.url);
  checkUrl(url, launch.allowPrivate);
  const line = guardedLine(launch.allowPrivate, resolve);
  const ground: HttpGround = { url, line, grounds: { ...launch, trustLoopback } };
  try {
    const found = await ask(ground, options);
    if (found?.kind === 'met') return toLink(found, { ground, options });
    const { openBySdk } = await import('./sdk-http.ts');
    return await openBySdk(ground, { ...options, answer: found?.answer });
  } catch (error) {
    await line.end();
    throw error;
  }
}

/** Some servers turn away whoever does not say what program asks. */
function introduced({ launch, handshake }: HttpOptions): HttpOptions['launch'] {
  if (Object.keys(launch.headers).some((name) => name.toLowerCase() === 'user-agent')) return launch;
  const { name, version } = handshake.introduction;
  return { ...launch, headers: { 'user-agent': `${name}/${version}`, ...launch.headers } };
}

async function ask({ url, line }: HttpGround, options: HttpOptions): Promise<Discovery | undefined> {
  const { launch, login, handshake } = options;
  const { verdict } = handshake;
  if (launch.kind === 'sse' || verdict?.era === 'legacy') return undefined;
  const known = greetingIn(verdict?.discovered);
  if (known !== undefined) return { kind: 'met', greeting: known };
  if (verdict !== undefined) return undefined;
  const token = login?.token();
  const authorization = token === undefined ? [] : ['authorization', `Bearer ${token}`];
  const version = ['mcp-protocol-version', MODERN_VERSION];
  const headers = [...ownHeaders(launch.headers), ...version, ...POSTED, ...authorization];
  return await discover({ url, headers, line, handshake });
}

function toLink(
  { greeting }: Extract<Discovery, { kind: 'met' }>,
  { ground, options }: { readonly ground: HttpGround; readonly options: HttpOptions },
): Link {
  const { launch, login, events } = options;
  return new HttpLink({
    ...ground,
    headers: launch.headers,
    greeting,
    login,
    events,
    openSdk: async () => {
      const { openSdkSide } = await import('./sdk-http.ts');
      return await openSdkSide(ground, options, greeting);
    },
  });
}
