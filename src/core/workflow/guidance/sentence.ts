import { Cursor } from './cursor.ts';
import { isWeighty } from './open-text.ts';
import type { Targets } from './target.ts';
import type { Token } from './token.ts';
import { tokenize } from './token.ts';
import { DECORATIVE, INTRODUCTIONS, MOVE, OTHERWISE } from './vocabulary.ts';

const ENDS: ReadonlySet<string> = new Set(['.', '!', '?']);
const GOES_ON: ReadonlySet<string> = new Set([',', ':', 'and', 'or', 'to', 'the', 'then', '→', '—', ';', '(']);

/** Cuts a paragraph into sentences. What stands in brackets is left out when it only remarks. */
export function cutSentences(text: string, targets: Targets): readonly Cursor[] {
  const tokens = withoutRemarks(text, tokenize(text), targets);
  const sentences: Cursor[] = [];
  let start = 0;
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at];
    if (token === undefined) break;
    if (at > start && token.newline && startsSentence(text, tokens, at)) {
      sentences.push(new Cursor(text, tokens, { at: start, end: at }));
      start = at;
    }
    if (token.kind === 'mark' && ENDS.has(token.low)) {
      if (at > start) sentences.push(new Cursor(text, tokens, { at: start, end: at }));
      start = at + 1;
    }
  }
  if (start < tokens.length) sentences.push(new Cursor(text, tokens, { at: start, end: tokens.length }));
  return sentences;
}

/** A new line begins a sentence when it could: the one before is not plainly unfinished. */
function startsSentence(text: string, tokens: readonly Token[], at: number): boolean {
  const before = tokens[at - 1];
  const token = tokens[at];
  if (before === undefined || token === undefined || GOES_ON.has(before.low)) return false;
  if (lineHolds(tokens, at, '→') && holdsBefore(tokens, at)) return true;
  const isCapital = token.kind === 'word' && token.text !== token.low;
  if (!isCapital && token.kind === 'word') return false;
  const cursor = new Cursor(text, tokens, { at, end: tokens.length });
  return cursor.sees(INTRODUCTIONS) || cursor.sees(OTHERWISE) || cursor.sees(MOVE) || token.kind === 'code' || (isCapital && before.text !== before.low);
}

const REMARKABLE: ReadonlySet<string> = new Set([...DECORATIVE].filter((word) => word !== 'not' && word !== 'no' && word !== 'without' && word !== 'required' && word !== 'before'));

/** Whether an arrow stands in the line that begins here, and in the one before it. */
function lineHolds(tokens: readonly Token[], at: number, low: string): boolean {
  for (let index = at; index < tokens.length; index++) {
    const token = tokens[index];
    if (token === undefined || (index > at && token.newline)) return false;
    if (token.low === low) return true;
  }
  return false;
}

function holdsBefore(tokens: readonly Token[], at: number): boolean {
  let start = at - 1;
  while (start > 0 && tokens[start]?.newline !== true) start--;
  return lineHolds(tokens, start, '→');
}

function withoutRemarks(text: string, tokens: readonly Token[], targets: Targets): readonly Token[] {
  if (!text.includes('(')) return tokens;
  const kept: Token[] = [];
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at];
    if (token === undefined) break;
    const close = token.low === '(' ? tokens.findIndex((each, index) => index > at && each.low === ')') : -1;
    if (close > at && isRemark(tokens, at + 1, close) && !names(new Cursor(text, tokens, { at: at + 1, end: close }), targets)) at = close;
    else kept.push(token);
  }
  return kept;
}

function names(cursor: Cursor, targets: Targets): boolean {
  cursor.eat('see');
  return targets.spelled(cursor) !== undefined && cursor.done;
}

function isRemark(tokens: readonly Token[], start: number, end: number): boolean {
  const first = tokens[start]?.low;
  if (first === 'e.g' || first === 'i.e' || first === 'and' || first === 'or' || first === 'but' || first === 'step') return first === 'e.g';
  for (let at = start; at < end; at++) {
    const token = tokens[at];
    if (token === undefined || token.kind === 'quoted' || token.kind === 'code' || token.kind === 'number' || isWeighty(token, REMARKABLE)) return false;
  }
  return true;
}
