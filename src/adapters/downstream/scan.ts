/** Where one member of the outermost object stands in its text, and how many keys stand inside it. */
export interface Span {
  readonly start: number;
  readonly end: number;
  readonly keys: number;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** Below it, looking at each byte is cheaper than asking the platform to search. */
const NEAR = 24;
const MAX_KEY = 64;

/**
 * Walks the text of one JSON object once, in however many pieces it comes, and notes where its outermost members stand. It does not
 * recurse and keeps none of the text, so neither depth nor length can hurt it. Whether the text is JSON at all, it does not say.
 */
export class Scan {
  /** By key, of the outermost object. */
  readonly members: Record<string, Span> = Object.create(null) as Record<string, Span>;
  length = 0;
  /** Open brackets at the end of what was seen. */
  depth = 0;
  deepest = 0;
  /** An outermost key stands twice or is written in disguise. */
  ambiguous = false;
  #inString = false;
  #escaped = false;
  #expectsKey = false;
  #keyAt = -1;
  #key = '';
  #valueAt = -1;
  #colons = 0;
  #colonsBefore = 0;

  feed(chunk: Uint8Array): this {
    const end = chunk.length;
    let at = 0;
    while (at < end) {
      if (this.#inString) {
        at = this.#skipString(chunk, at);
      } else {
        this.#structure(chunk[at] as number, this.length + at);
        at += 1;
        if (this.#inString && this.#expectsKey && this.depth === 1) this.#keyAt = at === end ? 0 : at;
      }
    }
    this.length += end;
    return this;
  }

  #structure(byte: number, offset: number): void {
    switch (byte) {
      case QUOTE:
        this.#inString = true;
        return;
      case 0x7b: // {
      case 0x5b: // [
        this.#open(byte === 0x7b);
        return;
      case 0x7d: // }
      case 0x5d: // ]
        if (this.depth === 1) this.#endMember(offset);
        this.depth -= 1;
        return;
      case 0x3a: // :
        if (this.depth === 1) this.#beginMember(offset + 1);
        else this.#colons += 1;
        return;
      case 0x2c: // ,
        if (this.depth === 1) {
          this.#endMember(offset);
          this.#expectsKey = true;
        }
        return;
      default:
    }
  }

  /** Returns where the string ends in this piece, or its length when it goes on in the next one. */
  #skipString(chunk: Uint8Array, from: number): number {
    let at = from;
    if (this.#escaped) {
      this.#escaped = false;
      at += 1;
    }
    for (;;) {
      const quote = findQuote(chunk, at);
      const stop = quote === -1 ? chunk.length : quote;
      let run = stop;
      while (run > at && chunk[run - 1] === BACKSLASH) run -= 1;
      const escaped = (stop - run) % 2 === 1;
      if (quote === -1) {
        this.#escaped = escaped;
        this.#keepKey(chunk, chunk.length);
        return chunk.length;
      }
      at = quote + 1;
      if (!escaped) {
        this.#inString = false;
        this.#keepKey(chunk, quote);
        this.#keyAt = -1;
        return at;
      }
    }
  }

  #keepKey(chunk: Uint8Array, end: number): void {
    if (this.#keyAt === -1) return;
    for (let at = this.#keyAt; at < end && this.#key.length < MAX_KEY; at += 1) {
      this.#key += String.fromCharCode(chunk[at] as number);
    }
    this.#keyAt = 0;
  }

  #open(isObject: boolean): void {
    this.depth += 1;
    if (this.depth > this.deepest) this.deepest = this.depth;
    if (this.depth === 1) this.#expectsKey = isObject;
  }

  #beginMember(offset: number): void {
    this.#valueAt = offset;
    this.#colonsBefore = this.#colons;
    this.#expectsKey = false;
  }

  #endMember(offset: number): void {
    if (this.#valueAt === -1) return;
    if (this.#key in this.members || this.#key.includes('\\')) this.ambiguous = true;
    this.members[this.#key] = {
      start: this.#valueAt,
      end: offset,
      keys: this.#colons - this.#colonsBefore,
    };
    this.#key = '';
    this.#valueAt = -1;
  }
}

function findQuote(chunk: Uint8Array, from: number): number {
  const near = Math.min(chunk.length, from + NEAR);
  for (let at = from; at < near; at += 1) if (chunk[at] === QUOTE) return at;
  return near === chunk.length ? -1 : chunk.indexOf(QUOTE, near);
}

/** How many keys a parsed value has, at all levels; the text had more when one stood twice. */
export function countKeys(value: unknown): number {
  let count = 0;
  const open: unknown[] = [value];
  while (open.length > 0) {
    const each = open.pop();
    if (each === null || typeof each !== 'object') continue;
    if (Array.isArray(each)) {
      for (const item of each) if (item !== null && typeof item === 'object') open.push(item);
    } else {
      for (const key in each) {
        count += 1;
        const item = (each as Record<string, unknown>)[key];
        if (item !== null && typeof item === 'object') open.push(item);
      }
    }
  }
  return count;
}
