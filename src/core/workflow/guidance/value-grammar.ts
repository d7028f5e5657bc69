import type { Scalar } from './condition.ts';
import type { Cursor } from './cursor.ts';
import { cardinal } from './number.ts';
import { phrases } from './phrase.ts';
import type { Token } from './token.ts';
import { isWeighty } from './open-text.ts';

const ONE_OF = phrases('one|any of the? following? values?', 'either', 'any of', 'in');
const CLOSERS: ReadonlySet<string> = new Set(['', ',', 'or', 'and', ')', ']', '/', 'nor', 'but']);

interface ValueOptions {
  /** Whether a bare word may be a value. */
  readonly words: boolean;
}

/** `"a"`, `"a" or "b"`, `one of a, b, c`. */
export function parseValues(cursor: Cursor, options: ValueOptions): readonly Scalar[] | undefined {
  cursor.take(ONE_OF);
  cursor.eat(':');
  const bracketed = cursor.eat('[', '(');
  const first = parseValue(cursor, options);
  if (first === undefined) return undefined;
  const values = [first];
  for (;;) {
    const more = cursor.attempt(() => {
      const separated = cursor.eat(',', '/') ? (cursor.eat('or', bracketed ? 'and' : 'or'), true) : cursor.eat('or', 'nor');
      if (!separated) return undefined;
      const value = parseValue(cursor, options);
      return value !== undefined && isClosed(cursor) ? { value } : undefined;
    });
    if (more === undefined) break;
    values.push(more.value);
  }
  if (bracketed && !cursor.eat(']', ')')) return undefined;
  return values;
}

function isClosed(cursor: Cursor): boolean {
  return cursor.done || CLOSERS.has(cursor.low());
}

function parseValue(cursor: Cursor, options: ValueOptions): Scalar | undefined {
  const token = cursor.peek();
  if (token === undefined) return undefined;
  const value = toScalar(token, options);
  if (value !== undefined) {
    cursor.at++;
    if (token.kind === 'number') cursor.eat('%');
  }
  return value;
}

function toScalar(token: Token, options: ValueOptions): Scalar | undefined {
  if (token.kind === 'quoted') return token.text;
  if (token.kind === 'code') return codeScalar(token.text);
  if (token.kind === 'number') return Number(token.text);
  if (token.kind !== 'word') return undefined;
  if (token.low === 'true') return true;
  if (token.low === 'false') return false;
  if (token.low === 'null') return null;
  const number = cardinal(token.low);
  if (number !== undefined) return number;
  const isName = token.low === 'no' || token.low === 'ready' || token.low === 'failed' || token.low === 'approved' || token.low === 'clean' || token.low === 'dirty' || token.low === 'required' || token.low === 'optional' || token.low === 'final' || !isWeighty(token);
  return options.words && isName ? token.text : undefined;
}

function codeScalar(text: string): Scalar {
  if (text === 'true') return true;
  if (text === 'false') return false;
  if (text === 'null') return null;
  const isQuoted = text.length > 1 && (text.startsWith('"') || text.startsWith("'")) && text.endsWith(text[0] ?? '');
  if (isQuoted) return text.slice(1, -1);
  const number = cardinal(text);
  return number !== undefined && !/[a-z]/i.test(text) ? number : text;
}
