import type { Caller } from '../kernel/caller.ts';
import type { CatalogEntry, Connections } from './catalog.ts';
import type { Circuits } from './circuits.ts';

export interface RankingMeans {
  readonly circuits: Pick<Circuits, 'state' | 'speed'>;
  readonly connections: Connections;
  readonly caller: Caller;
}

/** The cheapest first, then the fastest lately; those whose servers are down or left alone come last. */
export function ranked(entries: readonly CatalogEntry[], means: RankingMeans): readonly CatalogEntry[] {
  return entries
    .map((entry) => ({
      entry,
      down: isDown(entry, means) ? 1 : 0,
      cost: entry.settings.costMicros ?? entry.server.costMicros,
      speed: means.circuits.speed(entry) ?? 0,
    }))
    .toSorted((a, b) => a.down - b.down || a.cost - b.cost || a.speed - b.speed)
    .map(({ entry }) => entry);
}

/** Whether its server cannot be reached, as far as is known. */
export function isDown({ server }: CatalogEntry, { circuits, connections, caller }: RankingMeans): boolean {
  return circuits.state(server) === 'open' || connections.of(server, caller).health().status === 'down';
}
