import { maskQuotes } from './mask.ts';

/** A part of a text that says of which things something is not asked. */
export interface Excluded {
  readonly start: number;
  readonly end: number;
  /** Where the words for what is left out begin, behind those that say that it is. */
  readonly thing: number;
}

/** What follows words such as "except" or "labelled", up to where something else is said. */
export const REST = String.raw`(?:(?!\b(?:and|or|but|then|sorted|ordered|since|by)\b)[^,;.!?\n]){1,60}`;
/** What follows a mere "not" goes no further than to where the next thing is said. */
const SHORT_REST = String.raw`(?:(?:in|on|at|of|from|to|for|with|by|about)\s+)?(?:(?!\b(?:and|or|but|then|sorted|ordered|since|in|on|at|of|from|to|for|with|about)\b)[^,;.!?\n]){1,60}`;
const EXCLUDED = new RegExp(
  String.raw`\b(?:(?<leaving>without|except(?:ing)?(?: for)?|excluding|other than|apart from|aside from|but not|rather than|instead of)\s+${REST}|(?<denying>not(?! (?:sure|only|just|later|earlier|older|newer|more|less|fewer|before|after|until|necessarily))|never|no longer(?! than)|no(?! (?:more|less|later|longer|earlier|older|need|problem|matter|idea)\b)(?=\s+\p{L}))\s+${SHORT_REST})`,
  'giu',
);
const ASKED_OR_NOT = /\b(?:or|if|whether|do|does|did|why|could|can|would)\s+$/iu;

/** What is left out by words, outside quotes: no value is to be taken from it. */
export function excludedIn(text: string): readonly Excluded[] {
  const masked = maskQuotes(text);
  return Array.from(masked.matchAll(EXCLUDED), ({ 0: whole, index, groups = {} }) => {
    const { leaving, denying = '' } = groups;
    const thing = index + whole.length - whole.slice((leaving ?? denying).length).trimStart().length;
    return { start: index, end: index + whole.trimEnd().length, thing };
  }).filter(({ start }) => !ASKED_OR_NOT.test(masked.slice(Math.max(0, start - 20), start)));
}
