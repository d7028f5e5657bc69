import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { MESSAGE_BYTES } from '../mcp/message-text.ts';

export type Body =
  | { readonly text: string; readonly refusal?: never }
  | {
      readonly refusal: {
        readonly status: number;
        readonly message: string;
        /** The beginning of what is too large. */
        readonly head?: string;
      };
    };

/** Reads a request's body as UTF-8. The bound holds for what arrives, whatever the headers promise. */
export async function readBody(request: IncomingMessage, maxBytes = MESSAGE_BYTES): Promise<Body> {
  if ((request.headers['content-encoding'] ?? 'identity') !== 'identity') {
    return { refusal: { status: 415, message: 'Compressed bodies are not read. Send it plain.' } };
  }
  const isPromised = Number(request.headers['content-length'] ?? 0) > maxBytes;
  // Of a body that is known to be too large, the beginning is waited for, in however many pieces: it may tell which request it is.
  const { bytes: arrived, end } = await arrival(
    request,
    isPromised ? Math.min(HEAD_BYTES, maxBytes) : maxBytes,
  );
  if (end === 'too-large') {
    const message = `The body is larger than the limit of ${maxBytes} bytes. Send a smaller one.`;
    return { refusal: { status: 413, message, head: arrived.toString('utf8', 0, HEAD_BYTES) } };
  }
  if (end === 'broken' || !isUtf8(arrived)) {
    return { refusal: { status: 400, message: 'The body is not readable UTF-8 text, or ended early.' } };
  }
  const text = arrived.toString('utf8');
  return { text: text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text };
}

const BYTE_ORDER_MARK = '\uFEFF';

const HEAD_BYTES = 4096;

interface Arrival {
  readonly bytes: Buffer;
  readonly end: 'whole' | 'too-large' | 'broken';
}

/** All bytes, or those up to the bound. The socket is left as it is: a refusal has to go out on it. */
async function arrival(request: IncomingMessage, maxBytes: number): Promise<Arrival> {
  return await new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const settle = (how: Arrival['end']): void => {
      request.off('data', take).off('end', end).off('close', fail).off('error', fail);
      resolve({ bytes: chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks), end: how });
    };
    const take = (chunk: Buffer): void => {
      bytes += chunk.length;
      chunks.push(chunk);
      if (bytes <= maxBytes) return;
      request.pause();
      settle('too-large');
    };
    const end = (): void => settle('whole');
    const fail = (): void => settle('broken');
    request.on('data', take).on('end', end).on('close', fail).on('error', fail);
    if (request.destroyed) fail();
  });
}
