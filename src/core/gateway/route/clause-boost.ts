import type { Query } from './query.ts';
import type { Scoring } from './scoring.ts';

/** How much of the whole query is heard when the best of one of its clauses is looked for. */
const WHOLE = 0.3;
/** Keeps the best of the whole query first. */
const BELOW_FIRST = 0.999;

/** What a query of several clauses asks for besides its best tool: the best of each clause is boosted, to just below it at most. */
export function boostClauses(
  totals: Float64Array,
  query: Query,
  how: {
    readonly scoring: Scoring;
    readonly first: number;
    readonly by: number;
    readonly isVisible: (tool: number) => boolean;
    readonly nameOf: (tool: number) => string;
  },
): void {
  const gains = new Map<number, number>();
  for (const clause of query.clauses) {
    how.scoring.score(clause);
    const best = bestFor(how.scoring.totals, totals, how);
    if (best < 0 || best === how.first) continue;
    gains.set(best, Math.max(gains.get(best) ?? 0, how.scoring.totals[best] ?? 0));
  }
  const ceiling = (totals[how.first] ?? 0) * BELOW_FIRST;
  for (const [tool, gain] of gains) totals[tool] = Math.min(ceiling, (totals[tool] ?? 0) + how.by * gain);
}

function bestFor(
  clause: Float64Array,
  whole: Float64Array,
  { isVisible, nameOf }: Pick<Parameters<typeof boostClauses>[2], 'isVisible' | 'nameOf'>,
): number {
  let best = -1;
  let highest = 0;
  for (let tool = 0; tool < clause.length; tool += 1) {
    const score = clause[tool] ?? 0;
    const heard = score + WHOLE * (whole[tool] ?? 0);
    if (score <= 0 || heard < highest || !isVisible(tool)) continue;
    if (heard === highest && nameOf(tool) > nameOf(best)) continue;
    highest = heard;
    best = tool;
  }
  return best;
}
