import type { IncomingMessage } from 'node:http';
import { MESSAGE_BYTES } from '../mcp/message-text.ts';

export type Body =
  | { readonly text: string; readonly refusal?: never }
  | { readonly refusal: { readonly status: number; readonly message: string } };

/** Reads a request's body as UTF-8. The bound holds for what arrives, whatever the headers promise. */
export async function readBody(request: IncomingMessage, maxBytes = MESSAGE_BYTES): Promise<Body> {
  if ((request.headers['content-encoding'] ?? 'identity') !== 'identity') {
    return { refusal: { status: 415, message: 'Compressed bodies are not read. Send it plain.' } };
  }
  const tooLarge = {
    refusal: {
      status: 413,
      message: `The body is larger than the limit of ${maxBytes} bytes. Send a smaller one.`,
    },
  };
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) return tooLarge;
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    // Leaving the loop must not destroy the socket: the refusal has to go out on it.
    for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > maxBytes) return tooLarge;
      chunks.push(chunk);
    }
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks)) };
  } catch {
    return { refusal: { status: 400, message: 'The body is not readable UTF-8 text, or ended early.' } };
  }
}
