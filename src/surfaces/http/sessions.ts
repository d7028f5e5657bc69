import { randomBytes } from 'node:crypto';
import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/server';
import type { Server } from '@modelcontextprotocol/server';
import { isJsonObject } from '../../core/kernel/json.ts';
import type { Caller } from '../../core/kernel/caller.ts';

export interface SessionsOptions {
  /** A fresh server for one client. */
  readonly build: (caller: Caller) => Server;
  /** At the bound the session that was idle for longest makes room. */
  readonly maxSessions?: number;
  /** How long a session without a request or an open stream is kept. */
  readonly idleMs?: number;
  readonly now?: () => number;
  readonly onError: (error: unknown) => void;
}

interface Session {
  readonly transport: WebStandardStreamableHTTPServerTransport;
  readonly owner: string;
  /** Requests and streams that are open. */
  open: number;
  usedAt: number;
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
      // Somebody else's session is as unknown as none.
      if (session?.owner !== caller.owner) return refusal(UNKNOWN);
      return await this.#within(session, request, body);
    }
    if (!isHandshake(body)) return refusal(request.method === 'POST' ? NO_SESSION : NO_STREAM);
    this.expire();
    if (this.#sessions.size >= (this.#options.maxSessions ?? MAX_SESSIONS) && !this.#evict())
      return refusal(FULL);
    return await this.#within(await this.#create(caller), request, body);
  }

  /** Closes what has been idle for too long. */
  expire(): void {
    const latest = this.#now() - (this.#options.idleMs ?? IDLE_MS);
    for (const session of this.#sessions.values()) {
      if (session.open === 0 && session.usedAt <= latest) this.#end(session);
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#sessions.values()].map(async ({ transport }) => await transport.close()));
  }

  async #create(caller: Caller): Promise<Session> {
    const transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: () => randomBytes(ID_BYTES).toString('base64url'),
      onsessioninitialized: (id) => void this.#sessions.set(id, session),
    });
    const session: Session = { transport, owner: caller.owner, open: 0, usedAt: this.#now() };
    const server = this.#options.build(caller);
    await server.connect(transport);
    const { onclose } = transport;
    // oxlint-disable-next-line unicorn/prefer-add-event-listener -- a transport of the SDK is no EventTarget
    transport.onclose = () => {
      if (transport.sessionId !== undefined) this.#sessions.delete(transport.sessionId);
      onclose?.();
    };
    return session;
  }

  async #within(session: Session, request: Request, body: unknown): Promise<Response> {
    session.open += 1;
    try {
      const options = body === undefined ? undefined : { parsedBody: body };
      const answer = await session.transport.handleRequest(request, options);
      return answer.body === null
        ? this.#leave(session, answer)
        : this.#leaveAfter(session, answer, answer.body);
    } catch (error) {
      this.#leave(session, undefined);
      throw error;
    }
  }

  #leave<T>(session: Session, answer: T): T {
    session.open -= 1;
    session.usedAt = this.#now();
    return answer;
  }

  /** The session is in use until its answer, which may be a stream, has gone out or was given up. */
  #leaveAfter(session: Session, answer: Response, body: ReadableStream<Uint8Array>): Response {
    let left = false;
    const leave = (): void => {
      if (!left) this.#leave(session, undefined);
      left = true;
    };
    const reader = body.getReader();
    const watched = new ReadableStream<Uint8Array>({
      pull: async (controller) => {
        const { done, value } = await reader.read();
        if (!done) return controller.enqueue(value);
        leave();
        controller.close();
      },
      cancel: async (reason) => {
        leave();
        await reader.cancel(reason);
      },
    });
    return new Response(watched, { status: answer.status, headers: answer.headers });
  }

  #evict(): boolean {
    const idle = [...this.#sessions.values()].filter((each) => each.open === 0);
    const [oldest] = idle.toSorted((a, b) => a.usedAt - b.usedAt);
    if (oldest) this.#end(oldest);
    return oldest !== undefined;
  }

  #end({ transport }: Session): void {
    transport.close().catch(this.#options.onError);
  }

  #now(): number {
    return (this.#options.now ?? Date.now)();
  }
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
