import { BusyMap } from '../../core/kernel/busy.ts';
import { isJsonObject } from '../../core/kernel/json.ts';
import type { JsonObject } from '../../core/kernel/json.ts';
import { INTERNAL_ERROR } from '../../core/kernel/protocol-names.ts';
import type { Ask, Era } from '../../core/ports/downstream.ts';
import { Addressees } from './addressee.ts';
import { toAnswer } from './answer.ts';
import type { Scan } from './scan.ts';
import type { Turns } from './turns.ts';
import { messageOf, toPlain } from './wire.ts';
import type { Outgoing } from './wire.ts';

export interface InboxOptions {
  readonly era: () => Era;
  readonly onNotification: (method: string, params: () => JsonObject | undefined) => void;
  /** Sends an answer of ours. */
  reply(text: string): void;
  /** Of all connections to this server. */
  readonly turns: Turns;
  /** A response that is none of ours: the handshake's, perhaps. */
  onForeign?(message: unknown): void;
}

/** Questions, notifications and errors are small; what is longer is no such thing. */
const MAX_SIDE_BYTES = 1_048_576;
const ASKS: ReadonlySet<string> = new Set(['elicitation/create', 'sampling/createMessage', 'roots/list']);
const METHOD_NOT_FOUND = -32_601;
const UNCLEAR =
  'Several people have calls under way on this connection, and nothing tells whose call asks this, so nobody was asked.';

/** Everything that one connection hears, brought to whom it belongs. What belongs to nobody is counted and dropped. */
export class Inbox {
  /** By the text of their id. */
  readonly calls = new BusyMap<string, Outgoing>();
  dropped = 0;
  readonly #options: InboxOptions;
  readonly #addressees = new Addressees();

  constructor(options: InboxOptions) {
    this.#options = options;
  }

  add(call: Outgoing): void {
    this.calls.set(keyOf(call), call);
  }

  remove(call: Outgoing): void {
    if (!this.calls.delete(keyOf(call))) return;
    this.#addressees.abandoned(call);
    this.#options.turns.next();
  }

  /** The server was told to stop, which it need not hear. */
  giveUp(call: Outgoing): void {
    this.#addressees.givenUp(keyOf(call), call);
  }

  /** @param own - the only call that this text may answer or ask for, where the connection tells. */
  receive(text: Buffer, scan: Scan, own?: Outgoing): void {
    const { id, method } = scan.members;
    if (method !== undefined) {
      if (text.length > MAX_SIDE_BYTES || scan.ambiguous || scan.depth !== 0) this.dropped += 1;
      else if (id === undefined) this.#notice(text, scan, own);
      else this.#ask(text, own);
      return;
    }
    const key = id === undefined ? '' : text.toString('latin1', id.start, id.end).trim();
    const call = this.calls.get(key);
    if (call !== undefined && (own === undefined || own === call)) {
      this.calls.delete(key);
      this.#addressees.answered(call);
      this.#settle(call, text, scan);
      this.#options.turns.next();
      return;
    }
    this.#addressees.answeredLate(key);
    if (this.#options.onForeign === undefined || text.length > MAX_SIDE_BYTES) this.dropped += 1;
    else this.#options.onForeign(parse(text));
  }

  failAll(error: Error): void {
    const calls = this.calls.values();
    this.calls.clear();
    for (const call of calls) {
      this.#addressees.abandoned(call);
      call.fail(error);
    }
    // By then it is known that this connection is gone.
    queueMicrotask(() => this.#options.turns.next());
  }

  #settle(call: Outgoing, text: Buffer, scan: Scan): void {
    const { maxBytes, inlineBytes, lenient } = call;
    try {
      call.settle(toAnswer(text, scan, { era: this.#options.era(), maxBytes, inlineBytes, lenient }));
    } catch (error) {
      call.fail(error as Error);
    }
  }

  #notice(text: Buffer, scan: Scan, own: Outgoing | undefined): void {
    const span = scan.members['method'];
    const method = span && parse(text.subarray(span.start, span.end));
    if (typeof method !== 'string') {
      this.dropped += 1;
      return;
    }
    const params = () => {
      const where = scan.members['params'];
      const value = where && scan.deepest <= 64 ? parse(text.subarray(where.start, where.end)) : undefined;
      return isJsonObject(value) ? value : undefined;
    };
    if (method === 'notifications/progress') this.#progress(params(), own);
    else if (method === 'notifications/message') (own ?? this.#logging())?.log?.(params() ?? {});
    else this.#options.onNotification(method, params);
  }

  #progress(found: JsonObject | undefined, own: Outgoing | undefined): void {
    const call = this.calls.get(JSON.stringify(found?.['progressToken']));
    if (found === undefined || call === undefined || (own !== undefined && own !== call)) this.dropped += 1;
    else call.progress(found);
  }

  #ask(text: Buffer, own: Outgoing | undefined): void {
    const message = parse(text);
    const { id, method, params } = isJsonObject(message) ? message : {};
    // The revisions without a handshake have no requests from servers.
    if (this.#options.era() === 'modern' || !(typeof id === 'string' || typeof id === 'number')) {
      this.dropped += 1;
      return;
    }
    const respond = (outcome: JsonObject) =>
      this.#options.reply(JSON.stringify({ jsonrpc: '2.0', id, ...outcome }));
    if (method === 'ping') respond({ result: {} });
    else
      void this.#passOn(
        { method: typeof method === 'string' ? method : '', params: isJsonObject(params) ? params : {} },
        { own, respond },
      );
  }

  async #passOn(
    ask: Ask,
    { own, respond }: { own: Outgoing | undefined; respond: (outcome: JsonObject) => void },
  ): Promise<void> {
    const known = ASKS.has(ask.method);
    const isOpen = own === undefined ? this.#isInteractive() : own.ask !== undefined;
    if (!known || !isOpen) {
      const found = toPlain(ask.method, 100);
      respond({ error: { code: METHOD_NOT_FOUND, message: `Nobody can be asked for ${found} now.` } });
      return;
    }
    if (own === undefined) this.#options.turns.begin();
    const call = own ?? (await this.#addressees.find(this.calls.values()));
    if (call?.ask === undefined) {
      respond({ error: { code: INTERNAL_ERROR, message: UNCLEAR } });
      return;
    }
    try {
      const answer = call.ask(ask);
      this.#options.turns.next();
      respond({ result: await answer });
    } catch (error) {
      respond({ error: { code: INTERNAL_ERROR, message: toPlain(messageOf(error)) } });
    }
  }

  /** The one call that a log message can belong to. */
  #logging(): Outgoing | undefined {
    const able = this.calls.values().filter((call) => call.log !== undefined);
    return able.length === 1 ? able[0] : undefined;
  }

  #isInteractive(): boolean {
    for (const call of this.calls.values()) if (call.ask !== undefined) return true;
    return false;
  }
}

function keyOf({ id }: Outgoing): string {
  return `"${id}"`;
}

function parse(text: Buffer): unknown {
  try {
    return JSON.parse(text.toString('utf8'));
  } catch {
    return undefined;
  }
}
