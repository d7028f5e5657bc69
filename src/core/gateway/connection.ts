import { asUnsent, TuttiError } from '../kernel/errors.ts';
import type { JsonObject } from '../kernel/json.ts';
import type {
  Downstream,
  DownstreamAnswer,
  DownstreamEvent,
  DownstreamHealth,
  DownstreamOptions,
  DownstreamRequest,
  Offer,
} from '../ports/downstream.ts';
import { textAt } from './judge.ts';
import type { GatewayParts } from './parts.ts';

/** What a connection must ask before it lets anything through. */
export interface Guard {
  /** Before the server is started or reached. @throws TuttiError `tool/held`, `downstream/overloaded`. */
  admit(connection: Connection): void;
  /** Lists anew, through the connection itself, and judges what it finds. */
  look(connection: Connection): Promise<void>;
  /** @throws TuttiError `tool/changed`, `tool/held`, `tool/not-found` when this is not what was agreed to, as this connection last listed it. */
  allow(connection: Connection, kind: 'tool' | 'prompt', name: string): void;
}

export interface ConnectionOptions {
  readonly parts: Pick<GatewayParts, 'open' | 'store' | 'telemetry'>;
  readonly guard: Guard;
  readonly target: DownstreamOptions;
  /** Under which verdicts are remembered. */
  readonly launchHash: string;
}

type Listener = (event: DownstreamEvent, detail?: JsonObject) => void;

/**
 * A connection that sends no call before it has seen what is offered on it: a server that was restarted, or that said that its list
 * changed, is listed again first.
 */
export class Connection implements Downstream {
  readonly server: string;
  readonly #options: ConnectionOptions;
  readonly #listeners = new Set<Listener>();
  #inner: Downstream | undefined;
  #opening: Promise<Downstream> | undefined;
  #closed = false;
  #pending = 0;
  #offering = 0;
  /** Calls that wait for a listing before they set out. */
  #checking = 0;
  /** Moves on whenever what was listed may hold no more. */
  #generation = 0;
  #listed = -1;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.server = options.target.server;
  }

  get isProcess(): boolean {
    return this.#options.target.launch.kind === 'stdio';
  }

  /** Somebody reached for it, successfully or not. */
  get isOpened(): boolean {
    return this.#opening !== undefined;
  }

  /** Whether it is, or is about to be, a living connection. */
  get isActive(): boolean {
    const { status } = this.health();
    return !this.#closed && (this.#pending > 0 || status === 'ready' || status === 'connecting');
  }

  /** Somebody waits for what it lists: it is too early to close it. */
  get isAwaited(): boolean {
    return this.#offering > 0 || this.#checking > 0;
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  /** What was listed on it still holds. */
  get isFresh(): boolean {
    return this.#listed === this.#generation && this.#inner?.health().status === 'ready';
  }

  health(): DownstreamHealth {
    return this.#inner?.health() ?? { status: 'idle' };
  }

  async offer(signal?: AbortSignal): Promise<Offer> {
    return (await this.#ask(signal)).offer;
  }

  /** Lists, and lets calls through once what was listed is judged. */
  async list(take: (offer: Offer) => Promise<void>): Promise<void> {
    const { offer, generation } = await this.#ask();
    await take(offer);
    if (generation === this.#generation) this.#listed = generation;
  }

  async call(request: DownstreamRequest & { readonly inlineBytes: number }): Promise<DownstreamAnswer> {
    if (!this.isFresh) await this.#look();
    this.#allow('tool', request.params);
    return await this.#reach((inner) => inner.call(request));
  }

  async request(method: string, request: DownstreamRequest): Promise<DownstreamAnswer> {
    const kind = method === 'prompts/get' ? 'prompt' : method === 'tools/call' ? 'tool' : undefined;
    if (kind !== undefined) {
      if (!this.isFresh) await this.#look();
      this.#allow(kind, request.params);
    }
    return await this.#reach((inner) => inner.request(method, request));
  }

  on(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  logs(): readonly string[] {
    return this.#inner?.logs() ?? [];
  }

  async close(drainMs?: number): Promise<void> {
    this.#closed = true;
    const inner = this.#inner ?? (await this.#opening?.catch(() => undefined));
    await inner?.close(drainMs);
    this.#listeners.clear();
  }

  async #ask(signal?: AbortSignal): Promise<{ readonly offer: Offer; readonly generation: number }> {
    return this.#reach(async (inner) => {
      const generation = this.#generation;
      this.#offering += 1;
      try {
        return { offer: await inner.offer(signal), generation };
      } finally {
        this.#offering -= 1;
      }
    });
  }

  #allow(kind: 'tool' | 'prompt', params: JsonObject): void {
    try {
      this.#options.guard.allow(this, kind, textAt(params, 'name'));
    } catch (error) {
      throw asUnsent(error);
    }
  }

  async #look(): Promise<void> {
    this.#checking += 1;
    try {
      await this.#options.guard.look(this);
    } catch (error) {
      throw asUnsent(error);
    } finally {
      this.#checking -= 1;
    }
  }

  async #reach<T>(work: (inner: Downstream) => Promise<T>): Promise<T> {
    try {
      this.#options.guard.admit(this);
    } catch (error) {
      throw asUnsent(error);
    }
    if (this.#closed)
      throw new TuttiError(
        'downstream/unavailable',
        `The connection to ${this.server} was closed, because its settings changed or Tutti is stopping. Make the call again.`,
        { data: { sent: false } },
      );
    this.#pending += 1;
    try {
      const inner = this.#inner ?? (await this.#open());
      // Whatever is reached now is another connection than the one that was listed.
      if (inner.health().status !== 'ready') this.#generation += 1;
      return await work(inner);
    } finally {
      this.#pending -= 1;
    }
  }

  async #open(): Promise<Downstream> {
    this.#opening ??= this.#opened().catch((error: unknown) => {
      this.#opening = undefined;
      throw error;
    });
    return this.#opening;
  }

  async #opened(): Promise<Downstream> {
    const { parts, target, launchHash } = this.#options;
    const { pins } = parts.store;
    const excuse = (error: unknown): undefined => {
      parts.telemetry.log('warn', 'gateway.verdict', { server: this.server, error: String(error) });
    };
    const verdict = await pins.verdict(this.server, launchHash).catch(excuse);
    const inner = parts.open({
      ...target,
      ...(verdict === undefined ? {} : { verdict }),
      onVerdict: (fresh) => {
        pins.rememberVerdict(this.server, launchHash, fresh).catch(excuse);
      },
    });
    inner.on((event, detail) => {
      this.#hear(inner, { event, ...(detail === undefined ? {} : { detail }) });
    });
    this.#inner = inner;
    return inner;
  }

  #hear(inner: Downstream, heard: { readonly event: DownstreamEvent; readonly detail?: JsonObject }): void {
    const { event, detail } = heard;
    // That a single resource has new contents changes no list.
    const single = event === 'resources' && typeof detail?.['uri'] === 'string';
    if (event === 'health' ? this.#isLost(inner) : !single) this.#generation += 1;
    for (const each of this.#listeners) each(event, detail);
  }

  /** A listing that is being made connects first: that this is under way loses nothing. */
  #isLost(inner: Downstream): boolean {
    const { status } = inner.health();
    return status === 'connecting' ? this.#offering === 0 : status !== 'ready';
  }
}
