import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

export interface GuardOptions {
  /** The name or address that was bound. */
  readonly host: string;
  /** Further Host headers that are answered, with or without a port. */
  readonly allowedHosts: readonly string[];
  /** Further origins whose pages may call, such as `https://example.com`. */
  readonly allowedOrigins: readonly string[];
}

export type Verdict =
  | { readonly objection: string }
  /** `origin` is that of the page that asks, if a page does. */
  | { readonly objection?: never; readonly origin: string | undefined };

export type Guard = (request: IncomingMessage) => Verdict;

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

/**
 * Keeps out web pages of other origins and names that were rebound to this address. A request must name this server in one Host
 * header; an Origin, which only browsers send, must be this server's own or a configured one.
 */
export function createGuard({ host, allowedHosts, allowedOrigins }: GuardOptions): Guard {
  const names = new Set([...LOOPBACK, toHostname(host)]);
  const hosts = new Set(allowedHosts.map((each) => each.toLowerCase()));
  const origins = new Set(allowedOrigins.map((each) => each.toLowerCase()));
  const judge: Guard = (request) => {
    const [hostHeader, ...moreHosts] = request.headersDistinct['host'] ?? [];
    const [origin, ...moreOrigins] = request.headersDistinct['origin'] ?? [];
    if (hostHeader === undefined || moreHosts.length > 0)
      return { objection: 'expected exactly one Host header' };
    const known = [...names, ...ownAddress(request)];
    if (!isKnownHost(hostHeader, known, hosts)) {
      return {
        objection: 'the Host header does not name this server; other names go into http.allowedHosts',
      };
    }
    if (moreOrigins.length > 0) return { objection: 'expected at most one Origin header' };
    if (origin === undefined) return { origin };
    if (origins.has(origin.toLowerCase()) || isOwnOrigin(origin, hostHeader, known)) return { origin };
    return { objection: 'pages of this Origin may not call this server; others go into http.allowedOrigins' };
  };
  return remembering(judge);
}

const MAX_KNOWN = 256;

/** Clients send the same again and again: what was let in once, without any Origin, is let in again. */
function remembering(judge: Guard): Guard {
  const known = new Set<string>();
  return (request) => {
    const host = plainHost(request);
    const name = `${request.socket.localAddress ?? ''} ${host ?? ''}`;
    if (host !== undefined && known.has(name)) return { origin: undefined };
    const verdict = judge(request);
    if (host !== undefined && verdict.objection === undefined) {
      if (known.size >= MAX_KNOWN) known.clear();
      known.add(name);
    }
    return verdict;
  };
}

/** The Host header of a request that has exactly one and no Origin. */
function plainHost({ rawHeaders, headers }: IncomingMessage): string | undefined {
  if (headers.origin !== undefined) return undefined;
  let hosts = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] as string;
    if (name.length === 4 && name.toLowerCase() === 'host') hosts += 1;
  }
  return hosts === 1 ? headers.host : undefined;
}

function isKnownHost(header: string, known: string[], configured: ReadonlySet<string>): boolean {
  // Anything but a name and a port is a trick on the parser: a user, a path, blanks.
  if (!/^[\w.:[\]-]+$/.test(header)) return false;
  if (configured.has(header.toLowerCase())) return true;
  if (!URL.canParse(`http://${header}`)) return false;
  const { hostname } = new URL(`http://${header}`);
  return known.includes(hostname) || configured.has(hostname);
}

/** A page this server itself gave out, under whichever of its names: same port, known name. */
function isOwnOrigin(origin: string, host: string, known: readonly string[]): boolean {
  if (!URL.canParse(origin)) return false;
  const page = new URL(origin);
  if (page.protocol !== 'http:' && page.protocol !== 'https:') return false;
  const own = new URL(`${page.protocol}//${host}`);
  return (
    page.origin === origin.toLowerCase() &&
    page.port === own.port &&
    (page.hostname === own.hostname || known.includes(page.hostname))
  );
}

/** A literal address cannot be rebound: the one this connection came in by is as good as our name. */
function ownAddress({ socket }: IncomingMessage): string[] {
  return socket.localAddress === undefined ? [] : [toHostname(socket.localAddress.replace(/^::ffff:/, ''))];
}

function toHostname(host: string): string {
  return isIP(host) === 6 ? new URL(`http://[${host}]`).hostname : host.toLowerCase();
}
