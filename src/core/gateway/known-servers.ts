import { TuttiError } from '../kernel/errors.ts';
import { cleanText } from '../policy/clean.ts';
import type { ServerView } from './gateway.ts';
import { nearestNames } from './nearest.ts';

const SHOWN = 10;
const NAME_LENGTH = 100;

type Named = Pick<ServerView, 'name'>;

/**
 * @param servers - All that are there for whoever asks.
 * @throws TuttiError `tool/not-found` for the first one wanted that is none of them.
 */
export function checkServers(wanted: readonly string[], servers: readonly Named[]): void {
  const strange = wanted.find((each) => servers.every(({ name }) => name !== each));
  if (strange !== undefined) throw noSuchServer(strange, servers);
}

/** Names those there are, the nearest first. */
export function noSuchServer(name: string, servers: readonly Named[]): TuttiError {
  const names = servers.map((each) => each.name);
  const nearest = nearestNames(name, names);
  const ordered = [...new Set([...nearest, ...names])];
  const more = ordered.length - SHOWN;
  const shown = ordered.slice(0, SHOWN).join(', ') || 'none';
  const rest = more > 0 ? ` and ${more} more, which list_servers names` : '';
  return new TuttiError(
    'tool/not-found',
    `There is no server ${JSON.stringify(cleanText(name, NAME_LENGTH))}; there are: ${shown}${rest}.`,
    { data: { nearest } },
  );
}
