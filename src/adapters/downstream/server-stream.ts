import { CalmStream } from './calm-stream.ts';
import type { Line } from './guard.ts';
import { mediaType } from './http-exchange.ts';
import type { Scan } from './scan.ts';
import type { Awaiting, Controller } from './track.ts';

export interface ServerStreamOptions {
  readonly line: Line;
  readonly origin: string;
  readonly path: string;
  headers(): readonly string[];
  onMessage(text: Buffer, scan: Scan): void;
}

const MAX_EVENT_BYTES = 1_048_576;
const FIRST_RETRY_MS = 1_000;
const MAX_RETRY_MS = 60_000;
const MAX_FAILURES = 10;

const NOTHING = () => {};

/** The stream on which servers of the older revisions speak unasked. Taken up again when it breaks; given up when there is none. */
export function serverStream(options: ServerStreamOptions): () => void {
  let stopped = false;
  let abort: () => void = NOTHING;
  let timer: NodeJS.Timeout | undefined;
  let lastId: string | undefined;
  let retryMs = FIRST_RETRY_MS;
  let failures = 0;
  /** There is such a stream: where it cannot be had now, it may be later. */
  let known = false;

  const again = () => {
    failures += 1;
    if (stopped || failures > MAX_FAILURES) return;
    timer = setTimeout(open, Math.min(MAX_RETRY_MS, retryMs * 2 ** (failures - 1))).unref();
  };

  const open = () => {
    let useful = false;
    let refused = false;
    let source: Controller | undefined;
    const stream = new CalmStream(
      {
        limitBytes: () => MAX_EVENT_BYTES,
        onMessage: ({ data, id }, scan) => {
          failures = 0;
          lastId = id ?? lastId;
          if (data.length > 0) options.onMessage(data, scan);
        },
        onRetry: (ms) => {
          retryMs = Math.min(ms, MAX_RETRY_MS);
        },
        onTooLong: () => abort(),
      },
      { pause: () => source?.pause(), resume: () => source?.resume() },
    );
    const handler: Awaiting = {
      onRequestStart(controller) {
        source = controller;
        abort = () => controller.abort(new Error('closed'));
        if (stopped) abort();
      },
      onResponseStart(_controller, status, headers) {
        useful = status === 200 && mediaType(headers) === 'text/event-stream';
        known ||= useful;
        refused = !useful;
        if (refused) abort();
      },
      onResponseData(_controller, chunk) {
        stream.push(chunk);
      },
      onResponseEnd() {
        lastId = stream.lastId ?? lastId;
        if (useful) again();
      },
      onResponseError() {
        if (known && !refused) again();
      },
    };
    const resume = lastId === undefined ? [] : ['last-event-id', lastId];
    const { line, origin, path } = options;
    line.dispatch({ origin, path, method: 'GET', headers: [...options.headers(), ...resume] }, handler);
  };

  open();
  return () => {
    stopped = true;
    clearTimeout(timer);
    abort();
  };
}
