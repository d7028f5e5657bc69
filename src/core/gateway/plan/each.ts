import type { Clause } from './clauses.ts';
import { readHead } from './head.ts';
import { OPENERS } from './words.ts';

const DETERMINERS = String.raw`(?: of)?(?: (?:the|these|those|my|our|your)\b)?`;
/** "for each open one, …" and "for every open one …" */
const LEADING = new RegExp(
  String.raw`^[\s,;]*(?:(?:and|then|also|finally|next)[\s,]+){0,3}(?:for|of|on|from|in|with|to)\s+(each|every|all)\b${DETERMINERS}`,
  'i',
);
/** "… for each open one" */
const TRAILING = new RegExp(
  String.raw`\s(?:for|of|on|from|in|to)\s+((?:each|every)\b${DETERMINERS}\s+(?=[\p{L}q]))`,
  'iu',
);
const OF_THEM =
  /\b(?:(?:each|every one|all|any|both) of (?:them|these|those|the results)|each one|for each(?=[\s.,;!?]*$)|(?:for|to) (?:all|each),|respective(?:ly)?)\b/i;
/** How often, not for what. */
const TIMES =
  /^\s*(?:(?:other|single|working|business|next)\s+)*(?:day|night|morning|afternoon|evening|week|weekday|weekend|month|quarter|year|hour|minute|second|time|monday|tuesday|wednesday|thursday|friday|saturday|sunday)s?\b/i;
const THEM = /^\s*(?:them|these|those|one|it|item|result|entry)s?\b/i;
const MAX_WORDS = 8;

/** A clause that is to be done for each of something: what that is comes first, as a piece of its own. */
export function spreadEach(clause: Clause): readonly Clause[] {
  const leading = LEADING.exec(clause.masked);
  if (leading !== null) return spread(clause, { start: 0, from: leading[0].length, isLeading: true });
  const trailing = TRAILING.exec(clause.masked);
  if (trailing !== null) {
    const from = trailing.index + trailing[0].length;
    return spread(clause, { start: trailing.index, from, isLeading: false });
  }
  return OF_THEM.test(clause.masked) ? [{ ...clause, isEach: true }] : [clause];
}

function spread(
  clause: Clause,
  { start, from, isLeading }: { start: number; from: number; isLeading: boolean },
): readonly Clause[] {
  const { masked } = clause;
  if (TIMES.test(masked.slice(from))) return [clause];
  const length = lengthOfThing(masked.slice(from), isLeading);
  const rest = isLeading ? readHead(masked, from + length) : undefined;
  // The text is without the signs that the mask may begin with.
  const shift = /^[\s,;]*/.exec(masked)?.[0].length ?? 0;
  const after = clause.text.slice(Math.max(0, from + length - shift)).replace(/^[\s,;]+/, '');
  const asks = isLeading ? after : `${clause.text.slice(0, Math.max(0, start - shift))} ${after}`.trim();
  const main: Clause = {
    ...clause,
    isEach: true,
    ...(asks === '' ? {} : { asks }),
    ...(rest?.verb === undefined ? {} : { verb: rest.verb, form: 'task' as const }),
  };
  if (length === 0 || THEM.test(masked.slice(from))) return [main];
  const thing = clause.text
    .slice(Math.max(0, from - shift))
    .slice(0, length)
    .trim();
  if (thing === '') return [main];
  const collection: Clause = {
    ...clause,
    text: thing,
    masked: thing,
    form: 'collection',
    tie: 'none',
    isEach: false,
  };
  return [collection, { ...main, isAfter: false }];
}

/** Up to where the thing's name ends: a comma, or the verb of what is asked for it. */
function lengthOfThing(masked: string, isLeading: boolean): number {
  // "For each list its members": the verb follows at once.
  if (isLeading && isFollowed(masked) && readHead(masked, 0).form === 'task') return 0;
  const stop = /[,;.!?]/.exec(masked)?.index ?? masked.length;
  const words = [...masked.slice(0, stop).matchAll(/\S+/g)].slice(0, MAX_WORDS);
  const ends = words.map((word) => word.index + word[0].length);
  if (!isLeading) return ends.at(-1) ?? 0;
  const verbs = ends.filter((end) => end < stop && readHead(masked, end).form === 'task');
  const found = verbs.find((end) => isFollowed(masked.slice(end)));
  return found ?? (stop < masked.length ? stop : (verbs[0] ?? ends.at(-1) ?? 0));
}

/** A verb with what it works on, and no part of a name such as "pull request". */
function isFollowed(masked: string): boolean {
  return OPENERS.has(/^\s*\S+\s+([\p{L}']+)/u.exec(masked)?.[1]?.toLowerCase() ?? '');
}

/** The word that a thing goes by, without its plural: `every open request` → `request`. */
export function nameOf(thing: string): string {
  const last = /([\p{L}\p{N}_-]+)[^\p{L}\p{N}]*$/u.exec(thing)?.[1] ?? thing;
  const name = last.toLowerCase();
  return name.length > 2 && name.endsWith('s') ? name.slice(0, -1) : name;
}
