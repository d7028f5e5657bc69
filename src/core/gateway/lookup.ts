import type { CatalogEntry } from './catalog.ts';
import { heldError } from './held.ts';
import type { Station } from './station.ts';
import type { Stations } from './stations.ts';

/**
 * The tool of a name as it is now: its server is listed first when what is known of it may no longer hold.
 *
 * @throws TuttiError why the server that the name speaks of could not be asked, where it was never seen.
 */
export async function lookUp(
  stations: Stations,
  name: string,
  signal?: AbortSignal,
): Promise<CatalogEntry | undefined> {
  await stations.ready();
  const suspects = suspectsFor(stations, name);
  if (stations.assembly.byName.get(name)?.held !== undefined || suspects.some(isHeld))
    await stations.rereadPins();
  const stale = suspects.filter((station) => !station.isFresh && !isHeld(station));
  const looks = await Promise.allSettled(stale.map(async (station) => station.refresh(signal)));
  signal?.throwIfAborted();
  const found = stations.assembly.byName.get(name);
  if (found === undefined) explainAbsence(suspects, looks);
  return found;
}

/** Servers that may offer a tool that none was seen to offer. */
export function possibleOwners(stations: Stations, name: string): readonly Station[] {
  const prefixed = stations.all.filter((each) => name.startsWith(`${each.name}__`));
  if (prefixed.length > 0) return prefixed;
  return stations.all.filter(
    ({ standing: { settings } }) =>
      !settings.prefix || Object.values(settings.tools).some(({ group }) => group === name),
  );
}

function suspectsFor(stations: Stations, name: string): readonly Station[] {
  const entry = stations.assembly.byName.get(name);
  const owner = entry === undefined ? undefined : stations.of(entry.server);
  return owner === undefined ? possibleOwners(stations, name) : [owner];
}

function isHeld({ standing }: Station): boolean {
  return standing.held !== undefined;
}

/** Throws the reason, where the one server that the name speaks of was never seen and there is one. */
function explainAbsence(suspects: readonly Station[], looks: readonly PromiseSettledResult<void>[]): void {
  const [only, ...others] = suspects;
  if (only === undefined || others.length > 0 || only.standing.isSeen) return;
  if (only.standing.held !== undefined) throw heldError(only.name, only.standing.held);
  const failed = looks.find((each) => each.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
