import type { Fault } from '../kernel/fault.ts';
import type { Place } from '../workflow/definition/faults.ts';
import type { State } from './agent.ts';
import { toAgentFault } from './agent-faults.ts';
import { fallOf } from './transitions.ts';

/** States that nothing leads to, and states that nothing leads out of. `places` are those of their links in the index. */
export function checkWays(states: readonly State[], places: ReadonlyMap<string, Place>): Fault[] {
  const fall = fallOf({ states });
  const ways = new Map(states.map(({ name, transitions }) => [name, transitions.map(({ to }) => to)]));
  const [first] = states;
  const reached = new Set([...(first ? [first.name] : []), ...(fall === undefined ? [] : [fall])]);
  for (const name of reached) for (const to of ways.get(name) ?? []) reached.add(to);
  return states.flatMap(({ name }): Fault[] => {
    const place = places.get(name);
    if (!place) return [];
    if (!reached.has(name)) {
      const message = `No move leads from ${first?.name ?? 'the first state'} to "${name}".`;
      const fix = `Add "- ${name}" to "# Transitions" of the state before it, or take it off the list.`;
      return [toAgentFault('state/unreachable', place, { message, fix })];
    }
    if ((ways.get(name) ?? []).some((to) => to !== name && to !== fall)) return [];
    const message = `No move leads out of "${name}", so a session that comes there stays there.`;
    const fix = `Say under "# Transitions" where it goes on, such as "- ${first?.name ?? 'IDLE'}".`;
    return [toAgentFault('state/no-way-out', place, { message, fix })];
  });
}
