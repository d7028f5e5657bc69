import type { JSONRPCMessage, Transport } from '@modelcontextprotocol/client';
import { BusyMap } from '../../core/kernel/busy.ts';
import { TuttiError } from '../../core/kernel/errors.ts';
import { MAX_REDIRECTS, checkUrl, mayBePrivate, tooManyRedirects } from './guard.ts';
import type { Grounds, Line } from './guard.ts';
import { HttpExchange, toUnavailable } from './http-exchange.ts';
import type { Refusal } from './http-exchange.ts';
import { Inbox } from './inbox.ts';
import type { LaneRequest } from './lane.ts';
import type { Login } from './login.ts';
import { mcpName } from './mcp-headers.ts';
import { Scan } from './scan.ts';
import type { SdkSide } from './sdk-http.ts';
import { serverStream } from './server-stream.ts';
import type { Awaiting } from './track.ts';
import { NotProcessed } from './wire.ts';
import type { Calls, Greeting, Link, LinkEvents, Outgoing } from './wire.ts';

export interface HttpLinkOptions {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly grounds: Grounds;
  readonly line: Line;
  readonly greeting: Greeting;
  readonly login: Login | undefined;
  readonly events: LinkEvents;
  /** What did the handshake, where that was the SDK. */
  readonly sdk?: SdkSide;
  /** The same, or made now: it repeats what needs a login. */
  readonly openSdk: () => Promise<SdkSide>;
}

const MAX_RESUMES = 10;
/** What has no answer is taken note of at once, or not at all. */
const DEAF_MS = 10_000;
/** Set by us alone. */
const OURS =
  /^(accept|accept-encoding|content-(type|length)|connection|host|transfer-encoding|mcp-(session-id|protocol-version|method|name|param-.*))$/i;
export const POSTED = [
  'content-type',
  'application/json',
  'accept',
  'application/json, text/event-stream',
] as const;
const SESSION_LOST: ReadonlySet<number> = new Set([400, 404]);
/** What servers of the older revisions answer to who never greeted them. */
const PUZZLED: ReadonlySet<number> = new Set([400, 404, 405, 406, 415, 422]);

interface Place {
  readonly origin: string;
  readonly path: string;
  /** Names and values in turn, for every request. */
  readonly headers: readonly string[];
  /** The same, for what is posted. */
  readonly posted: readonly string[];
  /** How often the server sent us elsewhere on the way. */
  readonly redirects: number;
  /** Another address than the one that was written down. */
  readonly foreign: boolean;
}

/** Streamable HTTP, without a copy of anything, once the SDK has agreed with the server on a revision. */
export class HttpLink implements Link {
  readonly greeting: Greeting;
  readonly clogged = undefined;
  readonly #options: HttpLinkOptions;
  readonly #inbox: Inbox;
  readonly #exchanges = new BusyMap<Outgoing, HttpExchange>();
  readonly #silent = new WeakSet<Outgoing>();
  readonly #resumes = new WeakMap<Outgoing, number>();
  readonly #home: Place;
  readonly #stopStream: () => void;
  /** With which token a call went out. */
  readonly #tokens = new WeakMap<Outgoing, string>();
  #sdk: Promise<SdkSide> | undefined;
  /** A login that is under way: a refresh token may be used once. */
  #loggingIn: Promise<void> = Promise.resolve();
  #closed = false;
  #onEmpty: (() => void) | undefined;

  constructor(options: HttpLinkOptions) {
    this.#options = options;
    this.greeting = options.greeting;
    this.#home = toHome(options);
    this.#inbox = new Inbox({
      era: () => this.greeting.era,
      onNotification: options.events.onNotification,
      turns: options.events.turns,
      reply: (text) => this.#post(text),
    });
    this.#sdk = options.sdk && Promise.resolve(options.sdk);
    if (options.sdk) this.#hear(options.sdk);
    this.#stopStream =
      this.greeting.era === 'legacy'
        ? serverStream({
            line: options.line,
            origin: this.#home.origin,
            path: this.#home.path,
            headers: () => [
              ...this.#home.headers,
              ...this.#authorization(this.#home),
              'accept',
              'text/event-stream',
            ],
            onMessage: (text, scan) => this.#inbox.receive(text, scan),
          })
        : () => {};
  }

  get calls(): Calls {
    return this.#inbox.calls;
  }

  send(call: Outgoing): void {
    this.#inbox.add(call);
    call.release = () => this.#forget(call);
    if (this.#closed) call.fail(new NotProcessed('The connection was closed.'));
    else this.#dispatch(call, this.#home);
  }

  abandon(call: Outgoing, { reason, late }: Parameters<Link['abandon']>[1]): void {
    // Its connection may lead nowhere, and so may all that were made with it.
    if (late && this.#silent.has(call)) this.#options.line.renew();
    if (this.greeting.era === 'modern') return;
    this.#inbox.giveUp(call);
    const params = { requestId: call.id, reason };
    this.#post(JSON.stringify({ jsonrpc: '2.0', method: 'notifications/cancelled', params }));
  }

  /** One connection that could not be made says nothing of the others. */
  async finish(): Promise<void> {
    if (this.calls.size > 0) {
      await new Promise<void>((resolve) => {
        this.#onEmpty = resolve;
      });
    }
    await this.close();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#stopStream();
    for (const exchange of this.#exchanges.values()) exchange.cancel();
    this.#inbox.failAll(new TuttiError('downstream/unavailable', 'The connection was closed.'));
    await this.#closeSdk().catch(() => {});
    await this.#options.line.end();
  }

  async #closeSdk(): Promise<void> {
    const sdk = await this.#sdk;
    if (sdk === undefined) return;
    const { transport } = sdk;
    if (transport.sessionId !== undefined) await transport.terminateSession().catch(() => {});
    await transport.close().catch(() => {});
    sdk.end();
  }

  #hear({ transport }: SdkSide): void {
    const heard: Pick<Transport, 'onmessage' | 'onerror' | 'onclose'> = {
      onmessage: (message) => {
        const text = Buffer.from(JSON.stringify(message));
        this.#inbox.receive(text, new Scan().feed(text));
      },
      onerror: () => {},
      onclose: () => {},
    };
    Object.assign(transport, heard);
  }

  /** One that could not be made is made anew. */
  async #openSdk(): Promise<SdkSide> {
    const opening = (this.#sdk ??= this.#options.openSdk().then((sdk) => {
      this.#hear(sdk);
      return sdk;
    }));
    return await opening.catch((error: unknown) => {
      this.#sdk = undefined;
      throw error;
    });
  }

  #authorization(place: Place): readonly string[] {
    const token = place.origin === this.#home.origin ? this.#options.login?.token() : undefined;
    return token === undefined ? [] : ['authorization', `Bearer ${token}`];
  }

  #dispatch(call: Outgoing, place: Place): void {
    const authorization = this.#authorization(place);
    if (authorization[1] !== undefined) this.#tokens.set(call, authorization[1]);
    const headers = [...place.posted, ...authorization];
    if (this.greeting.era === 'modern') {
      headers.push('mcp-method', call.method);
      const name = mcpName(call.method, call.params);
      if (name !== undefined) headers.push('mcp-name', name);
      if (call.headers !== undefined) headers.push(...call.headers);
    }
    const { origin, path } = place;
    this.#run(call, { origin, path, method: 'POST', headers, body: call.text }, place);
  }

  #run(call: Outgoing, options: LaneRequest & { readonly origin: string }, place: Place): void {
    const wasHeard = options.method === 'GET';
    const exchange = new HttpExchange(call, {
      wasHeard,
      onMessage: (text, scan, own) => this.#inbox.receive(text, scan, own),
      onResume: (own, lastId, retryMs) => this.#resume(own, { lastId, retryMs, place }),
      onRefusal: (own, refusal) => (wasHeard ? notResumed(own, refusal) : this.#refuse(own, refusal, place)),
      onEnd: (own) => {
        this.#exchanges.delete(own);
      },
    });
    this.#exchanges.set(call, exchange);
    const { line } = this.#options;
    (place.foreign ? line.strict : line).dispatch(options, exchange);
  }

  /** Nobody waits for it any more: what still comes is not read. */
  #forget(call: Outgoing): void {
    this.#inbox.remove(call);
    const exchange = this.#exchanges.get(call);
    if (exchange?.silent === true) this.#silent.add(call);
    exchange?.abandon();
    this.#exchanges.delete(call);
    if (this.calls.size === 0) this.#onEmpty?.();
  }

  /** The revisions with sessions let a stream that broke be taken up again. */
  #resume(call: Outgoing, how: { lastId: string; retryMs: number; place: Place }): void {
    const tries = (this.#resumes.get(call) ?? 0) + 1;
    this.#resumes.set(call, tries);
    if (this.greeting.era === 'modern' || tries > MAX_RESUMES || this.#closed) {
      call.fail(new TuttiError('downstream/unavailable', 'The server ended the stream before it answered.'));
      return;
    }
    const { place, lastId, retryMs } = how;
    setTimeout(() => {
      if (call.settled || this.#closed) return;
      const headers = [
        ...place.headers,
        ...this.#authorization(place),
        'accept',
        'text/event-stream',
        'last-event-id',
        lastId,
      ];
      this.#run(call, { origin: place.origin, path: place.path, method: 'GET', headers }, place);
    }, retryMs).unref();
  }

  #refuse(call: Outgoing, refusal: Refusal, place: Place): boolean {
    const { status, headers } = refusal;
    const { location } = headers;
    if ((status === 307 || status === 308) && location !== undefined) {
      this.#redirect(call, location, place);
      return true;
    }
    const { login } = this.#options;
    if (login !== undefined && wantsLogin(refusal)) {
      // The next one need not wait for the answer to this call, only for its token.
      this.#loggingIn = this.#loggingIn.then(
        async () => await Promise.race([this.#logIn(call, place), login.renewed]),
      );
      return true;
    }
    if (this.greeting.era === 'modern' && PUZZLED.has(status)) this.#options.events.onPuzzled();
    return this.#isAnswer(call, refusal) || this.#isLost(call, refusal);
  }

  /** Errors of the protocol may come with a status that says the same. */
  #isAnswer(call: Outgoing, { status, text }: Refusal): boolean {
    const bytes = Buffer.from(text);
    const scan = new Scan().feed(bytes);
    if (scan.members['error'] === undefined || (status === 404 && this.greeting.era === 'legacy'))
      return false;
    this.#inbox.receive(bytes, scan, call);
    return call.settled;
  }

  #isLost(call: Outgoing, { status }: Refusal): boolean {
    if (this.greeting.era === 'modern' || !SESSION_LOST.has(status)) return false;
    call.fail(new NotProcessed(`The server forgot our session: HTTP ${status}.`));
    return true;
  }

  #redirect(call: Outgoing, location: string, place: Place): void {
    try {
      if (place.redirects === MAX_REDIRECTS) throw tooManyRedirects();
      const target = new URL(location, place.origin + place.path);
      // Nobody wrote down as private where a redirect leads, unless it stays.
      const foreign = !mayBePrivate(target, this.#options.grounds);
      checkUrl(target, !foreign);
      const { origin, pathname, search } = target;
      const headers =
        origin === this.#home.origin
          ? this.#home.headers
          : ['mcp-protocol-version', this.greeting.protocolVersion];
      const redirects = place.redirects + 1;
      this.#dispatch(call, { ...toPlace({ origin, path: pathname + search, headers }), redirects, foreign });
    } catch (error) {
      call.fail(toUnavailable(error as Error));
    }
  }

  /** The SDK's transport makes the same request again, with whatever login it takes. */
  async #logIn(call: Outgoing, place: Place): Promise<void> {
    if (call.settled || this.#closed) return;
    // Somebody else logged in while this one waited.
    const [, now] = this.#authorization(place);
    if (now !== undefined && now !== this.#tokens.get(call)) {
      this.#dispatch(call, place);
      return;
    }
    const cancelled = new AbortController();
    const message = JSON.parse(call.text) as JSONRPCMessage;
    const headers = Object.fromEntries(pairs(call.headers ?? []));
    try {
      const sdk = await this.#openSdk();
      await sdk.transport
        .send(message, { requestSignal: cancelled.signal, headers })
        .catch((error: unknown) => {
          throw sdk.explain(error);
        });
    } catch (error) {
      call.fail(toUnavailable(error as Error));
    }
  }

  /** Says something that has no answer. */
  #post(text: string): void {
    const { origin, path, posted } = this.#home;
    const headers = [...posted, ...this.#authorization(this.#home)];
    this.#options.line.dispatch({ origin, path, method: 'POST', headers, body: text }, deaf());
  }
}

/** What is asked for again is not asked anew: it may have been done. */
function notResumed(call: Outgoing, { status }: Refusal): true {
  const message = `The server ended the stream before it answered, and does not go on with it: HTTP ${status}.`;
  call.fail(new TuttiError('downstream/unavailable', message));
  return true;
}

/** Takes no notice of what comes back, and does not wait for it for ever. */
function deaf(): Awaiting {
  let timer: NodeJS.Timeout | undefined;
  const over = (): void => clearTimeout(timer);
  return {
    onRequestStart(controller) {
      timer = setTimeout(() => controller.abort(new Error('nobody answers')), DEAF_MS).unref();
    },
    onResponseStart() {},
    onResponseData() {},
    onResponseEnd: over,
    onResponseError: over,
  };
}

function wantsLogin({ status, headers }: Refusal): boolean {
  const challenge = headers['www-authenticate'] ?? '';
  return status === 401 || (status === 403 && challenge.includes('insufficient_scope'));
}

function toHome({ url, headers, greeting, sdk }: HttpLinkOptions): Place {
  const list = [...ownHeaders(headers), 'mcp-protocol-version', greeting.protocolVersion];
  if (sdk?.transport.sessionId !== undefined) list.push('mcp-session-id', sdk.transport.sessionId);
  return toPlace({ origin: url.origin, path: url.pathname + url.search, headers: list });
}

/** What the operator wants sent, as far as it is theirs to say; names and values in turn. */
export function ownHeaders(headers: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(headers)
    .filter(([name]) => !OURS.test(name))
    .flat();
}

function toPlace(place: Pick<Place, 'origin' | 'path' | 'headers'>): Place {
  return { ...place, posted: [...place.headers, ...POSTED], redirects: 0, foreign: false };
}

function pairs(list: readonly string[]): [string, string][] {
  const out: [string, string][] = [];
  for (let at = 0; at + 1 < list.length; at += 2) out.push([list[at] as string, list[at + 1] as string]);
  return out;
}
