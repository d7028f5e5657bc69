import type { Routing } from '../route/route.ts';

const MAX_TEXTS = 24;
const MAX_LENGTH = 4_096;

/** What `work` has routed, in its order: routing is pure, so that it can be done once to see what is asked for. */
export function textsRouted(routing: Routing, work: (routing: Routing) => unknown): readonly string[] {
  const texts = new Set<string>();
  work({
    update: (documents) => {
      routing.update(documents);
    },
    route: (query, options) => {
      if (texts.size < MAX_TEXTS && query.trim() !== '' && query.length <= MAX_LENGTH) texts.add(query);
      return routing.route(query, options);
    },
  });
  return [...texts];
}
