import type { PhraseTable } from './phrase.ts';
import type { Token } from './token.ts';

const CONDITION_ENDS: ReadonlySet<string> = new Set(['and', 'or', ',', '&', 'but', ')']);

/** A place in a span of tokens. Grammars move it forward and set it back where they fail. */
export class Cursor {
  readonly text: string;
  readonly tokens: readonly Token[];
  readonly end: number;
  at: number;

  constructor(text: string, tokens: readonly Token[], span: { readonly at: number; readonly end: number }) {
    this.text = text;
    this.tokens = tokens;
    this.at = span.at;
    this.end = span.end;
  }

  get done(): boolean {
    return this.at >= this.end;
  }

  /** Whether a condition, or a part of one, may end here. */
  get atJoint(): boolean {
    return this.done || CONDITION_ENDS.has(this.low());
  }

  peek(ahead = 0): Token | undefined {
    const index = this.at + ahead;
    return index < this.end ? this.tokens[index] : undefined;
  }

  /** The lower-case word or mark here; empty for quotes, code and the end. */
  low(ahead = 0): string {
    return this.peek(ahead)?.low ?? '';
  }

  /** As {@link low}, at an index of the whole text. */
  lowAt(index: number): string {
    return this.tokens[index]?.low ?? '';
  }

  eat(...lows: readonly string[]): boolean {
    const low = this.low();
    if (low === '' || !lows.includes(low)) return false;
    this.at++;
    return true;
  }

  take<T>(table: PhraseTable<T>): T | undefined {
    const match = table.match(this.tokens, this.at, this.end);
    if (match === undefined) return undefined;
    this.at = match.next;
    return match.value;
  }

  sees(table: PhraseTable<unknown>): boolean {
    return table.begins(this.tokens, this.at, this.end);
  }

  /** Runs `parse`; where it gives nothing, the cursor is set back. */
  attempt<T>(parse: () => T | undefined): T | undefined {
    const { at } = this;
    const result = parse();
    if (result === undefined) this.at = at;
    return result;
  }

  /** Runs `parse`; where it fails, the cursor is set back. */
  accepts(parse: () => boolean): boolean {
    const { at } = this;
    const accepted = parse();
    if (!accepted) this.at = at;
    return accepted;
  }

  /** Another cursor at the same place, to look ahead with. */
  probe(): Cursor {
    return new Cursor(this.text, this.tokens, this);
  }

  /** A cursor over other tokens of the same text. */
  over(tokens: readonly Token[], at: number, end: number): Cursor {
    return new Cursor(this.text, tokens, { at, end });
  }

  span(at: number, end: number): Cursor {
    return new Cursor(this.text, this.tokens, { at, end });
  }

  /** The text from one token to before another, as written. */
  slice(at: number, end: number): string {
    const first = this.tokens[at];
    const last = this.tokens[Math.min(end, this.end) - 1];
    if (first === undefined || last === undefined || end <= at) return '';
    return this.text.slice(first.start, last.end);
  }
}
