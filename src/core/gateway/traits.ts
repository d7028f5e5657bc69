import { isCacheable, isEgress, isSensitive } from '../policy/risk.ts';
import type { CatalogEntry } from './catalog.ts';

/** What follows from a tool's definition and settings alone. */
interface Traits {
  readonly isCacheable: boolean;
  readonly isEgress: boolean;
  readonly isSensitive: boolean;
}

const known = new WeakMap<CatalogEntry, Traits>();

/** Whether it may be made again after nobody knows what became of it. */
export function isRepeatable({ risk, server, tool }: CatalogEntry): boolean {
  return risk === 'read' || (server.trusted && tool.annotations?.['idempotentHint'] === true);
}

/** Found out once for each entry: words are not looked at on the path of every call. */
export function traitsOf(entry: CatalogEntry): Traits {
  const before = known.get(entry);
  if (before !== undefined) return before;
  const { tool, server, settings, risk } = entry;
  const traits = {
    isCacheable: isCacheable(tool, server, { settings, risk }),
    isEgress: isEgress(tool, settings, risk),
    isSensitive: isSensitive(settings),
  };
  known.set(entry, traits);
  return traits;
}
