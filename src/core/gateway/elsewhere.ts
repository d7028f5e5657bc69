import type { Waiting } from '../ports/pins.ts';
import type { CatalogEntry } from './catalog.ts';
import type { HeldItem } from './gateway.ts';
import type { GatewayParts } from './parts.ts';
import type { JudgedAsHeld } from './standing.ts';
import type { Station } from './station.ts';
import type { Stations } from './stations.ts';

/** A process that ended cannot say that something is over. */
const KEPT_MS = 7 * 86_400_000;

/** Something that waits for a person; `seenAt`: another process saw it, and one just started does not. */
export type Held = JudgedAsHeld & { readonly seenAt?: number };

/**
 * What waits for a person, by station: what is held here, and what processes that run hold besides. Of one thing there is one version: the
 * one seen here, else the latest.
 */
export async function waitingAnywhere(
  stations: Stations,
  { store, clock }: Pick<GatewayParts, 'store' | 'clock'>,
): Promise<ReadonlyMap<Station, readonly Held[]>> {
  const recent = await recentlyTold({ store, clock });
  return new Map(stations.all.map((station) => [station, waitingOf(station, recent)]));
}

/** Why a tool is held by a process that runs, whatever is seen of it here. */
export type HeldElsewhere = (entry: CatalogEntry) => HeldItem | undefined;

/** Reads what waits once; each tool is judged when it is asked for, by what is pinned then. */
export async function heldElsewhere(
  stations: Stations,
  parts: Pick<GatewayParts, 'store' | 'clock'>,
): Promise<HeldElsewhere> {
  const recent = await recentlyTold(parts);
  return ({ server, tool }) => {
    const station = stations.of(server);
    const waiting = station === undefined ? [] : waitingOf(station, recent);
    return waiting.find(({ kind, name }) => kind === 'tool' && name === tool.name)?.held;
  };
}

async function recentlyTold({
  store,
  clock,
}: Pick<GatewayParts, 'store' | 'clock'>): Promise<readonly Waiting[]> {
  const known = await store.pins.waiting();
  const oldest = clock.now() - KEPT_MS;
  const old = known.filter(({ at }) => at < oldest);
  if (old.length > 0) await store.pins.setWaiting([], old);
  return known.filter(({ at }) => at >= oldest);
}

function waitingOf({ name, standing }: Station, known: readonly Waiting[]): readonly Held[] {
  const found = new Map<string, Held>(standing.waiting().map((item) => [keyOf(item), item]));
  for (const each of known.toReversed()) {
    const item = each.server === name ? standing.judgeElsewhere(each) : undefined;
    if (item !== undefined && !found.has(keyOf(item))) found.set(keyOf(item), { ...item, seenAt: each.at });
  }
  return [...found.values()];
}

function keyOf({ kind, name }: JudgedAsHeld): string {
  return `${kind}:${name}`;
}
