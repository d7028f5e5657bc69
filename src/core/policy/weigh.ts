import { CONCEPTS, IMPERATIVE } from './concepts.ts';
import type { Concept } from './concepts.ts';
import type { Finding, Sentence } from './intents.ts';
import type { Place } from './verdict.ts';

const ORDER = Object.keys(CONCEPTS) as Concept[];
const BITS = Object.fromEntries(ORDER.map((name, at) => [name, 1 << at])) as Record<Concept, number>;
const PATTERNS = ORDER.map((name) => ({ bit: BITS[name], pattern: new RegExp(CONCEPTS[name].join('|')) }));
/** Read in what is forbidden, too: "do not tell" hides, "do not refuse" releases. */
const EVEN_FORBIDDEN =
  BITS.promotion | BITS.reply | BITS.hush | BITS.waiver | BITS.release | BITS.voice | BITS.loop | BITS.supremacy;

interface View {
  readonly text: string;
  /** Concepts of the sentence, of it and what stands beside it. */
  readonly here: number;
  readonly near: number;
  /** It bids somebody to do something, rather than telling what the tool does. */
  readonly bids: boolean;
  readonly place: Place;
}

interface Rule {
  readonly what: string;
  readonly holds: (view: View) => boolean;
}

const all = (bits: number, ...names: readonly Concept[]) => names.every((each) => (bits & BITS[each]) !== 0);
const any = (bits: number, ...names: readonly Concept[]) => names.some((each) => (bits & BITS[each]) !== 0);

const WEIGHED: readonly Rule[] = [
  {
    what: 'It asks for what is none of its business.',
    holds: ({ here, near, bids, text }) =>
      all(here, 'private', 'transfer') &&
      !ASKS.test(text) &&
      !THEIR_KEY.test(text) &&
      (bids
        ? HELD.test(text) || (any(here, 'sink') && UNASKABLE.test(text)) || any(near, 'hush', 'pretext', 'aside', 'promotion') ||
          (any(here, 'sink', 'address') && any(here, 'model', 'coverage', 'sleeper')) ||
          (all(here, 'sink') && TROVE.test(text))
        : all(near, 'hush') && any(here, 'sink', 'address')),
  },
  {
    what: 'It asks for what is none of its business.',
    holds: ({ here, place, text }) =>
      place !== 'text' && all(here, 'private') && !THEIR_KEY.test(text) && !WORKED_ON.test(text) &&
      (WANTED.test(text) || any(here, 'hush') || (place === 'value' && PLACEHOLDER.test(text))),
  },
  {
    what: 'It asks for what is none of its business.',
    holds: ({ here, near, bids }) =>
      all(here, 'personal', 'transfer') && bids && (any(near, 'hush') || (any(here, 'pretext', 'coverage') && any(here, 'model', 'sink'))),
  },
  {
    what: 'It asks for what is none of its business.',
    holds: ({ here, near, bids, text }) =>
      all(here, 'transfer', 'sink') && bids && all(near, 'private') && IT.test(text) && any(near, 'hush', 'pretext'),
  },
  {
    what: 'It keeps something from people.',
    holds: ({ here, bids }) => all(here, 'hush') && (bids || any(here, 'model')),
  },
  {
    what: 'It sets rules aside that are not its own.',
    holds: ({ here }) => all(here, 'release'),
  },
  {
    what: 'It sets itself above people or other servers.',
    holds: ({ here }) => all(here, 'supremacy'),
  },
  {
    what: 'It claims rights that nobody gave it.',
    holds: ({ here, near, bids, text }) =>
      all(here, 'privilege') && (GRANTED.test(text) || all(here, 'private', 'transfer') || any(here, 'release', 'voice', 'waiver') || (any(here, 'model') && (bids || any(near, 'private', 'harm', 'release', 'tamper')))),
  },
  {
    what: 'It does without the consent of people.',
    holds: ({ here, bids, text }) =>
      all(here, 'waiver') && !OPTION.test(text) && (bids || any(here, 'model') || CLAIMED.test(text)),
  },
  {
    what: 'It tampers with the machine or with rights on it.',
    holds: ({ here, bids, text }) =>
      all(here, 'tamper') && bids && !ASKS.test(text),
  },
  {
    what: 'It steers what the model tells people.',
    holds: ({ here, bids }) => all(here, 'reply', 'promotion') && bids,
  },
  {
    what: 'It wants to last beyond its call.',
    holds: ({ here, bids }) => all(here, 'memory') && bids && any(here, 'waiver', 'release', 'promotion', 'private', 'coverage', 'harm', 'model'),
  },
  {
    what: 'It has calls made without end.',
    holds: ({ here, bids, text }) => all(here, 'loop') && (ENDLESS.test(text) || (bids && CALLS.test(text))),
  },
  {
    what: 'It waits for a moment to do harm.',
    holds: ({ here, bids }) => all(here, 'sleeper') && any(here, 'harm', 'private') && bids,
  },
  {
    what: 'It changes where other calls send or pay to.',
    holds: ({ here, near, bids, text }) =>
      all(here, 'payee', 'alter') && bids &&
      (any(near, 'hush') || ACCOUNT.test(text) || (any(here, 'foreign', 'sleeper', 'coverage') && LITERAL.test(text))),
  },
  {
    what: 'It gives orders about tools of other servers.',
    holds: ({ here, bids, text }) => all(here, 'foreign') && (bids || any(here, 'model')) && (any(here, 'alter', 'private', 'hush', 'release') || PREFER.test(text)),
  },
  {
    what: 'It speaks ill of tools of other servers.',
    holds: ({ here, text }) => all(here, 'foreign') && SLANDER.test(text),
  },
  {
    what: 'It has something done by the way.',
    holds: ({ here, bids, text }) => all(here, 'harm') && BY_THE_WAY.test(text) && bids,
  },
  {
    what: 'It bids the model do something where only a value belongs.',
    holds: ({ here, bids, place }) =>
      place === 'value' && bids && all(here, 'model') && any(here, 'harm', 'private', 'tamper', 'waiver'),
  },
  {
    what: 'It poses as the system or as another voice of authority.',
    holds: ({ here }) => all(here, 'voice'),
  },
  {
    what: 'It has instructions put together or decoded from parts.',
    holds: ({ here, near, bids, place, text }) => all(here, 'pieces'),
  },
];

const TROVE = /\b(?:all|any|every|whatever|whole|entire|full|complete|each|everything|anything|names and values|verbatim|word for word|so far|last|recent)\b/;
const WANTED =
  /\b(?:look in|look up|if you (?:do not|don't) (?:have|know)|all|any|every|whatever|whole|entire|full|complete|everything|anything|verbatim|word for word|so far|last|you (?:have|know|were|see|saw|used)|need not|if unknown|search the|process environment|names and values|their system|fill|between you)\b/;
/** How the purpose of a tool is told. */
const PURPOSE = /^(?!(?:this|its|always|users?|assistants?|agents?|models?|when|should|any|all|as|for|whatever|before|after|if|once|has|is|was|each|every|must)\b)(?!.{0,400}\b(?:must|should|always|please|every (?:answer|call)|you|assistants?|agents?|models?)\b)(?:[a-z]{2,16}(?:s|es)? (?:an?|the|all|any|your|one|some|new|data|information|files?|from|to|and|or|in)\b|[a-z]{3,16}s )/;
/** What lies about, rather than what is given for the purpose. */
const HELD = /\b(?:all|any|whatever|every|everything|each|the)\b.{0,32}?\byou (?:already )?(?:know|see|have|find|saw|hold|remember|can (?:see|find)|come across|were given)\b/;
const UNASKABLE = /\bseed phrase|\bmnemonic|\bprivate keys?\b|~[/\\]\.|\bid_rsa\b|\bcookies\b|\bconversation\b|\bsystem (?:prompt|message)|\benvironment variables\b|\blast message\b|\bchat (?:history|log)|\byour (?:instructions|prompt)/;
const PLACEHOLDER = /[<{[]|\b(?:of|from|exchanged|until|up to)\b/;
/** What the tool is there to work on. */
const WORKED_ON = /\bto (?:be )?(?:summari[sz]|translat|analy[sz]|encrypt|count|classif|check|scan|convert|search|export|delet|moderat|process|compare)\w*/;
const GRANTED = /\bgrant\w* (?:you|the (?:assistant|agent|model)) (?:\w{1,12} ){0,2}?(?:superuser|root|admin\w*)/;
const ENDLESS = /\bwithout end\b|\bad infinitum\b|\btriggers another\b|\bendlessly\b/;
const ACCOUNT = /\b[a-z]{2}\d{2}[ ]?[\da-z]{4}[ \da-z]{7,26}\b|\b0x[0-9a-f]{16,40}\b|\bacct_\w+|\bbc1\w{8,60}/;
const CLAIMED = /\b(?:already|in advance|pre-?\w+ed|waived|green light|no reason to|is fine|on behalf|unnecessary|not needed)\b/;
const CALLS = /\b(?:call|invoke|run|ask|query|poll|send|finish|answer|invocation|request)\w{0,4}\b/;
const THEIR_KEY = /\byour (?:own )?(?:api|access|client|auth|secret|personal|private)?[ _-]?(?:api )?(?:keys?|tokens?|secret|password|credentials)\b/;
const IT = /\b(?:it|them|that|this|those|these|its (?:content|value|text)\w*)\b/;
const OPTION = /^(?:set to|if (?:true|set|false)|whether|when true|true)\b|--\w|=true\b|\b\w+=\w/;
const LITERAL = /@|\b[a-z]{2}\d{2}[ \da-z]{8,30}\b|\b0x[0-9a-f]{8,40}\b|[\d-]{6,}|\bacct_\w+|['"\x60][^'"\x60]{3,60}['"\x60]|\d ?%|\b(?:replaced?|changed?|exchange|increase|swap\w*)\b/;
const ASKS = /\b(?:ask|confirm|consent|shown|with the user's)\b/;
const BY_THE_WAY = /\b(?:along the way|meanwhile|by the way|in passing|while (?:you are )?at it|quietly|silently|secretly|at the same time|unasked)\b/;
const SLANDER = /\b(?:broken|malicious|unsafe|compromised|worse|a bug|leaks?|hacked|insecure|untrustworthy|unreliable)\b/;
const PREFER = /\b(?:instead|rather|first|only|every time|broken|malicious|void|report failure|fed|also|redirected|refuse|unsafe|compromised|worse|outdated|bug|leaks?)\b/;

/** What its sentences amount to, read by what they speak of rather than by how they say it. */
export function weigh(sentences: readonly Sentence[], place: Place): readonly Finding[] {
  const views = sentences.map((each, at) => viewOf(each, at, place));
  const found = new Map<string, Finding>();
  for (const [at, { sentence, ...view }] of views.entries()) {
    if (view.here === 0 || sentence.reports) continue;
    const near = view.here | (views[at - 1]?.here ?? 0) | (views[at + 1]?.here ?? 0);
    for (const { what } of WEIGHED.filter(({ holds }) => holds({ ...view, near }))) {
      found.set(what, { severity: 'hard', what });
    }
  }
  return [...found.values()];
}

function viewOf(sentence: Sentence, at: number, place: Place) {
  const here = conceptsOf(sentence);
  const isOpening = at === 0 && place === 'text' && PURPOSE.test(sentence.affirmed);
  const bids = !isOpening && ((here & BITS.directive) !== 0 || IMPERATIVE.test(sentence.affirmed));
  return { sentence, text: sentence.affirmed, here, bids, place };
}

function conceptsOf({ text, affirmed }: Sentence): number {
  let concepts = 0;
  for (const { bit, pattern } of PATTERNS) {
    if (pattern.test((bit & EVEN_FORBIDDEN) === 0 ? affirmed : text)) concepts |= bit;
  }
  return concepts;
}
