import type { JSONRPCMessage, Transport } from '@modelcontextprotocol/client';
import { TuttiError } from '../../core/kernel/errors.ts';
import type { Launch } from '../../core/ports/downstream.ts';
import { tooLarge } from './answer.ts';
import { Clog } from './clog.ts';
import { startChild } from './child.ts';
import type { Child, LogRing } from './child.ts';
import type { GroupUsage } from './groups.ts';
import { Flood } from './flood.ts';
import { greetingIn } from './greeting.ts';
import type { HandshakeOptions } from './greeting.ts';
import { Inbox } from './inbox.ts';
import { lastWords } from './last-words.ts';
import { LineReader } from './lines.ts';
import type { LongLine } from './lines.ts';
import { Scan } from './scan.ts';
import { NotProcessed, messageOf, toPlain } from './wire.ts';
import type { Calls, Greeting, Link, LinkEvents, Outgoing } from './wire.ts';

export interface StdioOptions {
  /** Name in the configuration. */
  readonly server: string;
  readonly launch: Extract<Launch, { kind: 'stdio' }>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly maxDepth?: number | undefined;
  readonly maxMemoryBytes: number;
  readonly log: LogRing;
  readonly handshake: HandshakeOptions;
  readonly events: LinkEvents;
}

/** Around the result in its message. */
const ENVELOPE_BYTES = 4_096;
const MIB = 1_048_576;
const MIN_LINE_BYTES = MIB;
/**
 * Up to here, and so far above the limit, a line that is too long is read to its end. Not further: what is skipped is freed only when the
 * heap is next collected, and the pipe cannot be cut, so that the server has to go.
 */
const MAX_SKIPPED_LINE_BYTES = 12 * MIB;
const MAX_SKIPPED_BYTES = 2 * MIB;
const CLOG_MS = 1_000;
/** Characters that are gathered before they go out at once. */
const MAX_GATHERED = 65_536;
/** A server that does not read what it is sent. */
const MAX_UNREAD_BYTES = 64 * 1_048_576;

/** Of one server with all that it started. */
const MAX_PROCESSES = 256;

/** Starts a server as a child process and agrees with it on a revision. */
export async function openStdio(options: StdioOptions): Promise<Link> {
  const wire = new StdioWire(options);
  try {
    return await wire.connect(options.handshake);
  } catch (error) {
    const { leftWhenProbed } = await import('./handshake.ts');
    const left = wire.ended !== undefined && leftWhenProbed(error);
    if (!left || options.handshake.verdict !== undefined) throw wire.explain(error);
  }
  const again = new StdioWire(options);
  try {
    return await again.connect({ ...options.handshake, verdict: { era: 'legacy', at: 0 } });
  } catch (error) {
    throw again.explain(error);
  }
}

class StdioWire implements Link {
  readonly #options: StdioOptions;
  readonly #child: Child;
  readonly #inbox: Inbox;
  readonly #transport: Transport;
  readonly #lines: LineReader;
  readonly #flood: Flood;
  readonly #passedOver = new Map<string, Buffer>();
  #clog: Clog | undefined;
  #greeting: Greeting | undefined;
  #closing = false;
  #unsent = '';
  #maxBytes = 0;
  /** The calls that a line too long may have been meant for, while it is skipped. */
  #suspects: readonly Outgoing[] | undefined;
  /** Why it was killed, when it was us. */
  #fault: TuttiError | undefined;
  /** What ended it. */
  ended: string | undefined;
  /** We gave it up before it left. */
  #isOurDoing = false;

  constructor(options: StdioOptions) {
    this.#options = options;
    this.#child = startChild({
      launch: options.launch,
      environment: options.environment,
      maxDepth: options.maxDepth,
      log: options.log,
      onUsage: (usage) => this.#watch(usage),
    });
    this.#transport = this.#toTransport();
    this.#inbox = new Inbox({
      era: () => this.#greeting?.era ?? 'legacy',
      onNotification: options.events.onNotification,
      turns: options.events.turns,
      reply: (text) => void this.#write(text),
      onForeign: (message) => {
        if (this.#greeting === undefined) this.#transport.onmessage?.(message as JSONRPCMessage);
      },
    });
    this.#lines = new LineReader({
      limitBytes: () => this.#limitBytes(),
      drops: (line) => this.#drops(line),
      onLine: (line, scan) => {
        this.#unclog();
        if (scan.members['method'] !== undefined) this.#flood.count();
        else this.#recall();
        this.#inbox.receive(line, scan);
      },
      onTooLong: (line) => this.#skip(line),
      onNoise: () => {
        this.#unclog();
        this.#flood.count();
        this.#inbox.dropped += 1;
      },
      spent: () => this.#flood.spent,
    });
    const { stdout } = this.#child;
    this.#flood = new Flood(
      () => stdout.pause(),
      () => stdout.resume(),
    );
    stdout.on('data', (chunk: Buffer) => this.#flood.read(chunk, this.#read));
    void this.#child.ended.then((how) => this.#end(how));
  }

  get greeting(): Greeting {
    return this.#greeting as Greeting;
  }

  get clogged(): Promise<void> | undefined {
    return this.#clog?.gone;
  }

  async connect(handshake: HandshakeOptions): Promise<Link> {
    const { signal } = handshake;
    // The SDK does not give up its question for the revision, so that it has to be left alone with it.
    const giveUp = () => this.#child.kill();
    signal.addEventListener('abort', giveUp);
    try {
      signal.throwIfAborted();
      this.#greeting = greetingIn(handshake.verdict?.discovered) ?? (await this.#meet(handshake));
      return this;
    } catch (error) {
      this.#closing = true;
      // Whoever left first says more than what the SDK makes of it.
      await Promise.race([this.#child.ended, new Promise((done) => setImmediate(done))]);
      this.#isOurDoing = this.ended === undefined;
      await this.#child.end();
      throw error;
    } finally {
      signal.removeEventListener('abort', giveUp);
    }
  }

  /** The SDK is loaded for the first server that nothing is known of. */
  async #meet(handshake: HandshakeOptions): Promise<Greeting> {
    const { shakeHands } = await import('./handshake.ts');
    return await shakeHands(this.#transport, handshake);
  }

  /** Why it could not be connected, for people. */
  explain(error: unknown): TuttiError {
    if (this.#fault !== undefined) return this.#fault;
    if (error instanceof TuttiError) return error;
    const last = this.#lastWords();
    const how = (this.#isOurDoing ? undefined : this.ended) ?? toPlain(messageOf(error));
    return new TuttiError(
      'downstream/unavailable',
      `The program ${toPlain(this.#options.launch.command)} did not become an MCP server: ${how}.${last}`,
      { cause: error },
    );
  }

  #lastWords(): string {
    return lastWords(this.#options.log.latest(), this.#options.server);
  }

  get calls(): Calls {
    return this.#inbox.calls;
  }

  send(call: Outgoing): void {
    this.#inbox.add(call);
    call.release = () => this.#forget(call);
    this.#maxBytes = Math.max(this.#maxBytes, call.maxBytes);
    if (!this.#child.stdin.writable) call.fail(new NotProcessed('The server has left.'));
    else if (!this.#write(call.text)) {
      call.fail(
        new TuttiError('downstream/unavailable', 'The server does not read what it is sent.', {
          data: { sent: false },
        }),
      );
    }
  }

  abandon(call: Outgoing, { reason }: Parameters<Link['abandon']>[1]): void {
    if (this.#lines.within)
      this.#block('The server went on with an answer that nobody waits for, and was ended');
    this.#inbox.giveUp(call);
    const params = { requestId: call.id, reason };
    this.#write(JSON.stringify({ jsonrpc: '2.0', method: 'notifications/cancelled', params }));
  }

  usage(): GroupUsage {
    return this.#child.usage();
  }

  async close(): Promise<void> {
    this.#closing = true;
    this.#inbox.failAll(new TuttiError('downstream/unavailable', 'The connection was closed.'));
    this.#sendGathered();
    await this.#child.end();
  }

  #toTransport(): Transport {
    const transport: Transport & { readonly pid: number; readonly stderr: null } = {
      // By these two the SDK knows that silence means an old server, not a broken network.
      pid: this.#child.pid,
      stderr: null,
      start: () => Promise.resolve(),
      send: (message) => {
        this.#write(JSON.stringify(message));
        return Promise.resolve();
      },
      close: () => {
        transport.onclose?.();
        return Promise.resolve();
      },
    };
    return transport;
  }

  #limitBytes(): number {
    return Math.max(MIN_LINE_BYTES, this.#maxBytes) + ENVELOPE_BYTES;
  }

  readonly #read = (chunk: Buffer): Buffer | undefined => {
    const rest = this.#lines.push(chunk);
    if (rest === undefined) this.#recall();
    return rest;
  };

  /** Of what is too much, the newest of each kind is kept until something else comes: it may be the last word. */
  #drops(line: Buffer): boolean {
    const kind = this.#flood.excess(line);
    if (kind === undefined) return false;
    this.#unclog();
    if (this.#passedOver.has(kind)) this.#inbox.dropped += 1;
    this.#passedOver.set(kind, line);
    return true;
  }

  #recall(): void {
    if (this.#passedOver.size === 0) return;
    const lines = [...this.#passedOver.values()];
    this.#passedOver.clear();
    for (const line of lines) this.#inbox.receive(line, new Scan().feed(line));
  }

  #write(text: string): boolean {
    const { stdin } = this.#child;
    if (!stdin.writable || stdin.writableLength > MAX_UNREAD_BYTES) return false;
    if (this.#unsent === '') setImmediate(this.#sendGathered);
    this.#unsent += `${text}\n`;
    if (this.#unsent.length > MAX_GATHERED) this.#sendGathered();
    return true;
  }

  /** What is said in one round of the event loop goes out together, whoever asked for it: each write wakes the server up. */
  readonly #sendGathered = (): void => {
    const text = this.#unsent;
    this.#unsent = '';
    if (text !== '' && this.#child.stdin.writable) this.#child.stdin.write(text);
  };

  #forget(call: Outgoing): void {
    this.#inbox.remove(call);
    if (this.#inbox.calls.size === 0) this.#maxBytes = 0;
  }

  #skip({ head, id, length, ended }: LongLine): void {
    const { calls } = this.#inbox;
    // A server that writes the id last leaves no doubt when it had one call to answer.
    this.#suspects ??= calls.values();
    const only = this.#suspects.length === 1 ? this.#suspects[0] : undefined;
    const call = id === undefined ? only : calls.get(id);
    if (call !== undefined && !call.settled) {
      const at = head.indexOf('"result":');
      call.fail(tooLarge(head.subarray(at === -1 ? 0 : at + 9), call.maxBytes));
    }
    if (ended) {
      this.#suspects = undefined;
      this.#unclog();
      return;
    }
    this.#block(`The server sent one line that was too long and would not end, and was ended`);
    if (length > Math.max(MAX_SKIPPED_LINE_BYTES, this.#limitBytes() + MAX_SKIPPED_BYTES)) {
      this.#kill(`The server sent one line of more than ${length} bytes and was ended`);
    }
  }

  /** One line keeps all others from being read: it has a moment to end. */
  #block(why: string): void {
    this.#clog ??= new Clog(CLOG_MS, () => this.#kill(why));
  }

  #unclog(): void {
    this.#clog?.end();
    this.#clog = undefined;
  }

  #watch({ processes, memoryBytes }: GroupUsage): void {
    const { maxMemoryBytes } = this.#options;
    if (processes > MAX_PROCESSES) {
      this.#kill(
        `The server had become ${processes} processes, more than the ${MAX_PROCESSES} that one may be, and they were ended`,
      );
      return;
    }
    if (memoryBytes <= maxMemoryBytes) return;
    this.#kill(
      `The server and its children held ${Math.ceil(memoryBytes / MIB)} MiB of memory, more than the ${Math.floor(maxMemoryBytes / MIB)} of maxMemoryMb, and were ended`,
    );
  }

  #kill(why: string): void {
    this.#fault ??= new TuttiError(
      'downstream/unavailable',
      `${why}. It is started again when it is needed.`,
    );
    this.#child.stdout.destroy();
    this.#child.kill();
  }

  #end(how: string): void {
    this.ended = how;
    this.#flood.finish();
    this.#unclog();
    this.#transport.onclose?.();
    const last = this.#lastWords();
    const error =
      this.#fault ?? new TuttiError('downstream/unavailable', `The server left: it ${how}.${last}`);
    this.#inbox.failAll(error);
    if (!this.#closing && this.#greeting !== undefined) this.#options.events.onClose(error);
    this.#closing = true;
  }
}
