import type { JSONRPCMessage, Transport } from '@modelcontextprotocol/client';
import { TuttiError } from '../../core/kernel/errors.ts';
import { toUnavailable } from './http-exchange.ts';
import { Inbox } from './inbox.ts';
import { Scan } from './scan.ts';
import { NotProcessed } from './wire.ts';
import type { Calls, Greeting, Link, LinkEvents, Outgoing } from './wire.ts';

export interface SdkLinkOptions {
  readonly transport: Transport;
  readonly greeting: Greeting;
  readonly events: LinkEvents;
  readonly dispose: () => Promise<void>;
}

/** Over a transport of the SDK, for the rare servers that speak one older than Streamable HTTP. */
export class SdkLink implements Link {
  readonly greeting: Greeting;
  readonly clogged = undefined;
  readonly #options: SdkLinkOptions;
  readonly #inbox: Inbox;
  #closed = false;

  constructor(options: SdkLinkOptions) {
    this.#options = options;
    this.greeting = options.greeting;
    this.#inbox = new Inbox({
      era: () => this.greeting.era,
      onNotification: options.events.onNotification,
      turns: options.events.turns,
      reply: (text) => this.#post(text),
    });
    const { transport } = options;
    const heard: Pick<Transport, 'onmessage' | 'onerror' | 'onclose'> = {
      onmessage: (message) => {
        const text = Buffer.from(JSON.stringify(message));
        this.#inbox.receive(text, new Scan().feed(text));
      },
      onerror: (error) => this.#break(error),
      onclose: () => this.#break(new Error('the stream ended')),
    };
    Object.assign(transport, heard);
  }

  get calls(): Calls {
    return this.#inbox.calls;
  }

  send(call: Outgoing): void {
    this.#inbox.add(call);
    call.release = () => this.#inbox.remove(call);
    if (this.#closed) {
      call.fail(new NotProcessed('The connection was closed.'));
      return;
    }
    this.#options.transport
      .send(JSON.parse(call.text) as JSONRPCMessage)
      .catch((error: unknown) => call.fail(toUnavailable(error as Error)));
  }

  abandon(call: Outgoing, { reason }: Parameters<Link['abandon']>[1]): void {
    this.#inbox.giveUp(call);
    const params = { requestId: call.id, reason };
    this.#post(JSON.stringify({ jsonrpc: '2.0', method: 'notifications/cancelled', params }));
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#inbox.failAll(new TuttiError('downstream/unavailable', 'The connection was closed.'));
    await this.#options.transport.close().catch(() => {});
    await this.#options.dispose();
  }

  #post(text: string): void {
    this.#options.transport.send(JSON.parse(text) as JSONRPCMessage).catch(() => {});
  }

  #break(cause: Error): void {
    if (this.#closed) return;
    const error = toUnavailable(cause);
    this.#inbox.failAll(error);
    this.#options.events.onClose(error);
  }
}
