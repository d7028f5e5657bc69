import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';

const STREAM = 'text/event-stream';

/** The request as the web writes it, without its body, which was read before. */
export function toWebRequest(request: IncomingMessage, signal: AbortSignal): Request {
  const headers = new Headers();
  for (const [name, values] of Object.entries(request.headersDistinct)) {
    for (const value of values ?? []) headers.append(name, value);
  }
  const url = new URL(request.url ?? '/', 'http://localhost');
  return new Request(url, { method: request.method ?? 'GET', headers, signal });
}

/** Sends what the web-standard side answered. Streams go out as they come; settles when all is sent or the client is gone. */
export async function sendWebResponse(response: ServerResponse, answer: Response): Promise<void> {
  const isStream = answer.headers.get('content-type')?.startsWith(STREAM) === true;
  const stream = isStream ? answer.body : null;
  const whole = isStream ? undefined : Buffer.from(await answer.arrayBuffer());
  if (response.headersSent) {
    // It was cut off meanwhile, and told so.
    await stream?.cancel();
    return;
  }
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.writeHead(answer.status, Object.fromEntries(answer.headers));
  if (stream === null) {
    response.end(whole);
    return;
  }
  response.flushHeaders();
  // A client that leaves in the middle is no failure of ours; its stream was cancelled by the pipeline.
  await pipeline(Readable.fromWeb(stream), response).catch(() => undefined);
}

/** Headers that were set before go along. */
export function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'Content-Type': 'application/json', 'X-Content-Type-Options': 'nosniff' });
  response.end(JSON.stringify(body));
}

/** Answers while the client still sends. Closing on it at once could lose it the answer, so the rest is passed over first. */
export async function sendTooLarge(
  request: IncomingMessage,
  response: ServerResponse,
  json: object,
): Promise<void> {
  const text = JSON.stringify(json);
  response.writeHead(413, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(text),
    Connection: 'close',
  });
  response.write(text);
  request.resume();
  await finished(request).catch(() => undefined);
  response.end();
}

const CORS = {
  Vary: 'Origin',
  'Access-Control-Expose-Headers': 'Mcp-Session-Id, MCP-Protocol-Version, WWW-Authenticate',
};
const PREFLIGHT = {
  'Access-Control-Allow-Methods': 'GET, POST, DELETE',
  'Access-Control-Max-Age': '600',
};
const HEADER_NAMES = /^[\w-]{1,64}(, ?[\w-]{1,64}){0,31}$/;

/** Lets the browser hand our answers to a page that may ask. Answers, and says so, when it only wanted to know whether it may. */
export function answerPreflight(request: IncomingMessage, response: ServerResponse, origin: string): boolean {
  response.setHeaders(new Map(Object.entries({ ...CORS, 'Access-Control-Allow-Origin': origin })));
  if (request.method !== 'OPTIONS') return false;
  const asked = request.headers['access-control-request-headers'] ?? '';
  response.writeHead(204, {
    ...PREFLIGHT,
    ...(HEADER_NAMES.test(asked) && { 'Access-Control-Allow-Headers': asked }),
  });
  response.end();
  return true;
}
