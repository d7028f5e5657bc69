// A model's tokens, told from characters alone: what this counts is about what its tokenizer counts, and rather more.

const PIECE = /[A-Za-z]+|\d+|\n+|[^\sA-Za-z\d]+/gu;
const LETTERS_A_TOKEN = 6;
/** No word of a language is so long: a key, a hash, or nonsense. */
const WORD_LENGTH = 14;
const LETTERS_A_TOKEN_OF_NONSENSE = 2;
const DIGITS_A_TOKEN = 3;
const MARKS_A_TOKEN = 2;
const ELISION = '…';

/** About how many tokens a text takes. */
export function tokensOf(text: string): number {
  let tokens = 0;
  for (const [piece] of text.matchAll(PIECE)) tokens += tokensOfPiece(piece);
  return tokens;
}

function tokensOfPiece(piece: string): number {
  const code = piece.codePointAt(0) ?? 0;
  if (code > 0x7f) return Array.from(piece).reduce((sum, each) => sum + foreign(each), 0);
  if (/^[A-Za-z]/.test(piece)) {
    const letters = piece.length > WORD_LENGTH ? LETTERS_A_TOKEN_OF_NONSENSE : LETTERS_A_TOKEN;
    return Math.ceil(piece.length / letters);
  }
  if (/^\d/.test(piece)) return Math.ceil(piece.length / DIGITS_A_TOKEN);
  if (piece.startsWith('\n')) return 1;
  return Array.from(piece).reduce(
    (sum, each) => sum + ((each.codePointAt(0) ?? 0) > 0x7f ? foreign(each) : 1 / MARKS_A_TOKEN),
    0,
  );
}

/** Letters of other scripts take one or two each, what is no letter up to three. */
function foreign(sign: string): number {
  return /\p{L}/u.test(sign) ? 1 : 2;
}

/** The beginning of a text, cut between words, that takes at most so many tokens. */
export function fit(text: string, tokens: number): string {
  // No tokenizer makes more than a dozen characters of prose into one token on the average; a long text is not counted whole.
  const near = text.slice(0, Math.max(tokens, 0) * 12);
  if (near.length === text.length && tokensOf(text) <= tokens) return text;
  let kept = '';
  let spent = tokensOf(ELISION);
  for (const [word] of near.matchAll(/\s*\S{1,8}/gu)) {
    spent += tokensOf(word);
    if (spent > tokens) break;
    kept += word;
  }
  return kept === '' ? '' : `${kept.toWellFormed()}${ELISION}`;
}

/** Beginning and end of a text; how much is left out between them is said. */
export function clipMiddle(text: string, length: number): string {
  if (text.length <= length) return text;
  const head = text.slice(0, Math.ceil(length * (2 / 3))).toWellFormed();
  const tail = text.slice(text.length - Math.floor(length / 3)).toWellFormed();
  return `${head}…(${text.length - head.length - tail.length} characters left out)…${tail}`;
}
