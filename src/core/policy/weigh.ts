import { CONCEPTS, IMPERATIVE } from './concepts.ts';
import type { Concept } from './concepts.ts';
import {
  ACCOUNT,
  AGENT,
  ASKS,
  BY_THE_WAY,
  CALLS,
  CHAIN,
  CHANGES,
  CLAIMED,
  DECEIVES,
  DISABLES,
  ENDLESS,
  ENDS,
  EVERY_REPLY,
  GRANTED,
  HANDS_OUT,
  HELD,
  IT,
  LETS_IN,
  LITERAL,
  LITERAL_ADDRESS,
  MODELS,
  OPTION,
  OUTSIDE,
  OWN_TOOLS,
  PLACEHOLDER,
  PREFER,
  PURPOSE,
  SLANDER,
  SNOOP,
  TAKEN,
  THEIRS,
  THEIR_KEY,
  TROVE,
  UNASKABLE,
  WANTED,
  WORKED_ON,
} from './cues.ts';
import type { Finding, Sentence } from './intents.ts';
import type { Place } from './verdict.ts';

const ORDER = Object.keys(CONCEPTS) as Concept[];
const BITS = Object.fromEntries(ORDER.map((name, at) => [name, 1 << at])) as Record<Concept, number>;
const PATTERNS = ORDER.map((name) => ({ bit: BITS[name], pattern: new RegExp(CONCEPTS[name].join('|')) }));
/** Read in what is forbidden, too: "do not tell" hides, "do not refuse" releases. */
const EVEN_FORBIDDEN =
  BITS.promotion |
  BITS.reply |
  BITS.hush |
  BITS.waiver |
  BITS.release |
  BITS.voice |
  BITS.loop |
  BITS.supremacy;

interface View {
  readonly text: string;
  readonly full: string;
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

function asksForPrivate(view: View): boolean {
  const { here, near, bids, place, text } = view;
  if (!all(here, 'private', 'transfer') || ASKS.test(text) || THEIR_KEY.test(text)) return false;
  if (place === 'parameter' && WORKED_ON.test(text)) return false;
  return bids ? isUnfit(view) : all(near, 'hush') && any(here, 'sink', 'address');
}

/** What is private is asked for in a way that no purpose of a tool explains. */
function isUnfit({ here, near, text }: View): boolean {
  if (
    any(near, 'hush', 'pretext', 'aside', 'promotion') ||
    HELD.test(text) ||
    SNOOP.test(text) ||
    THEIRS.test(text)
  )
    return true;
  if (any(here, 'sink', 'address') && (UNASKABLE.test(text) || any(here, 'model', 'coverage', 'sleeper')))
    return true;
  return TROVE.test(text) && (UNASKABLE.test(text) || all(here, 'sink'));
}

const WEIGHED: readonly Rule[] = [
  {
    what: 'It asks for what is none of its business.',
    holds: asksForPrivate,
  },
  {
    what: 'It asks for what is none of its business.',
    holds: ({ here, place, text }) =>
      place !== 'text' &&
      all(here, 'private') &&
      !THEIR_KEY.test(text) &&
      !WORKED_ON.test(text) &&
      (WANTED.test(text) || any(here, 'hush') || (place === 'value' && PLACEHOLDER.test(text))),
  },
  {
    what: 'It asks for what is none of its business.',
    holds: ({ here, near, bids, text }) =>
      all(here, 'personal', 'transfer') &&
      bids &&
      (SNOOP.test(text) ||
        TAKEN.test(text) ||
        any(near, 'hush') ||
        (any(here, 'pretext', 'coverage') && any(here, 'model', 'sink'))),
  },
  {
    what: 'It asks for what is none of its business.',
    holds: ({ here, near, bids, text }) =>
      all(here, 'transfer', 'sink') &&
      bids &&
      all(near, 'private') &&
      IT.test(text) &&
      any(near, 'hush', 'pretext'),
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
      all(here, 'privilege') &&
      !ASKS.test(text) &&
      (GRANTED.test(text) ||
        all(here, 'private', 'transfer') ||
        any(here, 'release', 'voice', 'waiver') ||
        (any(here, 'model') && (bids || any(near, 'private', 'harm', 'release', 'tamper')))),
  },
  {
    what: 'It does without the consent of people.',
    holds: ({ here, bids, place, text }) =>
      all(here, 'waiver') &&
      !OPTION.test(text) &&
      (place === 'parameter'
        ? any(here, 'model', 'coverage') || CLAIMED.test(text)
        : bids || any(here, 'model') || CLAIMED.test(text)),
  },
  {
    what: 'It tampers with the machine or with rights on it.',
    holds: ({ here, bids, text }) => all(here, 'tamper') && bids && CHANGES.test(text) && !ASKS.test(text),
  },
  {
    what: 'It steers what the model tells people.',
    holds: ({ here, bids, text }) =>
      bids && (all(here, 'reply', 'promotion') || (EVERY_REPLY.test(text) && any(here, 'coverage'))),
  },
  {
    what: 'It wants to last beyond its call.',
    holds: ({ here, bids }) =>
      all(here, 'memory') &&
      bids &&
      any(here, 'waiver', 'release', 'promotion', 'private', 'coverage', 'harm', 'model'),
  },
  {
    what: 'It has calls made without end.',
    holds: ({ here, bids, text }) =>
      all(here, 'loop') && (ENDLESS.test(text) || (bids && CALLS.test(text) && !ENDS.test(text))),
  },
  {
    what: 'It waits for a moment to do harm.',
    holds: ({ here, bids }) => all(here, 'sleeper') && any(here, 'harm', 'private') && bids,
  },
  {
    what: 'It asks for what is none of its business.',
    holds: ({ bids, text }) => bids && CHAIN.test(text) && !THEIR_KEY.test(text) && !ASKS.test(text),
  },
  {
    what: 'It has data sent to an address of its own.',
    holds: ({ here, bids, text }) =>
      all(here, 'address', 'pretext') && bids && HANDS_OUT.test(text) && OUTSIDE.test(text),
  },
  {
    what: 'It has data sent to an address of its own.',
    holds: ({ bids, text }) => bids && LETS_IN.test(text),
  },
  {
    what: 'It deceives people.',
    holds: ({ bids, text }) => bids && DECEIVES.test(text),
  },
  {
    what: 'It has something done that no tool should ask for.',
    holds: ({ here, near, bids, text }) =>
      all(here, 'harm') &&
      bids &&
      AGENT.test(text) &&
      (any(near, 'private', 'waiver', 'sleeper', 'hush') || MODELS.test(text)),
  },
  {
    what: 'It has data sent to an address of its own.',
    holds: ({ here, bids, text }) =>
      all(here, 'address', 'coverage') && bids && HANDS_OUT.test(text) && LITERAL_ADDRESS.test(text),
  },
  {
    what: 'It changes where other calls send or pay to.',
    holds: ({ here, text }) => all(here, 'payee', 'alter') && BY_THE_WAY.test(text),
  },
  {
    what: 'It changes where other calls send or pay to.',
    holds: ({ here, near, bids, text }) =>
      all(here, 'payee', 'alter') &&
      bids &&
      (any(near, 'hush') ||
        ACCOUNT.test(text) ||
        (any(here, 'foreign', 'sleeper', 'coverage') && LITERAL.test(text))),
  },
  {
    what: 'It gives orders about tools of other servers.',
    holds: ({ here, near, bids, text, full }) =>
      all(here, 'foreign') &&
      (bids || any(here, 'model')) &&
      !OWN_TOOLS.test(full) &&
      (any(here, 'alter', 'private', 'hush', 'release', 'harm') ||
        (all(here, 'transfer') && any(near, 'private')) ||
        PREFER.test(text)),
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
    what: 'It gives orders about tools of other servers.',
    holds: ({ here, bids, place, full }) =>
      all(here, 'foreign') &&
      !OWN_TOOLS.test(full) &&
      DISABLES.test(full) &&
      (bids || place === 'value' || /\b(?:other|rival|competing)\b/.test(full)),
  },
  {
    what: 'It bids the model do something where only a value belongs.',
    holds: ({ here, place }) =>
      place === 'value' &&
      any(here, 'waiver', 'release', 'supremacy', 'memory') &&
      any(here, 'coverage', 'model', 'directive'),
  },
  {
    what: 'It poses as the system or as another voice of authority.',
    holds: ({ here }) => all(here, 'voice'),
  },
  {
    what: 'It has instructions put together or decoded from parts.',
    holds: ({ here }) => all(here, 'pieces'),
  },
];

/** What its sentences amount to, read by what they speak of rather than by how they say it. */
export function weigh(sentences: readonly Sentence[], place: Place): readonly Finding[] {
  const views = sentences.map((each, at) => viewOf(each, at, place));
  const found = new Map<string, Finding>();
  for (const [at, { sentence, ...view }] of views.entries()) {
    if (view.here === 0 || sentence.reports) continue;
    const near = view.here | (views[at - 1]?.here ?? 0) | (views[at + 1]?.here ?? 0);
    const seen = { ...view, near };
    for (const { what, holds } of WEIGHED) {
      if (!found.has(what) && holds(seen)) found.set(what, { severity: 'hard', what });
    }
  }
  return [...found.values()];
}

function viewOf(sentence: Sentence, at: number, place: Place) {
  const here = conceptsOf(sentence);
  const isOpening = at === 0 && place === 'text' && PURPOSE.test(sentence.affirmed);
  const bids = !isOpening && ((here & BITS.directive) !== 0 || IMPERATIVE.test(sentence.affirmed));
  return { sentence, text: sentence.affirmed, full: sentence.text, here, bids, place };
}

function conceptsOf({ text, affirmed }: Sentence): number {
  let concepts = 0;
  for (const { bit, pattern } of PATTERNS) {
    if (pattern.test((bit & EVEN_FORBIDDEN) === 0 ? affirmed : text)) concepts |= bit;
  }
  return concepts;
}
