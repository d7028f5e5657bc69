import { CalmStream } from './calm-stream.ts';
import type { StreamEvent } from './event-stream.ts';

const EVENTS = /^text\/event-stream\b/i;

/**
 * The same event stream for a reader of others, without what nobody misses of too much: meanwhile nothing is taken from the server, which
 * has to wait. Any other response as it is.
 */
export function calmed(response: Response): Response {
  const { body, headers, status, statusText } = response;
  if (body === null || !EVENTS.test(headers.get('content-type') ?? '')) return response;
  return new Response(calmedBody(body), { status, statusText, headers });
}

function calmedBody(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  const source = turnstile();
  let told: string[] = [];
  const tell = (event: StreamEvent): void => void told.push(toText(event));
  const stream = new CalmStream(
    {
      // What an answer may measure is judged once its call is known.
      limitBytes: () => Number.MAX_SAFE_INTEGER,
      onMessage: tell,
      onOther: tell,
      onRetry: (ms) => void told.push(`retry: ${ms}\n\n`),
      onTooLong: () => undefined,
    },
    source,
  );
  return new ReadableStream({
    async pull(controller) {
      // A pull that brings nothing is not repeated.
      while (told.length === 0) {
        await source.opened();
        // What was left over of the last piece was read meanwhile.
        if (told.length > 0) break;
        const { done, value } = await reader.read();
        if (done) return controller.close();
        stream.push(Buffer.from(value.buffer, value.byteOffset, value.byteLength));
      }
      controller.enqueue(Buffer.from(told.join('')));
      told = [];
    },
    cancel: (reason) => reader.cancel(reason),
  });
}

function turnstile() {
  let open: (() => void) | undefined;
  let opening: Promise<void> | undefined;
  return {
    opened: async () => opening,
    // Said more than once it is one pause.
    pause: () => {
      opening ??= new Promise((resolve) => (open = resolve));
    },
    resume: () => {
      open?.();
      opening = undefined;
    },
  };
}

function toText({ id, name, data }: StreamEvent): string {
  const lines = data.toString('utf8').split('\n');
  return [
    ...(name === '' ? [] : [`event: ${name}`]),
    ...(id === undefined ? [] : [`id: ${id}`]),
    ...lines.map((line) => `data: ${line}`),
    '\n',
  ].join('\n');
}
