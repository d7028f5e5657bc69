import { CARDINALS } from '../../kernel/cardinals.ts';
import { piecesOf } from './arguments/pieces.ts';
import { timesIn } from './arguments/times.ts';
import type { ReadingTime } from './arguments/zone.ts';
import { splitClauses } from './clauses.ts';
import { REST, excludedIn } from './excluded.ts';
import { maskQuotes } from './mask.ts';

/** A part of a text that says of which things something is asked, how many, or in which order. */
export interface Filter {
  readonly start: number;
  readonly end: number;
  /** It says which ones not: that a tool is about them does not mean that it leaves them out. */
  readonly isNegated: boolean;
}

/** Of a text, so many characters are read. */
const MAX_READ = 2_000;
const MAX_FILTERS = 20;
const COUNT = String.raw`(?:\d[\d.,]*|${CARDINALS.slice(1).join('|')})`;
const STATE =
  '(?:open|closed|merged|unmerged|resolved|unresolved|active|inactive|archived|failed|failing|pending|unread|overdue|stale|unassigned|enabled|disabled|expired|completed|unfinished|urgent|critical)';
const PATTERNS: readonly RegExp[] = [
  // "older than a week", "at least 5"
  new RegExp(
    String.raw`\b(?:(?:older|newer|younger|earlier|later|longer|shorter|larger|bigger|smaller|greater|higher|lower|more|less|fewer|cheaper) than|at (?:least|most)|over|under|above|below|exceeding|up to)\s+(?:[$€£]?${COUNT}|(?<=than )an?(?=\s+(?:minute|hour|day|week|month|year)))(?:\s?%|\s+\p{L}+)?`,
    'giu',
  ),
  // "by ada", "assigned to Ada Miller"
  /(?<!\b(?:sort|sorted|order|ordered|group|grouped|rank|ranked|search|step|one|day|side|followed|look up)\s)\b(?:(?:[Aa]ssigned|[Bb]elonging|[Aa]ddressed) to|(?:[Ss]ent|[Cc]oming) from|[Bb]y)\s+(?!(?:the|an?|its|their|your|my|our|his|her|this|that|these|those|which|what|whom|now|then|hand|far|default|any|all|each|another|one|some|more|mistake|means|way|me|us|you|it|\p{L}+ing)\b)@?\p{L}[\p{L}\p{N}_-]*(?:\.[\p{L}\p{N}]+){0,4}(?:\s\p{Lu}\p{Ll}+)?/gu,
  new RegExp(
    String.raw`\b(?:labell?ed|tagged|named|called|titled|flagged|containing|mentioning|starting with|ending (?:with|in)|whose|having|with (?:the )?(?:labels?|tags?|status|state|priority|name|title|type))\s+${REST}`,
    'giu',
  ),
  new RegExp(
    String.raw`\bthat\s+(?:are|is|were|was|have|has|had|do|does|did|needs?|mentions?|contains?|match(?:es)?|starts?|ends?)\b${REST}`,
    'giu',
  ),
  // "from maya", but not "from Oslo to Rome"
  /(?<!\b(?:sent|coming|away|apart|starting|translate|convert|far|different|result|results)\s)\bfrom\s+(?!(?:the|an?|its|their|your|my|our|his|her|this|that|these|those|which|what|whom|where|now|then|there|here|scratch|memory|all|any|each|another|one|some|me|us|you|it|them|\p{L}+ing)\b)@?\p{L}[\p{L}\p{N}_-]*(?:\s\p{Lu}\p{Ll}+)?(?=\s*(?:$|[,;.!?](?:\s|$))|\s+(?:in|on|at|about|since|until|before|after|and|or|that|which|with|by)\b)/gu,
  // "list 3 tasks"
  new RegExp(
    String.raw`(?<=^[\s,;]{0,8}(?:(?:and|then|please|also|now|can you|could you)[\s,]{1,3}){0,3}(?:list|show|get|find|give|fetch|read|return|display|see|pull)\s{1,3}(?:me |us )?(?:(?:the|my|our|any|some|only|just|exactly|up to|about)\s{1,3}){0,2})${COUNT}\s+(?:\p{L}+\s+){0,2}?\p{L}+s\b`,
    'giu',
  ),
  new RegExp(
    String.raw`\bbetween\s+#?${COUNT}\s+and\s+#?${COUNT}\b|(?<![\w#./–-])\d{1,9}\s?[–—]\s?\d{1,9}(?![\w./–-])`,
    'giu',
  ),
  // How often, how many times, and as whom.
  /\b(?:(?:every|each)\s+(?:(?:other|single|working|business|\d{1,3})\s+)?(?:minute|hour|day|night|morning|noon|afternoon|evening|weekday|weekend|week|month|quarter|year|monday|tuesday|wednesday|thursday|friday|saturday|sunday)s?|(?:hourly|daily|nightly|weekly|monthly|yearly|annually|regularly|periodically|repeatedly)(?=\s*(?:$|[,;.!?])|\s+(?:at|on|in|to|for|until|from|and)\b)|(?:once|twice|(?:two|three|four|five|\d{1,4}) times|several times|many times) (?:a|an|per|each|every) (?:minute|hour|day|night|week|month|year))\b/giu,
  /\b(?:twice|thrice|(?:two|three|four|five|six|ten|several|many|multiple|a few|a couple of|\d{1,4}) times|a second time|over and over)\b/giu,
  /\bas\s+(?!(?:an?|the|well|soon|long|far|much|many|few|little|possible|usual|if|though|per|of|for|to|it|is|they|that|this|i|we|you|before|above|below|follows|needed|necessary|discussed|agreed|said|mentioned|always|ever|expected|done|read|new|part|well|quickly|fast|\p{L}+ed)\b)(?!q{2})@?\p{L}[\p{L}\p{N}_-]*(?=\s*(?:$|[,;.!?](?:\s|$))|\s+(?:in|on|to|at|and|from|with|for)\b)/giu,
  /\b(?:sort|sorted|order|ordered|group|grouped|rank|ranked)\s+by\s+\p{L}+/giu,
  /\b(?:newest|oldest|latest|largest|smallest|biggest|most recent) first\b/giu,
  new RegExp(
    String.raw`\b(?:top|first|last|latest|newest|oldest|biggest|largest|smallest|most recent)\s+${COUNT}\b`,
    'giu',
  ),
  new RegExp(String.raw`\b${COUNT}\s+(?:newest|latest|oldest|most recent|biggest|largest|smallest)\b`, 'giu'),
  // "open pull requests" and "open or merged ones", but not "open the file"
  new RegExp(
    String.raw`(?<=[\p{L}\p{N}]\s)(?<!\b(?:to|and|please|then|is|are|was|were|be|not|no|you)\s)(?:${STATE}(?=\s+(?!(?:the|a|an|my|our|this|that|it|them|and|or|since|for|by|in|on|at|to)\b)\p{L})|${STATE}(?:\s?(?:,|/|\band\b|\bor\b)\s?${STATE}){1,4}\b)`,
    'giu',
  ),
];
/** What narrows down what a text asks for, in its order; what only tells something is passed over. */
export function filtersIn(written: string, here: ReadingTime): readonly Filter[] {
  const text = written.slice(0, MAX_READ);
  const masked = maskQuotes(text);
  const plain = [
    ...piecesOf(text).filter(({ kind }) => kind !== 'number'),
    ...timesIn(masked, here),
    ...PATTERNS.flatMap((pattern) => found(masked, pattern)),
  ].map(({ start, end }) => ({ start, end, isNegated: false }));
  const negated = excludedIn(text).map(({ start, end }) => ({ start, end, isNegated: true }));
  const told = statementsIn(text);
  return [...plain, ...negated]
    .filter(({ start, end }) => !told.some((each) => each.start <= start && end <= each.end))
    .toSorted((a, b) => a.start - b.start)
    .slice(0, MAX_FILTERS);
}

/** Where it only tells something; a text that does nothing else asks by that. */
function statementsIn(text: string): readonly { readonly start: number; readonly end: number }[] {
  const clauses = splitClauses(text);
  const told = clauses.filter(({ form }) => form === 'statement');
  if (told.length === clauses.length) return [];
  return told.map((clause) => {
    const start = text.indexOf(clause.text);
    return { start, end: start + clause.text.length };
  });
}

function found(text: string, pattern: RegExp): readonly { readonly start: number; readonly end: number }[] {
  return Array.from(text.matchAll(pattern), ({ 0: whole, index }) => ({
    start: index,
    end: index + whole.trimEnd().length,
  }));
}
