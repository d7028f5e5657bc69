import type { CatalogEntry } from './catalog.ts';
import { keepFew } from './keep-few.ts';

/** Servers, and tools of one server, that are remembered: configurations and definitions change while we run. */
const MAX_SERVERS = 1_000;
const MAX_TOOLS = 1_000;
/** Share of the newest measurement in what is remembered of a tool's speed. */
const NEWEST = 0.3;
/** What was measured longer ago says nothing of now: otherwise one failure would be held against a server for ever. */
const LATELY_MS = 60_000;

interface Speed {
  readonly ms: number;
  readonly at: number;
}

/** How long calls of each tool took lately. */
export interface Speeds {
  /** In milliseconds; `undefined` when it was not called in the last minute. */
  readonly of: (entry: CatalogEntry) => number | undefined;
  readonly add: (entry: CatalogEntry, ms: number) => void;
}

export function createSpeeds(now: () => number): Speeds {
  /** By server, then by the hash of the tool. */
  const speeds = new Map<string, Map<string, Speed>>();
  const of = (entry: CatalogEntry): number | undefined => {
    const known = speeds.get(entry.server.name)?.get(entry.hash);
    return known !== undefined && now() - known.at < LATELY_MS ? known.ms : undefined;
  };
  return {
    of,
    add: (entry, ms) => {
      const { name } = entry.server;
      let own = speeds.get(name);
      if (own === undefined) {
        keepFew(speeds, MAX_SERVERS);
        speeds.set(name, (own = new Map()));
      }
      if (!own.has(entry.hash)) keepFew(own, MAX_TOOLS);
      const before = of(entry) ?? ms;
      own.set(entry.hash, { ms: before + NEWEST * (ms - before), at: now() });
    },
  };
}
