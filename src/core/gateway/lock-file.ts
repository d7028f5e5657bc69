import type { JsonObject } from '../kernel/json.ts';
import type { PinKind } from '../ports/pins.ts';
import type { LockedServer } from './lock.ts';
import { toLockFile } from './lock.ts';
import type { Agreement, Pinboard } from './pinboard.ts';
import type { Station } from './station.ts';
import type { Stations } from './stations.ts';

/** Everything that was agreed to about the servers of the settings. What looks dangerous and nobody approved stays out. */
export function writeLock(stations: Stations, workflows: Readonly<Record<string, string>>): JsonObject {
  const servers = stations.settings.servers.flatMap(({ name }): [string, LockedServer][] => {
    const server = lockedServer(name, stations.board, stations.byName(name));
    return server === undefined ? [] : [[name, server]];
  });
  return toLockFile({ servers: Object.fromEntries(servers), workflows });
}

function lockedServer(name: string, board: Pinboard, station: Station | undefined): LockedServer | undefined {
  const servers = board.lock?.servers ?? {};
  const before = Object.hasOwn(servers, name) ? servers[name] : undefined;
  const agreement = board.agreed(name, 'server', '');
  const launch = agreement && launchOf(agreement, before, station);
  if (agreement === undefined || launch === undefined) return undefined;
  const suspicious = new Set(
    station?.standing
      .heldItems()
      .flatMap((each) => (each.reason === 'suspicious' ? `${each.kind}:${each.name}` : [])),
  );
  const hashes = (kind: PinKind, more: readonly string[]) => {
    const pinned = board.of(name).flatMap((pin) => (pin.kind === kind ? pin.name : []));
    const agreed = [...new Set([...pinned, ...more])].flatMap((each): [string, string][] => {
      const hash = board.agreed(name, kind, each)?.hash;
      return hash === undefined || suspicious.has(`${kind}:${each}`) ? [] : [[each, hash]];
    });
    return Object.fromEntries(agreed);
  };
  const instructions = hashes('instructions', before?.instructions === undefined ? [] : [''])[''];
  return {
    launch,
    launchHash: agreement.hash,
    tools: hashes('tool', Object.keys(before?.tools ?? {})),
    prompts: hashes('prompt', Object.keys(before?.prompts ?? {})),
    ...(instructions === undefined ? {} : { instructions }),
  };
}

/** The text behind the hash: from the pin, from the settings, or from the lock file that holds it. */
function launchOf(
  { hash, definition }: Agreement,
  before: LockedServer | undefined,
  station: Station | undefined,
): JsonObject | undefined {
  if (definition !== undefined) return definition;
  if (station?.standing.launch.hash === hash) return station.standing.launch.definition;
  return before?.launchHash === hash ? before.launch : undefined;
}
