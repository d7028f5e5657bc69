import { isCacheable, isEgress, isSensitive, isVouchedRead } from '../policy/risk.ts';
import type { Catalog, CatalogEntry } from './catalog.ts';

/** What follows from a tool's definition and settings alone. */
interface Traits {
  readonly isCacheable: boolean;
  readonly isEgress: boolean;
  readonly isSensitive: boolean;
  /** It only reads, and not by its own words alone: may be sent again where nobody knows what became of it. */
  readonly isVouchedRead: boolean;
}

const known = new WeakMap<CatalogEntry, Traits>();

/** Whether it may be made again after nobody knows what became of it. */
export function isRepeatable(entry: CatalogEntry): boolean {
  const { server, tool } = entry;
  return traitsOf(entry).isVouchedRead || (server.trusted && tool.annotations?.['idempotentHint'] === true);
}

/** Whether the settings say that what a tool returned is to be kept in the house. */
export function isFromSensitive(
  catalog: Catalog,
  from: { readonly server: string; readonly tool: string },
): boolean {
  return catalog
    .entries()
    .some(
      ({ server, tool, settings }) =>
        server.name === from.server && tool.name === from.tool && isSensitive(settings),
    );
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
    isVouchedRead: isVouchedRead(tool, server, settings),
  };
  known.set(entry, traits);
  return traits;
}
