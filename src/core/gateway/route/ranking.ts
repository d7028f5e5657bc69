import type { Catalogue } from './catalogue.ts';
import type { Tuning } from './tuning.ts';

export interface Ranked {
  /** Numbers of the tools, the best first. */
  readonly tools: readonly number[];
  readonly servers: readonly { readonly server: string; readonly score: number }[];
}

const SERVERS_LOOKED_AT = 50;
const SERVERS = 10;
const TOOLS_OF_A_SERVER = 3;
/** What says less than this share of the best is noise. */
const FLOOR = 0.05;

/** The best first; equal ones in the order of their names. Asks of as few as it can whether they may be seen. */
export function rank(
  catalogue: Catalogue,
  {
    totals,
    servers,
    ...asked
  }: {
    readonly totals: Float64Array;
    readonly servers: Float64Array;
    readonly limit: number;
    readonly isVisible: (tool: number) => boolean;
    readonly tuning: Tuning;
  },
): Ranked {
  const found = bestOf(catalogue, totals, {
    limit: Math.max(asked.limit, SERVERS_LOOKED_AT),
    isVisible: asked.isVisible,
  });
  const floor = FLOOR * (totals[found[0] ?? 0] ?? 0);
  const best = found.filter((tool) => (totals[tool] ?? 0) >= floor);
  const scores = new Map<number, { score: number; tools: number }>();
  for (const tool of best.slice(0, SERVERS_LOOKED_AT)) {
    const server = catalogue.serverOf[tool] ?? 0;
    const known = scores.get(server) ?? { score: asked.tuning.serverOwn * (servers[server] ?? 0), tools: 0 };
    if (known.tools < TOOLS_OF_A_SERVER)
      known.score += (totals[tool] ?? 0) * asked.tuning.serverDecay ** known.tools;
    known.tools += 1;
    scores.set(server, known);
  }
  return {
    tools: best.slice(0, asked.limit),
    servers: [...scores]
      .map(([server, { score }]) => ({ server: catalogue.numbered.servers.all[server]?.server ?? '', score }))
      .toSorted((a, b) => b.score - a.score || (a.server < b.server ? -1 : 1))
      .slice(0, SERVERS),
  };
}

/** Numbers of the best, in order; none whose total is nothing. */
export function bestOf(
  { numbered: { tools } }: Catalogue,
  totals: Float64Array,
  { limit, isVisible }: { readonly limit: number; readonly isVisible: (tool: number) => boolean },
): readonly number[] {
  const nameOf = (tool: number) => tools.all[tool]?.document.name ?? '';
  const precedes = (a: number, b: number) => {
    const gap = (totals[a] ?? 0) - (totals[b] ?? 0);
    return gap > 0 || (gap === 0 && nameOf(a) < nameOf(b));
  };
  const best: number[] = [];
  for (let tool = 0; tool < totals.length; tool += 1) {
    const last = best[limit - 1];
    if ((totals[tool] ?? 0) <= 0 || (last !== undefined && !precedes(tool, last)) || !isVisible(tool))
      continue;
    let low = 0;
    let high = best.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (precedes(tool, best[middle] ?? 0)) high = middle;
      else low = middle + 1;
    }
    best.splice(low, 0, tool);
    if (best.length > limit) best.pop();
  }
  return best;
}
