import { excludedIn } from '../plan/excluded.ts';
import type { AskContext } from './context.ts';
import { seenBut } from './tools.ts';

/** "In the slack server" is slack. */
const NAME =
  /^(?:(?:in|on|from|at|via|through|with|by|using|to|of)\s+)?(?:the\s+)?(?<name>\S.*?)(?:\s+(?:server|one))?$/iu;

/** The context without the servers that a question turns away: "but not in teams". */
export function withoutTurnedAway(query: string, context: AskContext): AskContext {
  const { tools } = context;
  const names = new Set(
    excludedIn(query).flatMap(({ thing, end }) => {
      const name = NAME.exec(query.slice(thing, end))?.groups?.['name'];
      return name === undefined ? [] : [name.toLowerCase()];
    }),
  );
  const isAway = (server: string): boolean => names.has(server.toLowerCase());
  if (![...tools.entries, ...tools.held].some(({ server }) => isAway(server.name))) return context;
  return { ...context, tools: seenBut(tools, ({ server }) => isAway(server.name)) };
}
