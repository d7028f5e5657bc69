import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { MESSAGE_BYTES } from '../mcp/message-text.ts';

export type Body =
  | { readonly text: string; readonly refusal?: never }
  | { readonly text?: never; readonly refusal: BodyRefusal };

export interface BodyRefusal {
  readonly status: number;
  readonly message: string;
  /** The beginning of what is too large. */
  readonly head?: string;
}

/**
 * Reads a request's body as UTF-8: at once where all of it is there. The bound holds for what arrives, whatever the headers promise.
 *
 * Node hands a request out before it reads the body behind the head, so whoever asks in the same turn finds nothing yet.
 */
export function readBody(request: IncomingMessage, maxBytes = MESSAGE_BYTES): Body | Promise<Body> {
  if ((request.headers['content-encoding'] ?? 'identity') !== 'identity') {
    return { refusal: { status: 415, message: 'Compressed bodies are not read. Send it plain.' } };
  }
  return isWhole(request) && request.readableLength <= maxBytes
    ? toText(takeWhole(request))
    : awaitBody(request, maxBytes);
}

async function awaitBody(request: IncomingMessage, maxBytes: number): Promise<Body> {
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
  return end === 'broken' ? UNREADABLE : toText(arrived);
}

function toText(bytes: Buffer): Body {
  if (!isUtf8(bytes)) return UNREADABLE;
  const text = bytes.toString('utf8');
  return { text: text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text };
}

/** Whether nothing more comes: the message ended, or all that its head promised lies here. */
function isWhole(request: IncomingMessage): boolean {
  if (request.destroyed || request.readableFlowing !== null) return false;
  return request.complete || request.readableLength === Number(request.headers['content-length']);
}

function takeWhole(request: IncomingMessage): Buffer {
  const bytes = (request.read() as Buffer | null) ?? NOTHING;
  // Lets the request end, like one that was listened to.
  request.resume();
  return bytes;
}

const UNREADABLE: Body = {
  refusal: { status: 400, message: 'The body is not readable UTF-8 text, or ended early.' },
};

const NOTHING = Buffer.alloc(0);

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
