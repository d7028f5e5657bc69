export interface Word {
  readonly text: string;
  readonly stem: string;
  readonly start: number;
  readonly end: number;
}

const WORD = /[^\s,;:!?()[\]{}<>"“”`=]+/gu;
const FIRST = /^[^\p{L}\p{N}_@#~/\\.-]+/u;
const LAST = /[\p{L}\p{N}_/\\]/u;

export function tokenize(text: string): readonly Word[] {
  return Array.from(text.matchAll(WORD), ({ 0: whole, index }) => {
    const lead = FIRST.exec(whole)?.[0].length ?? 0;
    const word = trimmedEnd(whole.slice(lead));
    return { text: word, stem: stemOf(word), start: index + lead, end: index + lead + word.length };
  }).filter(({ text: word }) => word !== '');
}

/** Without the signs that follow the last letter. */
function trimmedEnd(word: string): string {
  let end = word.length;
  while (end > 0 && !LAST.test(lastSign(word, end))) end -= lastSign(word, end).length;
  return word.slice(0, end);
}

/** A sign may be two units long. */
function lastSign(word: string, end: number): string {
  const code = word.codePointAt(end - 2) ?? 0;
  return code > 0xff_ff ? word.slice(end - 2, end) : word.slice(end - 1, end);
}

/** What the forms of a word have in common, roughly: both sides of a comparison go through it. */
export function stemOf(word: string): string {
  let stem = word.toLowerCase().replace(/['’]s?$/, '');
  if (stem.length > 4 && stem.endsWith('ies')) return `${stem.slice(0, -3)}y`;
  if (stem.length > 2 && stem.endsWith('s') && !/(?:ss|us|is)$/.test(stem)) stem = stem.slice(0, -1);
  const ending = ['ing', 'ed', 'ly'].find((each) => stem.endsWith(each) && stem.length - each.length >= 4);
  if (ending !== undefined) stem = stem.slice(0, -ending.length);
  if (ending !== 'ly' && ending !== undefined && /([b-df-hj-np-rtv-z])\1$/.test(stem))
    stem = stem.slice(0, -1);
  return stem.length > 3 && stem.endsWith('e') ? stem.slice(0, -1) : stem;
}

/** `pullNumber`, `pull_number` and `pull-number` are two words. */
export function nameWords(name: string): readonly string[] {
  return name
    .slice(0, 128)
    .replaceAll(/([\p{Ll}\p{N}])(\p{Lu})/gu, '$1 $2')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
    .map((word) => stemOf(word));
}

/** Names by meaning, as stems. */
export function stems(words: string): ReadonlySet<string> {
  return new Set(words.split(' ').map((word) => stemOf(word)));
}
