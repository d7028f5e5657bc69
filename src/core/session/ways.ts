import type { Fault } from '../kernel/fault.ts';
import type { Place } from '../workflow/definition/faults.ts';
import type { State } from './agent.ts';
import { toAgentFault } from './agent-faults.ts';
import { fallOf } from './transitions.ts';

/** States that nothing leads to, states that nothing leads out of, and guards that are passed by way of ERROR. `places` are those of their links in the index. */
export function checkWays(states: readonly State[], places: ReadonlyMap<string, Place>): Fault[] {
  const fall = fallOf({ states });
  const ways = new Map(states.map(({ name, transitions }) => [name, transitions.map(({ to }) => to)]));
  const [first] = states;
  const reached = new Set([...(first ? [first.name] : []), ...(fall === undefined ? [] : [fall])]);
  for (const name of reached) for (const to of ways.get(name) ?? []) reached.add(to);
  const passed = passedGuards(states, fall);
  return states.flatMap(({ name }): Fault[] => {
    const place = places.get(name);
    if (!place) return [];
    if (!reached.has(name)) {
      const message = `No move leads from ${first?.name ?? 'the first state'} to "${name}".`;
      const fix = `Add "- ${name}" to "# Transitions" of the state before it, or take it off the list.`;
      return [toAgentFault('state/unreachable', place, { message, fix })];
    }
    if (passed.has(name)) {
      const message = `Every state may go to ${fall}, which leads to "${name}" without a guard: those of the others hold nobody back.`;
      const fix = `Write the guard under "# Transitions" of ${fall} too, or take "- ${name}" out there.`;
      return [toAgentFault('state/guard-passed', place, { message, fix })];
    }
    if ((ways.get(name) ?? []).some((to) => to !== name && to !== fall)) return [];
    const message = `No move leads out of "${name}", so a session that comes there stays there.`;
    const fix = `Say under "# Transitions" where it goes on, such as "- ${first?.name ?? 'IDLE'}".`;
    return [toAgentFault('state/no-way-out', place, { message, fix })];
  });
}

/** States that are reached by a guard alone from all others, and without one from the state that all may fall into. */
function passedGuards(states: readonly State[], fall: string | undefined): ReadonlySet<string> {
  const guarded = new Set<string>();
  const [first] = states;
  const free = new Set(first ? [first.name] : []);
  const fallen: string[] = [];
  for (const { name, transitions } of states) {
    for (const { to, when } of transitions) {
      if (name === fall && !when) fallen.push(to);
      // Going round in a state is no way to it.
      if (name !== fall && name !== to) (when ? guarded : free).add(to);
    }
  }
  return new Set(fallen.filter((to) => guarded.has(to) && !free.has(to)));
}
