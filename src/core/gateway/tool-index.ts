import type { Stem } from '../ports/stem.ts';
import type { CatalogEntry } from './catalog.ts';
import { toRouteDocument } from './documents.ts';
import type { Routing } from './route/route.ts';
import { createRouter } from './route/router.ts';

/** The router over what servers offer: made and brought up to date when it is asked for. */
export function createToolIndex(
  stem: Stem,
  entries: () => readonly CatalogEntry[],
  isIn: (entry: CatalogEntry) => boolean,
): () => Routing {
  const router = createRouter(stem);
  let known: readonly CatalogEntry[] | undefined;
  return () => {
    const now = entries();
    if (now !== known) {
      router.update(now.filter((entry) => isIn(entry)).map((entry) => toRouteDocument(entry)));
      known = now;
    }
    return router;
  };
}
