import type { Caller } from '../kernel/caller.ts';
import { TuttiError } from '../kernel/errors.ts';
import { canonicalJson } from '../kernel/json.ts';
import type { Json } from '../kernel/json.ts';
import type { DownstreamOptions, Launch } from '../ports/downstream.ts';
import type { Digest } from '../ports/digest.ts';
import type { Connection } from './connection.ts';
import type { ServerSettings, UserCredentials } from './settings.ts';

/** Processes there may be for each one that is allowed, while some are ending. */
const LEAVING_FACTOR = 2;

/** Every connection there is, those on their way out included. */
export class ConnectionPool {
  readonly #connections = new Set<Connection>();
  readonly #leaving = new WeakSet<Connection>();
  maxProcesses: number;

  constructor(maxProcesses: number) {
    this.maxProcesses = maxProcesses;
  }

  add(connection: Connection): Connection {
    this.#connections.add(connection);
    return connection;
  }

  /** It is about to be closed: another one has taken its place. */
  leave(connection: Connection): void {
    this.#leaving.add(connection);
  }

  /** @throws TuttiError `downstream/overloaded` when it would start one process too many. */
  admit(connection: Connection): void {
    if (!connection.isProcess || connection.isActive) return;
    const running = [...this.#connections].filter((each) => each.isProcess && each.isActive);
    // What new settings replace may still be ending while its successor begins.
    const active = running.filter((each) => !this.#leaving.has(each)).length;
    if (active < this.maxProcesses && running.length < LEAVING_FACTOR * this.maxProcesses) return;
    throw new TuttiError(
      'downstream/overloaded',
      `${connection.server} was not started: ${active} servers run as processes already, and maxProcesses is ${this.maxProcesses}. Raise it, or give servers an idleShutdownMs.`,
    );
  }

  async close(connection: Connection, drainMs?: number): Promise<void> {
    await connection.close(drainMs).finally(() => this.#connections.delete(connection));
  }

  async closeAll(drainMs?: number): Promise<void> {
    const closed = await Promise.allSettled(
      [...this.#connections].map(async (each) => this.close(each, drainMs)),
    );
    const failed = closed.find((each) => each.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }
}

/**
 * The entry of `users` that is this caller's, if any. What an identity provider calls somebody names nobody here: two providers may mean
 * two people by one name.
 */
export function userOf(server: ServerSettings, { owner, name }: Caller): string | undefined {
  const keys = owner.startsWith(TOKEN_OWNER) ? [owner, name] : [owner];
  return keys.find((key) => key !== undefined && Object.hasOwn(server.users, key));
}

/** How owners begin that are the holders of a token which the operator named. */
const TOKEN_OWNER = 'token:';

/** How a server is reached with the credentials of one of its users, or without. */
export function launchFor({ launch, users }: ServerSettings, user: string | undefined): Launch {
  const own: UserCredentials | undefined = user === undefined ? undefined : users[user];
  if (own === undefined) return launch;
  return launch.kind === 'stdio'
    ? { ...launch, env: { ...launch.env, ...own.env } }
    : { ...launch, headers: withHeaders(launch.headers, own.headers) };
}

/** Names of headers are the same in any case: the caller's own replace those of the server. */
function withHeaders(
  headers: Readonly<Record<string, string>>,
  own: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const replaced = new Set(Object.keys(own).map((name) => name.toLowerCase()));
  const kept = Object.entries(headers).filter(([name]) => !replaced.has(name.toLowerCase()));
  return { ...Object.fromEntries(kept), ...own };
}

/** What a connection of this user needs to be opened. */
export function targetFor(server: ServerSettings, user: string | undefined): DownstreamOptions {
  return {
    server: server.name,
    launch: launchFor(server, user),
    connectMs: server.connectMs,
    ...(server.idleShutdownMs === undefined ? {} : { idleShutdownMs: server.idleShutdownMs }),
    maxMemoryBytes: server.maxMemoryBytes,
  };
}

/** Equal for targets whose connections can stand for one another, secrets included: to compare, never to keep or show. */
export function targetKey(target: DownstreamOptions, digest: Digest): string {
  return digest(canonicalJson(JSON.parse(JSON.stringify(target)) as Json));
}

/** Equal for settings under which a server stays as it is: reached in the same way, and with the same kinds of credentials. */
export function stationKey(server: ServerSettings, digest: Digest): string {
  return digest(targetKey(targetFor(server, undefined), digest) + JSON.stringify(credentialNames(server)));
}

/** What callers may replace or add with credentials of their own: names of variables or headers. */
export function credentialNames({ launch, users }: ServerSettings): readonly string[] {
  const names = Object.values(users).flatMap(({ env, headers }) =>
    launch.kind === 'stdio' ? Object.keys(env) : Object.keys(headers).map((name) => name.toLowerCase()),
  );
  return [...new Set(names)].toSorted();
}
