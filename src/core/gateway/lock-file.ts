import type { JsonObject } from '../kernel/json.ts';
import type { LockedServer } from './lock.ts';
import { toLockFile } from './lock.ts';
import type { PinKind } from '../ports/pins.ts';
import type { Stations } from './stations.ts';

/** Everything that was agreed to about the servers of the settings. What looks dangerous and nobody approved stays out. */
export function writeLock(stations: Stations, workflows: Readonly<Record<string, string>>): JsonObject {
  const servers = stations.settings.servers.flatMap(({ name }): [string, LockedServer][] => {
    const server = lockedServer(stations, name);
    return server === undefined ? [] : [[name, server]];
  });
  return toLockFile({ servers: Object.fromEntries(servers), workflows });
}

function lockedServer(stations: Stations, name: string): LockedServer | undefined {
  const { board } = stations;
  const launch = board.agreed(name, 'server', '');
  const station = stations.byName(name);
  const before = board.lock?.servers;
  const locked = before !== undefined && Object.hasOwn(before, name) ? before[name] : undefined;
  const definition = [
    launch?.definition,
    station?.launch.hash === launch?.hash ? station?.launch.definition : undefined,
    locked?.launchHash === launch?.hash ? locked?.launch : undefined,
  ].find((each) => each !== undefined);
  if (launch === undefined || definition === undefined) return undefined;
  const suspicious = new Set(
    (station?.heldItems() ?? []).filter(({ reason }) => reason === 'suspicious').map((each) => `${each.kind}:${each.name}`),
  );
  const hashes = (kind: PinKind, more: Readonly<Record<string, string>>): [string, string][] => {
    const pinned = board.of(name).filter((pin) => pin.kind === kind);
    return [...new Set([...pinned.map((pin) => pin.name), ...Object.keys(more)])].flatMap((each) => {
      const agreement = board.agreed(name, kind, each);
      return agreement === undefined || suspicious.has(`${kind}:${each}`) ? [] : [[each, agreement.hash]];
    });
  };
  const instructions = board.agreed(name, 'instructions', '');
  return {
    launch: definition,
    launchHash: launch.hash,
    tools: Object.fromEntries(hashes('tool', locked?.tools ?? {})),
    prompts: Object.fromEntries(hashes('prompt', locked?.prompts ?? {})),
    ...(instructions === undefined || suspicious.has('instructions:') ? {} : { instructions: instructions.hash }),
  };
}
