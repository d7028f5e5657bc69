import type { OneOf, Scalar } from './condition.ts';
import type { Cursor } from './cursor.ts';
import { isIdentifier } from './identifier.ts';
import { cardinal } from './number.ts';
import { isWeighty } from './open-text.ts';
import type { Token } from './token.ts';
import { ONE_OF } from './vocabulary/values.ts';
import { VALUE_WORDS } from './vocabulary/words.ts';

const CLOSERS: ReadonlySet<string> = new Set([',', 'or', 'and', ')', ']', '/', 'nor', 'but']);
const CONSTANTS: ReadonlyMap<string, Scalar> = new Map<string, Scalar>([
  ['true', true],
  ['false', false],
  ['null', null],
]);

/** Words that make a value vague, or stand for one that is not named: "5 or so", "anything but". */
const VAGUE: ReadonlySet<string> = new Set(
  `so thereabouts similar about roughly around nearly almost higher lower more less above below better worse later earlier greater
  fewer older newer anything something everything nothing other others different any all both like`.split(
    /\s+/,
  ),
);

interface ValueOptions {
  /** Whether a bare word may be a value. */
  readonly words: boolean;
  /** Whether "and" lists values as "or" does: "is not "a" and "b"". */
  readonly denied?: boolean;
}

/** `"a"`, `"a" or "b"`, `one of a, b, c`: equal to any of them. */
export function parseOneOf(cursor: Cursor, options: ValueOptions): OneOf | undefined {
  const start = cursor.at;
  const values = parseValues(cursor, options);
  if (values === undefined) return undefined;
  const tokens = cursor.tokens.slice(start, cursor.at);
  const isBare = tokens.some(({ kind, text }) => kind === 'word' && values.includes(text));
  const names = tokens.flatMap(({ kind, text }) =>
    kind === 'code' && isIdentifier(text) && values.includes(text) ? [text] : [],
  );
  return {
    is: 'one-of',
    values,
    ...(isBare ? { bare: true } : {}),
    ...(names.length === 0 ? {} : { names }),
  };
}

export function parseValues(cursor: Cursor, options: ValueOptions): readonly Scalar[] | undefined {
  cursor.take(ONE_OF);
  cursor.eat(':');
  const bracketed = cursor.eat('[', '(');
  const first = readValue(cursor, options);
  if (first === undefined) return undefined;
  const values = [first];
  for (
    let more = readMore(cursor, options, bracketed);
    more !== undefined;
    more = readMore(cursor, options, bracketed)
  )
    values.push(more);
  return bracketed && !cursor.eat(']', ')') ? undefined : values;
}

/** A further value, when it is closed; otherwise the separator belongs to what follows. */
function readMore(cursor: Cursor, options: ValueOptions, bracketed: boolean): Scalar | undefined {
  return cursor.attempt(() => {
    const and = bracketed || options.denied === true ? 'and' : 'or';
    if (cursor.eat(',', '/')) cursor.eat('or', 'nor', and);
    else if (!cursor.eat('or', 'nor', and)) return undefined;
    const value = readValue(cursor, options);
    return cursor.done || CLOSERS.has(cursor.low()) ? value : undefined;
  });
}

function readValue(cursor: Cursor, options: ValueOptions): Scalar | undefined {
  const token = cursor.peek();
  const value = token === undefined ? undefined : toScalar(token, options);
  if (value === undefined) return undefined;
  cursor.at++;
  if (typeof value === 'number') cursor.eat('%');
  return value;
}

function toScalar(token: Token, options: ValueOptions): Scalar | undefined {
  switch (token.kind) {
    case 'quoted':
      return token.text;
    case 'code':
      return codeScalar(token.text);
    case 'number':
      return Number(token.text);
    case 'word':
      return CONSTANTS.get(token.low) ?? (token.low === 'null' ? null : wordScalar(token, options));
    case 'mark':
      return undefined;
  }
}

function wordScalar(token: Token, { words }: ValueOptions): Scalar | undefined {
  const number = cardinal(token.low);
  if (number !== undefined) return number;
  if (VAGUE.has(token.low)) return undefined;
  return words && (VALUE_WORDS.has(token.low) || !isWeighty(token)) ? token.text : undefined;
}

function codeScalar(text: string): Scalar {
  const constant = CONSTANTS.get(text);
  if (constant !== undefined) return constant;
  const isQuoted = text.length > 1 && /^(["']).*\1$/s.test(text);
  if (isQuoted) return text.slice(1, -1);
  const number = /[a-z]/i.test(text) ? undefined : cardinal(text);
  return number ?? text;
}
