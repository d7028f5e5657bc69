import type { Piece } from './pieces.ts';

/** What stands between several of one kind. */
export const JOINED = /^\s*(?:,|;|&|and|or|,\s*and|,\s*or|as well as|plus)\s*$/i;
const NOUNS = 'prs|mrs|(?:pull|merge) requests|issues|tickets|bugs|tasks|cases|discussions|incidents';
const TO = String.raw`(?:\s?(?:-|–|—|…|\.{2,3})\s?|\s(?:to|through|thru|until|up to)\s)`;
/** Of several things that are numbered; "#1-#5" needs no noun. */
const RANGE = new RegExp(
  String.raw`(?<=^|[\s(,;:])(?:(?<noun>${NOUNS}) (?:(?:numbers|nos\.?|ids) )?#?(?<from>\d{1,9})${TO}#?(?<to>\d{1,9})|(?<kind>${NOUNS}) between #?(?<low>\d{1,9}) and #?(?<high>\d{1,9})|#(?<first>\d{1,9})\s?(?:-|–|—|…|\.{2,3})\s?#?(?<last>\d{1,9}))(?![\w-]|\.\d)`,
  'giu',
);
/** More are not meant one by one. */
const MAX_RANGE = 20;
const SMALL_KEY = /(?<![\w/.@#-])[a-z][a-z0-9]{1,9}-\d{1,7}(?![\w-]|\.\d)/giu;
const NAMING = /(?:^|[\s(])(?:issues?|tickets?|bugs?|story|stories)\s{1,3}$/iu;

/** "PRs 123 to 125", "tasks between 5 and 8", "#123-#125": each of them, all at the same place. A range that is too long, or runs backwards, is none of its ends either. */
export function rangesIn(
  text: string,
): readonly { readonly start: number; readonly end: number; readonly pieces: readonly Piece[] }[] {
  return Array.from(text.matchAll(RANGE), ({ 0: whole, index: start, groups = {} }) => {
    const noun = groups['noun'] ?? groups['kind'];
    const first = Number(groups['from'] ?? groups['low'] ?? groups['first']);
    const last = Number(groups['to'] ?? groups['high'] ?? groups['last']);
    const end = start + whole.length;
    const count = last - first + 1;
    const isMeant = count > 1 && count <= MAX_RANGE;
    const pieces = Array.from({ length: isMeant ? count : 0 }, (_, at): Piece => {
      const value = String(first + at);
      return {
        kind: 'ticket',
        start,
        end,
        value,
        ...(noun === undefined ? {} : { noun: noun.toLowerCase() }),
      };
    });
    return { start, end, pieces };
  });
}

/** Keys in small letters, where a noun says what they are, or they stand in a row with one in capitals. */
export function smallKeysIn(text: string, known: readonly Piece[]): readonly Piece[] {
  const found: Piece[] = [];
  const isNext = (from: number, to: number) => from < to && JOINED.test(text.slice(from, to));
  const isJoined = (start: number, end: number) =>
    [...known, ...found].some(
      (each) => each.kind === 'ticket' && (isNext(each.end, start) || isNext(end, each.start)),
    );
  for (const { 0: whole, index: start } of text.matchAll(SMALL_KEY)) {
    const end = start + whole.length;
    if (known.some((each) => each.start < end && start < each.end)) continue;
    if (NAMING.test(text.slice(Math.max(0, start - 20), start)) || isJoined(start, end))
      found.push({ kind: 'ticket', start, end, value: whole.toUpperCase() });
  }
  return found;
}
