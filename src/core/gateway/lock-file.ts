import type { JsonObject } from '../kernel/json.ts';
import type { PinKind } from '../ports/pins.ts';
import type { LockedServer } from './lock.ts';
import { toLockFile } from './lock.ts';
import type { Agreement, Pinboard, Pinnable } from './pinboard.ts';
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
  const agreement = board.agreed(name, 'server', '');
  const launch = agreement && launchOf(agreement, board.lockOf(name), station?.standing.launch);
  if (agreement === undefined || launch === undefined) return undefined;
  const suspicious = (station?.standing.heldItems() ?? []).filter(({ reason }) => reason === 'suspicious');
  const hashes = (kind: PinKind): Readonly<Record<string, string>> => {
    const doubted = new Set(suspicious.flatMap((held) => (held.kind === kind ? held.name : [])));
    return Object.fromEntries([...board.hashes(name, kind)].filter(([each]) => !doubted.has(each)));
  };
  const instructions = hashes('instructions')[''];
  return {
    launch,
    launchHash: agreement.hash,
    tools: hashes('tool'),
    prompts: hashes('prompt'),
    ...(instructions === undefined ? {} : { instructions }),
  };
}

/** The text behind the hash: from the pin, from the settings, or from the lock file that holds it. */
function launchOf(
  { hash, definition }: Agreement,
  before: LockedServer | undefined,
  launch: Pinnable | undefined,
): JsonObject | undefined {
  if (definition !== undefined) return definition;
  if (launch?.hash === hash) return launch.definition;
  return before?.launchHash === hash ? before.launch : undefined;
}
