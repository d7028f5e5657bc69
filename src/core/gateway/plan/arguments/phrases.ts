import { isChannel } from './channels.ts';
import { NO_NAME, capitalised, follows, isLast, isName, namesAt } from './names.ts';
import type { Named } from './names.ts';
import type { Property } from './properties.ts';
import { SCORES, candidate, isFree } from './reading.ts';
import type { Candidate, Reading } from './reading.ts';
import { overlap } from './reading.ts';
import { stems } from './words.ts';
import type { Word } from './words.ts';

const PLACES = stems('city location place country region town destination address');
const TOWNS = stems('city location place town');
/** Said with `in`, but not to be found on a map. */
const NO_PLACE =
  /^(?:The|English|French|German|Spanish|Italian|Portuguese|Russian|Chinese|Mandarin|Japanese|Korean|Arabic|Hindi|Dutch|Polish|Turkish|Swedish|Greek|Latin|Q[1-4]|[A-Z]{1,4}\d)/;
const SOURCES = stems('from origin source departure src');
const TARGETS = stems('to destination target arrival dest');
const SAYINGS = stems('message text body content comment');
const TITLES = stems('title subject summary headline');
/** Their text has no end that could be seen. */
const PROSE = stems(
  'message text body content comment title subject summary headline description note prompt question query',
);
const GENERIC = stems('name id key slug');
const PREPOSITION = /^(?:in|on|at|for|from|of|to|with|by|into|under)$/i;
const SAYING =
  /(?:^|[^\p{L}\p{N}_])(?:(saying|that says)|(titled|entitled)|(?<=^\s*)(message|comment|say|reply))\s+/giu;
const NOT_SAID = /^(?:to|in|on|at|about|from|for|with|the|a|an|my)\b/i;
const POSTED =
  /^[\s,;]{0,20}(?:(?:and|then|please|also|now|finally)[\s,]{1,3}){0,3}(?:post|send|write|say)\s{1,3}(?<said>[^\s;:"“`][^\n;:"“`]{0,300}?)\s{1,3}(?:to|in|into|on)\s{1,3}(?=(?:(?:the|our|my)\s{1,3})?(?:channels?|rooms?|chat)\b|[#@]\w|[\w.+-]{1,64}@\w)/iu;
const MAX_POSTED = 500;
/** Says what is to be posted, and is not what is said. */
const DESCRIBED = stems(
  `message comment note reply update summary result report change detail answer file link list news info information output status everything something
  anything text greeting reminder notification email mail sms diff review discussion conversation thread ticket issue pull request document content
  data copy finding invitation question picture image photo both`,
);

/** "Named X", "in branch X", "message hello to #general", "weather in Paris", "from Paris to Rome". */
export function candidatesOfPhrases(reading: Reading, properties: readonly Property[]): readonly Candidate[] {
  const free = properties.filter((property) => isFree(property) && property.format === undefined);
  if (free.length === 0) return [];
  return [
    ...reading.words.flatMap((word, at) => around(reading, at, { word, free })),
    ...sayings(reading, free),
    ...addressed(reading, free),
    ...posted(reading, free),
  ];
}

interface At {
  readonly word: Word;
  readonly free: readonly Property[];
}

function around(reading: Reading, at: number, { word, free }: At): readonly Candidate[] {
  if (reading.isQuoted(word.start)) return [];
  const next = reading.words[at + 1];
  if (next === undefined || !follows(reading, word, next)) return [];
  if (/^(?:named|called)$/i.test(word.text)) return named(reading, at + 1, free);
  const name = capitalised(reading, at + 1);
  const lower = word.text.toLowerCase();
  const isPlace = name !== undefined && isLast(reading, name.end) && !NO_PLACE.test(name.value);
  const byName =
    name === undefined || namesAt(reading, at + 1, true).length > 0
      ? []
      : free.flatMap((property) => {
          const takes = (known: ReadonlySet<string>): boolean =>
            property.words.some((each) => known.has(each));
          const fits =
            (isPlace && /^(?:in|at|near)$/.test(lower) && takes(PLACES)) ||
            (isPlace && lower === 'for' && takes(TOWNS)) ||
            (lower === 'from' && takes(SOURCES)) ||
            (/^(?:to|into)$/.test(lower) && takes(TARGETS));
          return fits ? candidate(property, name, { value: name.value, score: SCORES.kind }) : [];
        });
  return [...byName, ...free.flatMap((property) => nouned(reading, at, property))];
}

function named(reading: Reading, at: number, free: readonly Property[]): readonly Candidate[] {
  const word = reading.words[at];
  if (word === undefined || reading.isQuoted(word.start) || NO_NAME.has(word.stem)) return [];
  const span = capitalised(reading, at) ?? { start: word.start, end: word.end, value: word.text };
  if (!isLast(reading, span.end)) return [];
  const names = free.filter(({ words }) => words.at(-1) === 'nam');
  return (names.length > 0 ? names : free.filter(({ words }) => words.join() === 'titl')).flatMap(
    (property) => {
      const noun = reading.words[at - 2];
      const isMeant = property.words.length > 1 && noun !== undefined && property.words.includes(noun.stem);
      if (property.words.length > 1 && !isMeant) return [];
      return candidate(property, span, {
        value: span.value,
        score: isMeant ? SCORES.cue : SCORES.kind + 1,
      });
    },
  );
}

/** "In branch main", "repo my-repo", "the user alice". */
function nouned(reading: Reading, at: number, property: Property): readonly Candidate[] {
  const [noun, value] = [reading.words[at], reading.words[at + 1]];
  if (noun === undefined || value === undefined) return [];
  if (!isNamedBy(property, noun)) return [];
  if (/^(?:id|key)$/.test(property.words.at(-1) ?? '') && !/\d/.test(value.text)) return [];
  return valuesAfter(reading, at, property).flatMap((each) =>
    candidate(property, each, { value: each.value, score: SCORES.cue - 1 }),
  );
}

/** What a noun names: several where a list is asked for, a name in capitals, or one word. */
function valuesAfter(reading: Reading, at: number, { list }: Property): readonly Named[] {
  const word = reading.words[at + 1];
  if (word === undefined) return [];
  const isLed = hasLead(reading, at);
  if (list !== undefined && isLed)
    return row(reading, at + 1).map(({ start, end, text }) => ({ start, end, value: text }));
  return nameAfter(reading, at, { word, isLed });
}

function nameAfter(
  reading: Reading,
  at: number,
  { word, isLed }: { readonly word: Word; readonly isLed: boolean },
): readonly Named[] {
  // Of several, none is the one.
  if (namesAt(reading, at + 1).length > 0) return [];
  const name = capitalised(reading, at + 1) ?? { start: word.start, end: word.end, value: word.text };
  const isPlain = isLast(reading, name.end) ? isLed || /^\p{Lu}/u.test(name.value) : false;
  if (name.value.includes(' ')) return isPlain ? [name] : [];
  return isName(word) && (isPlain || /[\d_./-]/.test(word.text)) ? [name] : [];
}

const LEAD = /^(?:in|at|near|for|from|to|into)$/i;

/** Rows of names of which a parameter could take but one: "the channels lunch and backend", "in Oslo and Rome". */
export function namedRows(reading: Reading, properties: readonly Property[]): readonly (readonly Named[])[] {
  const single = properties.filter((each) => isFree(each) && each.list === undefined);
  return reading.words
    .map((word, at): readonly Named[] => {
      if (reading.isQuoted(word.start)) return [];
      if (single.some((each) => isNamedBy(each, word))) return namesAt(reading, at + 1);
      return LEAD.test(word.text) ? namesAt(reading, at + 1, !single.some((each) => isChannel(each))) : [];
    })
    .filter(({ length }) => length > 0);
}

function isNamedBy({ words }: Property, { stem, text }: Word): boolean {
  const own = words.filter((word) => !GENERIC.has(word));
  return own.length === 1 && own[0] === stem && !PREPOSITION.test(text) && !PROSE.has(stem);
}

/** A preposition, perhaps with an article, stands before the word. */
function hasLead({ words }: Reading, at: number): boolean {
  const [before = '', article = ''] = [words[at - 1]?.text, words[at - 2]?.text];
  return PREPOSITION.test(before) || (/^(?:the|my|our)$/i.test(before) && PREPOSITION.test(article));
}

/** "bug, urgent and small". */
function row(reading: Reading, at: number): readonly Word[] {
  const words: Word[] = [];
  let isEnd = false;
  for (let next = at; words.length < 20 && !isEnd; next++) {
    const word = reading.words[next];
    if (word === undefined) break;
    const gap = reading.text.slice(words.at(-1)?.end ?? word.start, word.start);
    if (/^(?:and|or)$/i.test(word.text) && words.length > 0) continue;
    isEnd = /\b(?:and|or)\s+$/.test(gap);
    if (!isName(word) || !(words.length === 0 || isEnd || /^\s*,\s*$/.test(gap))) break;
    words.push(word);
  }
  return words;
}

/** What is said, up to whom or where: the verb is the name of the parameter. */
function sayings(reading: Reading, free: readonly Property[]): readonly Candidate[] {
  return Array.from(reading.text.matchAll(SAYING)).flatMap(
    ({ 0: whole, 1: saying, 2: titled, 3: verb, index }) => {
      const start = index + whole.length;
      if (reading.isQuoted(index) || reading.isQuoted(start)) return [];
      const value = reading.text.slice(start, endOfSaying(reading, start)).trim();
      if (value === '' || (verb !== undefined && NOT_SAID.test(value))) return [];
      const names = titled === undefined ? SAYINGS : TITLES;
      const span = { start, end: start + value.length };
      const score = SCORES.kind + (saying === undefined ? 0 : 1);
      return free
        .filter(({ words }) => words.some((word) => names.has(word)))
        .flatMap((property) =>
          candidate(property, span, { value, score: score + 1 / property.words.length }),
        );
    },
  );
}

/** "Write to #general: the build is green", "tell @ann that the build is green". */
function addressed({ text, pieces }: Reading, free: readonly Property[]): readonly Candidate[] {
  const isTold = /^\s*(?:please\s+)?(?:tell|inform|notify|remind)\b/i.test(text);
  return pieces.flatMap((piece) => {
    if (!/^(?:channel|mention|email)$/.test(piece.kind)) return [];
    const [whole = '', lead = '', said = ''] = /^(:|\s+that)\s+([^\n]+)/i.exec(text.slice(piece.end)) ?? [];
    const value = said.trim();
    if (value === '' || (lead !== ':' && !isTold)) return [];
    const start = piece.end + whole.indexOf(said, lead.length);
    const span = { start, end: start + value.length };
    return free
      .filter(({ words }) => words.some((word) => SAYINGS.has(word)))
      .flatMap((property) =>
        candidate(property, span, { value, score: SCORES.kind + 1 / property.words.length }),
      );
  });
}

/** "Post hello to the channel lunch": words that stand for themselves, and describe nothing that is to be posted. */
function posted(reading: Reading, free: readonly Property[]): readonly Candidate[] {
  const { text, pieces, words } = reading;
  const { 0: whole = '', groups: { said = '' } = {} } = POSTED.exec(text.slice(0, MAX_POSTED)) ?? {};
  const start = whole.lastIndexOf(said);
  const span = { start, end: start + said.length };
  const isMeant =
    said !== '' &&
    !NOT_SAID.test(said) &&
    !pieces.some((piece) => overlap(piece, span)) &&
    !words.some((word) => overlap(word, span) && (DESCRIBED.has(word.stem) || NO_NAME.has(word.stem)));
  if (!isMeant) return [];
  return free
    .filter((property) => property.isRequired && property.words.some((word) => SAYINGS.has(word)))
    .flatMap((property) =>
      candidate(property, span, { value: said, score: SCORES.kind + 1 / property.words.length }),
    );
}

/** Before the last " to #channel", " in ABC-1" and the like; else the end of the sentence. */
function endOfSaying({ text, pieces, words }: Reading, start: number): number {
  const target = pieces.find(
    (piece) =>
      piece.start > start &&
      piece.kind !== 'number' &&
      /\s(?:to|in|on|at|for)(?:\s+the)?(?:\s+(?:channel|room|user))?\s+[#@]?$/i.test(
        text.slice(start, piece.start),
      ),
  );
  const stop = /[\n;]|[.!?]?\s*$/.exec(text.slice(start))?.index ?? text.length - start;
  if (target === undefined || target.start > start + stop) return start + stop;
  const lead = /\s(?:to|in|on|at|for)(?:\s+the)?(?:\s+(?:channel|room|user))?\s+[#@]?$/i.exec(
    text.slice(start, target.start),
  );
  const end = start + (lead?.index ?? 0);
  return words.some((word) => overlap(word, { start, end })) ? end : start;
}
