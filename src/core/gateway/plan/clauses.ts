import { maskQuoted } from './mask.ts';
import { readHead } from './head.ts';
import type { Head } from './head.ts';
import { tieOf } from './ties.ts';
import type { Tie } from './ties.ts';
import { spreadEach } from './each.ts';
import { OPENERS } from './words.ts';
import { endOfTakingBack, forbids, supposes, takingsBackIn, turnedDownIn } from './forbidden.ts';
import type { TurnedDown } from './forbidden.ts';
import { startsAlternative } from './reserve.ts';

/** What is read of a query. */
export const MAX_READ = 8_000;
export const MAX_CLAUSES = 24;

/** A piece of a query that may be a call of its own. */
export interface Clause {
  readonly text: string;
  /** What of the text asks for something, where that is not all of it. */
  readonly asks?: string;
  /** The one thing named before it, which its pronouns can stand for. */
  readonly meant?: string;
  /** The text, with what "it" is done to. */
  readonly handled?: string;
  /** The text, with what is quoted made unreadable. */
  readonly masked: string;
  /** Which sentence it stands in. */
  readonly sentence: number;
  /** As its first words have it; `collection`: what something is to be done for each of. */
  readonly form: Head['form'] | 'statement' | 'collection';
  readonly verb?: string;
  /** Explicit words say that it comes after what stands before it. */
  readonly isAfter: boolean;
  readonly isAlso: boolean;
  readonly isFirst: boolean;
  readonly isLast: boolean;
  readonly isWish: boolean;
  /** It says what is not to be done. */
  readonly isForbidden: boolean;
  /** It says what the rest is preferred to ("not in teams"); such a piece is forbidden, too. */
  readonly isPassedOver: boolean;
  /** It says what is to be done where something else does not come about ("otherwise …"). */
  readonly isAlternative: boolean;
  readonly tie: Tie;
  /** To be done for each of what came before. */
  readonly isEach: boolean;
  /** It is one of several things in a row, which no other of them stands for. */
  readonly isOneOfRow?: boolean;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

const SENTENCE_END =
  /(?<!\b(?:mr|mrs|ms|dr|st|vs|no|inc|ltd|etc|approx|\p{L}))(?<![.!?;])[.!?;]{1,8}["')\]]{0,4}(?=\s|$)|[\r\n]+/giu;
const SEAM =
  /[,;]\s*(?:(?:and|but|then|plus|or|while|before|after|so)\b)?|\b(?:and|&|plus|then|while|before|after|as well as|(?:along|together) with|alongside|but|otherwise|or)\b|\b(?:with|against)\b(?<=\bcompare\b[^.;!?,]{1,120})|(?<=\s)[+&](?=\s)/gi;
const SUBORDINATE =
  /(?:after|once|when|upon|as soon as|before|if|while|since|because|for|in|on|at|by|with|from|to|as|given|during|using|based on|according to)\b[^,]{1,300},/iy;
const LAST_WORDS = /\b(?:after(?:wards?| that)|later|thereafter)[\s.!?]*$/i;
const SKIPPED = /^[\s,;]*(?:before|after|while|or)$/i;
const DOING_FIRST = /^(?:after|once|upon)\s+(?:\p{L}+ing|you(?:'ve| have)? \p{L}+)\b(?: [^\s,]+){2,}/iu;
const AFTER_DOING = /^[\s,]*(?:after|once|upon)\s+$/i;
const BEFORE_DOING = /[\s,;]{0,20}(?:(?:please|and|but) )?before (?:you |i |we )?(?=\p{L})/iuy;
const LAST_FIRST = /\bfirst[\s.!?]*$/i;
/** What hangs on something leans on what came before. */
const CONDITIONAL =
  /^[\s,;]*(?:(?:and|but|or|then)\s+)?if\b(?!\s+(?:possible|available|any|needed|necessary))/i;
const STATEMENT =
  /^(?:i(?:'m| am|'ve| have| had| just| was| got|'ll be)|we(?:'re| are|'ve| have| had)|my|our|his|her|its|their|here|it|there|thank|thanks|hi|hello|hey|he|she|they|this|that|these|those|the|make sure|let me know|ensure|note|hope|for example|has|was|were)\b/i;
/** The same of what is joined to something: "the name of it" is no statement, "the name of it is long" is one. */
const TELLING =
  /^(?:i(?:'m| am|'ve| have| had| just| was| got|'ll be)|we(?:'re| are|'ve| have| had)|it|there|he|she|they|has|have|had|is|are|was|were|(?:my|our|his|her|its|their|the|this|that|these|those)\b[^,]*\b(?:is|are|was|were|should|has|have|will|must|can))\b/i;

/** The pieces of a query, in its order. Of a long one only the beginning is read. */
export function splitClauses(query: string): readonly Clause[] {
  const text = query.slice(0, MAX_READ);
  const masked = maskQuoted(text);
  const clauses: Clause[] = [];
  sentencesOf(masked).forEach(({ isTakingBack, ...span }, sentence) => {
    if (isTakingBack) takeBack(clauses);
    if (clauses.length >= MAX_CLAUSES || !saysAnything(masked.slice(span.start, span.end))) return;
    for (const part of partsOf(masked, span)) {
      if (part.kind !== undefined) {
        clauses.push(turnedDown(text, masked, { ...part, kind: part.kind, sentence }));
        continue;
      }
      for (const piece of piecesOf(masked, part))
        clauses.push(
          ...spreadEach(toClause(text, masked, { ...piece, sentence, isFirst: piece.start === span.start })),
        );
    }
  });
  return clauses.filter(({ text: own }) => saysAnything(own)).slice(0, MAX_CLAUSES);
}

function saysAnything(text: string): boolean {
  return /[\p{L}\p{N}]/u.test(text);
}

/** What stands behind the last of so many clauses, and was not read. */
export function restOf(text: string, clauses: readonly Clause[]): string {
  if (clauses.length < MAX_CLAUSES) return '';
  const ends = clauses.map(({ text: own }) => text.lastIndexOf(own) + own.length);
  return text.slice(Math.max(...ends)).replace(/^[\s,;.!?]+/, '');
}

interface Sentence extends Span {
  /** What stands before it is no longer meant. */
  readonly isTakingBack: boolean;
}

function sentencesOf(masked: string): readonly Sentence[] {
  const ends = Array.from(masked.matchAll(SENTENCE_END), ({ 0: sign, index }) => index + sign.length);
  const seams = new Set([0, ...ends, ...takingsBackIn(masked), masked.length]);
  const sorted = [...seams].toSorted((a, b) => a - b);
  return sorted.slice(1).flatMap((end, at) => {
    const start = sorted[at] ?? 0;
    if (masked.slice(start, end).trim() === '') return [];
    const from = start === 0 ? undefined : endOfTakingBack(masked, start);
    return [{ start: Math.min(from ?? start, end), end, isTakingBack: from !== undefined }];
  });
}

function takeBack(clauses: Clause[]): void {
  for (const [at, clause] of clauses.entries()) clauses[at] = { ...clause, isForbidden: true };
}

/** A sentence, with what is turned down in it apart from the rest. */
function partsOf(masked: string, span: Span): readonly (Span & { readonly kind?: TurnedDown['kind'] })[] {
  const parts: (Span & { readonly kind?: TurnedDown['kind'] })[] = [];
  let at = span.start;
  for (const each of turnedDownIn(masked, span.start, span.end)) {
    parts.push({ start: at, end: each.start }, each);
    at = each.end;
  }
  parts.push({ start: at, end: span.end });
  return parts.filter(({ start, end }) => saysAnything(masked.slice(start, end)));
}

function turnedDown(
  text: string,
  masked: string,
  { sentence, ...part }: TurnedDown & { readonly sentence: number },
): Clause {
  const piece = {
    ...part,
    head: readHead(masked.slice(0, part.end), part.start),
    isAlternative: false,
    isFirst: false,
    sentence,
  };
  return { ...toClause(text, masked, piece), isForbidden: true, isPassedOver: part.kind === 'thing' };
}

interface Piece extends Span {
  readonly head: Head;
  readonly isAlternative: boolean;
}

/** A sentence, cut where something else begins to be asked. */
function piecesOf(masked: string, span: Span): readonly Piece[] {
  const sentence = masked.slice(0, span.end);
  const isAlternative = span.start > 0 && startsAlternative(masked, span.start);
  const pieces: Piece[] = [{ ...span, head: headOf(sentence, span.start, span.start === 0), isAlternative }];
  // What would come of several things is one question.
  if (supposes(masked.slice(span.start, span.end))) return pieces;
  SEAM.lastIndex = span.start;
  for (let found = SEAM.exec(sentence); found !== null; found = SEAM.exec(sentence)) {
    const last = pieces.at(-1);
    if (last === undefined || pieces.length >= MAX_CLAUSES) break;
    if (found.index <= last.head.at) continue;
    const head = headOf(sentence, startOf(found[0], sentence, found.index));
    const isOther =
      startsAlternative(sentence, found.index) || isEither(found[0], { head, sentence, from: last.head.at });
    if (!isOther && !isCut(found[0], { sentence, at: SEAM.lastIndex, head, last })) continue;
    pieces[pieces.length - 1] = { ...last, end: found.index };
    // What follows an alternative in its sentence is part of it.
    const own = { head: turned(found[0], head), isAlternative: isOther || last.isAlternative };
    pieces.push({ start: found.index, end: span.end, ...own });
    SEAM.lastIndex = Math.max(SEAM.lastIndex, head.at);
  }
  return inTime(masked, firstFirst(masked, beforehand(masked, pieces)));
}

/** "Merge it or close the other one": one of two, each with what it is done to. */
function isEither(
  seam: string,
  { head, sentence, from }: { readonly head: Head; readonly sentence: string; readonly from: number },
): boolean {
  if (!/\bor$/i.test(seam) || head.form !== 'task') return false;
  const [, next = ''] = /^\S+\s+(\S+)/.exec(sentence.slice(head.at, head.at + 120)) ?? [];
  const isWorkedOn = OPENERS.has(next.toLowerCase()) || /^(?:[#\dq]|\p{Lu})/u.test(next);
  return isWorkedOn && /^\s*\S+\s+\S/.test(sentence.slice(from, head.at).replace(/\bor\s*$/i, ''));
}

/** Past a word that says how two things stand in time, but not past "after that". */
function startOf(seam: string, sentence: string, at: number): number {
  const isSkipped =
    SKIPPED.test(seam) && !/^\s+(?:that|this|which)\b/i.test(sentence.slice(at + seam.length));
  return isSkipped ? at + seam.length : at;
}

/** "this before doing that" */
function turned(seam: string, head: Head): Head {
  return head.form === 'doing' && /before/i.test(seam) ? { ...head, isAfter: true } : head;
}

/** "before you do this, that": that comes first. */
function beforehand(masked: string, pieces: readonly Piece[]): readonly Piece[] {
  const [first, ...others] = pieces;
  const found = first && match(BEFORE_DOING, masked.slice(0, first.end), first.start);
  if (first === undefined || found === undefined) return pieces;
  const later = readHead(masked, found.end);
  const isAsked = later.form === 'task' || later.form === 'doing' || / (?:you|i|we)\s+$/i.test(found.text);
  const comma = masked.indexOf(',', found.end);
  const isWhole = comma === -1 || comma >= first.end;
  if (!isAsked || (isWhole && others.length === 0)) return pieces;
  const { isAlternative } = first;
  const last = {
    start: later.at,
    end: isWhole ? first.end : comma,
    head: { ...later, isAfter: true },
    isAlternative,
  };
  const head = readHead(masked.slice(0, first.end), comma + 1);
  const own = isWhole ? [] : [{ start: comma + 1, end: first.end, head, isAlternative }];
  return [...own, ...others, last];
}

/** "this, but first that" and "this, but that first" */
function firstFirst(masked: string, pieces: readonly Piece[]): readonly Piece[] {
  const at = pieces.findIndex(
    ({ start, end, head }, index) =>
      index > 0 &&
      head.form !== 'part' &&
      !head.isAfter &&
      (head.isFirst || LAST_FIRST.test(masked.slice(Math.max(start, end - 20), end))),
  );
  const [before, first] = [pieces[at - 1], pieces[at]];
  if (before === undefined || first === undefined) return pieces;
  const now: Piece = { ...first, head: { ...first.head, isFirst: false, isAfter: before.head.isAfter } };
  const later: Piece = { ...before, head: { ...before.head, isAfter: true } };
  return [...pieces.slice(0, at - 1), now, later, ...pieces.slice(at + 1)];
}

/** "this after doing that" and "after doing that, this": that comes first. */
function inTime(masked: string, pieces: readonly Piece[]): readonly Piece[] {
  const [first, second] = pieces;
  if (
    first !== undefined &&
    second !== undefined &&
    DOING_FIRST.test(masked.slice(first.start, first.end).trim())
  )
    return [first, { ...second, head: { ...second.head, isAfter: true } }, ...pieces.slice(2)];
  const at = pieces.findIndex(
    ({ start, head }, index) =>
      index > 0 && head.form === 'doing' && AFTER_DOING.test(masked.slice(start, head.at)),
  );
  const [before, after] = [pieces[at - 1], pieces[at]];
  if (before === undefined || after === undefined) return pieces;
  const later: Piece = { ...before, head: { ...before.head, isAfter: true } };
  return [...pieces.slice(0, at - 1), after, later, ...pieces.slice(at + 1)];
}

/** What comes after something ("once it is there, …", "for the second one, …") begins where that ends. */
function headOf(sentence: string, from: number, isFirst = false): Head {
  const head = readHead(sentence, from);
  if (head.form === 'task' || head.form === 'need') return head;
  const found = match(SUBORDINATE, sentence, head.at);
  if (found === undefined) return head;
  // "After doing that, …", with nothing before it, asks for that, too.
  if (isFirst && DOING_FIRST.test(found.text)) return readHead(sentence, head.at + found.text.indexOf(' '));
  const main = readHead(sentence, found.end);
  if (main.form === 'part') return head;
  return {
    ...main,
    isAfter: main.isAfter || head.isAfter || /^(?:after|once|when|upon|as soon as)\b/i.test(found.text),
    isAlso: main.isAlso || head.isAlso || /^if\b/i.test(found.text),
  };
}

function match(pattern: RegExp, text: string, at: number): { text: string; end: number } | undefined {
  pattern.lastIndex = at;
  const found = pattern.exec(text);
  return found === null ? undefined : { text: found[0], end: pattern.lastIndex };
}

function isSeam(words: string, head: Head, before: Head): boolean {
  const joins =
    /\b(?:and|plus|then|but|as well as|(?:along|together) with|alongside|^with|^against)\b|&|\+/i.test(words);
  switch (head.form) {
    case 'task':
      return joins || /^[,;]/.test(words);
    case 'doing':
      return joins || /while|before|after/i.test(words) || before.form === 'doing';
    case 'question':
      return joins;
    case 'need':
      return true;
    case 'maybe':
      return joins || /^(?:task|maybe)$/.test(before.form);
    case 'part':
      return joins && !/^[,;]\s*$/.test(words);
  }
}

/** Also where something forbidden begins or ends: "it must not be closed, list tasks". */
function isCut(
  seam: string,
  {
    sentence,
    at,
    head,
    last,
  }: { readonly sentence: string; readonly at: number; readonly head: Head; readonly last: Piece },
): boolean {
  if (isSeam(seam, head, last.head) || forbids(sentence, at)) return true;
  return head.form === 'maybe' && forbids(sentence, last.start);
}

function toClause(
  text: string,
  masked: string,
  piece: Piece & { readonly sentence: number; readonly isFirst: boolean },
): Clause {
  const { head, sentence } = piece;
  const own = text.slice(piece.start, piece.end).replace(/^[\s,;]+|[\s,;]+$/g, '');
  const whole = masked.slice(piece.start, piece.end);
  const rest = masked.slice(head.at, piece.end);
  return {
    text: own,
    masked: whole,
    sentence,
    form: formOf(piece, own, rest),
    ...(head.verb === undefined ? {} : { verb: head.verb }),
    isAfter: head.isAfter || LAST_WORDS.test(own),
    isAlso: head.isAlso,
    isFirst: head.isFirst,
    isLast: head.isLast,
    isWish: head.isWish,
    isForbidden: forbids(masked.slice(0, piece.end), piece.start),
    isPassedOver: false,
    isAlternative: piece.isAlternative,
    tie: CONDITIONAL.test(whole) ? 'object' : tieOf(rest),
    isEach: false,
  };
}

function formOf(
  { head, isFirst }: Piece & { readonly isFirst: boolean },
  own: string,
  rest: string,
): Clause['form'] {
  if (head.form === 'maybe') return isFirst || head.isAfter || head.isAlso ? 'task' : 'maybe';
  if (head.form !== 'part') return head.form;
  if (isFirst && /\?\s*["')\]]*$/.test(own)) return 'question';
  return (isFirst ? STATEMENT : TELLING).test(rest) ? 'statement' : 'part';
}
