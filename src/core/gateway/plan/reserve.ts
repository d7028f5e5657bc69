import { maskQuotes } from './mask.ts';

/** Words under which something is not to be done, or not whatever comes; the judging of them is left to whoever asked. */
const CONDITION =
  /\b(?:(?:and|but) )?(?:only |even |as |just )?(?:if|unless|in case|when(?:ever)?(?= )|whether|in the event|in that case|should (?:it|the|there|an?|any|no|this|that|he|she|they)|where (?:necessary|needed|possible|appropriate|applicable)|subject to|contingent (?:up)?on|pending|barring|only (?:when|on|for|after|once|with|where)|as long as|so long as|provid(?:ed|ing)|assuming|supposing|given that|on condition|depending on|otherwise|or else|until(?! when)|till|as soon as)\b/iu;
const IN_TIME =
  /\b(?:once|after) (?:the|an?|all|any|there|they|he|she|everything|somebody|someone|my|our|his|her|their)\b[^.,;!?\n]{0,80}?\b(?:is|are|has|have|had|was|were|gets?|comes?|goes|arrives?|ends?|begins|starts|fails?)\b/iu;
const NEGATION =
  /\b(?:not|never|neither|nor|none|nobody|nothing|nowhere|without|cannot|avoid(?:ing)?|refrain(?:ing)?|dont|doesnt|wont|cant|mustnt|shouldnt)\b|\p{L}n['’]t\b|\bno\b(?!\.?\s*\d)/iu;
const EXCLUSION =
  /\b(?:except(?:ing)?|excluding|exclude|excluded|other than|apart from|aside from|but for|instead|rather than|leave (?:\p{L}+ )?(?:out|alone)|leaving out|skip(?:ping)?|hold off|(?:cancel|stop|undo|revert|abort|halt|quit) \p{L}+ing|wait (?:for|with|till|until)|save for|omit(?:ting)?|ignor(?:e|ing)|(?:all|any|every|everything|everyone|everybody|each)\b[^.;!?\n]{0,60}\bbut)\b/iu;
/** Before a question that somebody is asked to answer. */
const POLITELY = String.raw`[\s,;:"']{0,20}(?:(?:please|hey|hi|hello|ok|okay|so|and|but|also|then|now)[\s,]{1,3}){0,4}(?:(?:(?:can|could|would|will) (?:you|someone|somebody|anyone|anybody) (?:please |kindly )?)?(?:tell|show|teach|explain|remind|describe)(?: to)?(?: me| us)? (?:again |exactly |please )?|let (?:me|us) know |do you (?:happen to )?know |does anyone know |(?:i|we)(?:['’]d| would)? (?:want|need|like|wish|love) to (?:know|learn|understand|see) |(?:i|we) wonder |(?:i['’]m|i am) (?:wondering|curious|not sure|unsure)(?: about)? )?`;
const HOW_TO = String.raw`(?:how (?:to|do|does|can|could|would|should|might|one|i|we|you)|(?:what(?:['’]s| is| are) )?the (?:\p{L}+ )?(?:ways?|steps?|command|procedure) (?:to|for|of)|is it possible to|is there (?:a|any) way to)\b`;
const ASKED_HOW_TO = new RegExp(String.raw`^${POLITELY}${HOW_TO}`, 'iu');
/** One is told to do "can you delete it", and not "how do I delete it". */
const ASKED_ABOUT = new RegExp(
  String.raw`^(?:${POLITELY}(?:${HOW_TO}|why\b|what (?:happens|would|will|if)\b)|[\s,;:"']{0,20}(?:should|shall|may|must|can|could|do|did|would|will|have|has|were|was) (?:i|we|they|he|she|it|anyone|anybody|someone|somebody)\b)`,
  'iu',
);
/** What stands before something in time, and is not cut off as a piece of its own. */
const TURNED = /\b(?:but first|before (?:that|this|you|i|we|\p{L}+ing)|first(?=[\s.!?]*$))/iu;
const AT_ONCE_LATER =
  /^[\s,;:]{0,20}(?:once|when|after)\s(?!\p{L}+ing\b|(?:is|are|was|were|do|does|did|will|can|should|would|has|have)\b)/iu;

/** Somebody thinks better of what stands before. */
const CORRECTION =
  /(?<=[.!?;,]\s{1,4})(?:actually|wait|hold on|on second thoughts?|scratch that|correction)\b/iu;

const RESERVES = [CORRECTION, CONDITION, IN_TIME, AT_ONCE_LATER, NEGATION, EXCLUSION, ASKED_ABOUT];
const MAX_SHOWN = 160;
const MAX_CONDITIONS = 8;

/**
 * The first words of a query, outside quotes, that keep something from being done just so: a condition, a negation, an exclusion, or a question about
 * doing it. Nothing here judges them.
 */
export function reserveIn(query: string): string | undefined {
  const masked = maskQuotes(query);
  const starts = RESERVES.flatMap((pattern) => {
    const found = pattern.exec(masked);
    return found === null ? [] : [found.index];
  });
  return starts.length === 0 ? undefined : shownFrom(query, masked, Math.min(...starts));
}

/** Something is only wanted if, and that is neither what is to be found out nor mere courtesy. */
const ONLY_IF =
  /(?<!\b(?:check|checks|see|know|determine|verify|ask|asks|out|me|us|sure|detect|tell|confirm|wonder|wondering|curious|decide|as|even|what|or)\s)\b(?:(?:only )?if(?!\s+(?:possible|available|any\b|needed|necessary|so\b|not\b|applicable|you\b))|unless|in case(?! of\b)|only (?:when|once)|as long as|so long as|provid(?:ed|ing)(?: that)?(?= (?:the|it|there|that|no|all|any|#|\p{Lu}))|assuming|supposing|on condition|depending on)\b/giu;
const WHEN_FIRST =
  /(?:^|[;.!?\n]\s{1,4})(?:and |then |please ){0,2}(?:(?:when|once|as soon as)\s+(?!(?:was|were|is|are|has|have|had|did|does|do|will|can|could|should|would|you|we|i|done|that|this|it|they)\b)[^,.;!?\n]{1,120}?\b(?:is|are|was|were|has|have|had|gets?|fails?|goes|comes)\b)(?=[^.;!?\n]{0,160},)/giu;

/** Conditions of a text, in its words: nothing here judges them. */
export function conditionsIn(query: string): readonly string[] {
  const masked = maskQuotes(query);
  const starts = [ONLY_IF, WHEN_FIRST].flatMap((pattern) =>
    Array.from(
      masked.matchAll(pattern),
      ({ 0: whole, index }) => index + (/^[;.!?\s]*/.exec(whole)?.[0].length ?? 0),
    ),
  );
  const shown = starts.toSorted((a, b) => a - b).map((at) => shownFrom(query, masked, at));
  return [...new Set(shown)].slice(0, MAX_CONDITIONS);
}

/** Whether it asks about doing something: "how do I delete it". */
export function asksAboutDoing(masked: string): boolean {
  return ASKED_ABOUT.test(masked);
}

/** Whether it asks by what way something is done: who wants to know that does not want it done. */
export function asksHowTo(masked: string): boolean {
  return ASKED_HOW_TO.test(masked);
}

/** It says that one thing comes before another by other means than their order. */
export function isTurned(query: string): boolean {
  return TURNED.test(maskQuotes(query));
}

/** Whole words, up to where the thought ends. */
function shownFrom(query: string, masked: string, at: number): string {
  const start = masked.lastIndexOf(' ', at) + 1;
  const rest = masked.slice(start, start + MAX_SHOWN);
  const end = /[,;.!?](?=\s|$)|[\r\n]/.exec(rest.trimEnd())?.index ?? rest.length;
  return query.slice(start, start + end).trim();
}

/** Begins a piece that says what to do where something else does not come about. */
const ALTERNATIVE =
  /[\s,;:]{0,16}(?:(?:and|but)\s+)?(?:otherwise|or else|(?<=[,;]\s{0,8})else)\b(?!\s+(?:known|called|stated|specified|noted|indicated|than)\b)[\s,:]+[\p{L}\p{N}]/iuy;

/** Whether a piece of a query that begins here is the alternative to what stands before it. */
export function startsAlternative(masked: string, at: number): boolean {
  ALTERNATIVE.lastIndex = at;
  return !/\bunless\s+$/iu.test(masked.slice(Math.max(0, at - 12), at)) && ALTERNATIVE.test(masked);
}
