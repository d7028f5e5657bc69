import { randomBytes } from 'node:crypto';
import { WebStandardStreamableHTTPServerTransport, isJSONRPCRequest } from '@modelcontextprotocol/server';
import type { RequestId, Server } from '@modelcontextprotocol/server';
import { BusyMap } from '../../core/kernel/busy.ts';
import { isJsonObject } from '../../core/kernel/json.ts';
import type { JsonObject } from '../../core/kernel/json.ts';
import type { Caller } from '../../core/kernel/caller.ts';
import { isAskable } from '../mcp/channel.ts';
import { hears, logLevelOf } from '../mcp/log-levels.ts';
import { cancelledId } from '../mcp/short-path.ts';
import { cutOffAnswer } from './cut-off.ts';

export interface SessionsOptions {
  /** A fresh server for one client. */
  readonly build: (caller: Caller) => Server | Promise<Server>;
  /** Of one owner. At the bound the one that was idle for longest makes room; others' are never touched. */
  readonly maxSessions?: number;
  /** How long a session without a request or an open stream is kept. */
  readonly idleMs?: number;
  readonly now?: () => number;
  readonly onError: (error: unknown) => void;
}

/** A request that is answered beside the SDK, in a session. */
export interface Claim {
  /** Aborts when the client cancels the request, or the session ends. */
  readonly signal: AbortSignal;
  readonly client: { readonly capabilities: JsonObject; readonly name: string | undefined };
  readonly logLevel: string;
  /** Whether the client wants to hear of log messages of this level. */
  hears(level: unknown): boolean;
  /** Whether the session ended meanwhile. */
  isOver(): boolean;
  release(): void;
}

interface Session {
  readonly transport: WebStandardStreamableHTTPServerTransport;
  readonly server: Server;
  /** What is answered beside the SDK, by the id of the request. */
  readonly claims: BusyMap<RequestId, AbortController>;
  readonly caller: Caller;
  readonly owner: string;
  /** Owner and grants that it was built for: it serves nobody else. */
  readonly bearer: string;
  /** Requests and streams that are open. */
  open: number;
  /** Ids of the requests that wait for their answer. */
  readonly asked: Set<RequestId>;
  usedAt: number;
  isOver: boolean;
}

const MAX_SESSIONS = 1000;
const IDLE_MS = 30 * 60_000;
const ID_BYTES = 16;

const UNKNOWN: Refusal = { status: 404, code: -32_001, message: 'Session not found. Initialize a new one.' };
const NO_SESSION: Refusal = {
  status: 400,
  message: 'Bad Request: Mcp-Session-Id header is required after initialize.',
};
const NO_STREAM: Refusal = {
  status: 405,
  message: 'Method not allowed without an Mcp-Session-Id header.',
  headers: { Allow: 'POST' },
};
const REPEATED: Refusal = {
  status: 400,
  code: -32_600,
  message: 'Invalid request: a request with this id is still being answered. Give each its own.',
};
const FULL: Refusal = {
  status: 503,
  message: 'Too many sessions are in use. Try again later.',
  headers: { 'Retry-After': '30' },
};

/** Sessions of clients that speak a protocol revision with a handshake. A session serves its owner alone. */
export class Sessions {
  readonly #options: SessionsOptions;
  readonly #sessions = new Map<string, Session>();

  constructor(options: SessionsOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#sessions.size;
  }

  /** Answers a request in its session, or opens one. `body` is the message, for a POST. */
  async handle(request: Request, caller: Caller, body?: unknown): Promise<Response> {
    const id = request.headers.get('mcp-session-id');
    if (id !== null) {
      const session = this.#sessions.get(id);
      // Somebody else's session is as unknown as none; so is one's own that was opened with other grants.
      if (session?.bearer !== bearerOf(caller)) return refusal(UNKNOWN);
      return await this.#within(session, request, body);
    }
    if (!isHandshake(body)) return refusal(request.method === 'POST' ? NO_SESSION : NO_STREAM);
    this.expire();
    if (!this.#makeRoom(caller)) return refusal(FULL);
    return await this.#within(await this.#create(caller), request, body);
  }

  /**
   * Takes a request of a session in which the client cannot be asked anything, to be answered beside the SDK. `undefined` for what the SDK
   * must judge or answer.
   */
  claim(
    id: string,
    {
      caller,
      request,
      version,
    }: { readonly caller: Caller; readonly request: RequestId; readonly version: string | undefined },
  ): Claim | undefined {
    const session = this.#sessions.get(id);
    if (session?.bearer !== bearerOf(caller) || session.asked.has(request)) return undefined;
    const { server } = session;
    const spoken = server.getNegotiatedProtocolVersion();
    const capabilities = (server.getClientCapabilities() ?? {}) as JsonObject;
    if (spoken === undefined || (version ?? spoken) !== spoken || isAskable(capabilities)) return undefined;
    const cancel = new AbortController();
    session.claims.set(request, cancel);
    const leave = this.#enter(session, request);
    return {
      signal: cancel.signal,
      client: { capabilities, name: server.getClientVersion()?.name },
      logLevel: logLevelOf(server),
      hears: (level) => hears(server, level),
      isOver: () => session.isOver,
      release: () => {
        session.claims.delete(request);
        leave();
      },
    };
  }

  /** Closes what has been idle for too long. */
  expire(): void {
    const latest = this.#now() - (this.#options.idleMs ?? IDLE_MS);
    for (const session of this.#sessions.values()) {
      if (session.open === 0 && session.usedAt <= latest) this.#end(session);
    }
  }

  /** Ends the sessions of those who are not let in any more. */
  endUnless(isAdmitted: (caller: Caller) => boolean): void {
    for (const session of this.#sessions.values()) if (!isAdmitted(session.caller)) this.#end(session);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#sessions.values()].map(async (session) => await this.#cutOff(session)));
  }

  async #create(caller: Caller): Promise<Session> {
    const transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: () => randomBytes(ID_BYTES).toString('base64url'),
      onsessioninitialized: (id) => void this.#sessions.set(id, session),
    });
    const server = await this.#options.build(caller);
    const session: Session = {
      transport,
      server,
      claims: new BusyMap(),
      caller,
      owner: caller.owner,
      bearer: bearerOf(caller),
      open: 0,
      asked: new Set(),
      usedAt: this.#now(),
      isOver: false,
    };
    await server.connect(transport);
    const { onclose } = transport;
    // oxlint-disable-next-line unicorn/prefer-add-event-listener -- a transport of the SDK is no EventTarget
    transport.onclose = () => {
      if (transport.sessionId !== undefined) this.#sessions.delete(transport.sessionId);
      session.isOver = true;
      for (const claim of session.claims.values()) claim.abort();
      onclose?.();
    };
    return session;
  }

  async #within(session: Session, request: Request, body: unknown): Promise<Response> {
    const id = isJSONRPCRequest(body) ? body.id : undefined;
    if (id !== undefined && session.asked.has(id)) return refusal(REPEATED);
    const leave = this.#enter(session, id);
    notice(session, body);
    try {
      const options = body === undefined ? undefined : { parsedBody: body };
      const answer = await session.transport.handleRequest(request, options);
      if (answer.body !== null) return whenSent(answer, answer.body, leave);
      leave();
      return answer;
    } catch (error) {
      leave();
      throw error;
    }
  }

  /** Counts a request as open. Returns what to do when it is answered. */
  #enter(session: Session, id: RequestId | undefined): () => void {
    session.open += 1;
    if (id !== undefined) session.asked.add(id);
    return () => {
      session.open -= 1;
      session.usedAt = this.#now();
      if (id !== undefined) session.asked.delete(id);
    };
  }

  #makeRoom({ owner }: Caller): boolean {
    const own = [...this.#sessions.values()].filter((each) => each.owner === owner);
    if (own.length < (this.#options.maxSessions ?? MAX_SESSIONS)) return true;
    const [oldest] = own.filter((each) => each.open === 0).toSorted((x, y) => x.usedAt - y.usedAt);
    if (oldest) this.#end(oldest);
    return oldest !== undefined;
  }

  #end(session: Session): void {
    this.#cutOff(session).catch(this.#options.onError);
  }

  /** Whoever waits for an answer hears that none will come: a stream that merely ends is waited for on and on. */
  async #cutOff({ transport, asked, claims }: Session): Promise<void> {
    const waiting = [...asked].filter((id) => !claims.has(id));
    if (waiting.length > 0)
      await Promise.allSettled(waiting.map(async (id) => await transport.send(cutOffAnswer(id))));
    await transport.close();
  }

  #now(): number {
    return (this.#options.now ?? Date.now)();
  }
}

/** Calls back once the answer, which may be a stream, has gone out or was given up. */
function whenSent(answer: Response, body: ReadableStream<Uint8Array>, sent: () => void): Response {
  let over = false;
  const finish = (): void => {
    if (!over) sent();
    over = true;
  };
  const reader = body.getReader();
  const watched = new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      const { done, value } = await reader.read();
      if (!done) return controller.enqueue(value);
      finish();
      controller.close();
    },
    cancel: async (reason) => {
      finish();
      await reader.cancel(reason);
    },
  });
  return new Response(watched, { status: answer.status, headers: answer.headers });
}

function bearerOf({ owner, grants }: Caller): string {
  return JSON.stringify([owner, grants?.toolsets ?? null, grants?.tools ?? null]);
}

/** What the SDK is told and what is answered beside it must know as well. */
function notice(session: Session, body: unknown): void {
  const cancelled = cancelledId(body);
  if (cancelled === undefined) return;
  session.claims.get(cancelled)?.abort();
  // Nothing more comes on the stream of a cancelled request.
  session.transport.closeSSEStream(cancelled);
}

function isHandshake(body: unknown): boolean {
  return isJsonObject(body) && body['method'] === 'initialize';
}

interface Refusal {
  readonly status: number;
  readonly code?: number;
  readonly message: string;
  readonly headers?: Record<string, string>;
}

function refusal({ status, code = -32_000, message, headers = {} }: Refusal): Response {
  return Response.json({ jsonrpc: '2.0', error: { code, message }, id: null }, { status, headers });
}
