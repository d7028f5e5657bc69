import { lookup as resolveName } from 'node:dns';
import type { LookupAddress } from 'node:dns';
import { isIP } from 'node:net';
import type { LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import type { IPv4, IPv6 } from 'ipaddr.js';
import buildConnector from 'undici/lib/core/connect.js';
import Agent from 'undici/lib/dispatcher/agent.js';
import { TuttiError } from '../../core/kernel/errors.ts';
import { Lane, MAX_CONNECTIONS } from './lane.ts';
import type { LaneRequest } from './lane.ts';
import { CONNECT_MS } from './track.ts';
import type { Awaiting } from './track.ts';
import { toPlain } from './wire.ts';

/** Finds all addresses of a name; the platform's resolver but in tests. */
export type Resolve = (
  hostname: string,
  done: (error: NodeJS.ErrnoException | null, addresses: readonly LookupAddress[]) => void,
) => void;

/** Public by their range, yet they answer for the machine they are asked on. */
const METADATA: ReadonlySet<string> = new Set(['168.63.129.16']);
const KEEP_ALIVE_MS = 30_000;

/** An address that a server of ours must not make us reach. */
export class ForbiddenAddress extends TuttiError {
  constructor(found: string) {
    super(
      'downstream/unavailable',
      `${toPlain(found, 200)} is not reached: it is private to this machine or network. Write it down as an address of the server itself, if it is one.`,
    );
  }
}

/** Whether an address is one of the public Internet, whatever other address is folded into it. */
export function isPublicAddress(text: string): boolean {
  let address: IPv4 | IPv6;
  try {
    address = ipaddr.parse(text.replace(/^\[|\]$/g, '').split('%', 1)[0] ?? '');
  } catch {
    return false;
  }
  const plain = address.kind() === 'ipv6' ? unfold(address as IPv6) : (address as IPv4);
  return plain !== undefined && plain.range() === 'unicast' && !METADATA.has(plain.toString());
}

/** The IPv4 address inside an IPv6 one where there is one, else itself; `undefined` for forms that hide where they lead. */
function unfold(address: IPv6): IPv4 | IPv6 | undefined {
  const range = address.range();
  const bytes = address.toByteArray();
  if (range === 'ipv4Mapped') return address.toIPv4Address();
  if (range === 'rfc6052') return toIPv4(bytes.slice(12));
  if (range === '6to4') return toIPv4(bytes.slice(2, 6));
  // ::a.b.c.d, and NAT64 of local use.
  const local = bytes.slice(0, 12).every((each) => each === 0);
  const nat64 = bytes[0] === 0 && bytes[1] === 0x64 && bytes[2] === 0xff && bytes[3] === 0x9b;
  return local || nat64 ? undefined : address;
}

function toIPv4(bytes: readonly number[]): IPv4 {
  return ipaddr.parse(bytes.join('.')) as IPv4;
}

/** @throws TuttiError `downstream/unavailable` for an address that is not HTTP, not encrypted, or carries a login. */
export function checkUrl(url: URL, allowPrivate: boolean): void {
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new TuttiError(
      'downstream/unavailable',
      `Expected an http or https address, found ${toPlain(url.protocol, 40)}.`,
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw new TuttiError(
      'downstream/unavailable',
      'Expected an address without a login in it. Use `headers`.',
    );
  }
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (!allowPrivate && isIP(host) !== 0 && !isPublicAddress(host)) throw new ForbiddenAddress(url.host);
  if (!allowPrivate && url.protocol === 'http:') {
    throw new TuttiError(
      'downstream/unavailable',
      `Expected https for ${toPlain(url.host, 200)}, found http: what is sent would be readable on the way.`,
    );
  }
}

/** A server may send a request elsewhere so often. */
export const MAX_REDIRECTS = 3;

export function tooManyRedirects(): TuttiError {
  return new TuttiError(
    'downstream/protocol',
    `Expected an answer, found more than ${MAX_REDIRECTS} redirects. Correct the address.`,
  );
}

/** The addresses of one server that may be private: what the operator wrote down, and nothing that the server names. */
export interface Grounds {
  readonly url: string;
  readonly allowPrivate: boolean;
  /** Other ports of the same host count too. */
  readonly allowPrivatePorts?: boolean | undefined;
  /** So does all of this machine; for tests that play a whole network on it. */
  readonly trustLoopback?: boolean | undefined;
}

const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

export function mayBePrivate(url: URL, grounds: Grounds): boolean {
  const { allowPrivate, allowPrivatePorts, trustLoopback } = grounds;
  if (!allowPrivate) return false;
  const { hostname, origin } = new URL(grounds.url);
  if (url.origin === origin) return true;
  if (trustLoopback === true && LOOPBACK.has(url.hostname)) return true;
  return allowPrivatePorts === true && url.hostname === hostname;
}

/** The connections to one server. */
export interface Line {
  /** Sends one request: by our own hands over plain HTTP, else by undici. */
  dispatch(request: LaneRequest & { readonly origin: string }, awaiting: Awaiting): void;
  readonly agent: Agent;
  /** For addresses that a server names instead of its own: private ones are never reached. */
  readonly strict: Agent;
  /** New requests go over new connections; those under way end on theirs. */
  renew(): void;
  end(): Promise<void>;
}

/** Connections that are made to no address that was not checked in the same moment, and kept alive. */
export function guardedLine(allowPrivate: boolean, resolve?: Resolve): Line {
  let agent: Agent | undefined;
  let strict: Agent | undefined;
  let lanes = new Map<string, Lane>();
  const former = new Set<Agent | Lane>();
  const byUndici = () => (agent ??= guardedAgent(allowPrivate, resolve));
  const laneTo = (origin: string): Lane => {
    const known = lanes.get(origin);
    if (known) return known;
    // A server may lead us to ever other ports.
    for (const [other, lane] of lanes) if (lane.isEmpty) lanes.delete(other);
    const lane = new Lane(origin);
    lanes.set(origin, lane);
    return lane;
  };
  return {
    // Plain HTTP is spoken to nobody but addresses that may be private: there is nothing to check.
    dispatch(request, awaiting) {
      const isPlain = allowPrivate && request.origin.startsWith('http:');
      if (isPlain) laneTo(request.origin).dispatch(request, awaiting);
      else byUndici().dispatch(request, awaiting);
    },
    get agent() {
      return byUndici();
    },
    get strict() {
      strict ??= guardedAgent(false, resolve);
      return strict;
    },
    renew() {
      for (const old of [...lanes.values(), ...(agent ? [agent] : [])]) {
        former.add(old);
        void old.close().finally(() => former.delete(old));
      }
      agent = undefined;
      lanes = new Map();
    },
    async end() {
      const all = [agent, strict, ...lanes.values(), ...former].filter((each) => each !== undefined);
      await Promise.all(all.map(async (each) => await each.destroy()));
    },
  };
}

function guardedAgent(allowPrivate: boolean, resolve: Resolve = resolveAll): Agent {
  const connect = buildConnector({
    timeout: CONNECT_MS,
    ...(!allowPrivate && { lookup: guardedLookup(resolve) }),
  });
  return new Agent({
    connections: MAX_CONNECTIONS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    // Deadlines are the calls' own.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: (options, callback) => {
      // A literal address is never looked up.
      const host = options.hostname.replace(/^\[|\]$/g, '');
      if (!allowPrivate && isIP(host) !== 0 && !isPublicAddress(host)) {
        callback(new ForbiddenAddress(options.hostname), null);
      } else connect(options, callback);
    },
  });
}

/** Answers with what was checked and nothing else, so that a second answer of the name server changes nothing. */
function guardedLookup(resolve: Resolve): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, (error, addresses) => {
      const first = addresses[0];
      if (error !== null || first === undefined) {
        callback(error ?? new Error(`${hostname} has no address`), []);
      } else if (!addresses.every((each) => isPublicAddress(each.address))) {
        callback(new ForbiddenAddress(hostname), []);
      } else if (options.all === true) callback(null, [...addresses]);
      else callback(null, first.address, first.family);
    });
  };
}

function resolveAll(hostname: string, done: Parameters<Resolve>[1]): void {
  resolveName(hostname, { all: true }, (error, addresses) => done(error, addresses ?? []));
}
