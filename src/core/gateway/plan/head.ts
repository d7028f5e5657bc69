import { ASKING, LEAD_INS, OPENERS, VERBS, VERBS_OR_NOUNS } from './words.ts';

/** How a piece of a query begins. */
export interface Head {
  /**
   * `task`: a verb of asking somebody to do; `doing`: the same in -ing; `question`; `need`: something is wanted, without a verb; `maybe`: a word that may
   * be a verb or a thing; `part`: neither.
   */
  readonly form: 'task' | 'doing' | 'question' | 'need' | 'maybe' | 'part';
  readonly verb?: string;
  /** Where what comes before the verb ends. */
  readonly at: number;
  /** It says that it comes after something. */
  readonly isAfter: boolean;
  /** It says that it comes on top. */
  readonly isAlso: boolean;
  /** It says that it is the first of several. */
  readonly isFirst: boolean;
  /** It says that it is the last of several. */
  readonly isLast: boolean;
  /** Somebody tells what they want, rather than what to do. */
  readonly isWish: boolean;
}

const GAP = /(?:[\s,;:&+]|\b(?:and|but|so|plus)\b)*/y;
const AFTER =
  /(?:then|thereafter|after(?:wards?| (?:that|this|which|doing (?:so|that|this)))|following (?:that|this)|subsequently|later(?: on)?|(?:once|when) (?:that|this|it|you|done)(?:'s| is| are| has been| have)?(?: \w+)?(?=,)|(?:using|with|from|based (?:up)?on) (?:that|this|it|them|those|these|(?:the|its|their) (?:\w+ )?(?:results?|outputs?|findings|response|answers?))|in turn)\b/iy;
const ALSO =
  /(?:also|additionally|in addition(?: to (?:that|this))?|moreover|furthermore|besides(?: that)?|further|likewise|on top of that|at the same time|meanwhile|simultaneously|as well as|(?:along|together) with|alongside|(?:second|third|fourth)(?:ly)?|next|by the way|apart from that|separately)\b/iy;
const FIRST = /(?:first(?:ly)?(?: of all)?|to (?:start|begin)(?: with)?)\b/iy;
const WISH = /^(?:i'd|want|wants|wish|need|needs|like|love|interested|looking|curious|help|trying|hoping)$/;
const LAST = /(?:finally|lastly|last(?: of all)?(?=,)|in the end|to finish)\b/iy;
const WORD = /\s*([\p{L}\p{N}'’_-]+|[^\s])/uy;
const MAX_LEAD_INS = 14;
/** What goes by a name that begins like something to do. */
const THING = /^(?:pull|merge) requests?$/;

export function readHead(masked: string, from: number): Head {
  const marks = readMarks(masked, from);
  let at = marks.at;
  let isWish = false;
  let isQuestion = false;
  let before = '';
  for (let count = 0; count < MAX_LEAD_INS; count += 1) {
    const token = wordAt(masked, at);
    const { word } = token;
    noteWord(word, marks);
    const form = formOf(word, { before, next: wordAt(masked, token.end).word, isWish });
    if (form === 'statement') break;
    if (form !== undefined) return { ...marks, form, verb: baseOf(word) ?? word, at: token.start, isWish };
    if (asksWith(word, before)) isQuestion ||= count < 2;
    else if (!LEAD_INS.has(word)) break;
    isWish ||= WISH.test(word);
    at = token.end;
    before = word;
  }
  const form = isQuestion ? 'question' : isWish ? 'need' : 'part';
  return { ...marks, form, at: marks.at, isWish };
}

function noteWord(word: string, marks: Marks): void {
  const isLast = word === 'finally' || word === 'lastly';
  marks.isAfter ||= word === 'then';
  marks.isAlso ||= word === 'also' || isLast;
  marks.isLast ||= isLast;
}

/** Neither "I have" nor "we do" asks anything. */
function asksWith(word: string, before: string): boolean {
  return ASKING.has(word) && before !== 'i' && before !== 'we';
}

interface Marks {
  at: number;
  isAfter: boolean;
  isAlso: boolean;
  isFirst: boolean;
  isLast: boolean;
}

function readMarks(masked: string, from: number): Marks {
  const marks: Marks = {
    at: skip(GAP, masked, from),
    isAfter: false,
    isAlso: false,
    isFirst: false,
    isLast: false,
  };
  const kinds = [
    [AFTER, 'isAfter'],
    [ALSO, 'isAlso'],
    [FIRST, 'isFirst'],
    [LAST, 'isLast'],
  ] as const;
  for (;;) {
    const found = kinds.find(([pattern]) => skip(pattern, masked, marks.at) > marks.at);
    if (found === undefined) return marks;
    marks[found[1]] = true;
    if (found[1] === 'isLast') marks.isAlso = true;
    marks.at = skip(GAP, masked, skip(found[0], masked, marks.at));
  }
}

function skip(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}

function wordAt(masked: string, at: number): { word: string; start: number; end: number } {
  WORD.lastIndex = at;
  const found = WORD.exec(masked);
  if (found?.[1] === undefined) return { word: '', start: at, end: at };
  const end = WORD.lastIndex;
  return { word: found[1].toLowerCase().replace('’', "'"), start: end - found[1].length, end };
}

interface Around {
  readonly before: string;
  readonly next: string;
  /** Somebody has been telling what they want. */
  readonly isWish: boolean;
}

/** What a word makes of the clause that it begins, if it makes anything of it. */
function formOf(word: string, around: Around): 'task' | 'doing' | 'maybe' | 'statement' | undefined {
  const { before, next, isWish } = around;
  if (THING.test(`${word} ${next}`)) return undefined;
  if (VERBS.has(word) || isAuxiliaryTask(word, around)) return 'task';
  if (VERBS_OR_NOUNS.has(word))
    return before !== '' || OPENERS.has(next) || /^[q\d<]/.test(next) ? 'task' : 'maybe';
  if (baseOf(word) === undefined) return undefined;
  // "I am working on something" tells, and asks for nothing.
  return !isWish && /^(?:i'm|am|are|be)$/.test(before) ? 'statement' : 'doing';
}

/** "and have it printed", "I have to do the rest", but neither "I have a question" nor "do you know". */
function isAuxiliaryTask(word: string, { before, next }: Around): boolean {
  if (word === 'have') return before !== 'i' && before !== 'we' && next !== 'to' && OPENERS.has(next);
  return before === 'to' && (word === 'do' || word === 'hear' || word === 'see');
}

/** `listing` → `list`, `making` → `make`, `planning` → `plan`; of other words nothing. */
function baseOf(word: string): string | undefined {
  if (!word.endsWith('ing')) return undefined;
  const stem = word.slice(0, -3);
  return [stem, `${stem}e`, stem.slice(0, -1)].find((base) => VERBS.has(base) || VERBS_OR_NOUNS.has(base));
}
