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

const CLOSING: Readonly<Record<string, string>> = {
  '"': '"',
  '“': '”',
  '„': '“',
  '«': '»',
  '‘': '’',
  "'": "'",
};
const MARKS: ReadonlyMap<string, readonly (readonly [written: string, low: string])[]> = byFirstCharacter([
  ['-->', '→'],
  ['->', '→'],
  ['=>', '→'],
  ['⇒', '→'],
  ['→', '→'],
  ['➜', '→'],
  ['➔', '→'],
  ['⟶', '→'],
  ['===', '='],
  ['==', '='],
  ['!=', '!='],
  ['≠', '!='],
  ['<>', '!='],
  ['<=', '<='],
  ['≤', '<='],
  ['>=', '>='],
  ['≥', '>='],
  ['&&', 'and'],
  ['||', 'or'],
  ['...', '.'],
  ['…', '.'],
  ['..', '—'],
  ['--', '—'],
  ['—', '—'],
  ['–', '—'],
]);
const ABBREVIATIONS: ReadonlySet<string> = new Set(['e.g', 'i.e', 'etc', 'vs', 'cf', 'approx', 'incl']);
const INNER_MARKS: ReadonlySet<string> = new Set(['.', '-', "'", '’']);

function byFirstCharacter(
  marks: readonly (readonly [string, string])[],
): ReadonlyMap<string, readonly (readonly [string, string])[]> {
  const groups = new Map<string, (readonly [string, string])[]>();
  for (const mark of marks) {
    const first = mark[0][0] ?? '';
    groups.set(first, [...(groups.get(first) ?? []), mark]);
  }
  return groups;
}

/** Cuts prose into tokens. One pass; anything is accepted. */
export function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let newline = false;
  for (let at = 0; at < text.length;) {
    const char = text[at] ?? '';
    if (isSpace(char)) {
      newline ||= char === '\n' || char === '\r';
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
  const marked = cutMarked(text, at);
  if (marked !== undefined) return { ...marked, low: '', start: at, newline };
  const char = text[at] ?? '';
  if (isWordChar(char)) return { ...cutWord(text, at), start: at, newline };
  const mark = MARKS.get(char)?.find(([written]) => text.startsWith(written, at));
  if (mark !== undefined)
    return { kind: 'mark', text: mark[0], low: mark[1], start: at, end: at + mark[0].length, newline };
  if (char !== '-') return { kind: 'mark', text: char, low: char, start: at, end: at + 1, newline };
  if (isDigit(text[at + 1] ?? '')) return { ...cutNumber(text, at), start: at, newline };
  return {
    kind: 'mark',
    text: char,
    low: isSpace(text[at + 1] ?? ' ') ? '—' : char,
    start: at,
    end: at + 1,
    newline,
  };
}

/** What stands in backticks or quotes. */
function cutMarked(text: string, at: number): Pick<Token, 'kind' | 'text' | 'end'> | undefined {
  const char = text[at] ?? '';
  if (char === '`') {
    const close = text.indexOf('`', at + 1);
    return close < 0 ? undefined : { kind: 'code', text: text.slice(at + 1, close).trim(), end: close + 1 };
  }
  const closing = CLOSING[char];
  const close = closing === undefined ? -1 : closingQuote(text, at, closing);
  return close < 0 ? undefined : { kind: 'quoted', text: text.slice(at + 1, close), end: close + 1 };
}

/** How far a quotation may reach: beyond, the mark stands for itself. */
const MAX_QUOTE_LENGTH = 400;

/** An apostrophe closes a quotation only after a word, and not inside one. */
function closingQuote(text: string, at: number, closing: string): number {
  const limit = Math.min(text.length, at + MAX_QUOTE_LENGTH);
  const isApostrophe = closing === "'" || closing === '’';
  for (let close = at + 1; close < limit; close++) {
    if (text[close] !== closing) continue;
    if (!isApostrophe || (!isWordChar(text[close + 1] ?? ' ') && !isSpace(text[close - 1] ?? ' ')))
      return close;
  }
  return -1;
}

type Cut = Pick<Token, 'kind' | 'text' | 'low' | 'end'>;

function cutWord(text: string, at: number): Cut {
  if (isDigit(text[at] ?? '')) {
    const number = cutNumber(text, at);
    if (!isWordChar(text[number.end] ?? ' ')) return number;
  }
  let end = at;
  while (end < text.length && isWordPart(text, end)) end++;
  const raw = text.slice(at, end);
  const low = raw.toLowerCase().replaceAll('’', "'");
  if (text[end] === '.' && ABBREVIATIONS.has(low)) end++;
  return { kind: 'word', text: raw, low, end };
}

/** Inside a word, `.`, `-` and an apostrophe stand between two letters: `read.me`, `auto-fix`, `don't`; and `[0]` may follow. */
function isWordPart(text: string, at: number): boolean {
  const char = text[at] ?? '';
  if (isWordChar(char)) return true;
  if (INNER_MARKS.has(char)) return isWordChar(text[at + 1] ?? ' ') && isWordChar(text[at - 1] ?? ' ');
  if (char === ']') return text[at - 2] === '[';
  return char === '[' && isDigit(text[at + 1] ?? '') && text[at + 2] === ']';
}

function cutNumber(text: string, at: number): Cut {
  let end = at + 1;
  while (isDigit(text[end] ?? '')) end++;
  while (text[end] === ',' && isThousands(text, end + 1)) end += 4;
  if (text[end] === '.' && isDigit(text[end + 1] ?? '')) {
    end++;
    while (isDigit(text[end] ?? '')) end++;
  }
  const raw = text.slice(at, end);
  return { kind: 'number', text: raw.replaceAll(',', ''), low: raw, end };
}

function isThousands(text: string, at: number): boolean {
  return [0, 1, 2].every((ahead) => isDigit(text[at + ahead] ?? '')) && !isDigit(text[at + 3] ?? '');
}

const SPACES: ReadonlySet<string> = new Set([' ', '\n', '\t', '\r', '\u00a0']);
const isSpace = (char: string): boolean => SPACES.has(char);
const isDigit = (char: string): boolean => char >= '0' && char <= '9';

function isWordChar(char: string): boolean {
  if ((char >= 'a' && char <= 'z') || (char >= 'A' && char <= 'Z')) return true;
  return isDigit(char) || char === '_' || (char >= '\u00c0' && char < '\u2000');
}
