import { BusySet } from '../../core/kernel/busy.ts';
import { TuttiError } from '../../core/kernel/errors.ts';
import { isJsonObject } from '../../core/kernel/json.ts';
import type { JsonObject } from '../../core/kernel/json.ts';
import {
  CLIENT_CAPABILITIES_KEY,
  CLIENT_INFO_KEY,
  PROTOCOL_VERSION_KEY,
} from '../../core/kernel/protocol-names.ts';
import type { Ask, DownstreamAnswer, DownstreamRequest, Progress } from '../../core/ports/downstream.ts';
import { toPlain } from './wire.ts';
import type { Greeting, Link, Outgoing } from './wire.ts';

export interface RunningOptions {
  readonly id: string;
  readonly method: string;
  readonly request: DownstreamRequest;
  readonly inlineBytes: number;
  readonly lenient: boolean;
  readonly link: Link;
  /** Of `_meta`, ready to be joined: the revision and who we are. */
  readonly envelope: string;
  readonly headers?: readonly string[] | undefined;
}

/** Faster than people read, slower than what would keep us busy: one in so long, once those of a whole second were used up. */
const PROGRESS_MS = 50;
const PROGRESS_BURST_MS = 1_000 - PROGRESS_MS;
const JUST_NOW_MS = 5;
/** How long a person may think. */
const THINKING_MS = 600_000;
const MAX_ASKS = 100;
const MAX_LOGS = 1_000;
const CAPABILITY: Readonly<Record<string, string>> = {
  'elicitation/create': 'elicitation',
  'sampling/createMessage': 'sampling',
  'roots/list': 'roots',
};

/** The part of `_meta` that is the same in every request to one server. */
export function toEnvelope(greeting: Greeting, introduction: object): string {
  if (greeting.era === 'legacy') return '';
  const version = JSON.stringify(greeting.protocolVersion);
  return `"${PROTOCOL_VERSION_KEY}":${version},"${CLIENT_INFO_KEY}":${JSON.stringify(introduction)},`;
}

const LOOK_MS = 500;
/** Deadlines that are far away. */
const distant = new BusySet<{ look(): void }>();
let looking: NodeJS.Timeout | undefined;

function lookOut(call: { look(): void }): void {
  distant.add(call);
  looking ??= setInterval(() => {
    const all = distant.values();
    distant.clear();
    for (const each of all) each.look();
    if (distant.size > 0) return;
    clearInterval(looking);
    looking = undefined;
  }, LOOK_MS);
}

/** Makes one request and waits for its answer, its deadlines, or for the caller to lose interest. */
export function run(options: RunningOptions): Promise<DownstreamAnswer> {
  return new Promise((resolve, reject) => {
    const call = new Running(options, resolve, reject);
    call.start();
  });
}

class Running implements Outgoing {
  readonly id: string;
  readonly method: string;
  params: JsonObject;
  text: string;
  readonly maxBytes: number;
  readonly inlineBytes: number;
  readonly lenient: boolean;
  readonly headers: readonly string[] | undefined;
  ask: ((ask: Ask) => Promise<JsonObject>) | undefined;
  readonly asker: string | undefined;
  log: ((params: JsonObject) => void) | undefined;
  settled = false;
  release: (() => void) | undefined;
  readonly #link: Link;
  #request: DownstreamRequest;
  #resolve: (answer: DownstreamAnswer) => void;
  #reject: (error: unknown) => void;
  #startedAt = performance.now();
  #aliveAt = this.#startedAt;
  #asking = 0;
  #askingSince = 0;
  #asked = 0;
  #logged = 0;
  #timer: NodeJS.Timeout | undefined;
  #progressTimer: NodeJS.Timeout | undefined;
  #progressToldAt = -Infinity;
  /** By when what was told would have been told at an even pace. */
  #progressPaidAt = 0;
  #progress: Progress | undefined;

  constructor(
    { id, method, request, inlineBytes, lenient, link, envelope, headers }: RunningOptions,
    resolve: (answer: DownstreamAnswer) => void,
    reject: (error: unknown) => void,
  ) {
    this.id = id;
    this.method = method;
    this.params = request.params;
    this.maxBytes = request.maxBytes;
    this.inlineBytes = inlineBytes;
    this.lenient = lenient;
    this.headers = headers;
    this.text = toText(id, method, { request, envelope });
    this.ask = request.onAsk === undefined ? undefined : (ask) => this.#ask(ask);
    this.asker = request.asker;
    this.log = request.onLog === undefined ? undefined : (params) => this.#log(params);
    this.#link = link;
    this.#request = request;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  get asking(): boolean {
    return this.#asking > 0;
  }

  start(): void {
    const { signal } = this.#request;
    if (signal?.aborted === true) {
      this.#finish().reject(signal.reason);
      return;
    }
    signal?.addEventListener('abort', this.#onAbort);
    this.#arm();
    this.#link.send(this);
  }

  settle(answer: DownstreamAnswer): void {
    if (this.settled) return;
    this.#tellProgress();
    const { resolve } = this.#finish();
    // Clients that read both in one piece forget the progress for the answer.
    if (performance.now() - this.#progressToldAt < JUST_NOW_MS) setTimeout(resolve, JUST_NOW_MS, answer);
    else resolve(answer);
  }

  fail(error: Error): void {
    if (this.settled) return;
    this.#tellProgress();
    this.#finish().reject(error);
  }

  progress(params: JsonObject): void {
    const { onProgress } = this.#request;
    const found = toProgress(params);
    if (this.settled || found === undefined) return;
    const now = performance.now();
    this.#aliveAt = now;
    if (onProgress === undefined) return;
    this.#progress = found;
    const waitMs = this.#progressPaidAt - PROGRESS_BURST_MS - now;
    if (waitMs <= 0) this.#tellProgress();
    else this.#progressTimer ??= setTimeout(() => this.#tellProgress(), Math.ceil(waitMs));
  }

  /** Logging is no sign of life, and what is said too often is not passed on. */
  #log(params: JsonObject): void {
    this.#logged += 1;
    if (!this.settled && this.#logged <= MAX_LOGS) this.#request.onLog?.(params);
  }

  #tellProgress(): void {
    clearTimeout(this.#progressTimer);
    this.#progressTimer = undefined;
    const found = this.#progress;
    if (found === undefined) return;
    this.#progress = undefined;
    this.#progressToldAt = performance.now();
    this.#progressPaidAt = Math.max(this.#progressPaidAt, this.#progressToldAt) + PROGRESS_MS;
    this.#request.onProgress?.(found);
  }

  async #ask(ask: Ask): Promise<JsonObject> {
    const { onAsk, capabilities } = this.#request;
    const needed = CAPABILITY[ask.method];
    this.#asked += 1;
    if (onAsk === undefined || this.#asked > MAX_ASKS) throw new Error('The caller is not asked any more.');
    if (capabilities !== undefined && (needed === undefined || capabilities[needed] === undefined)) {
      throw new Error(`The caller cannot be asked for ${toPlain(ask.method, 60)}.`);
    }
    const { promise: late, reject } = Promise.withResolvers<never>();
    const unanswered = () => reject(new Error('Nobody answered within ten minutes.'));
    const timer = setTimeout(unanswered, THINKING_MS).unref();
    this.#pause();
    try {
      return await Promise.race([onAsk(ask), late]);
    } finally {
      clearTimeout(timer);
      this.#goOn();
    }
  }

  /** While somebody thinks about an answer, the time of the server does not run. */
  #pause(): void {
    this.#asking += 1;
    if (this.#asking > 1) return;
    this.#askingSince = performance.now();
    this.#disarm();
  }

  #goOn(): void {
    this.#asking -= 1;
    if (this.#asking > 0 || this.settled) return;
    this.#aliveAt = performance.now();
    this.#startedAt += this.#aliveAt - this.#askingSince;
    this.#arm();
  }

  /** One timer for both deadlines: it looks whether there was life, and waits on when there was. */
  #arm(): void {
    const { idleMs, timeoutMs } = this.#request;
    const now = performance.now();
    const end = this.#startedAt + timeoutMs - now;
    const idle = this.#aliveAt + idleMs - now;
    if (end <= 0) this.#late(`It did not answer within ${timeoutMs} ms.`);
    else if (idle <= 0) this.#late(`It gave no sign of life for ${idleMs} ms.`);
    else this.#wait(Math.ceil(Math.min(end, idle)));
  }

  /** A timer of its own for what is near; far deadlines are looked at together, since most calls are over long before. */
  #wait(ms: number): void {
    if (ms === Infinity) return;
    if (ms > 2 * LOOK_MS) lookOut(this);
    else this.#timer = setTimeout(() => this.#arm(), ms);
  }

  /** Whether a deadline that was far away has come. */
  look(): void {
    if (!this.settled && this.#asking === 0) this.#arm();
  }

  #disarm(): void {
    distant.delete(this);
    clearTimeout(this.#timer);
  }

  #late(message: string): void {
    this.#giveUp(new TuttiError('downstream/timeout', message), { reason: message, late: true });
  }

  readonly #onAbort = (): void => {
    this.#giveUp(this.#request.signal?.reason, { reason: 'The caller cancelled the call.', late: false });
  };

  #giveUp(error: unknown, { reason, late }: { reason: string; late: boolean }): void {
    if (this.settled) return;
    this.#tellProgress();
    this.#finish().reject(error);
    this.#link.abandon(this, { reason, late });
  }

  /** Lets go of all that belongs to the caller: tables in which it stood may be collected much later. */
  #finish(): Ending {
    const ending = { resolve: this.#resolve, reject: this.#reject };
    this.settled = true;
    distant.delete(this);
    clearTimeout(this.#timer);
    clearTimeout(this.#progressTimer);
    this.#request.signal?.removeEventListener('abort', this.#onAbort);
    this.release?.();
    this.release = undefined;
    this.#request = NOTHING;
    this.#resolve = ignore;
    this.#reject = ignore;
    this.params = NOTHING.params;
    this.text = '';
    this.ask = undefined;
    this.log = undefined;
    return ending;
  }
}

interface Ending {
  readonly resolve: (answer: DownstreamAnswer) => void;
  readonly reject: (error: unknown) => void;
}

const NOTHING: DownstreamRequest = { params: {}, idleMs: 0, timeoutMs: 0, maxBytes: 0 };
const ignore = (): void => {};

/** The whole message. `_meta` is written by hand, around what the caller gave. */
function toText(
  id: string,
  method: string,
  { request, envelope }: { request: DownstreamRequest; envelope: string },
): string {
  const { onProgress, capabilities } = request;
  const { params, meta } = request.params['_meta'] === undefined ? request : withoutMeta(request);
  let parts = envelope;
  if (envelope !== '') {
    parts += `"${CLIENT_CAPABILITIES_KEY}":${capabilities === undefined ? '{}' : JSON.stringify(capabilities)},`;
  }
  if (onProgress !== undefined) parts += `"progressToken":"${id}",`;
  const body = JSON.stringify(params);
  const plain = meta === undefined ? '' : members(meta);
  const inside = plain === '' ? parts.slice(0, -1) : parts + plain;
  const text = inside === '' ? body : `${body.slice(0, -1)}${body === '{}' ? '' : ','}"_meta":{${inside}}}`;
  return `{"jsonrpc":"2.0","id":"${id}","method":${JSON.stringify(method)},"params":${text}}`;
}

/** Seldom: what a caller says in `_meta` is `meta` of a request as a rule. */
function withoutMeta({ params, meta }: DownstreamRequest): Pick<DownstreamRequest, 'params' | 'meta'> {
  const { _meta, ...rest } = params;
  const isTold = isJsonObject(_meta) || meta !== undefined;
  return { params: rest, ...(isTold && { meta: { ...(_meta as JsonObject), ...meta } }) };
}

/** What is ours in `_meta` is never said twice. */
function members(meta: JsonObject): string {
  let text = '';
  for (const key of Object.keys(meta)) {
    const value = meta[key];
    if (value === undefined || key === 'progressToken' || OURS.has(key)) continue;
    text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${JSON.stringify(value)}`;
  }
  return text;
}

const OURS: ReadonlySet<string> = new Set([PROTOCOL_VERSION_KEY, CLIENT_INFO_KEY, CLIENT_CAPABILITIES_KEY]);

function toProgress({ progress, total, message }: JsonObject): Progress | undefined {
  if (typeof progress !== 'number') return undefined;
  return {
    progress,
    ...(typeof total === 'number' && { total }),
    ...(typeof message === 'string' && { message: toPlain(message, 500) }),
  };
}
