import { isVerbOfChange, isVerbOfReading } from '../../policy/risk.ts';
import { allStems } from '../../policy/words.ts';
import type { Clause } from './clauses.ts';
import { splitClauses } from './clauses.ts';
import { supposes } from './forbidden.ts';
import { readHead } from './head.ts';
import { asksAboutDoing, asksHowTo } from './reserve.ts';
import { VERBS, VERBS_OR_NOUNS } from './words.ts';

/** What a piece of a text asks for. */
export interface Wish {
  /**
   * `change`: something is to be otherwise afterwards; `state`: how something is, or was; `act`: to do something that may change something; `how`: by
   * what way something is done; `told`: nothing, it says how something is; `supposed`: what would come of something; `none` of these is plain.
   */
  readonly kind: 'change' | 'state' | 'supposed' | 'act' | 'how' | 'told' | 'none';
  /** What it stands in. */
  readonly text: string;
  /** The verb that begins it, and the word after that; empty where there is none. */
  readonly verb: string;
  readonly next: string;
  /** Its words outside quotes, small; where no verb begins it, without those that are things, as in "the merge of it". */
  readonly said: readonly string[];
}

const MAX_TELLING = 300;
/** So many words are looked at. */
const MAX_SAID = 60;
/** "Roll it back", "take the merge back", "back out of it". */
const TAKING_BACK = /^\s*(?:(?:roll|take|call)\s+(?:\S+\s+){0,5}?(?:back|off)|back\s+out)\b/iu;
/** "Get it merged", "have the task closed". */
const GOTTEN =
  /^\s*(?:get|have)\s+(?:\S+\s+){0,3}?(?:#?\d+|\p{L}[\p{L}\d]{1,9}-\d+|it|this|that|them)\s+(?<done>\p{L}{2,18}ed)\s*[.!?]*$/iu;
/** "Stop closing it": no longer to do so. */
const STOPPING = /^\s*stop\s+\p{L}{2,18}ing\b/iu;
/** "Unmerge PR 7", "redo it": a known verb with a syllable before it. */
const PREFIXED = /^[\s,;]*(?<syllable>un|re|de|dis)(?<deed>\p{L}{3,18})\s+[\p{L}\p{N}#"'“`@]/iu;
const THING =
  /(?<=\b(?:the|an?|this|that|these|those|my|our|its|their|of|for|after|before|since|until|about)\s)\p{L}+/giu;
/** "PR 123 is ready": neither asked nor wanted, unlike "PR 123 is to be merged". */
const TELLING =
  /^[\s,;:"'(]{0,8}(?:(?!\b(?:that|which|who|whose|whom|where|what|why|how|when|if|whether|and|or|but|then|i|we|you|please|is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|must)\b)[^,;!?\n]){1,80}?\s(?:is|are|was|were|has been|have been|looks?|seems?)\s(?!(?:still |only |just )?to\b|(?:due|supposed|meant|expected|required|needed|wanted)\b)(?![^\n]*\?\s*$)/iu;

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
/** "mark OPS-41", "mark task 7", "post "hi"", "assign #7"; quoted text is masked. */
const ON_A_VALUE =
  /^\s*\S+\s+(?:(?:task|issue|ticket|bug|pr|mr|story|case|incident|item)s?\s+(?=#?\d))?(?:[#@]?\d|[#@]\p{L}|\p{Lu}[\p{Lu}\d]{1,9}-\d|["'“`]q)/u;
/** "star the repository", "say "hi"": nothing but a verb stands before what is named so. */
const FIRST_WORKING =
  /^[\s,;]*(?:(?:please|then|also|now|just|kindly)\s+){0,3}(?<rest>(?<verb>\p{L}{3,20})\s+(?:the|this|that|my|our|all|every|it|them|#\d|\p{Lu}[\p{Lu}\d]{1,9}-\d|q{2,})(?![\p{L}]).*)$/su;
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
  const own = mainOf(masked) ?? '';
  const asked = supposes(masked) ? 'supposed' : askedIn(own);
  return asked === undefined
    ? { text, ...wantedIn(own) }
    : { kind: asked, text, verb: '', next: '', said: saidIn(own, '') };
}

function wantedIn(own: string): Omit<Wish, 'text'> {
  const { verb, rest } = deedIn(own);
  const said = saidIn(own, verb);
  if (verb === '' && TELLING.test(own.slice(0, MAX_TELLING))) return { kind: 'told', verb, next: '', said };
  const next = /^\s*\S+\s+([\p{L}'’-]+)/u.exec(rest)?.[1]?.toLowerCase() ?? '';
  const isDeed = verb !== '' && !ASKING.test(own) && !asksAboutDoing(own);
  const kind = isDeed && !isToldOrThing(verb, next, rest) ? kindOf(verb) : 'none';
  return { kind, verb, next, said };
}

/** What it wants to know, where it is plain that it wants nothing done. */
function askedIn(own: string): 'how' | 'state' | undefined {
  if (asksHowTo(own)) return 'how';
  return asksForState(own) ? 'state' : undefined;
}

function saidIn(masked: string, verb: string): readonly string[] {
  const text = verb === '' ? masked.replaceAll(THING, '') : masked;
  return (text.toLowerCase().match(/[a-z]+/g) ?? []).slice(0, MAX_SAID);
}

/** The verb of what is to be done, and what begins with it: one that is known, or whatever stands first and works on something. */
function deedIn(own: string): { readonly verb: string; readonly rest: string } {
  const { form, at, verb = '' } = readHead(own, 0);
  const rest = own.slice(at);
  const turned = turnedIn(rest);
  if (turned !== undefined) return { verb: turned, rest };
  if (form === 'task' || (form === 'maybe' && (ON_A_VALUE.test(rest) || STOPPING.test(rest))))
    return { verb, rest };
  return form === 'part' ? unknownDeedIn(rest) : { verb: '', rest: '' };
}

/** By a verb that stands in no list. */
function unknownDeedIn(rest: string): { readonly verb: string; readonly rest: string } {
  const prefixed = prefixedIn(rest);
  if (prefixed !== undefined) return { verb: prefixed, rest };
  const first = FIRST_WORKING.exec(rest)?.groups;
  return { verb: first?.['verb']?.toLowerCase() ?? '', rest: first?.['rest'] ?? '' };
}

/** A verb that is said by more than one word. */
function turnedIn(rest: string): string | undefined {
  if (TAKING_BACK.test(rest)) return 'undo';
  const { done } = GOTTEN.exec(rest.slice(0, MAX_TELLING))?.groups ?? {};
  return done && verbDone(done.toLowerCase());
}

function prefixedIn(rest: string): string | undefined {
  const { syllable = '', deed = '' } = PREFIXED.exec(rest.slice(0, MAX_TELLING))?.groups ?? {};
  return VERBS.has(deed.toLowerCase()) ? `${syllable}${deed}`.toLowerCase() : undefined;
}

/** `merged` → `merge`, `posted` → `post`. */
function verbDone(done: string): string {
  return allStems(done).findLast((each) => isVerbOfChange(each)) ?? done;
}

function kindOf(verb: string): Wish['kind'] {
  if (isVerbOfReading(verb)) return 'none';
  const isPrefixed = !VERBS.has(verb) && isVerbOfChange(verb.replace(/^(?:un|re|de|dis)/, ''));
  return FURTHER.has(verb) || isPrefixed || (isVerbOfChange(verb) && !VAGUE.has(verb)) ? 'change' : 'act';
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
