import { CONCEPTS, IMPERATIVE } from './concepts.ts';
import type { Concept } from './concepts.ts';
import type { Finding, Sentence } from './intents.ts';
import type { Place } from './verdict.ts';

const ORDER = Object.keys(CONCEPTS) as Concept[];
const BITS = Object.fromEntries(ORDER.map((name, at) => [name, 1 << at])) as Record<Concept, number>;
const PATTERNS = ORDER.map((name) => ({ bit: BITS[name], pattern: new RegExp(CONCEPTS[name].join('|')) }));
/** Read in what is forbidden, too: "do not tell" hides, "do not refuse" releases. */
const EVEN_FORBIDDEN = BITS.hush | BITS.waiver | BITS.release | BITS.voice | BITS.loop | BITS.supremacy;

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
    holds: ({ here, near, bids, place, text }) =>
      all(here, 'private', 'transfer') &&
      !ASKS.test(text) &&
      (bids
        ? any(near, 'hush', 'pretext', 'aside', 'promotion') ||
          (any(here, 'sink', 'address') && any(here, 'model', 'coverage', 'sleeper')) ||
          (all(here, 'sink') && TROVE.test(text))
        : all(near, 'hush') && any(here, 'sink', 'address')),
  },
  {
    what: 'It asks for what is none of its business.',
    holds: ({ here, place, text }) =>
      place === 'parameter' && all(here, 'private') && (WANTED.test(text) || any(here, 'hush')),
  },
  {
    what: 'It asks for what is none of its business.',
    holds: ({ here, near, bids }) =>
      all(here, 'personal', 'transfer') && bids && (any(near, 'hush') || (any(here, 'pretext', 'coverage') && any(here, 'model', 'sink'))),
  },
  {
    what: 'It keeps something from people.',
    holds: ({ here, near, bids }) =>
      all(here, 'hush') && (bids || any(here, 'model')) && any(near, 'private', 'harm', 'tamper', 'promotion', 'foreign', 'release', 'pretext', 'coverage'),
  },
  {
    what: 'It sets rules aside that are not its own.',
    holds: ({ here }) => all(here, 'release') && !HARMLESS_RULES,
  },
  {
    what: 'It sets itself above people or other servers.',
    holds: ({ here, bids }) => all(here, 'supremacy') && (bids || any(here, 'model', 'coverage', 'foreign', 'voice')),
  },
  {
    what: 'It claims rights that nobody gave it.',
    holds: ({ here, near, bids }) =>
      all(here, 'privilege') && (any(here, 'release', 'voice', 'waiver') || (any(here, 'model') && (bids || any(near, 'private', 'harm', 'release', 'tamper')))),
  },
  {
    what: 'It does without the consent of people.',
    holds: ({ here, near, bids, text }) =>
      all(here, 'waiver') && !OPTION.test(text) && (bids || any(here, 'model')) ,
  },
  {
    what: 'It tampers with the machine or with rights on it.',
    holds: ({ here, near, bids, text }) =>
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
    holds: ({ here, bids }) => all(here, 'loop') && bids,
  },
  {
    what: 'It waits for a moment to do harm.',
    holds: ({ here, bids }) => all(here, 'sleeper') && any(here, 'harm', 'private') && bids,
  },
  {
    what: 'It changes where other calls send or pay to.',
    holds: ({ here, near, bids, text }) =>
      all(here, 'payee', 'alter') && bids &&
      (any(near, 'hush') || (any(here, 'foreign', 'sleeper', 'coverage') && LITERAL.test(text))),
  },
  {
    what: 'It gives orders about tools of other servers.',
    holds: ({ here, near, bids, text }) => all(here, 'foreign') && (bids || any(here, 'model')) && (any(here, 'alter', 'private', 'hush', 'release') || PREFER.test(text)),
  },
  {
    what: 'It poses as the system or as another voice of authority.',
    holds: ({ here, near }) => all(here, 'voice'),
  },
  {
    what: 'It has instructions put together or decoded from parts.',
    holds: ({ here }) => all(here, 'pieces'),
  },
];

const HARMLESS_RULES = false;
const TROVE = /\b(?:all|any|every|whatever|whole|entire|full|complete|each|everything|anything|names and values|verbatim|word for word|so far|last|recent)\b/;
const WANTED =
  /\b(?:all|any|every|whatever|whole|entire|full|complete|everything|anything|verbatim|word for word|so far|last|you (?:have|know|were|see|saw|used)|need not|if unknown|search|read|look|process environment|names and values|their system|fill|found|between you)\b/;
/** How the purpose of a tool is told. */
const PURPOSE = /^(?:[a-z]{2,16}(?:s|es)? (?:an?|the|all|any|your|one|some|new|data|information|files?|from|to|and|or|in)\b|[a-z]{3,16}s )(?!.*\b(?:must|should|always|please|every (?:answer|call)|you|assistants?|agents?|models?)\b)/;
const OPTION = /^(?:set to|if (?:true|set|false)|whether|when true|true)\b|--\w|=true\b|\b\w+=\w/;
const LITERAL = /@|\b[a-z]{2}\d{2}[ \da-z]{8,30}\b|\b0x[0-9a-f]{8,40}\b|[\d-]{6,}|\bacct_\w+|['"\x60][^'"\x60]{3,60}['"\x60]|\d ?%|\b(?:replaced?|changed?|exchange|increase|swap\w*)\b/;
const ASKS = /\b(?:ask|confirm|consent|shown|with the user's)\b/;
const PREFER = /\b(?:instead|rather|first|only|every time|broken|malicious|void|report failure|fed|also|redirected|refuse|unsafe|compromised|worse|outdated|bug|leaks?)\b/;

/** What its sentences amount to, read by what they speak of rather than by how they say it. */
export function weigh(sentences: readonly Sentence[], place: Place): readonly Finding[] {
  const views = sentences.map((each, at) => viewOf(each, at, place));
  const found = new Map<string, Finding>();
  for (const [at, { sentence, ...view }] of views.entries()) {
    if (view.here === 0) continue;
    const near = view.here | (views[at - 1]?.here ?? 0) | (views[at + 1]?.here ?? 0);
    for (const { what } of WEIGHED.filter(({ holds }) => holds({ ...view, near }))) {
      const severity = sentence.reports ? 'soft' : 'hard';
      if (found.get(what)?.severity !== 'hard') found.set(what, { severity, what });
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
