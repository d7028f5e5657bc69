import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, Server as NodeServer, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server as Listener, isIPv6 } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Server } from '@modelcontextprotocol/server';
import type { Approver, BearerToken, OAuthSettings } from '../../config.ts';
import { requireSafeBind } from '../../config/safe-bind.ts';
import type { Caller } from '../../core/kernel/caller.ts';
import { TuttiError, wireCode } from '../../core/kernel/errors.ts';
import type { Telemetry } from '../../core/ports/telemetry.ts';
import type { WatchResources } from '../mcp/resource-watch.ts';
import type { ShortPath } from '../mcp/short-path.ts';
import type { Changes } from '../mcp/announcements.ts';
import { REVOKED } from './authenticate.ts';
import type { Refusal } from './authenticate.ts';
import { answerPreflight, sendJson } from './exchange.ts';
import { createGate } from './gate.ts';
import type { Admittance, Inboxes } from './gate.ts';
import { createMcpRoute } from './mcp.ts';
import type { KeyLimits } from './issuer-keys.ts';

export interface HttpOptions extends Changes {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** A fresh MCP server that acts for one caller. Called for every request of the stateless revision, so it must be cheap. */
  readonly build: (caller: Caller) => Server | Promise<Server>;
  /** Whom requests act for while no tokens are configured: the owner of the process. */
  readonly caller: Caller;
  /** Bearer tokens. Without these and `oauth` it is open, which only loopback may be. */
  readonly tokens: readonly BearerToken[];
  /** Whose JWTs are let in. */
  readonly oauth?: OAuthSettings;
  /** Absent: nothing is decided over HTTP. */
  readonly inboxes?: Inboxes;
  /** Who decides, at `/api/approvals` and `/api/decisions`. */
  readonly approvers: readonly Approver[];
  /** Host headers that are answered besides loopback's and the bind's. */
  readonly allowedHosts: readonly string[];
  readonly allowedOrigins: readonly string[];
  readonly telemetry: Telemetry;
  /** Why nothing should be sent here now, for people, if so: `/readyz` says it. */
  readonly problem?: () => string | undefined;
  /** Takes `tools/list` and `tools/call` off the SDK's hands; absent: it answers everything. */
  readonly short?: ShortPath;
  /** Subscribes at the servers behind us for clients that listen. */
  readonly watch?: WatchResources;
  readonly limits?: HttpLimits;
}

export interface HttpLimits extends KeyLimits {
  readonly maxSessions?: number;
  readonly sessionIdleMs?: number;
  /** How long a client may take over its headers, and over its whole request. */
  readonly headersMs?: number;
  readonly requestMs?: number;
  /** How often these are looked at. */
  readonly checkMs?: number;
  /** How long requests may still be answered after `close`. */
  readonly drainMs?: number;
}

export interface HttpSurface {
  /** Where MCP clients connect to. */
  readonly url: string;
  /**
   * Makes ready to let in whom these settings name. Returns how to do so: whoever is not let in any more loses sessions and streams.
   *
   * @throws TuttiError `server/unsafe-bind`, `config/invalid`; nothing is changed then.
   */
  prepare(settings: Admittance): Promise<() => void>;
  /** Takes no more requests, lets those under way finish, ends sessions and streams. */
  close(): Promise<void>;
}

// Imported, the module would make all of its names ready, and with `WebSocket` a whole HTTP client.
const { createServer } = process.getBuiltinModule('node:http');

const HEADERS_MS = 5000;
const REQUEST_MS = 30_000;
const CHECK_MS = 1000;
const DRAIN_MS = 10_000;
const DRAINING =
  'Tutti is shutting down and takes no new requests. Nothing of this request was done: connect again in a moment, then repeat it.';

/**
 * Listens for MCP clients at `/mcp` and for people at `/api`, and answers `/healthz` and `/readyz`.
 *
 * @throws TuttiError `server/unsafe-bind`, `server/port-in-use`, `config/invalid` for an empty token.
 */
export async function serveHttp(options: HttpOptions): Promise<HttpSurface> {
  const { host, telemetry, limits = {} } = options;
  const gateOptions = { ...options, limits };
  requireSafeBind(options);
  let ways: Admittance = options;
  let gate = await createGate(ways, gateOptions);
  const route = createMcpRoute({ ...options, ...limits });
  let draining = false;

  /** What everybody is told, besides MCP. */
  function openAnswer(path: string, request: IncomingMessage): readonly [number, object] | undefined {
    if (path === '/healthz') return [200, { ok: true }];
    if (path === '/readyz') return readiness();
    if (path === '/mcp') return undefined;
    const document = gate.metadata.at(path, request);
    return document ? [200, document] : [404, { error: 'not found', mcp: '/mcp' }];
  }

  function readiness(): readonly [number, object] {
    const problem = options.problem?.();
    const ok = !draining && problem === undefined;
    return [ok ? 200 : 503, { ok, ...(problem !== undefined && { problem }) }];
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const verdict = gate.guard(request);
    if (verdict.objection !== undefined) return refuse(response, 403, `Forbidden: ${verdict.objection}.`);
    if (verdict.origin !== undefined && answerPreflight(request, response, verdict.origin)) return;
    const path = pathOf(request.url ?? '');
    if (gate.api && path.startsWith('/api/'))
      return draining ? refuseLate(response) : await gate.api.answer(request, response);
    const answer = openAnswer(path, request);
    if (answer) return sendJson(response, ...answer);
    await speak(request, response);
  }

  /** MCP, for those who are let in. */
  async function speak(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { authenticate } = gate;
    // Whoever is known at once waits a turn all the same: in most cases it brings the body.
    const { caller, refusal } = await authenticate(request.headers.authorization);
    if (refusal) return turnAway(refusal, request, response);
    // Who was judged by a gate that is gone is judged again.
    if (caller && authenticate !== gate.authenticate && !gate.keeps(caller))
      return turnAway(REVOKED, request, response);
    await route.handle({ request, response, caller }, draining ? refuseLate : undefined);
  }

  function turnAway(refusal: Refusal, request: IncomingMessage, response: ServerResponse): void {
    if (refusal.status === 503) response.setHeader('Retry-After', '5');
    else response.setHeader('WWW-Authenticate', gate.metadata.challenge(refusal, request));
    refuse(response, refusal.status, refusal.message);
  }

  const server = createServer(
    {
      // Missing Host headers are judged with the wrong ones.
      requireHostHeader: false,
      headersTimeout: limits.headersMs ?? HEADERS_MS,
      requestTimeout: limits.requestMs ?? REQUEST_MS,
      connectionsCheckingInterval: limits.checkMs ?? CHECK_MS,
    },
    (request, response) => {
      handle(request, response).catch((error: unknown) => fail(response, error, telemetry));
    },
  );
  await listen(server, options);
  server.on('error', (error) => telemetry.log('error', 'http/server', { message: error.message }));
  return {
    url: urlOf(server, host),
    prepare: async (next) => {
      requireSafeBind({ ...next, host });
      const nextGate = await createGate(next, gateOptions, ways);
      return () => {
        ways = next;
        gate = nextGate;
        route.endUnless(gate.keeps);
      };
    },
    close: async () => {
      draining = true;
      const closed = freePort(server);
      await Promise.race([route.drain(), delay(limits.drainMs ?? DRAIN_MS, undefined, { ref: false })]);
      await route.cutOff();
      await route.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function pathOf(url: string): string {
  const query = url.indexOf('?');
  return query === -1 ? url : url.slice(0, query);
}

function refuse(response: ServerResponse, status: number, message: string): void {
  sendJson(response, status, { jsonrpc: '2.0', error: { code: -32_000, message }, id: null });
}

/** Whoever comes while what is under way is finished. */
function refuseLate(response: ServerResponse): void {
  response.setHeaders(new Map(Object.entries({ 'Retry-After': '5', Connection: 'close' })));
  const data = { error_code: wireCode('server/draining') };
  sendJson(response, 503, { jsonrpc: '2.0', error: { code: -32_000, message: DRAINING, data }, id: null });
}

function fail(response: ServerResponse, error: unknown, telemetry: Telemetry): void {
  const id = randomUUID();
  telemetry.log('error', 'http/failed', { id, cause: error instanceof Error ? error.stack : String(error) });
  if (response.headersSent) response.destroy();
  else refuse(response, 500, `Something failed inside Tutti. The log has the details under ${id}.`);
}

async function listen(server: NodeServer, { host, port }: HttpOptions): Promise<void> {
  server.listen(port, bare(host));
  try {
    await once(server, 'listening');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const options = { cause: error };
    if (code === 'EADDRINUSE') {
      const problem = `Another program listens on ${host}:${port}. Stop it, or choose another port with --port.`;
      throw new TuttiError('server/port-in-use', problem, options);
    }
    const problem = `Cannot listen on ${host}:${port} (${message}). Choose another http.host or http.port.`;
    throw new TuttiError('config/invalid', problem, options);
  }
}

/**
 * Whoever is connected may still ask, and be told that it is too late: an HTTP server's own way would cut off who waits for nothing now.
 *
 * Settles when everybody has left.
 */
async function freePort(server: NodeServer): Promise<void> {
  const closed = once(server, 'close');
  Listener.prototype.close.call(server);
  await closed;
  // Looks for slow clients no more.
  server.close();
}

function urlOf(server: NodeServer, host: string): string {
  const { port } = server.address() as AddressInfo;
  const name = bare(host);
  return `http://${isIPv6(name) ? `[${name}]` : name}:${port}/mcp`;
}

function bare(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1');
}
