import { readHead } from './head.ts';
import { OPENERS, VERBS, VERBS_OR_NOUNS } from './words.ts';

/** A part of a text that is not to be done, or that the rest is preferred to. */
export interface TurnedDown {
  readonly start: number;
  readonly end: number;
  /** `deed`: it is not to be done; `thing`: it is not what is asked for. */
  readonly kind: 'deed' | 'thing';
}

const MUST = String.raw`(?:must|should|shall|may|can|ought|needs?|is|are|was|were|has|have)`;
const NEVER = String.raw`(?:(?:must|should|shall|may|can|ought)\s+(?:never|not|under no circumstances)\b|(?:is|are)\s+(?:never|not)(?=\s+(?:ever\s+)?to\s+be\b)|(?:must|should)n['’]t\b|cannot\b)`;
/** Begins a piece that says what is not to be done. */
const FORBIDDING = new RegExp(
  String.raw`(?:[\s,;:]|\b(?:and|but|so|please|also|then|kindly|however|though|or|you)\b){0,16}(?:(?:do|must|should|shall|may|need) not\b|(?:do|must|should|need)n['’]t(?! (?:i|we|you|they|he|she|the|there)\b)|dont\b|never(?! mind)\b|avoid \p{L}+ing\b|refrain from\b|(?:there is |there's )?no need to\b|(?:i|we) (?:do not|don['’]t) (?:want|wish) (?:you|it|that|this|the|any|to)\b|(?:it is|it['’]s|you are|you['’]re)\s+(?:forbidden|prohibited|not (?:allowed|permitted|supposed)) to\b|(?:under no circumstances|on no account|in no case|by no means)\b|(?:nobody|no[ -]?one|none of (?:us|you|them)|no (?:user|person|agent|tool|human|bot))\s+(?:${MUST}\s+(?:to\b|be\b|ever\b|allowed\b|supposed\b|permitted\b)|must\b|should\b|shall\b|may\b|can\b|ever\b))`,
  'iuy',
);
/** "The task 1 must never be closed": of something, and neither a question nor one of several that are asked for. */
const BARRED = new RegExp(
  String.raw`(?:[\s,;:]|\b(?:and|but|so|please|also|then|however|though|or|make sure|ensure|note|remember)\b(?:\s+that\b)?){0,16}(?<subject>(?:(?!\b(?:that|which|who|whose|whom|where|what|why|how|when|if|whether|and|or|but|then|i|we)\b)[^,;!?\n]){1,160}?)\s+${NEVER}\s+(?:ever\s+)?(?:be\b|get\b|\p{L}+)`,
  'iuy',
);
/** "Nobody closes it": of verbs alone, since "nobody answers" may be a complaint. */
const NOBODY =
  /(?:[\s,;:]|\b(?:and|but|so|please|then)\b){0,16}(?:nobody|no[ -]?one|none of (?:us|you|them))\s+(?<deed>\p{L}{2,18}s)\s+[\p{L}\p{N}#"“]/iuy;
/** "Closing it is not allowed": the doing itself. */
const DOING_BARRED =
  /(?:[\s,;:]|\b(?:and|but|so|please|then|note that|remember that)\b){0,16}(?<doing>\p{L}{2,18}ing)\s+(?:(?!\b(?:that|which|who|and|or|but|then|if|when)\b)[^,;!?\n]){1,160}?\s+(?:(?:is|are|was)\s+(?:strictly |absolutely |currently |now )?(?:not (?:allowed|permitted|ok|okay|wanted|acceptable|an option|allowable)|forbidden|prohibited|off limits|out of the question|disallowed|banned)|(?:isn|aren)['’]t (?:allowed|permitted|ok|okay|wanted))\b/iuy;
/** "Close neither of them". */
const NEITHER = /^\S+\s+(?:neither|nothing|nobody|no one|none)\b/iu;
const ENDING =
  /(?:[\s,;:]|\b(?:and|but|so|please|also|then)\b){0,16}(?:cancel|abort|forgo|skip|halt|hold off on|hold off|leave off|no more)\s+(?<doing>\p{L}+ing)(?=\s+(?<next>[\p{L}\p{N}#]+))/iuy;
const DETERMINER = /^(?:an?|the|this|that|these|those|my|our|its|their|it|them|all|any|every|each|q{2,})$/iu;

/** Whether a piece of a query that begins here says what not to do. */
export function forbids(masked: string, at: number): boolean {
  FORBIDDING.lastIndex = at;
  if (FORBIDDING.test(masked) || isBarred(masked, at) || endsDoing(masked, at)) return true;
  return isLeftUndone(masked, at);
}

function isLeftUndone(masked: string, at: number): boolean {
  const { deed = '' } = matchAt(NOBODY, masked, at);
  if (basesOfThird(deed).some((base) => VERBS.has(base))) return true;
  const { doing = '' } = matchAt(DOING_BARRED, masked, at);
  if (basesOf(doing).some(isKnown)) return true;
  const { form, at: start } = readHead(masked, at);
  return (form === 'task' || form === 'maybe') && NEITHER.test(masked.slice(start, start + 60));
}

function matchAt(pattern: RegExp, masked: string, at: number): Readonly<Record<string, string | undefined>> {
  pattern.lastIndex = at;
  return pattern.exec(masked)?.groups ?? {};
}

/** `closes` → `close`, `applies` → `apply`. */
function basesOfThird(deed: string): readonly string[] {
  const word = deed.toLowerCase();
  return [word.slice(0, -1), word.replace(/es$/, ''), word.replace(/ies$/, 'y')];
}

function isBarred(masked: string, at: number): boolean {
  BARRED.lastIndex = at;
  if (!BARRED.test(masked)) return false;
  const { form, verb = '', at: start } = readHead(masked, at);
  const next = /^\S+\s+(\S+)/u.exec(masked.slice(start, start + 80))?.[1] ?? '';
  const isThing = VERBS_OR_NOUNS.has(verb) && !OPENERS.has(next.toLowerCase());
  return form === 'part' || form === 'maybe' || (form === 'task' && isThing);
}

/** "Cancel closing it", but not "cancel booking 7". */
function endsDoing(masked: string, at: number): boolean {
  ENDING.lastIndex = at;
  const { doing = '', next = '' } = ENDING.exec(masked)?.groups ?? {};
  const bases = basesOf(doing);
  return bases.some((base) => VERBS.has(base)) || (bases.some(isKnown) && DETERMINER.test(next));
}

function basesOf(doing: string): readonly string[] {
  const stem = doing.toLowerCase().slice(0, -3);
  return doing === '' ? [] : [stem, `${stem}e`, stem.slice(0, -1)];
}

function isKnown(base: string): boolean {
  return VERBS.has(base) || VERBS_OR_NOUNS.has(base);
}

const TURNED_DOWN =
  /\b(?<deed>without)\s+(?:ever\s+|also\s+)?(?<doing>\p{L}+ing)(?=\s+(?<next>[\p{L}\p{N}#]+)|[\s.,;!?]*$)|\b(?:rather than|instead of)\s+(?<first>\p{L}+)|(?:,\s*(?:(?:but|and|yet)\s+)?|\b(?:but|and)\s+)not\s+(?:the|its|their|his|her|my|our|any|in|on|from|via|through|at|with|by|using|of|those|these|that|this|#?\d)\b|,\s*(?:(?:but|and)\s+)?not\s+(?!(?:sure|only|just|necessarily|yet|later|earlier|before|after|until|more|less|fewer|older|newer|to|now|so|really|even|always|too|very|if|when|because|that)\b)\p{L}{3,}/giu;
/** How something is done, rather than something else: "without asking". */
const HOW = /^(?:ask|tell|check|wait|think|look)ing$/iu;
const STOP = /\b(?:and|or|but|then)\b|[,;.!?](?=\s|$)|\n/giu;

/** Parts of a sentence that say what is not to be done, or what the rest is preferred to. */
export function turnedDownIn(masked: string, from: number, to: number): readonly TurnedDown[] {
  const sentence = masked.slice(0, to);
  const parts: TurnedDown[] = [];
  TURNED_DOWN.lastIndex = from;
  for (let found = TURNED_DOWN.exec(sentence); found !== null; found = TURNED_DOWN.exec(sentence)) {
    const { deed, doing = '', next = '', first = '' } = found.groups ?? {};
    if (deed !== undefined && !isDoing(doing, next)) continue;
    const end = endOf(sentence, found.index + found[0].length);
    const kind =
      deed !== undefined || basesOf(first.endsWith('ing') ? first : '').some(isKnown) ? 'deed' : 'thing';
    parts.push({ start: found.index, end, kind });
    TURNED_DOWN.lastIndex = end;
  }
  return parts;
}

/** "Without closing it", but not "without pending reviews". */
function isDoing(doing: string, next: string): boolean {
  if (HOW.test(doing)) return false;
  return basesOf(doing).some(isKnown) || OPENERS.has(next.toLowerCase()) || /^(?:[#\d]|q{2})/.test(next);
}

/** Up to where something else begins to be asked. */
function endOf(sentence: string, from: number): number {
  STOP.lastIndex = from;
  for (let found = STOP.exec(sentence); found !== null; found = STOP.exec(sentence)) {
    const isJoined = /^(?:and|or)$/i.test(found[0]);
    if (!isJoined || /^(?:task|question|need)$/.test(readHead(sentence, found.index + found[0].length).form))
      return found.index;
  }
  return sentence.length;
}

const TAKING_BACK = String.raw`(?:(?:oh|hm+|ah|wait|sorry|actually|ok|okay|well|and|but|please)[\s,.!—–-]+){0,4}(?:no(?:pe)?(?!\.\s*\d)(?:,?\s+(?:no|wait|thanks|thank you|sorry|don['’]t|do not)){0,4}|never ?mind(?:\s+(?:that|it))?|scratch (?:that|it)|strike that|forget (?:it|that|about (?:it|that))|on second thoughts?|(?:better|rather|please) not|don['’]t(?: do (?:it|that|so))?|do not(?: do (?:it|that|so))?|i(?:['’]ve| have)? changed my mind|i take (?:it|that) back)(?=\s*(?:[,.!?;:]|\s[—–-]\s|$))`;
const TAKES_BACK = new RegExp(
  String.raw`[\s,;"')—–-]{0,8}(?:${TAKING_BACK}|(?:stop|abort)(?=\s*[.!]))`,
  'iuy',
);
const TAKEN_BACK_WITHIN = new RegExp(String.raw`(?:[,;]|\s[—–-])\s*(?=${TAKING_BACK})`, 'giu');

/** Where what begins here takes back what stands before it, the end of the words that do so. */
export function endOfTakingBack(masked: string, at: number): number | undefined {
  TAKES_BACK.lastIndex = at;
  return TAKES_BACK.test(masked) ? TAKES_BACK.lastIndex : undefined;
}

/** Where, within sentences, what stands before is taken back. */
export function takingsBackIn(masked: string): readonly number[] {
  return Array.from(masked.matchAll(TAKEN_BACK_WITHIN), ({ index }) => index);
}

const SUPPOSED =
  /^[\s,;:"'(]{0,8}(?:(?:and|so|but|tell me|i wonder|i'm wondering)[\s,]+){0,3}what (?:(?:would|will|could|might|may|does|can) (?:\p{L}+ ){0,2}(?:happen|change|break)\b|happens\b|if\b)/iu;

/** Whether it asks what would come of something: that is not asked to be done. */
export function supposes(masked: string): boolean {
  return (
    SUPPOSED.test(masked) ||
    /^\s*(?:if|when)\b[^.!?\n]{1,300},\s*what (?:would|will|could|might) happen\b/iu.test(masked)
  );
}
