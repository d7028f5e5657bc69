import { CARDINALS } from '../../kernel/cardinals.ts';

const ORDINALS = [
  'zeroth',
  'first',
  'second',
  'third',
  'fourth',
  'fifth',
  'sixth',
  'seventh',
  'eighth',
  'ninth',
  'tenth',
  'eleventh',
  'twelfth',
];
const TIMES: ReadonlyMap<string, number> = new Map([
  ['once', 1],
  ['twice', 2],
  ['thrice', 3],
]);

/** `3`, `three`; not a number otherwise. */
export function cardinal(word: string): number | undefined {
  const index = CARDINALS.indexOf(word);
  if (index >= 0) return index;
  const number = word.trim() === '' ? Number.NaN : Number(word);
  return Number.isFinite(number) ? number : undefined;
}

/** `3rd`, `third`. */
export function ordinal(word: string): number | undefined {
  const index = ORDINALS.indexOf(word);
  if (index >= 0) return index;
  const suffix = word.slice(-2);
  if (suffix !== 'st' && suffix !== 'nd' && suffix !== 'rd' && suffix !== 'th') return undefined;
  const number = Number(word.slice(0, -2));
  return Number.isInteger(number) && word.length > 2 ? number : undefined;
}

/** `once`, `twice`. */
export function timesWord(word: string): number | undefined {
  return TIMES.get(word);
}
