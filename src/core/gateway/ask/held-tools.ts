import type { Resolution } from './ask.ts';
import type { AskContext } from './context.ts';
import type { Drafted } from './draft.ts';
import { quoted } from './request.ts';
import { withoutTurnedAway } from './turned-away.ts';
import { bare } from './wishes.ts';

type Came = Drafted | Extract<Resolution, { kind: 'out_of_scope' }>;

/** With what the words would have led to, were it not held. */
export function withHeldTold(query: string, came: Came, context: AskContext): Came {
  const told = heldFor(query, context);
  if (told.length === 0) return came;
  if (!('draft' in came)) return { ...came, message: [came.message, ...told].join(' ') };
  const { draft } = came;
  return { ...came, draft: { ...draft, unanswered: [...draft.unanswered, ...told] } };
}

/** As sentences. Planned once more, as if nothing was held: a piece that only a held tool is there for is none otherwise. */
function heldFor(query: string, asked: AskContext): readonly string[] {
  if (asked.tools.held.length === 0) return [];
  const { tools, desk } = withoutTurnedAway(query, asked);
  const held = new Map(tools.held.map((entry) => [entry.name, entry.server.name]));
  const { plan, routes } = desk
    .planningWithHeld()
    .plan(query, { isVisible: (document) => tools.isVisible(document) || held.has(document.name) });
  return plan.calls.flatMap(({ id, tool = '', intent }) => {
    const server = held.get(tool);
    const route = routes.find(({ call }) => call === id) ?? routes[0];
    if (server === undefined || route?.route.decision === 'refuse') return [];
    return [
      `Held until approved, so it was not called for ${quoted(bare(intent.trim()), 300)}: ${tool}. Review it with \`tutti lock diff\`, then \`tutti lock approve\`.`,
    ];
  });
}
