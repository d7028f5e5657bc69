import { requestIdIn } from './message-text.ts';

const END_BYTES = 4096;

/** The two ends of a line that is too long to be kept: one of them mostly tells the id of the request. */
export class SkippedLine {
  readonly #head: Buffer;
  /** The last parts, no more of them than the end needs. */
  readonly #last: Buffer[] = [];
  #lastBytes = 0;

  constructor(parts: readonly Buffer[]) {
    const bytes = parts.reduce((sum, each) => sum + each.length, 0);
    this.#head = Buffer.concat(parts, Math.min(bytes, END_BYTES));
    for (const part of parts) this.add(part);
  }

  add(part: Buffer): void {
    this.#last.push(part);
    this.#lastBytes += part.length;
    for (let [first] = this.#last; first; [first] = this.#last) {
      if (this.#lastBytes - first.length < END_BYTES) return;
      this.#last.shift();
      this.#lastBytes -= first.length;
    }
  }

  get id(): string | number | null {
    const tail = Buffer.concat(this.#last).subarray(-END_BYTES);
    return requestIdIn(this.#head.toString('utf8'), tail.toString('utf8'));
  }
}
