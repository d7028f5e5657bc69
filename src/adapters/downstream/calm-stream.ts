import { EventStream } from './event-stream.ts';
import type { StreamEvent, StreamEvents } from './event-stream.ts';
import { Flood } from './flood.ts';
import { Scan } from './scan.ts';

export interface CalmEvents extends Omit<StreamEvents, 'onEvent' | 'spent'> {
  onMessage(event: StreamEvent, scan: Scan): void;
  /** What is no message; nobody is told otherwise. */
  onOther?(event: StreamEvent): void;
}

/** Reads the messages of an event stream so that one who says too much takes nobody else's time. */
export class CalmStream {
  readonly #stream: EventStream;
  readonly #flood: Flood;
  readonly #onMessage: CalmEvents['onMessage'];
  readonly #onOther: (event: StreamEvent) => void;
  /** Of what is too much, the newest of each kind is kept until something else comes: it may be the last word. */
  readonly #passedOver = new Map<string, StreamEvent>();

  constructor(events: CalmEvents, source: { pause(): void; resume(): void }) {
    this.#onMessage = (event, scan) => events.onMessage(event, scan);
    this.#onOther = (event) => events.onOther?.(event);
    this.#flood = new Flood(
      () => source.pause(),
      () => source.resume(),
    );
    this.#stream = new EventStream({
      limitBytes: () => events.limitBytes(),
      onEvent: (event) => this.#hear(event),
      onRetry: (ms) => events.onRetry(ms),
      onTooLong: (head) => events.onTooLong(head),
      spent: () => this.#flood.spent,
    });
  }

  get lastId(): string | undefined {
    return this.#stream.lastId;
  }

  push(chunk: Buffer): void {
    this.#flood.read(chunk, this.#read);
  }

  readonly #read = (chunk: Buffer): Buffer | undefined => {
    const rest = this.#stream.push(chunk);
    if (rest === undefined) this.#recall();
    return rest;
  };

  #hear(event: StreamEvent): void {
    const { data, name } = event;
    if (name !== '' && name !== 'message') {
      this.#flood.count();
      this.#onOther(event);
      return;
    }
    const kind = this.#flood.excess(data);
    if (kind !== undefined) {
      this.#passedOver.set(kind, event);
      return;
    }
    const scan = new Scan().feed(data);
    if (data.length === 0 || scan.members['method'] !== undefined) this.#flood.count();
    else this.#recall();
    this.#onMessage(event, scan);
  }

  #recall(): void {
    if (this.#passedOver.size === 0) return;
    const events = [...this.#passedOver.values()];
    this.#passedOver.clear();
    for (const event of events) this.#onMessage(event, new Scan().feed(event.data));
  }
}
