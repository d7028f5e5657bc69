import type { Catalogue } from './catalogue.ts';
import type { QueryTerm } from './query.ts';
import type { RouteTerm } from './route.ts';
import type { Scoring } from './scoring.ts';
import { FIELDS } from './tuning.ts';
import type { Tuning } from './tuning.ts';

interface Look {
  readonly catalogue: Catalogue;
  readonly scoring: Scoring;
  readonly terms: readonly QueryTerm[];
  readonly tuning: Tuning;
  /** Likeness to what was confirmed for the tool. */
  readonly learned: number;
}

/** What of a query speaks for one tool, the strongest first; the shares of all that does add up to 1. */
export function explain(
  { catalogue, scoring, terms, tuning, learned }: Look,
  tool: number,
): readonly RouteTerm[] {
  const reading = catalogue.numbered.tools.all[tool];
  if (reading === undefined) return [];
  // Other queries may have been routed since.
  scoring.score(terms);
  const found = new Map<string, RouteTerm>();
  const put = (term: string, field: string, weight: number) => {
    const key = `${field} ${term}`;
    if (weight > 0) found.set(key, { term, field, weight: weight + (found.get(key)?.weight ?? 0) });
  };
  const nameBoost = 1 + tuning.name * (scoring.names[tool] ?? 0);
  const { cues, worth } = scoring.cues(catalogue.tools, terms);
  for (const cue of cues) {
    for (const [field, impact] of catalogue.tools.shares(reading.vector, cue.term))
      put(cue.word, FIELDS[field] ?? '', (nameBoost * cue.weight * impact) / worth);
  }
  const { document } = reading;
  const example = Math.max(learned, scoring.examples[tool] ?? 0);
  const pieces = terms.map(({ word, weight }) => weight * catalogue.grams.common(word, reading.grams));
  const common = pieces.reduce((sum, each) => sum + each, 0);
  terms.forEach(({ word }, at) => {
    put(word, 'spelling', (tuning.gram * (scoring.grams[tool] ?? 0) * (pieces[at] ?? 0)) / (common || 1));
  });
  const home = catalogue.serverOf[tool] ?? 0;
  put(document.server, 'server', tuning.server * (scoring.servers[home] ?? 0));
  put(document.server, 'its other tools', tuning.cohesion * (scoring.best[home] ?? 0));
  if (example > tuning.exampleGate) put(document.tool, 'examples', tuning.example * example);
  const all = [...found.values()];
  const sum = all.reduce((whole, { weight }) => whole + weight, 0);
  return all
    .map(({ term, field, weight }) => ({ term, field, weight: weight / sum }))
    .toSorted((a, b) => b.weight - a.weight || (`${a.field} ${a.term}` < `${b.field} ${b.term}` ? -1 : 1));
}
