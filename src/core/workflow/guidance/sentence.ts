import { Cursor } from './cursor.ts';
import { startsClause } from './starts.ts';
import type { Targets } from './target.ts';
import type { Token } from './token.ts';
import { tokenize } from './token.ts';
import { MOVE } from './vocabulary/actions.ts';

const ENDS: ReadonlySet<string> = new Set(['.', '!', '?']);
const GOES_ON: ReadonlySet<string> = new Set([
  ',',
  ':',
  'and',
  'or',
  'to',
  'the',
  'then',
  '→',
  '—',
  ';',
  '(',
]);
/** Words of which a list of possible ends is made: "(completed or failed)". */
const ENDINGS: ReadonlySet<string> = new Set('completed complete failed success failure or , /'.split(' '));
const ENUMERATORS: ReadonlySet<string> = new Set('a b c d e f g h i ii iii iv v vi'.split(' '));
const MAX_REMARK_TOKENS = 40;

/** Cuts a paragraph into sentences. What stands in brackets is left out when it only remarks. */
export function cutSentences(text: string, targets: Targets): readonly Cursor[] {
  const tokens = text.includes('(') ? withoutRemarks(text, tokenize(text), targets) : tokenize(text);
  const lines = new Lines(text, tokens);
  const sentences: Cursor[] = [];
  let start = 0;
  for (const [at, token] of tokens.entries()) {
    const isEnd = token.kind === 'mark' && ENDS.has(token.low);
    if (!isEnd && !(at > start && token.newline && lines.startsSentence(at))) continue;
    if (at > start) sentences.push(new Cursor(text, tokens, { at: start, end: endOf(token, at) }));
    start = isEnd ? at + 1 : at;
  }
  if (start < tokens.length) sentences.push(new Cursor(text, tokens, { at: start, end: tokens.length }));
  return sentences;
}

/** A question keeps its mark, so that it is not taken for a rule. */
function endOf({ low }: Token, at: number): number {
  return low === '?' ? at + 1 : at;
}

/** Knows where a new line is a new sentence, and where it is only wrapped. */
class Lines {
  readonly #text: string;
  readonly #tokens: readonly Token[];

  constructor(text: string, tokens: readonly Token[]) {
    this.#text = text;
    this.#tokens = tokens;
  }

  startsSentence(at: number): boolean {
    const before = this.#tokens[at - 1];
    const token = this.#tokens[at];
    if (before === undefined || token === undefined || GOES_ON.has(before.low)) return false;
    return this.#isParallel(at, this.#lineStart(at - 1)) || this.#opens(at, before);
  }

  /** Two lines of one build: both hold an arrow, or both begin with a condition. */
  #isParallel(at: number, previous: number): boolean {
    if (this.#holdsArrow(at) && this.#holdsArrow(previous)) return true;
    return startsClause(this.#cursor(at)) && startsClause(this.#cursor(previous));
  }

  #opens(at: number, before: Token): boolean {
    const { kind, text, low } = this.#tokens[at] ?? before;
    const isCapital = kind === 'word' && text !== low;
    if (kind === 'word' && !isCapital) return false;
    const cursor = this.#cursor(at);
    if (kind === 'code' || startsClause(cursor) || cursor.sees(MOVE)) return true;
    return isCapital && before.text !== before.low;
  }

  #cursor(at: number): Cursor {
    return new Cursor(this.#text, this.#tokens, { at, end: this.#tokens.length });
  }

  #lineStart(at: number): number {
    let start = at;
    while (start > 0 && this.#tokens[start]?.newline !== true) start--;
    return start;
  }

  #holdsArrow(at: number): boolean {
    for (let index = at; index < this.#tokens.length; index++) {
      const token = this.#tokens[index];
      if (index > at && token?.newline === true) return false;
      if (token?.low === '→') return true;
    }
    return false;
  }
}

function withoutRemarks(text: string, tokens: readonly Token[], targets: Targets): readonly Token[] {
  const kept: Token[] = [];
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at];
    const close = token?.low === '(' ? closing(tokens, at) : -1;
    if (close > at && isRemark(new Cursor(text, tokens, { at: at + 1, end: close }), targets)) at = close;
    else if (token !== undefined) kept.push(token);
  }
  return kept;
}

function closing(tokens: readonly Token[], open: number): number {
  for (let at = open + 1; at < tokens.length && at - open <= MAX_REMARK_TOKENS; at++)
    if (tokens[at]?.low === ')') return at;
  return -1;
}

/** Whether brackets hold nothing that counts: an example, or the letter of a list. Anything else may limit what stands before them. */
function isRemark(cursor: Cursor, targets: Targets): boolean {
  if (cursor.low() === 'e.g') return true;
  const words = cursor.tokens.slice(cursor.at, cursor.end).map(({ low }) => low);
  if (words.includes('or') && words.every((low) => ENDINGS.has(low))) return true;
  const token = cursor.peek();
  const isLetter = token?.kind === 'word' && cursor.at + 1 === cursor.end && ENUMERATORS.has(token.low);
  return isLetter && targets.spelled(cursor.probe()) === undefined;
}
