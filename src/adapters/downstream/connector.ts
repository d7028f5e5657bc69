import { setTimeout as sleep } from 'node:timers/promises';
import { TuttiError } from '../../core/kernel/errors.ts';
import type { JsonObject } from '../../core/kernel/json.ts';
import type {
  DownstreamHealth,
  DownstreamOptions,
  DownstreamStatus,
  EraVerdict,
} from '../../core/ports/downstream.ts';
import { createLogRing } from './child.ts';
import type { LogRing } from './child.ts';
import type { DownstreamEnvironment } from './connect.ts';
import { Discretion } from './discretion.ts';
import type { Login } from './login.ts';
import { toEnvelope } from './running.ts';
import { lookTwice } from './second-look.ts';
import type { Turns } from './turns.ts';
import { freshVerdict } from './verdict.ts';
import { messageOf, NotProcessed, toPlain } from './wire.ts';
import type { Greeting, Link } from './wire.ts';

/** A connection that works, and what is ready for each request on it. */
export interface Live {
  readonly link: Link;
  readonly envelope: string;
  readonly startedAt: number;
  /** What the server said of itself last; that of the link is what it was met with. */
  greeting: Greeting;
  /** The revision is what was remembered, and nothing that the server said since has borne it out. */
  presumed: boolean;
}

export interface ConnectorEvents {
  readonly turns: Turns;
  readonly onNotification: (method: string, params: () => JsonObject | undefined) => void;
  readonly onHealth: () => void;
  readonly onLive: (live: Live) => void;
  readonly onLost: () => void;
  /** It says something else of itself than it was met with. */
  readonly onTurned: () => void;
}

const FIRST_PAUSE_MS = 250;
const MAX_PAUSE_MS = 30_000;
/** A pause that a call may as well wait for. */
const SHORT_PAUSE_MS = 1_500;
/** Who stayed so long did not fail at its start. */
const SETTLED_MS = 10_000;
/** Some servers refuse in this way whatever they do not like: they are not asked for their revision each time. */
const LOOKED_MS = 10_000;

/** Brings a connection about when there is none, not too often when it fails, and says how it is. */
export class Connector {
  readonly log: LogRing;
  /** What is secret of how it is reached, and kept out of every error. */
  readonly discretion: Discretion;
  live: Live | undefined;
  readonly #environment: DownstreamEnvironment;
  readonly #options: DownstreamOptions;
  readonly #events: ConnectorEvents;
  #login: Login | undefined;
  #verdict: EraVerdict | undefined;
  #status: DownstreamStatus = 'idle';
  #error: TuttiError | undefined;
  #connecting: Promise<Live> | undefined;
  #looking: Promise<void> | undefined;
  #lookedAt = -Infinity;
  #stopLooking = () => {};
  #closing = new Set<Promise<void>>();
  /** Not used for anything new. */
  readonly #leaving = new Set<Link>();
  readonly #ending = new AbortController();
  #failures = 0;
  #nextAt = 0;
  #everReady = false;
  #closed = false;

  constructor(environment: DownstreamEnvironment, options: DownstreamOptions, events: ConnectorEvents) {
    this.#environment = environment;
    this.#options = options;
    this.#events = events;
    this.#verdict = options.verdict;
    this.discretion = new Discretion(options.launch, () => this.#login?.token());
    this.log = createLogRing(this.discretion.text);
  }

  health(): DownstreamHealth {
    const link = this.live?.link;
    const usage = link?.usage?.();
    const error = this.#status === 'down' ? this.#error : undefined;
    const era = link?.greeting.era ?? this.#verdict?.era;
    // Each call asks several times.
    if (era !== undefined && error === undefined) return { status: this.#status, era, ...usage };
    return {
      status: this.#status,
      ...(error !== undefined && toComplaint(error)),
      ...usage,
      ...(era !== undefined && { era }),
    };
  }

  /** The connection, made if need be. All who need it meanwhile get the same one. */
  ready(): Promise<Live> {
    if (this.live !== undefined) return Promise.resolve(this.live);
    this.#connecting ??= this.#connect().finally(() => {
      this.#connecting = undefined;
    });
    return this.#connecting;
  }

  /** It broke, or is no use any more. */
  lose(live: Live, error: TuttiError): void {
    if (this.live !== live) return;
    this.#discard(live, 'gently');
    const lasted = performance.now() - live.startedAt;
    if (lasted > SETTLED_MS) this.#failures = 0;
    else this.#pause();
    this.#set('down', this.discretion.error(error));
  }

  /** Whether the revision was only presumed, and another look shows that the server speaks another one. */
  async doubt(live: Live): Promise<boolean> {
    if (this.live === live && live.presumed) this.#looking ??= this.#lookAgain(live);
    // Whoever failed meanwhile, on the same connection, waits for the same look.
    await this.#looking;
    if (this.live === live || (this.live ?? this.#connecting) === undefined) return false;
    const next = await this.ready().catch(() => undefined);
    return next !== undefined && next.link.greeting.era !== live.link.greeting.era;
  }

  async #lookAgain(live: Live): Promise<void> {
    try {
      // A program is not started twice side by side. At an address, calls that are under way go on, unless it is another server.
      if (this.#options.launch.kind === 'stdio') {
        this.#verdict = undefined;
        this.#discard(live);
        await this.ready();
        return;
      }
      const link = await this.#bounded((signal) => this.#openLink(signal, undefined));
      this.#lookedAt = performance.now();
      if (this.live !== live || link.greeting.era === live.link.greeting.era) {
        live.presumed = false;
        await link.close();
        return;
      }
      this.#verdict = undefined;
      this.#discard(live);
      this.#set('connecting');
      this.#adopt(link, false);
    } catch {
      // The next call tells what is wrong.
    } finally {
      this.#looking = undefined;
    }
  }

  /** Ends the connection; the next one who needs it starts it again. */
  async sleep(): Promise<void> {
    const { live } = this;
    if (live === undefined) return;
    this.#discard(live);
    this.#set('idle');
    for (const link of this.#leaving) void link.close();
    await Promise.all(this.#closing);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#ending.abort(new TuttiError('downstream/unavailable', 'The connection was closed.'));
    await this.#connecting?.catch(() => {});
    await this.#looking;
    await this.sleep();
    for (const link of this.#leaving) void link.close();
    await Promise.all(this.#closing);
    this.#set('idle');
  }

  /** Gently: what is on its way may still be answered. */
  #discard({ link }: Live, how?: 'gently'): void {
    this.live = undefined;
    this.#stopLooking();
    this.#events.onLost();
    const finishing = how === 'gently' ? link.finish?.() : undefined;
    if (finishing) this.#leaving.add(link);
    const closing = (finishing ?? link.close()).finally(() => {
      this.#closing.delete(closing);
      this.#leaving.delete(link);
    });
    this.#closing.add(closing);
  }

  async #connect(): Promise<Live> {
    for (let tries = 0; ; tries += 1) {
      await this.#awaitPause();
      this.#set('connecting');
      try {
        return await this.#open();
      } catch (error) {
        const failure = this.discretion.error(toFailure(error));
        this.#pause();
        this.#set('down', failure);
        // It was there a moment ago: perhaps it is only being started again.
        const returning = failure instanceof NotProcessed && this.#everReady && tries < 3;
        if (!returning || this.#closed) throw failure;
      }
    }
  }

  async #awaitPause(): Promise<void> {
    const left = this.#nextAt - performance.now();
    if (left > SHORT_PAUSE_MS && this.#error !== undefined) throw this.#error;
    if (left > 0) await sleep(left);
    if (this.#closed) throw new TuttiError('downstream/unavailable', 'The connection was closed.');
  }

  #open(): Promise<Live> {
    const verdict = freshVerdict(this.#verdict, this.#environment.clock.now());
    return this.#bounded(async (signal) => {
      const link = await this.#openLink(signal, verdict).catch((error: unknown) => {
        // What was remembered of an old server may be what is wrong: perhaps it is a new one by now.
        if (verdict?.era !== 'legacy' || error instanceof NotProcessed || signal.aborted) throw error;
        this.#verdict = undefined;
        return this.#openLink(signal, undefined);
      });
      signal.throwIfAborted();
      return this.#adopt(link, this.#options.launch.kind !== 'sse' && verdict?.era === 'modern');
    });
  }

  /** Within the time that connecting may take, and with the login that it needs. */
  async #bounded<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const abort = new AbortController();
    const signal = AbortSignal.any([abort.signal, this.#ending.signal]);
    const timer = setTimeout(() => abort.abort(late(this.#options)), this.#options.connectMs);
    try {
      this.#login ??= await toLogin(this.#environment, this.#options);
      await this.#login?.load();
      const pending = this.#login?.token() === undefined ? this.#login?.pending() : undefined;
      if (pending !== undefined) throw pending;
      return await work(signal);
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  /** What a way of connecting needs is loaded with the first connection of its kind: it is most of what a process holds. */
  async #openLink(signal: AbortSignal, verdict: EraVerdict | undefined): Promise<Link> {
    const { connectMs, launch, maxMemoryBytes, server } = this.#options;
    const { introduction, variables, maxDepth, resolve, trustLoopback } = this.#environment;
    const handshake = { introduction, verdict, timeoutMs: connectMs, signal };
    const events = {
      turns: this.#events.turns,
      onNotification: this.#events.onNotification,
      onPuzzled: () => {
        if (this.live !== undefined && performance.now() - this.#lookedAt > LOOKED_MS)
          this.live.presumed = true;
      },
      onClose: (error: TuttiError) => {
        if (this.live !== undefined) this.lose(this.live, error);
      },
    };
    if (launch.kind === 'stdio') {
      const { openStdio } = await import('./stdio-link.ts');
      return await openStdio({
        server,
        launch,
        environment: variables,
        maxDepth,
        maxMemoryBytes,
        log: this.log,
        handshake,
        events,
      });
    }
    const { openHttp } = await import('./open-http.ts');
    return await openHttp({ launch, login: this.#login, handshake, events, resolve, trustLoopback });
  }

  #adopt(link: Link, presumed: boolean): Live {
    const { greeting } = link;
    const envelope = toEnvelope(greeting, this.#environment.introduction);
    const live: Live = { link, envelope, greeting, startedAt: performance.now(), presumed };
    this.live = live;
    this.#everReady = true;
    this.#failures = 0;
    this.#nextAt = 0;
    if (freshVerdict(this.#verdict, this.#environment.clock.now())?.era !== greeting.era)
      this.#remember(greeting);
    this.#set('ready');
    this.#events.onLive(live);
    if (presumed) this.#lookTwice(live);
    return live;
  }

  #remember({ era, discovered }: Greeting): void {
    const at = this.#environment.clock.now();
    this.#verdict = { era, at, ...(discovered !== undefined && { discovered }) };
    this.#options.onVerdict?.(this.#verdict);
  }

  /** Who was met by memory alone says what is true by now. */
  #lookTwice(live: Live): void {
    const { introduction } = this.#environment;
    this.#stopLooking = lookTwice({
      ...live,
      introduction,
      timeoutMs: this.#options.connectMs,
      onOther: (greeting) => {
        live.greeting = greeting;
        this.#remember(greeting);
        this.#events.onTurned();
      },
    });
  }

  #pause(): void {
    const pause = Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.#failures);
    this.#failures = Math.min(this.#failures + 1, 16);
    this.#nextAt = performance.now() + pause * (0.5 + this.#environment.clock.random() / 2);
  }

  #set(status: DownstreamStatus, error?: TuttiError): void {
    const changed = this.#status !== status || this.#error?.message !== error?.message;
    this.#status = status;
    if (status === 'down' || status === 'ready') this.#error = error;
    if (changed) this.#events.onHealth();
  }
}

function toComplaint(error: TuttiError): Pick<DownstreamHealth, 'error' | 'loginUrl'> {
  const said = { error: toPlain(error.message, 500) };
  return error.code === 'downstream/login-needed'
    ? { ...said, loginUrl: String((error.data as { url: unknown }).url) }
    : said;
}

async function toLogin(
  environment: DownstreamEnvironment,
  options: DownstreamOptions,
): Promise<Login | undefined> {
  const { launch, server } = options;
  if (launch.kind === 'stdio' || environment.login === undefined) return undefined;
  if (Object.keys(launch.headers).some((name) => name.toLowerCase() === 'authorization')) return undefined;
  const { login, clock } = environment;
  const { Login } = await import('./login.ts');
  return new Login({
    settings: login,
    server,
    url: new URL(launch.url),
    oauth: launch.oauth,
    now: () => clock.now(),
  });
}

function late({ connectMs, launch }: DownstreamOptions): TuttiError {
  const isTheirs = launch.kind === 'stdio' && launch.isOurs !== true;
  const hint = isTheirs
    ? ' What is started by `npx` or `uvx` is downloaded at its first start, which takes longer.'
    : '';
  return new TuttiError(
    'downstream/timeout',
    `The server was not ready within ${connectMs} ms.${hint} Raise its \`connectMs\` when it needs more time.`,
  );
}

function toFailure(error: unknown): TuttiError {
  if (error instanceof TuttiError) return error;
  return new TuttiError(
    'downstream/unavailable',
    `The server cannot be used: ${toPlain(messageOf(error))}.`,
    {
      cause: error,
    },
  );
}
