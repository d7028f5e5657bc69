import { Worker } from 'node:worker_threads';
import type { JsonObject } from '../../core/kernel/json.ts';
import { toErrorResult } from './result.ts';
import { isFromThread, reasonOf } from './thread-messages.ts';
import type { FromThread, LeftOut, ToThread } from './thread-messages.ts';

export interface Loaded {
  /** Each as JSON. */
  readonly tools: readonly string[];
  readonly leftOut: readonly LeftOut[];
}

export interface ThreadOptions {
  /** The module. */
  readonly file: string;
  /** The program that a thread runs. */
  readonly program: string;
  readonly loadMs: number;
  /** How long a cancelled call may keep its thread from hearing of it. */
  readonly graceMs: number;
  readonly log: (message: string) => void;
}

/** Of the heap of one module; what lies outside it counts for the host as a whole. */
const LIMITS = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 32 };

interface Live {
  readonly worker: Worker;
  readonly pending: Map<number, Pending>;
  /** Why it was ended, when it was us. */
  reason: string | undefined;
  /** It ends when nobody waits for it any more. */
  retired: boolean;
  /** While it is not known whether it still yields. */
  doubt: PromiseWithResolvers<void> | undefined;
}

interface Pending {
  readonly answer: (result: string) => void;
  /** Running since it was cancelled, until its thread hears of that. */
  grace?: NodeJS.Timeout;
}

/** One module in a thread of its own, which is started anew for the next call when it has ended. */
export class ModuleThread {
  readonly #options: ThreadOptions;
  #starting: Promise<Live> | undefined;
  #loaded: Loaded = { tools: [], leftOut: [] };
  #ids = 0;
  #closed = false;

  constructor(options: ThreadOptions) {
    this.#options = options;
  }

  /** What the module offers. Rejects with the reason why it cannot be loaded. */
  async load(): Promise<Loaded> {
    await this.#live();
    return this.#loaded;
  }

  /** The text of the result; `undefined` when nobody waits for it any more. */
  async call(name: string, args: JsonObject, signal: AbortSignal): Promise<string | undefined> {
    let live: Live;
    try {
      live = await this.#yielding();
    } catch (error) {
      return toErrorResult(`The module of ${name} cannot be loaded: ${reasonOf(error)}. Nothing was called.`);
    }
    if (signal.aborted) return undefined;
    this.#ids += 1;
    const id = this.#ids;
    const answered = new Promise<string>((answer) => live.pending.set(id, { answer }));
    post(live, { kind: 'call', id, name, args });
    const cancel = () => this.#cancel(live, id, name);
    signal.addEventListener('abort', cancel);
    const result = await answered;
    signal.removeEventListener('abort', cancel);
    return signal.aborted ? undefined : result;
  }

  /** Lets calls under way finish. */
  close(): void {
    this.#closed = true;
    void this.#starting?.then((live) => retire(live)).catch(() => {});
  }

  /** A thread that is not stuck as far as is known: what is sent to a stuck one would end with it. */
  async #yielding(): Promise<Live> {
    for (;;) {
      const live = await this.#live();
      if (live.doubt === undefined) return live;
      await live.doubt.promise;
    }
  }

  #cancel(live: Live, id: number, name: string): void {
    const pending = live.pending.get(id);
    if (pending === undefined) return;
    post(live, { kind: 'cancel', id });
    live.doubt ??= Promise.withResolvers();
    pending.grace = setTimeout(() => {
      this.#options.log(`${name} was cancelled and did not yield: its module is started anew.`);
      end(live, `a cancelled call of ${name} did not yield`);
    }, this.#options.graceMs);
  }

  #live(): Promise<Live> {
    if (this.#closed) return Promise.reject(new Error('it was replaced'));
    if (this.#starting === undefined) {
      const starting = this.#start();
      this.#starting = starting;
      starting.catch(() => this.#forget(starting));
    }
    return this.#starting;
  }

  #forget(starting: Promise<Live> | undefined): void {
    if (this.#starting === starting) this.#starting = undefined;
  }

  #start(): Promise<Live> {
    const { file, program, loadMs } = this.#options;
    // Whatever it prints goes to stderr: stdout is where the protocol is spoken.
    const worker = new Worker(program, {
      workerData: { file },
      stdout: true,
      stderr: true,
      resourceLimits: LIMITS,
    });
    for (const stream of [worker.stdout, worker.stderr])
      stream.on('data', (chunk: Buffer) => process.stderr.write(chunk));
    const live: Live = { worker, pending: new Map(), reason: undefined, retired: false, doubt: undefined };
    const started = new Promise<Live>((done, fail) => {
      let timer: NodeJS.Timeout | undefined;
      worker.once('online', () => {
        timer = setTimeout(() => end(live, `it was not loaded within ${loadMs} ms`), loadMs);
      });
      worker.on('message', (message: unknown) => {
        if (!isFromThread(message)) return;
        if (message.kind === 'loaded') {
          clearTimeout(timer);
          this.#loaded = message;
          done(live);
        } else if (message.kind === 'unloadable') end(live, message.reason);
        else hear(live, message);
      });
      worker.on('error', (error) => (live.reason ??= reasonOf(error)));
      worker.once('exit', (code) => {
        clearTimeout(timer);
        const reason = live.reason ?? `it ended itself with exit code ${code}`;
        fail(new Error(reason));
        this.#forget(started);
        this.#fail(live, reason);
      });
    });
    return started;
  }

  /** Tells those who wait that nothing will come. */
  #fail(live: Live, reason: string): void {
    if (live.pending.size > 0) this.#options.log(`calls were lost: ${reason}`);
    const text = toErrorResult(`The module of this tool ended during the call: ${reason}.`);
    for (const { answer, grace } of live.pending.values()) {
      clearTimeout(grace);
      answer(text);
    }
    live.pending.clear();
    settle(live);
  }
}

function post({ worker }: Live, message: ToThread): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  worker.postMessage(message);
}

function settle(live: Live): void {
  live.doubt?.resolve();
  live.doubt = undefined;
}

function hear(live: Live, message: Extract<FromThread, { id: number }>): void {
  if (message.kind === 'heard') settle(live);
  const pending = live.pending.get(message.id);
  if (pending === undefined) return;
  clearTimeout(pending.grace);
  live.pending.delete(message.id);
  // One that heard of its end may run on; nobody waits for what comes of it.
  pending.answer(message.kind === 'answer' ? message.result : '');
  if (live.retired) retire(live);
}

function retire(live: Live): void {
  live.retired = true;
  if (live.pending.size === 0) end(live, 'it was replaced');
}

function end(live: Live, reason: string): void {
  live.reason ??= reason;
  void live.worker.terminate();
}
