import { TuttiError } from '../kernel/errors.ts';
import type { AuditEntry } from '../ports/audit.ts';
import type { Digest } from '../ports/digest.ts';
import { waitingAnywhere } from './elsewhere.ts';
import type { Held } from './elsewhere.ts';
import { brokenError } from './held.ts';
import { SEPARATOR } from './names.ts';
import type { GatewayParts } from './parts.ts';
import type { Pinnable } from './pinboard.ts';
import type { Station } from './station.ts';
import type { Stations } from './stations.ts';

interface Chosen {
  readonly station: Station;
  readonly items: readonly Pinnable[];
}

/**
 * Pins what is held, as it is now: of every server, of one, or one thing as `server__tool`. Returns the names of what was pinned.
 *
 * @throws TuttiError `tool/not-found` for what is no server and nothing that one was seen to offer, `tool/held` where the server itself is held.
 */
export async function approvePins(
  stations: Stations,
  what: string | undefined,
  approve: {
    readonly by: string;
    /** Hashes of what was seen: everything else stays held. Absent: as it is now. */
    readonly shown: readonly string[] | undefined;
    readonly audit: (entry: AuditEntry) => void;
    readonly parts: Pick<GatewayParts, 'store' | 'clock' | 'digest'>;
  },
): Promise<readonly string[]> {
  await stations.readPins();
  const { clock, digest, store } = approve.parts;
  const waiting = await waitingAnywhere(stations, approve.parts);
  const shown = approve.shown && new Set(approve.shown);
  const pinned: string[] = [];
  for (const { station, items: chosen } of choose(stations, { what, waiting })) {
    const items = chosen.filter((item) => shown?.has(heldHash(station.name, item, digest)) !== false);
    await stations.board.pin(station.name, items, approve.by);
    const over = items.map(({ kind, name, hash }) => ({ server: station.name, kind, name, hash }));
    await store.pins.setWaiting([], over);
    station.standing.rejudge();
    station.look();
    pinned.push(...items.map((item) => nameOf(station, item)));
    if (items.length > 0)
      approve.audit({
        at: clock.now(),
        owner: 'tutti',
        kind: 'pin',
        fields: {
          server: station.name,
          by: approve.by,
          pinned: items.map(({ kind, name, hash }) => ({ kind, name, hash })),
        },
      });
  }
  return pinned;
}

/** What somebody sees who looks at something held: never that of another server, which may show the same. */
export function heldHash(server: string, { kind, name, hash }: Pinnable, digest: Digest): string {
  return digest(JSON.stringify([server, kind, name, hash]));
}

function choose(
  stations: Stations,
  {
    what,
    waiting,
  }: { readonly what: string | undefined; readonly waiting: ReadonlyMap<Station, readonly Held[]> },
): readonly Chosen[] {
  const heldOf = (station: Station) => waiting.get(station) ?? [];
  if (what === undefined) return stations.all.map((station) => ({ station, items: heldOf(station) }));
  const station = stations.byName(what);
  if (station !== undefined) return [{ station, items: heldOf(station) }];
  const exposed = stations.assembly.byName.get(what);
  for (const each of stations.all) {
    const held = heldOf(each);
    const free = each.standing
      .pinnables()
      .filter(({ kind, name }) => !held.some((item) => item.kind === kind && item.name === name));
    const items = [...held, ...free].filter((item) =>
      isMeant(each, item, { what, exposed: exposed?.tool.name }),
    );
    if (items.length > 0 && (exposed === undefined || exposed.server.name === each.name))
      return [{ station: each, items }];
  }
  const broken = stations.settings.broken.find(
    (each) => what === each.name || what.startsWith(`${each.name}${SEPARATOR}`),
  );
  if (broken !== undefined) throw brokenError(broken);
  const unasked = stations.all.find(
    ({ name, standing }) => standing.held !== undefined && what.startsWith(`${name}${SEPARATOR}`),
  );
  if (unasked !== undefined) throw unaskedError(unasked.name, what);
  throw new TuttiError(
    'tool/not-found',
    `There is no server ${JSON.stringify(what)}, and none was seen to offer a tool or prompt of that name. Name a server, or one tool as server__tool; \`tutti lock diff\` lists what is held.`,
  );
}

/** What a server offers is known only once it may be reached. */
function unaskedError(server: string, what: string): TuttiError {
  return new TuttiError(
    'tool/held',
    `The server ${server} is held itself, so it was not asked yet what it offers, and ${JSON.stringify(what)} cannot be approved. Approve the server first: \`tutti lock diff\`, then \`tutti lock approve ${server}\`. What it offers can be approved after that.`,
  );
}

function isMeant(
  station: Station,
  item: Pinnable,
  { what, exposed }: { readonly what: string; readonly exposed: string | undefined },
): boolean {
  if (item.kind === 'instructions') return what === `${station.name}__`;
  return what === `${station.name}__${item.name}` || item.name === exposed;
}

function nameOf(station: Station, { kind, name }: Pinnable): string {
  if (kind === 'server') return station.name;
  return `${station.name}__${name}`;
}
