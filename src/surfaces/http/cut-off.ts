import type { ServerResponse } from 'node:http';
import type { JSONRPCErrorResponse, RequestId } from '@modelcontextprotocol/server';
import { CUT_OFF, toFaultResponse } from '../mcp/message-text.ts';

const ENDED =
  'This session ended before the request was answered. Whether it took effect is unknown; look before you repeat it.';

/** What whoever waits in a session that ends is told. */
export function cutOffAnswer(id: RequestId): JSONRPCErrorResponse {
  return { jsonrpc: '2.0', id, error: { code: -32_000, message: ENDED } };
}

/**
 * Answers in place of whoever is still at it, whichever way the answer was to go. Returns when it has gone out; `undefined` for who has
 * an answer already, or left.
 */
export function cutOff(response: ServerResponse, id: RequestId): Promise<void> | undefined {
  if (response.writableEnded || response.destroyed) return undefined;
  const text = JSON.stringify(toFaultResponse({ code: -32_000, message: CUT_OFF, id }));
  // Whatever has begun and not ended is a stream of events: JSON goes out whole.
  const isStream = response.headersSent;
  if (!isStream)
    response.writeHead(200, {
      'Content-Type': 'application/json',
      'Content-Length': Buffer.byteLength(text),
      'X-Content-Type-Options': 'nosniff',
      Connection: 'close',
    });
  return new Promise((done) => {
    response.end(isStream ? `event: message\ndata: ${text}\n\n` : text, done);
  });
}
