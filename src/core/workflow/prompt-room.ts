// A model's tokens, told from characters alone: what this counts is about what its tokenizer counts, and rather more.

const PIECE = /[A-Z]?[a-z]+|[A-Z]+|[^\S\n]?\d+|\n+|\s{2,}|[^\sA-Za-z\d]+/gu;
/** By how a word is written: in small letters, or in capitals alone. */
const LETTERS_A_TOKEN = { small: 6, capital: 3 };
/** Of what nobody speaks: keys, hashes, codes. */
const LETTERS_A_TOKEN_OF_NONSENSE = { small: 1.75, capital: 1.6 };
/** No word of a language is so long. */
const WORD_LENGTH = 14;
const VOWELS = { small: 0.16, capital: 0.3 };
const UNSPOKEN =
  /[^aeiouy]{5}|[jqvxz](?:[bcdfghjkmnpqrstvwxz])|[bcdfghjkmpqvwxz][jqxz]|[bdfgkmpvwh]{3}|yy|uu/;
const DIGITS_A_TOKEN = 3;
const MARKS_A_TOKEN = 2;
const SPACES_A_TOKEN = 8;
const ELISION = '…';
/** Tokens of a letter of other scripts, up to which code point: few where a tokenizer has learnt the script. */
const SCRIPTS: readonly (readonly [number, number])[] = [
  [0x180, 1],
  [0x370, 2],
  [0x700, 1],
  [0x900, 2],
  [0xf00, 1],
  [0x1100, 2],
  [0x1e00, 3],
  [0x1f00, 1],
  [0x3040, 3],
  [0x3400, 1],
  [0x4e00, 3],
  [0xa000, 1],
  [0xac00, 3],
  [0xd7a4, 1],
  [0x10000, 3],
];
const RAREST = 4;
const SIGN = 2;

/** About how many tokens a text takes. */
export function tokensOf(text: string): number {
  let tokens = 0;
  for (const piece of text.matchAll(PIECE)) tokens += tokensOfPiece(piece);
  return tokens;
}

function tokensOfPiece({ 0: piece, index, input }: RegExpExecArray): number {
  if (/^[A-Za-z]/.test(piece)) return tokensOfWord(piece);
  // Before digits a space stands for itself.
  if (/^\s?\d/.test(piece))
    return Math.ceil(piece.trim().length / DIGITS_A_TOKEN) + (/^\s/.test(piece) ? 1 : 0);
  if (/^\s/.test(piece)) return Math.ceil(piece.length / SPACES_A_TOKEN);
  const isByDigit = /\d/.test(`${input[index - 1] ?? ''}${input[index + piece.length] ?? ''}`);
  return Array.from(piece).reduce((sum, sign) => sum + tokensOfSign(sign), isByDigit ? 1 / MARKS_A_TOKEN : 0);
}

function tokensOfWord(word: string): number {
  const how = word.length > 1 && /^[A-Z]+$/.test(word) ? 'capital' : 'small';
  return Math.ceil(
    word.length /
      (isSpoken(word.toLowerCase(), VOWELS[how]) ? LETTERS_A_TOKEN : LETTERS_A_TOKEN_OF_NONSENSE)[how],
  );
}

function isSpoken(word: string, leastVowels: number): boolean {
  if (word.length < 3) return true;
  const vowels = word.replaceAll(/[^aeiouy]/g, '').length;
  return word.length <= WORD_LENGTH && vowels / word.length >= leastVowels && !UNSPOKEN.test(word);
}

function tokensOfSign(sign: string): number {
  const code = sign.codePointAt(0) ?? 0;
  if (code > 0x20 && code < 0x7f) return 1 / MARKS_A_TOKEN;
  if (!/[\p{L}\p{M}\p{Co}\p{Cn}]/u.test(sign)) return SIGN;
  return SCRIPTS.find(([below]) => code < below)?.[1] ?? RAREST;
}

/** The beginning of a text, cut between words where they are words, that takes at most so many tokens. */
export function fit(text: string, tokens: number): string {
  // No tokenizer makes more than a dozen characters of prose into one token on the average; a long text is not counted whole.
  const near = text.slice(0, Math.max(tokens, 0) * 12);
  if (near.length === text.length && tokensOf(text) <= tokens) return text;
  let end = 0;
  let left = tokens - tokensOf(ELISION);
  for (const piece of near.matchAll(PIECE)) {
    const cost = tokensOfPiece(piece);
    if (cost > left) {
      const isWord = piece[0].length <= WORD_LENGTH;
      if (!isWord && left > 0) end = piece.index + Math.floor((piece[0].length * left) / cost / 2);
      break;
    }
    left -= cost;
    end = piece.index + piece[0].length;
  }
  const kept = near.slice(0, end).trimEnd();
  return kept === '' ? '' : `${kept.toWellFormed()}${ELISION}`;
}

/** Beginning and end of a text; how much is left out between them is said. */
export function clipMiddle(text: string, length: number): string {
  if (text.length <= length) return text;
  const head = text.slice(0, Math.ceil(length * (2 / 3))).toWellFormed();
  const tail = text.slice(text.length - Math.floor(length / 3)).toWellFormed();
  return `${head}…(${text.length - head.length - tail.length} characters left out)…${tail}`;
}
