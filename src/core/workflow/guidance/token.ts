/** A piece of a sentence. */
export interface Token {
  /** `quoted` and `code` carry what stands between their marks. */
  readonly kind: 'word' | 'number' | 'quoted' | 'code' | 'mark';
  /** As written, without quotes or backticks. */
  readonly text: string;
  /** Lower case for a word, the plain form for a mark, empty for quotes and code, so that no phrase matches them. */
  readonly low: string;
  /** Offsets into the text that was cut. */
  readonly start: number;
  readonly end: number;
  /** A line ended just before. */
  readonly newline: boolean;
}

const CLOSING: Readonly<Record<string, string>> = { '"': '"', '“': '”', '„': '“', '«': '»', '‘': '’', "'": "'" };
const MARKS: readonly (readonly [string, string])[] = [
  ['-->', '→'], ['->', '→'], ['=>', '→'], ['⇒', '→'], ['→', '→'], ['➜', '→'], ['➔', '→'], ['⟶', '→'],
  ['===', '='], ['==', '='], ['!=', '!='], ['≠', '!='], ['<>', '!='], ['<=', '<='], ['≤', '<='], ['>=', '>='], ['≥', '>='],
  ['--', '—'], ['—', '—'], ['–', '—'], ['…', '.'],
];
const ABBREVIATIONS: ReadonlySet<string> = new Set(['e.g', 'i.e', 'etc', 'vs', 'cf', 'approx', 'no', 'nr', 'incl']);

/** Cuts prose into tokens. One pass; anything is accepted. */
export function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let newline = false;
  let at = 0;
  while (at < text.length) {
    const char = text[at] ?? '';
    if (char === '\n' || char === '\r') newline = true;
    if (isSpace(char)) {
      at++;
      continue;
    }
    const token = cut(text, at, newline);
    newline = false;
    tokens.push(token);
    at = Math.max(token.end, at + 1);
  }
  return tokens;
}

function cut(text: string, at: number, newline: boolean): Token {
  const char = text[at] ?? '';
  if (char === '`') {
    const close = text.indexOf('`', at + 1);
    if (close > at) return { kind: 'code', text: text.slice(at + 1, close).trim(), low: '', start: at, end: close + 1, newline };
  }
  const closing = CLOSING[char];
  if (closing !== undefined) {
    const close = closingQuote(text, at, closing);
    if (close > at) return { kind: 'quoted', text: text.slice(at + 1, close), low: '', start: at, end: close + 1, newline };
  }
  if (isWordChar(char)) return cutWord(text, at, newline);
  for (const [written, low] of MARKS) {
    if (text.startsWith(written, at)) return { kind: 'mark', text: written, low, start: at, end: at + written.length, newline };
  }
  const spaced = char === '-' && isSpace(text[at + 1] ?? ' ');
  if (char === '-' && !spaced && isDigit(text[at + 1] ?? '')) return cutNumber(text, at, newline);
  return { kind: 'mark', text: char, low: spaced ? '—' : char, start: at, end: at + 1, newline };
}

/** An apostrophe opens a quotation only before a word, and closes one only after it. */
function closingQuote(text: string, at: number, closing: string): number {
  if (closing !== "'" && closing !== '’') return text.indexOf(closing, at + 1);
  for (let close = text.indexOf(closing, at + 1); close > 0; close = text.indexOf(closing, close + 1)) {
    if (!isWordChar(text[close + 1] ?? ' ') && !isSpace(text[close - 1] ?? ' ')) return close;
  }
  return -1;
}

function cutWord(text: string, at: number, newline: boolean): Token {
  if (isDigit(text[at] ?? '')) {
    const number = cutNumber(text, at, newline);
    if (!isWordChar(text[number.end] ?? ' ')) return number;
  }
  let end = at;
  while (end < text.length && isWordPart(text, end)) end++;
  const raw = text.slice(at, end);
  const low = raw.toLowerCase().replaceAll('’', "'");
  if (text[end] === '.' && ABBREVIATIONS.has(low)) end++;
  return { kind: 'word', text: raw, low, start: at, end, newline };
}

/** Inside a word, `.`, `-` and an apostrophe stand between two letters: `read.me`, `auto-fix`, `don't`. */
function isWordPart(text: string, at: number): boolean {
  const char = text[at] ?? '';
  if (isWordChar(char)) return true;
  if (char === '[' ) return isDigit(text[at + 1] ?? '') && text[at + 2] === ']';
  if (char === ']') return text[at - 2] === '[';
  if (char !== '.' && char !== '-' && char !== "'" && char !== '’') return false;
  return isWordChar(text[at + 1] ?? ' ') && isWordChar(text[at - 1] ?? ' ');
}

function cutNumber(text: string, at: number, newline: boolean): Token {
  let end = at + 1;
  while (isDigit(text[end] ?? '')) end++;
  while (text[end] === ',' && isThousands(text, end + 1)) end += 4;
  if (text[end] === '.' && isDigit(text[end + 1] ?? '')) {
    end++;
    while (isDigit(text[end] ?? '')) end++;
  }
  const raw = text.slice(at, end);
  return { kind: 'number', text: raw.replaceAll(',', ''), low: raw, start: at, end, newline };
}

function isThousands(text: string, at: number): boolean {
  return [0, 1, 2].every((ahead) => isDigit(text[at + ahead] ?? '')) && !isDigit(text[at + 3] ?? '');
}

const isSpace = (char: string): boolean => char === ' ' || char === '\n' || char === '\t' || char === '\r' || char === '\u00a0';
const isDigit = (char: string): boolean => char >= '0' && char <= '9';
const isWordChar = (char: string): boolean =>
  (char >= 'a' && char <= 'z') || (char >= 'A' && char <= 'Z') || isDigit(char) || char === '_' || (char >= '\u00c0' && char < '\u2000');
