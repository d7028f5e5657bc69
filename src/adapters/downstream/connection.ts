import { asUnsent, TuttiError } from '../../core/kernel/errors.ts';
import { canonicalJson, isJsonObject } from '../../core/kernel/json.ts';
import type { JsonObject } from '../../core/kernel/json.ts';
import { toPayload } from '../../core/kernel/payload.ts';
import { INTERNAL_ERROR } from '../../core/kernel/protocol-names.ts';
import type {
  Downstream,
  DownstreamAnswer,
  DownstreamEvent,
  DownstreamHealth,
  DownstreamOptions,
  DownstreamRequest,
  Offer,
} from '../../core/ports/downstream.ts';
import type { DownstreamEnvironment } from './connect.ts';
import { Connector } from './connector.ts';
import type { Live } from './connector.ts';
import { listOffer } from './listing.ts';
import type { Listing } from './listing.ts';
import { toParamHeaders } from './mcp-headers.ts';
import { Notices } from './notices.ts';
import { HEADER_MISMATCH, bearsOut, didNothing, isCalled, puzzleIn } from './puzzle.ts';
import { run } from './running.ts';
import { listen } from './subscription.ts';
import { Turns } from './turns.ts';
import { abortable } from './waiting.ts';
import { NotProcessed } from './wire.ts';

/** How one request differs from others of its kind. */
interface Manner {
  readonly inlineBytes: number;
  readonly lenient: boolean;
}

const PLAIN: Manner = { inlineBytes: Number.POSITIVE_INFINITY, lenient: false };
const LISTING: Manner = { inlineBytes: Number.POSITIVE_INFINITY, lenient: true };
const MAX_PAGE_BYTES = 32 * 1_048_576;
const MAX_REPEATS = 1;
const WATCHING: ReadonlySet<string> = new Set(['resources/subscribe', 'resources/unsubscribe']);
const MAX_WATCHED = 1_000;

/** One server: connected when it is needed, left alone when it is not. */
export class Connection implements Downstream {
  readonly server: string;
  readonly #options: DownstreamOptions;
  readonly #connector: Connector;
  readonly #notices = new Notices();
  readonly #turns = new Turns(() => this.#connector.live?.link.calls.values() ?? []);
  /** Addresses of resources that somebody subscribed to. */
  readonly #watched = new Set<string>();
  #listing: Listing | undefined;
  /** Where that was heard. */
  #listedOn: Live | undefined;
  #offering: Promise<Offer> | undefined;
  #stopListening = () => {};
  #ids = 0;
  #busy = 0;
  #idleTimer: NodeJS.Timeout | undefined;
  #drained: (() => void) | undefined;
  #closed = false;

  constructor(environment: DownstreamEnvironment, options: DownstreamOptions) {
    this.server = options.server;
    this.#options = options;
    this.#connector = new Connector(environment, options, {
      turns: this.#turns,
      onNotification: (method, params) => this.#hear(method, params),
      onHealth: () => {
        if (!this.#closed) this.#notices.tellHealth(this.health().status);
      },
      onLive: (live) => void this.#watchAgain(live),
      onLost: () => this.#stopListening(),
      onTurned: () => this.#notices.tell('tools'),
    });
  }

  health(): DownstreamHealth {
    return this.#connector.health();
  }

  logs(): readonly string[] {
    return this.#connector.log.lines();
  }

  on(listener: (event: DownstreamEvent, detail?: JsonObject) => void): () => void {
    return this.#notices.on(listener);
  }

  offer(signal?: AbortSignal): Promise<Offer> {
    this.#offering ??= this.#list().finally(() => {
      this.#offering = undefined;
    });
    return signal === undefined ? this.#offering : abortable(this.#offering, signal);
  }

  call(request: DownstreamRequest & { readonly inlineBytes: number }): Promise<DownstreamAnswer> {
    const { inlineBytes } = request;
    return this.#exchange('tools/call', request, { inlineBytes, lenient: false });
  }

  request(method: string, request: DownstreamRequest): Promise<DownstreamAnswer> {
    return this.#exchange(method, request, PLAIN);
  }

  async close(drainMs = 0): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#idleTimer);
    if (this.#busy > 0 && drainMs > 0) {
      await new Promise<void>((done) => {
        const timer = setTimeout(done, drainMs);
        this.#drained = () => {
          clearTimeout(timer);
          done();
        };
      });
    }
    this.#stopListening();
    this.#notices.stop();
    await this.#connector.close();
  }

  async #list(): Promise<Offer> {
    const { connectMs, launch } = this.#options;
    const isOurs = launch.kind === 'stdio' && launch.isOurs === true;
    const request = { idleMs: connectMs, timeoutMs: connectMs, maxBytes: MAX_PAGE_BYTES };
    const ask = (method: string, params: JsonObject) =>
      this.#exchange(method, { ...request, params }, LISTING);
    let live = await this.#enter(() => this.#connector.ready());
    let listing = await listOffer(live.greeting, ask, isOurs);
    const { live: now } = this.#connector;
    if (now !== undefined && now !== live) {
      // It turned out to be another one on the way.
      live = now;
      listing = await listOffer(live.greeting, ask, isOurs);
    }
    this.#listing = listing;
    this.#listedOn = live;
    this.#listen(live);
    return listing.offer;
  }

  #listen({ link, envelope, greeting }: Live): void {
    this.#stopListening();
    this.#stopListening = listen({
      greeting,
      uris: [...this.#watched],
      open: (params, signal) =>
        run({
          id: this.#nextId(),
          method: 'subscriptions/listen',
          request: { params, idleMs: Infinity, timeoutMs: Infinity, maxBytes: 1_048_576, signal },
          ...PLAIN,
          link,
          envelope,
        }),
      onMissed: (event) => this.#notices.tell(event),
    });
  }

  /** Servers of the newer revisions know no subscription by request: what is subscribed to is said when listening begins. */
  #watch(live: Live, method: string, { uri }: JsonObject): DownstreamAnswer | undefined {
    const { era, capabilities } = live.greeting;
    const { resources } = capabilities;
    if (era === 'legacy' || typeof uri !== 'string') return undefined;
    if (!isJsonObject(resources) || resources['subscribe'] !== true) return undefined;
    const wanted = method === 'resources/subscribe';
    if (wanted !== this.#watched.has(uri)) {
      if (!wanted) this.#watched.delete(uri);
      else if (this.#watched.size < MAX_WATCHED) this.#watched.add(uri);
      else return { kind: 'error', error: { code: INTERNAL_ERROR, message: 'Too many subscriptions.' } };
      this.#listen(live);
    }
    return { kind: 'result', payload: toPayload({}) };
  }

  /** Those of the older revisions are asked, and know nothing of it any more when they were started again. */
  #remember(method: string, { uri }: JsonObject): void {
    if (typeof uri !== 'string') return;
    if (method === 'resources/unsubscribe') this.#watched.delete(uri);
    else if (this.#watched.size < MAX_WATCHED) this.#watched.add(uri);
  }

  async #watchAgain(live: Live): Promise<void> {
    if (this.#watched.size === 0) return;
    const { link, envelope } = live;
    if (link.greeting.era === 'modern') {
      this.#listen(live);
      return;
    }
    const { connectMs } = this.#options;
    const method = 'resources/subscribe';
    for (const uri of this.#watched) {
      if (this.#connector.live !== live) return;
      const request = { params: { uri }, idleMs: connectMs, timeoutMs: connectMs, maxBytes: 1_048_576 };
      const options = { id: this.#nextId(), method, request, ...PLAIN, link, envelope };
      const answer = await run(options).catch(() => undefined);
      // Nobody knows what happened to it meanwhile.
      if (answer?.kind === 'result') this.#notices.tell('resources', { uri });
    }
  }

  /** Counts as used while it runs. */
  async #enter<T>(work: () => Promise<T>): Promise<T> {
    if (this.#closed) throw unsent('The connection was closed.');
    this.#busy += 1;
    clearTimeout(this.#idleTimer);
    try {
      return await work();
    } finally {
      this.#busy -= 1;
      if (this.#busy === 0) this.#rest();
    }
  }

  #rest(): void {
    this.#drained?.();
    const { idleShutdownMs } = this.#options;
    if (idleShutdownMs === undefined || this.#closed) return;
    this.#idleTimer = setTimeout(() => {
      this.#stopListening();
      void this.#connector.sleep();
    }, idleShutdownMs).unref();
  }

  #exchange(method: string, request: DownstreamRequest, manner: Manner): Promise<DownstreamAnswer> {
    return this.#connector.discretion.keep(this.#enter(() => this.#attempt(method, request, manner)));
  }

  async #attempt(method: string, request: DownstreamRequest, manner: Manner): Promise<DownstreamAnswer> {
    const deadlineAt = performance.now() + request.timeoutMs;
    let sent = false;
    for (let repeats = 0; ; repeats += 1) {
      const live =
        this.#usable(method) ?? (await this.#before(sent, request, this.#reach(method, request, deadlineAt)));
      try {
        const make = () => this.#make(live, { method, request, manner });
        const waits = this.#turns.mustWait(request);
        const answer = await (waits ? this.#turns.wait(request, { deadlineAt, sent }, make) : make());
        if (bearsOut(live, answer)) live.presumed = false;
        else if (repeats === 0 && (await this.#misunderstood(live, answer, manner))) {
          sent = true;
          continue;
        }
        return answer;
      } catch (error) {
        const again = repeats < MAX_REPEATS && (await this.#mayRepeat(live, error, method));
        if (!again || performance.now() >= deadlineAt) throw error;
        sent ||= !(error instanceof NotProcessed);
      }
    }
  }

  /** What fails before the request is on its way says so, unless it was sent once already. */
  async #before<T>(sent: boolean, { signal }: DownstreamRequest, work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      throw sent || signal?.aborted === true ? error : asUnsent(error);
    }
  }

  #usable(method: string): Live | undefined {
    const { live } = this.#connector;
    if (live === undefined || live.link.clogged !== undefined) return undefined;
    return this.#mayDiffer(method, live) ? undefined : live;
  }

  #mayDiffer(method: string, live: Live): boolean {
    return method === 'tools/call' && this.#listing !== undefined && this.#listedOn !== live;
  }

  /** A server that was started again may offer something else: nothing is sent before that is known. */
  async #compare({ params, signal }: DownstreamRequest, deadlineAt: number): Promise<void> {
    if (this.#listing === undefined) return;
    const find = ({ tools }: Offer) =>
      canonicalJson((tools.find(({ name }) => name === params['name']) as JsonObject | undefined) ?? null);
    const before = find(this.#listing.offer);
    const limit = { ms: deadlineAt - performance.now(), late };
    if (before === find(await abortable(this.offer(), signal, limit))) return;
    this.#notices.tell('tools');
    throw new TuttiError(
      'tool/changed',
      'The server was started again, and now describes the tool in another way. Nothing was sent.',
    );
  }

  /** Connects, within what the call has left, to a server that offers what it offered before. */
  async #reach(method: string, request: DownstreamRequest, deadlineAt: number): Promise<Live> {
    const within = <T>(promise: Promise<T>): Promise<T> =>
      abortable(promise, request.signal, {
        ms: deadlineAt - performance.now(),
        late,
      });
    for (;;) {
      const live = this.#connector.live ?? (await within(this.#connector.ready()));
      const { clogged } = live.link;
      if (clogged !== undefined) await within(clogged);
      else if (this.#mayDiffer(method, live)) await this.#compare(request, deadlineAt);
      else return live;
    }
  }

  #make(
    live: Live,
    { method, request, manner }: { method: string; request: DownstreamRequest; manner: Manner },
  ): Promise<DownstreamAnswer> {
    if (WATCHING.has(method)) return this.#makeWatching(live, method, request);
    const { link, envelope } = live;
    return run({
      id: this.#nextId(),
      method,
      request,
      inlineBytes: manner.inlineBytes,
      lenient: manner.lenient,
      link,
      envelope,
      headers: this.#mirror(method, request.params),
    });
  }

  async #makeWatching(live: Live, method: string, request: DownstreamRequest): Promise<DownstreamAnswer> {
    const watched = this.#watch(live, method, request.params);
    if (watched !== undefined) return watched;
    const { link, envelope } = live;
    const answer = await run({ id: this.#nextId(), method, request, ...PLAIN, link, envelope });
    if (answer.kind === 'result') this.#remember(method, request.params);
    return answer;
  }

  #mirror(method: string, { name, arguments: args }: JsonObject): readonly string[] | undefined {
    if (method !== 'tools/call' || this.#listing === undefined) return undefined;
    const params = typeof name === 'string' ? this.#listing.mirrored.get(name) : undefined;
    return params && toParamHeaders(params, args);
  }

  /** Whether an answer says that we took it for something it is not; then we know better now. */
  async #misunderstood(live: Live, answer: DownstreamAnswer, { lenient }: Manner): Promise<boolean> {
    const code = puzzleIn(answer);
    if (code === HEADER_MISMATCH && this.#listing === undefined) {
      await this.offer();
      return true;
    }
    if (code !== undefined) return this.#connector.doubt(live);
    // A list may be asked for twice; what was called may not, and is not cut off for a suspicion.
    return lenient && !isCalled(live.link) && this.#connector.doubt(live);
  }

  async #mayRepeat(live: Live, error: unknown, method: string): Promise<boolean> {
    if (error instanceof NotProcessed) {
      this.#connector.lose(live, error);
      return true;
    }
    if (!(error instanceof TuttiError)) return false;
    if (error.code === 'downstream/login-needed') {
      // Another process may log in; a new connection looks for what it obtained.
      this.#connector.lose(live, error);
      return false;
    }
    const isOdd = error.code === 'downstream/protocol' || this.#connector.live !== live;
    return isOdd && (await this.#connector.doubt(live)) && didNothing(error, method);
  }

  #nextId(): string {
    this.#ids += 1;
    return `t${this.#ids}`;
  }

  #hear(method: string, params: () => JsonObject | undefined): void {
    switch (method) {
      case 'notifications/tools/list_changed':
        this.#notices.tell('tools');
        return;
      case 'notifications/prompts/list_changed':
        this.#notices.tell('prompts');
        return;
      case 'notifications/resources/list_changed':
        this.#notices.tell('resources');
        return;
      case 'notifications/resources/updated': {
        const uri = params()?.['uri'];
        if (typeof uri === 'string' && uri.length <= 4_096) this.#notices.tell('resources', { uri });
        return;
      }
      default:
    }
  }
}

function late(): TuttiError {
  return new TuttiError('downstream/timeout', 'The server could not be reached in time.');
}

function unsent(message: string): TuttiError {
  return new TuttiError('downstream/unavailable', message, { data: { sent: false } });
}
