import { EXPRESSION_MAX_LENGTH, ExpressionFault } from './expression.ts';

export interface Lexeme {
  readonly kind: 'name' | 'number' | 'string' | 'symbol' | 'end';
  /** The name, the symbol, or the text of the literal. */
  readonly text: string;
  readonly offset: number;
}

const SYMBOLS = ['==', '!=', '<=', '>=', '&&', '||', '<', '>', '!', '(', ')', '[', ']', ',', '.', '-'];
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };

/** Cuts an expression into lexemes, ending with one of kind `end`. One pass. */
export function lexExpression(text: string): readonly Lexeme[] {
  if (text.length > EXPRESSION_MAX_LENGTH) {
    throw new ExpressionFault(
      `expected at most ${EXPRESSION_MAX_LENGTH} characters, found ${text.length}`,
      0,
    );
  }
  const lexemes: Lexeme[] = [];
  let at = 0;
  while (at < text.length) {
    const char = text[at] ?? '';
    if (isSpace(char)) {
      at++;
      continue;
    }
    const lexeme = lexOne(text, at, char);
    lexemes.push(lexeme.lexeme);
    at = lexeme.next;
  }
  lexemes.push({ kind: 'end', text: '', offset: text.length });
  return lexemes;
}

interface Step {
  readonly lexeme: Lexeme;
  readonly next: number;
}

function lexOne(text: string, at: number, char: string): Step {
  if (char === '"' || char === "'") return lexString(text, at, char);
  if (isDigit(char)) return lexNumber(text, at);
  if (isNameStart(char)) {
    const next = scan(text, at, isNamePart);
    return { lexeme: { kind: 'name', text: text.slice(at, next), offset: at }, next };
  }
  const symbol = SYMBOLS.find((each) => text.startsWith(each, at));
  if (symbol === undefined) {
    throw new ExpressionFault(`expected a name, a value or an operator, found ${JSON.stringify(char)}`, at);
  }
  return { lexeme: { kind: 'symbol', text: symbol, offset: at }, next: at + symbol.length };
}

function lexNumber(text: string, at: number): Step {
  const next = skipExponent(text, skipFraction(text, scan(text, at, isDigit)));
  if (isNameStart(text[next] ?? '')) throw new ExpressionFault('expected an operator after the number', next);
  const number = text.slice(at, next);
  if (!Number.isFinite(Number(number))) throw new ExpressionFault('expected a number within range', at);
  return { lexeme: { kind: 'number', text: number, offset: at }, next };
}

function skipFraction(text: string, at: number): number {
  return text[at] === '.' && isDigit(text[at + 1] ?? '') ? scan(text, at + 1, isDigit) : at;
}

function skipExponent(text: string, at: number): number {
  if (text[at] !== 'e' && text[at] !== 'E') return at;
  const digits = text[at + 1] === '-' || text[at + 1] === '+' ? at + 2 : at + 1;
  return isDigit(text[digits] ?? '') ? scan(text, digits, isDigit) : at;
}

function lexString(text: string, at: number, quote: string): Step {
  let value = '';
  for (let next = at + 1; next < text.length; next++) {
    const char = text[next] ?? '';
    if (char === quote) return { lexeme: { kind: 'string', text: value, offset: at }, next: next + 1 };
    if (char === '\\') {
      next++;
      const escaped = text[next] ?? '';
      value += ESCAPES[escaped] ?? escaped;
    } else {
      value += char;
    }
  }
  throw new ExpressionFault(`expected a closing ${quote}`, at);
}

function scan(text: string, from: number, accept: (char: string) => boolean): number {
  let at = from;
  while (at < text.length && accept(text[at] ?? '')) at++;
  return at;
}

const isSpace = (char: string): boolean => char === ' ' || char === '\t' || char === '\n' || char === '\r';
const isDigit = (char: string): boolean => char >= '0' && char <= '9' && char.length === 1;
export const isNameStart = (char: string): boolean =>
  (char >= 'a' && char <= 'z') ||
  (char >= 'A' && char <= 'Z') ||
  char === '_' ||
  char === '$' ||
  char > '\u007f';
export const isNamePart = (char: string): boolean => isNameStart(char) || isDigit(char);
