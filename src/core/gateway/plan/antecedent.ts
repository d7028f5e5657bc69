import { forgeParts } from './arguments/forge.ts';
import { piecesOf } from './arguments/pieces.ts';
import { afterFrame, asNamed } from './pronouns.ts';
import { VERBS, VERBS_OR_NOUNS } from './words.ts';

/** A pronoun that something is about; not one that belongs to the noun behind it, as in "about this ticket". */
const LEANS =
  /\b(about|around|on|of|for|in|to|with|from|regarding|concerning)\s+(?:it|(?:this|that)(?=\s*(?:$|[.,;:!?)])|\s+(?:in|on|at|from|by|since|and|with)\b))(?![\p{L}\p{N}'’-])/iu;
const NUMBER =
  /#\d{1,12}(?![\p{L}\p{N}]|\.\d)|(?<=\b(?:pr|mr|(?:pull|merge) request|issue|ticket|bug|order|invoice|customer|job|build|run|task|case|story)(?: number| no\.?)? )\d{1,9}(?![\p{L}\p{N}-]|\.\d)/giu;
/** Words right before a number, looked for in a few characters only. */
const WORDS_BEFORE = /(?<![\p{L}-])(?:\p{L}[\p{L}-]{0,30}\s{1,3}){1,3}$/u;
const BEFORE = 100;
const KEY = /(?<![\p{L}\p{N}-])[A-Z][A-Z0-9]{1,9}-\d{1,9}(?![\p{L}\p{N}-])/gu;
const ADDRESS = /\bhttps?:\/\/[^\s<>"'`]{1,400}/giu;
const QUOTED = /"([^"]{1,200})"|“([^”]{1,200})”/gu;
const SMALL =
  /^(?:a|an|the|of|in|on|at|to|for|from|by|with|and|or|then|also|please|about|into|this|that|its|my|our|your|what|which|how|do|does|did|is|are|was|were|has|have|had|can|could|will|would|should)$/i;
/** What stands before a verb. */
const OPENING = /^(?:and|or|then|also|please)?$/i;
const HANDLED =
  /^[\s,;]{0,20}(?:(?:and|then|please|also|finally|after that)[\s,]{1,3}){0,4}(?:delete|remove|erase|trash|archive|unarchive|restore|move|rename|copy|duplicate|close|reopen|merge|approve|reject|assign|label|tag|pin|unpin|lock|unlock|edit|update|open|cancel|refund|resolve|publish|upload|download)\s{1,3}(?:it|this|that)(?=\s*(?:$|[.,;:!?])|\s+(?:to|in|into|as|from|with|by)\b)/iu;
/** Characters that are read of a clause. */
const READ = 500;

/**
 * A clause with its "about it" made plain, when exactly one thing was named by number, key or quotes in what stands before: "the discussion about
 * it" after "the changes in PR #123" is the discussion about PR #123, and "its discussion" that of PR #123. What stands behind "For PR #123, …" is
 * about it without a word. Otherwise as it is: nothing is guessed.
 *
 * @param before other clauses, in their order; the nearest that names something counts
 */
export function withAntecedent(clause: string, before: readonly string[]): string {
  if (namedIn(clause).length > 0) return clause;
  const handled = asHandled(clause, before);
  if (handled !== undefined) return handled;
  const [name, ...others] = nearestNamed(before);
  if (name === undefined || others.length > 0) return clause;
  if (LEANS.test(clause.slice(0, READ)))
    return clause.replace(LEANS, (_, preposition: string) => `${preposition} ${name}`);
  const named = asNamed(clause, name);
  if (named !== undefined) return named;
  return before.some((each) => afterFrame(each) > 0) && !/\b(?:about|regarding|concerning)\b/i.test(clause)
    ? clause.replace(/[\s.!?]*$/, (end) => ` about ${name}${end}`)
    : clause;
}

/** "Then delete it": done to the thing itself, which may be a file as well. As it is where there are several; nothing where nothing is done to it. */
export function asHandled(clause: string, before: readonly string[]): string | undefined {
  const [lead] = HANDLED.exec(clause.slice(0, READ)) ?? [];
  if (lead === undefined) return undefined;
  const near = before.findLast((each) => namedIn(each).length > 0 || filesIn(each).length > 0) ?? '';
  const [name, ...others] = [...namedIn(near), ...filesIn(near)];
  if (name === undefined || others.length > 0) return clause;
  return `${lead.replace(/\p{L}+$/u, '')}${name}${clause.slice(lead.length)}`;
}

function filesIn(clause: string): readonly string[] {
  const paths = piecesOf(clause.slice(0, READ)).filter(({ kind }) => kind === 'path');
  return [...new Set(paths.map(({ value }) => (value.includes('.') ? `the file ${value}` : value)))];
}

/** Nothing further back is read once something is found. */
export function nearestNamed(before: readonly string[]): readonly string[] {
  for (let at = before.length - 1; at >= 0; at -= 1) {
    const named = namedIn(before[at] ?? '');
    if (named.length > 0) return named;
  }
  return [];
}

/** Each thing once, as it is called. */
function namedIn(clause: string): readonly string[] {
  const text = clause.slice(0, READ);
  const quoted = [...text.matchAll(QUOTED)].map(([whole]) => whole);
  const bare = text.replaceAll(QUOTED, ' ');
  const numbered = [...bare.matchAll(NUMBER)].map(({ 0: number, index }) => {
    const [words = ''] = WORDS_BEFORE.exec(bare.slice(Math.max(0, index - BEFORE), index)) ?? [];
    return [...kindIn(words), number].join(' ');
  });
  const addressed = [...bare.matchAll(ADDRESS)].flatMap(([address]) => {
    const { what, number } = forgeParts(address);
    return what === undefined || number === undefined
      ? []
      : [`${what === 'issue' ? 'issue' : 'PR'} #${number}`];
  });
  const keys = [...bare.matchAll(KEY)].map(([key]) => key);
  return [...new Set([...quoted, ...numbered, ...addressed, ...keys])];
}

/** The words that say what is numbered: "PR" of "in PR", "issue" of "close issue". */
function kindIn(words: string): readonly string[] {
  const all = words.trim().split(/\s+/).filter(Boolean);
  const small = all.findLastIndex((word) => SMALL.test(word));
  const own = all.slice(small + 1);
  const [first = ''] = own;
  const isVerb = VERBS.has(first.toLowerCase()) || VERBS_OR_NOUNS.has(first.toLowerCase());
  return own.length > 1 && isVerb && OPENING.test(all[small] ?? '') ? own.slice(1) : own;
}
