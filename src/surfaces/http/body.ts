import { isUtf8 } from 'node:buffer';
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
  const arrived = await arrival(request, maxBytes);
  if (arrived === 'too-large') return tooLarge;
  if (arrived === 'broken' || !isUtf8(arrived)) {
    return { refusal: { status: 400, message: 'The body is not readable UTF-8 text, or ended early.' } };
  }
  const text = arrived.toString('utf8');
  return { text: text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text };
}

const BYTE_ORDER_MARK = '\uFEFF';

/** All bytes, as long as they stay within the bound. The socket is left as it is: a refusal has to go out on it. */
async function arrival(request: IncomingMessage, maxBytes: number): Promise<Buffer | 'too-large' | 'broken'> {
  return await new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const settle = (arrived: Buffer | 'too-large' | 'broken'): void => {
      request.off('data', take).off('end', end).off('close', fail).off('error', fail);
      resolve(arrived);
    };
    const take = (chunk: Buffer): void => {
      bytes += chunk.length;
      if (bytes > maxBytes) {
        request.pause();
        settle('too-large');
      } else chunks.push(chunk);
    };
    const end = (): void => settle(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks));
    const fail = (): void => settle('broken');
    request.on('data', take).on('end', end).on('close', fail).on('error', fail);
    if (request.destroyed) fail();
  });
}
