import { isVerbOfChange, isVerbOfReading } from '../../policy/risk.ts';
import type { Clause } from './clauses.ts';
import { splitClauses } from './clauses.ts';
import { supposes } from './forbidden.ts';
import { readHead } from './head.ts';
import { asksAboutDoing } from './reserve.ts';
import { VERBS_OR_NOUNS } from './words.ts';

/** What a piece of a text asks for. */
export interface Wish {
  /** `change`: something is to be otherwise afterwards; `state`: how something is, or was; `act`: to do something that may change something; `supposed`: what would come of something; `none` of these is plain. */
  readonly kind: 'change' | 'state' | 'supposed' | 'act' | 'none';
  /** What it stands in. */
  readonly text: string;
  /** The verb that begins it, and the word after that; empty where there is none. */
  readonly verb: string;
  readonly next: string;
}

/** Verbs of change that say as often how something is to be found or shown: "open the file", "run a search", "order it by name". */
const VAGUE = new Set(
  'open run execute exec invoke call make start launch apply order follow touch import'.split(' '),
);
/** What risks are not read from, since tools that only read are described with it. */
const FURTHER = new Set('change alter adjust reopen rewrite unassign trash undo mute silence'.split(' '));
/** After a word that is a thing as often, they begin what is told of the thing: "schedule for tomorrow". */
const OF_A_THING =
  /^(?:for|from|of|at|about|with|when|where|who|what|how|if|by|is|are|was|were|has|have|had)$/;
/** Done for whoever asks, by telling: "send me the list", "write a summary", "merge the results". */
const TOLD_TO_US = /^\s*(?:send|forward|share|update|write|create)\s+(?:it |them )?(?:me|us|back)\b/iu;
const SHARED_WITH_US = /^\s*(?:send|forward|share|post)\b[^,;.!?]{0,80}\b(?:to|with) (?:me|us)\b/iu;
const PUT_INTO_WORDS =
  /^\s*(?:create|write|merge)\s+(?:(?:an?|the|me|us|my|our|up|some|short|brief|quick|small|detailed|concise|complete|full|both|these|those|all|bulleted|single|one|two)\s+){0,4}(?:summar(?:y|ies)|overview|list|report|table|comparison|digest|outline|description|explanation|analysis|timeline|breakdown|recap|rundown|chart|graph|diagram|statistics|answers?|results?|findings|outputs?|lists)\b(?!.{0,200}\b(?:into\b|to (?:\S+ ){0,2}(?:file|folder|directory|channel|thread|chat|page|wiki|document|ticket|issue|board|sheet)\b|to \S*[./#]\S))/isu;
/** "mark OPS-41", "post "hi"", "assign #7"; quoted text is masked. */
const ON_A_VALUE = /^\s*\S+\s+(?:[#@]?\d|[#@]\p{L}|\p{Lu}[\p{Lu}\d]{1,9}-\d|["'“`]q)/u;
/** "star the repository": nothing but a verb stands before what is named so. */
const FIRST_WORKING =
  /^[\s,;]*(?:(?:please|then|also|now|just|kindly)\s+){0,3}(?<rest>(?<verb>\p{L}{3,20})\s+(?:the|this|that|my|our|all|every|it|them|#\d|\p{Lu}[\p{Lu}\d]{1,9}-\d)(?![\p{L}]).*)$/su;
const ADJECTIVE = /^\s*close\s+(?:to|by)\b/iu;
const BEFOREHAND =
  /^[\s,;]*(?:(?:and|but|then|so)\s+)?(?:if|when(?:ever)?(?!\s+(?:was|were|is|are|has|have|had|did|does|do|will|can|should|would)\b)|once|after|before|unless|until|while|since|because|in case|as soon as)\b/iu;

const COURTESY = String.raw`[\s,;:"'(]{0,8}(?:(?:please|and|so|ok|okay|hey|hi|also|then|now|but)[\s,]+){0,4}`;
const ASKS_TO_TELL = String.raw`(?:(?:(?:can|could|would|will) you (?:please )?)?(?:tell (?:me|us)|show (?:me|us)|let (?:me|us) know|check|see|find out|verify|confirm|determine|look up)|do you (?:happen to )?know|(?:i|we)(?:'d| would)? (?:want|need|like|wish) to know|(?:i|we) wonder|(?:i'm|i am) (?:wondering|curious))\s+`;
const IS_IT =
  /^(?:was|were|is|are|isn't|aren't|wasn't|weren't|has|hasn't|had|did|didn't|does|doesn't)\s+(?!you\b|(?:it|there)\s+(?:possible|ok|okay|a way|any way|fine)\b)\S/iu;
const HAVE_THEY =
  /^(?:have|haven't|do|don't)\s+(?:i|we|they|any|all|some|most|both|people|users|the|these|those)\b/iu;
const WHO =
  /^(?!.{0,60}\b(?:should|shall|can|could|may|might|must|will|would|do) (?:i|we|you)\b)(?:who|whose|which|how (?:many|much|often|long|recently)|(?:what|when|where|why|how|since when)(?:'s)?\s+(?:was|were|is|are|has|have|had|did|does|do)\b)/iu;
const ASKING = /^[\s,;:"'(]{0,8}(?:who|whom|whose|which|what|when|where|why|how)\b/iu;
/** Behind "whether", what is asked about stands before its verb. */
const WHETHER = /^(?:if|whether)\s.{0,80}?\b(?:was|were|is|are|has|have|had|did|does|got|gets)\b/iu;
const QUESTION = new RegExp(`^${COURTESY}(?<lead>${ASKS_TO_TELL})?(?<rest>.*)$`, 'isu');

/** What each piece of a text asks for that asks for anything. */
export function wishesIn(text: string): readonly Wish[] {
  return splitClauses(text)
    .filter(({ form, isForbidden }) => form !== 'statement' && form !== 'collection' && !isForbidden)
    .map((clause) => wishOf(clause));
}

function wishOf({ text, masked }: Clause): Wish {
  const own = mainOf(masked);
  if (supposes(masked)) return { kind: 'supposed', text, verb: '', next: '' };
  if (own === undefined) return { kind: 'none', text, verb: '', next: '' };
  if (asksForState(own)) return { kind: 'state', text, verb: '', next: '' };
  const { verb, rest } = deedIn(own);
  const next = /^\s*\S+\s+([\p{L}'’-]+)/u.exec(rest)?.[1]?.toLowerCase() ?? '';
  const isDeed = verb !== '' && !ASKING.test(own) && !asksAboutDoing(own);
  const kind = isDeed && !isToldOrThing(verb, next, rest) ? kindOf(verb) : 'none';
  return { kind, text, verb, next };
}

/** The verb of what is to be done, and what begins with it: one that is known, or whatever stands first and works on something. */
function deedIn(own: string): { readonly verb: string; readonly rest: string } {
  const { form, at, verb = '' } = readHead(own, 0);
  const rest = own.slice(at);
  if (form === 'task' || (form === 'maybe' && ON_A_VALUE.test(rest))) return { verb, rest };
  const first = form === 'part' ? FIRST_WORKING.exec(rest)?.groups : undefined;
  return { verb: first?.['verb']?.toLowerCase() ?? '', rest: first?.['rest'] ?? '' };
}

function kindOf(verb: string): Wish['kind'] {
  if (isVerbOfReading(verb)) return 'none';
  return FURTHER.has(verb) || (isVerbOfChange(verb) && !VAGUE.has(verb)) ? 'change' : 'act';
}

/** Without what it hangs on; nothing where that is all there is. */
function mainOf(masked: string): string | undefined {
  if (!BEFOREHAND.test(masked)) return masked;
  const comma = masked.replace(/^[\s,;]+/, (lead) => ' '.repeat(lead.length)).indexOf(',');
  return comma === -1 ? undefined : masked.slice(comma + 1);
}

/** Whether it asks how something is or was: "was #7 merged?", "who closed it", "check whether anybody posted". */
function asksForState(masked: string): boolean {
  const { lead, rest = '' } = QUESTION.exec(masked.slice(0, 500))?.groups ?? {};
  if (IS_IT.test(rest) || HAVE_THEY.test(rest) || WHO.test(rest)) return true;
  return lead !== undefined && WHETHER.test(rest);
}

/** It is done by telling, or the verb is the name of a thing. */
function isToldOrThing(verb: string, next: string, rest: string): boolean {
  if (VERBS_OR_NOUNS.has(verb) && OF_A_THING.test(next)) return true;
  return [TOLD_TO_US, SHARED_WITH_US, PUT_INTO_WORDS, ADJECTIVE].some((pattern) => pattern.test(rest));
}
