import type { IncomingMessage, ServerResponse } from 'node:http';
import type { JsonObject } from '../../core/kernel/json.ts';
import { MODERN_VERSION } from '../../core/kernel/protocol-names.ts';
import { lengthOf, piecesOf, stringOf } from '../mcp/answer-text.ts';
import type { AnswerText } from '../mcp/answer-text.ts';
import { readRegular } from '../mcp/regular-request.ts';
import type { RegularRequest } from '../mcp/regular-request.ts';
import type { ShortAnswer, ShortPath, Side } from '../mcp/short-path.ts';
import { cutOffAnswer } from './cut-off.ts';
import type { McpExchange } from './mcp.ts';
import type { Sessions } from './sessions.ts';

const KEEP_ALIVE_MS = 15_000;
const ONE_WRITE_BYTES = 16_384;
/** A header that carries text outside ASCII says so with these marks. */
const ENCODED = '=?';

export interface ShortExchangeParts {
  readonly path: ShortPath;
  /** None before the first was opened. */
  readonly sessions: Sessions | undefined;
}

/** Answers a regular POST by hand. `false`: it is for the SDK, and nothing was sent. */
export async function answerShortly(
  exchange: McpExchange,
  body: unknown,
  parts: ShortExchangeParts,
): Promise<boolean> {
  const { headers } = exchange.request;
  if (!acceptsBoth(headers.accept)) return false;
  if (headers['mcp-session-id'] !== undefined) return await inSession(exchange, body, parts);
  if (headers['mcp-protocol-version'] !== MODERN_VERSION) return false;
  const request = readRegular(body, 'modern');
  if (!request || !headersAgree(exchange.request, request)) return false;
  const { signal } = exchange.gone;
  const reply = new ShortReply(exchange.response, {});
  const side = { era: 'modern', caller: exchange.caller, signal, notify: reply.notify } as const;
  return reply.end(await parts.path.answer(request, side), signal);
}

async function inSession(
  { request: incoming, response, caller }: McpExchange,
  body: unknown,
  { path, sessions }: ShortExchangeParts,
): Promise<boolean> {
  const id = incoming.headers['mcp-session-id'] as string;
  const request = readRegular(body, 'legacy');
  const version = incoming.headers['mcp-protocol-version']?.toString();
  const session = request && sessions?.claim(id, { caller, request: request.id, version });
  if (!request || !session) return false;
  try {
    const reply = new ShortReply(response, { 'mcp-session-id': id });
    const side: Side = {
      era: 'legacy',
      caller,
      signal: session.signal,
      client: session.client,
      notify: reply.notify,
      logLevel: session.logLevel,
      onLog: (message: JsonObject) => {
        if (session.hears(message['level'])) reply.notify('notifications/message', message);
      },
    };
    const answer = await path.answer(request, side);
    return session.isOver() ? reply.cutOff(request.id) : reply.end(answer, session.signal);
  } finally {
    session.release();
  }
}

function acceptsBoth(accept: string | undefined): boolean {
  return accept !== undefined && accept.includes('application/json') && accept.includes('text/event-stream');
}

/** What the headers say must be what the body says; what is not plainly so is for the SDK to judge. */
function headersAgree({ headers }: IncomingMessage, { method, name }: RegularRequest): boolean {
  if (headers['mcp-method'] !== method) return false;
  const named = headers['mcp-name'];
  return method === 'tools/call' ? named === name && !name.startsWith(ENCODED) : named === undefined;
}

/** One answer: JSON, or a stream of events once something has to be said before it. */
class ShortReply {
  readonly #response: ServerResponse;
  readonly #headers: Readonly<Record<string, string>>;
  #alive: NodeJS.Timeout | undefined;

  constructor(response: ServerResponse, headers: Readonly<Record<string, string>>) {
    this.#response = response;
    this.#headers = headers;
  }

  readonly notify = (method: string, params: JsonObject): void => {
    if (this.#response.writableEnded || this.#response.destroyed) return;
    this.#stream();
    this.#event(JSON.stringify({ jsonrpc: '2.0', method, params }));
  };

  /** `false` when there is no answer and nothing was said yet. */
  end(answer: ShortAnswer | undefined, signal: AbortSignal): boolean {
    clearInterval(this.#alive);
    if (this.#response.writableEnded) return true;
    if (signal.aborted) {
      // A cancelled request is not answered: a stream that ends without a response says so.
      this.#stream();
      clearInterval(this.#alive);
      this.#response.end();
      return true;
    }
    if (!answer) return false;
    const { text, errorCode } = answer;
    if (this.#response.headersSent) {
      this.#event(text);
      this.#response.end();
      return true;
    }
    const length = lengthOf(text);
    this.#response.writeHead(errorCode === undefined ? 200 : 400, {
      'Content-Type': 'application/json',
      'Content-Length': length,
      'X-Content-Type-Options': 'nosniff',
      ...this.#headers,
    });
    // A short text goes out together with the headers; a long one as bytes: of a string three times its length is taken to write it.
    if (length <= ONE_WRITE_BYTES) this.#response.end(stringOf(text));
    else {
      for (const piece of typeof text === 'string' ? [Buffer.from(text)] : text) this.#response.write(piece);
      this.#response.end();
    }
    return true;
  }

  /** The session ended under it. */
  cutOff(id: RegularRequest['id']): true {
    clearInterval(this.#alive);
    if (this.#response.writableEnded) return true;
    this.#stream();
    clearInterval(this.#alive);
    this.#event(JSON.stringify(cutOffAnswer(id)));
    this.#response.end();
    return true;
  }

  #stream(): void {
    if (this.#response.headersSent) return;
    this.#response.writeHead(200, {
      'Content-Type': 'text/event-stream',
      'Cache-Control': 'no-cache, no-transform',
      'X-Accel-Buffering': 'no',
      'X-Content-Type-Options': 'nosniff',
      ...this.#headers,
    });
    this.#alive = setInterval(() => {
      if (!this.#response.writableEnded) this.#response.write(': keepalive\n\n');
    }, KEEP_ALIVE_MS).unref();
  }

  #event(text: AnswerText): void {
    this.#response.write('event: message\ndata: ');
    for (const piece of piecesOf(text)) this.#response.write(piece);
    this.#response.write('\n\n');
  }
}
