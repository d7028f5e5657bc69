import type { Stem } from '../../ports/stem.ts';
import { fullFormOf } from './abbreviations.ts';
import { impliedBy } from './implied.ts';
import { addressesIn, clauseStartsIn, contextIn, inside, quotedIn } from './spans.ts';
import { isWeak } from './stop-words.ts';
import type { Tuning } from './tuning.ts';
import { RUN, isStop, joinedOf, plain, splitToken } from './words.ts';

/** One word of a query, once. */
export interface QueryTerm {
  readonly word: string;
  readonly root: string;
  readonly weight: number;
  /** Names what is to be worked on rather than the work. */
  readonly isValue: boolean;
}

export interface Query {
  readonly terms: readonly QueryTerm[];
  /** Two or more, or none. */
  readonly clauses: readonly (readonly QueryTerm[])[];
  /** Somebody says that he wants it. */
  readonly isAsked: boolean;
}

/** What queries are read by. */
export interface Reference {
  readonly stem: Stem;
  /** Whether a tool holds this word as it stands. */
  holds(word: string): boolean;
}

const MAX_LENGTH = 4_096;
const MAX_TERMS = 192;
const MAX_CLAUSES = 8;
const CLAUSE_MIN_TERMS = 2;
const NOWHERE = { from: 0, to: 0 };
/** Who speaks of himself or says please wants something done. */
const ASKS = /\b(?:i|me|my|we|us|our|please)\b/i;

interface Token extends QueryTerm {
  readonly clause: number;
  readonly isContext: boolean;
}

/** What a text asks for, word by word. */
export function parseQuery(written: string, language: Reference, tuning: Tuning): Query {
  const text = plain(written.slice(0, MAX_LENGTH)).replaceAll(/[^\S\n]+/g, ' ');
  const tokens = tokensOf(text, language, tuning.words);
  const byClause = new Map<number, Token[]>();
  for (const token of tokens) {
    const list = byClause.get(token.clause);
    if (list === undefined) byClause.set(token.clause, [token]);
    else list.push(token);
  }
  const clauses = [...byClause.values()]
    .filter((clause) => !clause.every(({ isContext }) => isContext))
    .map((clause) => onceEach(clause))
    .filter(({ length }) => length >= CLAUSE_MIN_TERMS);
  return {
    terms: onceEach(tokens),
    clauses: byClause.size > 1 ? clauses.slice(0, MAX_CLAUSES) : [],
    isAsked: ASKS.test(text),
  };
}

function tokensOf(text: string, language: Reference, weights: Tuning['words']): readonly Token[] {
  const addresses = addressesIn(text);
  const isAddress = inside(addresses);
  const isQuoted = inside(quotedIn(text));
  const isContext = inside(contextIn(text));
  const starts = clauseStartsIn(text);
  const tokens: Token[] = [];
  let clause = 0;
  let implied = 0;
  for (const { 0: run, index } of text.matchAll(RUN)) {
    while ((starts[clause] ?? Infinity) <= index) clause += 1;
    const telling = isContext(index);
    for (; (addresses[implied]?.from ?? Infinity) <= index; implied += 1) {
      const weight = weights.implied;
      for (const word of impliedBy(text, addresses[implied] ?? NOWHERE))
        tokens.push({ word, root: language.stem(word), weight, isValue: true, clause, isContext: telling });
    }
    const value = valueOf(run, {
      isAddress: isAddress(index),
      isQuoted: isQuoted(index),
      opens: opensSentence(text, index),
    });
    const weight = weightOf(run, value, weights);
    for (const word of queryPieces(run, language)) {
      if (isStop(word)) continue;
      tokens.push({
        word,
        root: language.stem(word),
        weight: isWeak(word) ? weight * weights.weak : weight,
        isValue: value !== undefined,
        clause,
        isContext: telling,
      });
    }
  }
  return tokens;
}

function weightOf(run: string, value: Value | undefined, weights: Tuning['words']): number {
  // A short form is one word, however many it stands for.
  const share = 1 / (fullFormOf(joinedOf(run))?.length ?? 1);
  return value === undefined || value === 'proper' ? share : share * weights[value];
}

type Value = 'path' | 'number' | 'quote' | 'proper';

function valueOf(
  run: string,
  at: { readonly isAddress: boolean; readonly isQuoted: boolean; readonly opens: boolean },
): Value | undefined {
  if (at.isAddress) return 'path';
  if (/\p{N}/u.test(run)) return 'number';
  if (at.isQuoted) return 'quote';
  return !at.opens && /^\p{Lu}/u.test(run) && fullFormOf(joinedOf(run)) === undefined ? 'proper' : undefined;
}

/** A capital there means nothing. */
function opensSentence(text: string, index: number): boolean {
  return index === 0 || /(?:^|[.?!\n]["')]?\s?)["'(]?$/.test(text.slice(Math.max(0, index - 4), index));
}

/** A name with humps stays whole where it is known so. */
function queryPieces(run: string, language: Reference): readonly string[] {
  const pieces = splitToken(run);
  const whole = joinedOf(run);
  return pieces.length > 1 && language.holds(whole) ? [whole] : pieces;
}

function onceEach(tokens: readonly Token[]): readonly QueryTerm[] {
  const terms = new Map<string, QueryTerm>();
  for (const { word, root, weight, isValue } of tokens) {
    const known = terms.get(word);
    if (known === undefined) {
      if (terms.size < MAX_TERMS) terms.set(word, { word, root, weight, isValue });
    } else if (weight > known.weight || (known.isValue && !isValue)) {
      terms.set(word, {
        word,
        root,
        weight: Math.max(weight, known.weight),
        isValue: known.isValue && isValue,
      });
    }
  }
  return [...terms.values()];
}
