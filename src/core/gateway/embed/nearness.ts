import type { Embedder } from '../../ports/embedder.ts';
import type { CatalogEntry } from '../catalog.ts';
import type { GatewayParts } from '../parts.ts';
import type { Routing } from '../route/route.ts';
import { textsRouted } from './asked-texts.ts';
import { fused } from './fusion.ts';
import { createQueryVectors } from './query-vectors.ts';
import type { AskedFor } from './query-vectors.ts';
import { createToolVectors } from './tool-vectors.ts';

/** How near the words of a question are to tools by what they mean. */
export interface Nearness {
  /** A routing that goes by what the texts mean as well which `work` has routed; the routing itself where that is not known, or not in time. */
  over(routing: Routing, work: (routing: Routing) => unknown, asked: AskedFor): Promise<Routing>;
  /** Looks at the catalogue as it is now, in the background, where somebody looks for tools. */
  follow(): void;
  /** Somebody is going to look for tools. */
  expect(): void;
  close(): void;
}

export function createNearness(
  embedder: Embedder,
  parts: GatewayParts,
  entries: () => readonly CatalogEntry[],
): Nearness {
  const queryVectors = createQueryVectors(embedder, parts);
  const tools = createToolVectors(embedder, parts, { entries, onChange: () => queryVectors.forget() });
  // Most commands answer once and look for no tool: they pay for no vectors.
  let isWanted = false;
  return {
    over: async (routing, work, asked) => {
      tools.follow();
      if (!tools.isBegun) return routing;
      const queries = await queryVectors.of(textsRouted(routing, work), asked);
      const [any] = queries.values();
      if (any === undefined) return routing;
      tools.expect(any.length);
      return fused(routing, { queries, vectorOf: (document) => tools.of(document) });
    },
    follow: () => {
      if (isWanted) tools.follow();
    },
    expect: () => {
      isWanted = true;
      tools.follow();
    },
    close: () => tools.close(),
  };
}
