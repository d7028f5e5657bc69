import type { Catalogue } from './catalogue.ts';
import { knownShare, valueShare } from './confidence.ts';
import type { Evidence } from './confidence.ts';
import type { Query, QueryTerm } from './query.ts';
import type { Scoring } from './scoring.ts';
import type { Vocabulary } from './vocabulary.ts';

interface Findings {
  readonly catalogue: Catalogue;
  readonly scoring: Scoring;
  /** By tool. */
  readonly totals: Float64Array;
  readonly vocabulary: Vocabulary;
  /** Whether the stem says nothing of what is to be worked on. */
  isGeneric(root: string): boolean;
  /** By the name of the tool. */
  learnedOf(name: string): number;
  readonly exampleGate: number;
}

/** So much strength is a find. */
const FOUND = 0.4;
/** Share of the pieces of words that specific ones must have to count. */
const SPELT_ALIKE = 0.3;

/** What speaks for the best tool, of which the numbers of the best two are given. */
export function evidenceOf(
  query: Query,
  [first, second]: readonly number[],
  findings: Findings,
): Evidence | undefined {
  const { catalogue, scoring, vocabulary } = findings;
  const { lexical, grams, examples, worth } = scoring;
  const document = first === undefined ? undefined : catalogue.numbered.tools.all[first]?.document;
  if (first === undefined || document === undefined) return undefined;
  const example = Math.max(examples[first] ?? 0, findings.learnedOf(document.name));
  // An example says by itself what is meant, and several clauses may well mean several tools.
  const isShown = example > findings.exampleGate;
  const isOneThing = query.clauses.length === 0 && !isShown;
  const strength = ((lexical[first] ?? 0) * worth) / catalogue.tools.rarest;
  return {
    strength,
    grams: grams[first] ?? 0,
    example,
    known: knownShare(query.terms, ({ root }) => catalogue.tools.count(vocabulary.find(root)) > 0),
    values: valueShare(query.terms),
    asked: query.isAsked ? Math.min(1, strength / FOUND) : 0,
    rival: isOneThing ? rivalOf(first, second, findings) : 0,
    isGeneric: !isShown && !isSpecific(query.terms, first, findings),
  };
}

/** What the next best has of the best's score, where it does something else. */
function rivalOf(first: number, second: number | undefined, { catalogue, totals }: Findings): number {
  return second !== undefined && differ(catalogue, first, second)
    ? (totals[second] ?? 0) / (totals[first] ?? 1)
    : 0;
}

/** Whether they say of themselves that they do different things. */
function differ({ numbered: { tools } }: Catalogue, one: number, other: number): boolean {
  const [a, b] = [tools.all[one]?.document, tools.all[other]?.document];
  return a?.tool !== b?.tool || a?.description !== b?.description;
}

/** Whether the tool holds any word of the query that says what is to be worked on, or one spelt much like it. */
function isSpecific(terms: readonly QueryTerm[], tool: number, findings: Findings): boolean {
  const { catalogue, scoring } = findings;
  const reading = catalogue.numbered.tools.all[tool];
  if (reading === undefined) return false;
  const specific = terms.filter(({ root }) => !findings.isGeneric(root));
  if (specific.length === 0) return false;
  const { cues } = scoring.cues(catalogue.tools, specific);
  const held = reading.vector.terms;
  if (cues.some(({ term }) => held.includes(term))) return true;
  const common = (some: readonly QueryTerm[]) =>
    some.reduce((sum, { word, weight }) => sum + weight * catalogue.grams.common(word, reading.grams), 0);
  return common(specific) > SPELT_ALIKE * common(terms);
}
