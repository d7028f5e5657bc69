import type { CatalogEntry } from './catalog.ts';
import { brokenError, heldError } from './held.ts';
import { SEPARATOR } from './names.ts';
import type { BrokenServer } from './settings.ts';
import type { Station } from './station.ts';
import type { Stations } from './stations.ts';

/** How often a tool is looked for anew while its server is replaced by another one. */
const MAX_LOOKS = 100;

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
  for (let looks = 1; ; looks += 1) {
    const suspects = suspectsFor(stations, name);
    const attempts = await lookAt(stations, { name, suspects, signal });
    signal?.throwIfAborted();
    const found = stations.assembly.byName.get(name);
    if (found !== undefined) return found;
    // New settings may have come meanwhile: then other servers stand for the name, which nobody asked yet.
    const isSettled = suspectsFor(stations, name).every((each) => suspects.includes(each));
    if (!isSettled && looks < MAX_LOOKS) continue;
    explainBroken(stations, name);
    explainAbsence(suspects, attempts);
    return undefined;
  }
}

async function lookAt(
  stations: Stations,
  about: {
    readonly name: string;
    readonly suspects: readonly Station[];
    readonly signal: AbortSignal | undefined;
  },
): Promise<readonly PromiseSettledResult<void>[]> {
  const { name, suspects, signal } = about;
  if (stations.assembly.byName.get(name)?.held !== undefined || suspects.some(isHeld))
    await stations.rereadPins();
  const stale = suspects.filter((station) => !station.isFresh && !isHeld(station));
  return Promise.allSettled(stale.map(async (station) => station.refresh(signal)));
}

/** The server whose tools begin like this name, where it cannot be used as it is written. */
export function brokenOwner({ settings }: Stations, name: string): BrokenServer | undefined {
  return settings.broken.find((each) => name.startsWith(`${each.name}${SEPARATOR}`));
}

function explainBroken(stations: Stations, name: string): void {
  const broken = brokenOwner(stations, name);
  if (broken !== undefined) throw brokenError(broken);
}

/** Servers that may offer a tool that none was seen to offer. */
export function possibleOwners(stations: Stations, name: string): readonly Station[] {
  const prefixed = stations.all.filter((each) => name.startsWith(`${each.name}${SEPARATOR}`));
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

/** Throws the reason, where the one server that the name speaks of is held, or was never seen and there is one. */
function explainAbsence(suspects: readonly Station[], looks: readonly PromiseSettledResult<void>[]): void {
  const [only, ...others] = suspects;
  if (only === undefined || others.length > 0) return;
  if (only.standing.held !== undefined) throw heldError(only.name, only.standing.held);
  if (only.standing.isSeen) return;
  const failed = looks.find((each) => each.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
