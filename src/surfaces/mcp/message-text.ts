import { VALUE_BOUNDS } from '../../core/kernel/json.ts';

/** The most that one message may measure, on every transport. */
export const MESSAGE_BYTES = 4 * 1024 * 1024;

/** What a value may nest, and the envelope around it. */
const MAX_DEPTH = VALUE_BOUNDS.maxDepth + 16;

export const PARSE_ERROR = -32_700;
export const INVALID_REQUEST = -32_600;

/** What whoever waits for an answer is told when the time to give it is over. */
export const CUT_OFF =
  'Shutting down: this request was cut off before it was answered. Whether it took effect is unknown; look before you repeat it.';

type MessageId = string | number | null;

export interface MessageFault {
  readonly code: number;
  readonly message: string;
  /** The id of the request, as far as it can be told. */
  readonly id: MessageId;
}

export type ReadMessage =
  | { readonly value: unknown; readonly fault?: never }
  | { readonly fault: MessageFault };

/**
 * Reads the JSON text of a message. Depth, doubled keys and numbers are judged on the text, in one pass without recursion, so that no
 * nesting reaches a parser that recurses, no key means one thing here and another thing elsewhere, and no number becomes another.
 */
export function readMessage(text: string): ReadMessage {
  const value = readCompact(text);
  if (value !== undefined) return { value };
  const scan = new TextScan(text);
  const objection = scan.objection();
  if (objection !== undefined) return { fault: { code: INVALID_REQUEST, message: objection, id: scan.id } };
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return {
      fault: {
        code: PARSE_ERROR,
        message: 'Parse error: expected one JSON-RPC message, found no valid JSON.',
        id: null,
      },
    };
  }
}

/** A message longer than this is scanned at once. */
const COMPACT_LENGTH = 65_536;

/**
 * The value of a text that is exactly what its value would be written as: so no key stands in it twice. Cheaper than the scan, and true of
 * what most clients send. `undefined` for every other text, well formed or not.
 */
function readCompact(text: string): unknown {
  if (text.length > COMPACT_LENGTH || !isShallow(text)) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return JSON.stringify(value) === text ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a text opens too few objects and arrays to be nested too deep. */
function isShallow(text: string): boolean {
  let opened = 0;
  for (const bracket of ['{', '[']) {
    for (let at = text.indexOf(bracket); at !== -1; at = text.indexOf(bracket, at + 1)) {
      opened += 1;
      if (opened > MAX_DEPTH) return false;
    }
  }
  return true;
}

/** The first number in a JSON text that would not be what it is once it was read. */
export function alteredNumber(text: string): string | undefined {
  const scan = new TextScan(text);
  scan.objection();
  return scan.altered;
}

/** An error response that answers no particular request unless `id` says which. */
export function toFaultResponse({ code, message, id }: MessageFault): object {
  return { jsonrpc: '2.0', id, error: { code, message } };
}

/** Short members at the very end of an object, where many clients put the id. Within a text the quotes would be escaped. */
const LAST_MEMBERS =
  /,\s*("(?:jsonrpc|method|id)"\s*:\s*(?:"[^"\\]{0,256}"|-?\d{1,16})\s*(?:,\s*"(?:jsonrpc|method|id)"\s*:\s*(?:"[^"\\]{0,256}"|-?\d{1,16})\s*){0,2})\}\s*$/;

/**
 * The id of a request of which only the beginning and the end are known; without an end, as far as the beginning tells it. `null` for what
 * may be no request: the id of an answer is ours, and the client would take it for one of its own.
 */
export function requestIdIn(head: string, tail = ''): MessageId {
  const scan = new TextScan(head);
  scan.objection();
  const last = membersIn(LAST_MEMBERS.exec(tail)?.[1] ?? '');
  return scan.isRequest || typeof last.method === 'string' ? (scan.id ?? last.id ?? null) : null;
}

function membersIn(text: string): { readonly id?: string | number; readonly method?: unknown } {
  try {
    return JSON.parse(`{${text}}`) as { id?: string | number };
  } catch {
    return {};
  }
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

const ZERO = 0x30;
const NINE = 0x39;
const NUMBER = /\d+(?:\.\d*)?(?:[eE][+-]?\d+)?/y;
const EXPONENT = /[eE]/;
/** Shorter ones are exact. */
const LONG_NUMBER = 16;
const ID = /\s*:\s*("(?:[^"\\]|\\.){0,256}"|-?\d{1,16})\s*[,}]/y;
const KEY_SHOWN = 80;

/** Keys of one open object; `null` stands for an array. The second key makes a set necessary. */
type Keys = string | Set<string> | undefined | null;

/** One pass over a text that may or may not be JSON; what it says holds only if it is. */
class TextScan {
  id: MessageId = null;
  /** It names a method. */
  isRequest = false;
  readonly #text: string;
  #at = 0;
  #expectsKey = false;
  readonly #open: Keys[] = [];
  /** Levels open below the deepest that is allowed. */
  #below = 0;
  #deep = false;
  #doubled: string | undefined;
  altered: string | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  objection(): string | undefined {
    for (this.#at = 0; this.#at < this.#text.length; this.#at += 1)
      this.#step(this.#text.charCodeAt(this.#at));
    if (this.#deep)
      return `Invalid request: nested more than ${MAX_DEPTH} levels deep. Send a flatter message.`;
    if (this.altered !== undefined)
      return `Invalid request: the number ${this.altered.slice(0, KEY_SHOWN)} is too large to be passed on digit by digit. Send it as a string, where the tool takes one.`;
    if (this.#doubled === undefined) return undefined;
    return `Invalid request: the key "${this.#doubled.slice(0, KEY_SHOWN)}" stands twice in one object. Send each key once.`;
  }

  #step(character: number): void {
    switch (character) {
      case QUOTE:
        this.#string();
        break;
      case OPEN_BRACE:
        this.#enter(undefined);
        break;
      case OPEN_BRACKET:
        this.#enter(null);
        break;
      case CLOSE_BRACE:
      case CLOSE_BRACKET:
        this.#leave();
        break;
      case COMMA:
        this.#expectsKey = this.#below === 0 && this.#open.at(-1) !== null;
        break;
      default:
        if (character >= ZERO && character <= NINE) this.#number();
    }
  }

  /** A whole number that would become another one; what has a fraction is an approximation anyhow. */
  #number(): void {
    NUMBER.lastIndex = this.#at;
    const [text = ''] = NUMBER.exec(this.#text) ?? [];
    this.#at += Math.max(text.length, 1) - 1;
    if ((text.length >= LONG_NUMBER || EXPONENT.test(text)) && isAltered(text)) this.altered ??= text;
  }

  #enter(keys: undefined | null): void {
    if (this.#open.length < MAX_DEPTH) {
      this.#expectsKey = keys === undefined;
      this.#open.push(keys);
      return;
    }
    // What lies too deep is only counted: the scan goes on because the id may follow.
    this.#deep = true;
    this.#below += 1;
  }

  #leave(): void {
    if (this.#below > 0) this.#below -= 1;
    else this.#open.pop();
    this.#expectsKey = false;
  }

  #string(): void {
    const start = this.#at;
    this.#at = this.#endOfString(start);
    if (!this.#expectsKey || this.#below > 0 || this.#open.length === 0) return;
    this.#expectsKey = false;
    this.#key(plainKey(this.#text.slice(start + 1, this.#at)));
  }

  #key(key: string): void {
    const top = this.#open.length - 1;
    const keys = this.#open[top];
    const doubled = keys instanceof Set ? keys.has(key) : keys === key;
    if (doubled) this.#doubled ??= key;
    if (keys instanceof Set) keys.add(key);
    else this.#open[top] = typeof keys === 'string' ? new Set([keys, key]) : key;
    if (top === 0 && key === 'method') this.isRequest = true;
    if (top === 0 && key === 'id') this.id = doubled ? null : this.#idAfterKey();
  }

  #idAfterKey(): MessageId {
    ID.lastIndex = this.#at + 1;
    const found = ID.exec(this.#text)?.[1];
    try {
      return found === undefined ? null : (JSON.parse(found) as string | number);
    } catch {
      return null;
    }
  }

  /** The closing quote: the first one behind an even number of backslashes. */
  #endOfString(start: number): number {
    for (let end = this.#text.indexOf('"', start + 1); end !== -1; end = this.#text.indexOf('"', end + 1)) {
      let before = end - 1;
      while (this.#text.charCodeAt(before) === BACKSLASH) before -= 1;
      if ((end - before) % 2 === 1) return end;
    }
    return this.#text.length;
  }
}

/** Whether a whole number would become another one, or any number none at all. */
function isAltered(text: string): boolean {
  const value = Number(text);
  if (Number.isSafeInteger(value) || !Number.isInteger(value)) return !Number.isFinite(value);
  return significant(text) !== significant(String(value));
}

/** The digits that count: without sign, point, exponent, and zeros at either end. */
function significant(text: string): string {
  return text
    .replace(/[eE].*$/, '')
    .replaceAll(/[-.]/g, '')
    .replaceAll(/^0+|0+$/g, '');
}

/** A key as JSON means it, whatever escapes it was spelled with. */
function plainKey(raw: string): string {
  if (!raw.includes('\\')) return raw;
  try {
    return JSON.parse(`"${raw}"`) as string;
  } catch {
    return raw;
  }
}
