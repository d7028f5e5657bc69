import { TuttiError } from '../../kernel/errors.ts';
import type { Plan, PlannedCall } from './plan.ts';
import { referencesIn } from './references.ts';
import { structureOf } from './structure.ts';

/**
 * The same plan, with what its references imply said in `dependsOn`, and its structure told anew.
 *
 * @throws TuttiError `plan/invalid` where calls wait for one another, or for calls that are not there.
 */
export function withOrder(plan: Plan): Plan {
  const ordered = { ...plan, calls: plan.calls.map((call) => ({ ...call, dependsOn: needsOf(call) })) };
  return { ...ordered, structure: structureOf(wavesOf(ordered).length, plan.calls.length) };
}

/** Ids of the calls that one needs, said or implied, each once. */
export function needsOf(call: PlannedCall): readonly string[] {
  return [...new Set([...call.dependsOn, ...referencesIn(call)])];
}

/**
 * The calls of a plan in groups: those of one need only those of the groups before it. Within a group they keep the order of the plan.
 *
 * @throws TuttiError `plan/invalid` where there is no such order.
 */
export function wavesOf(plan: Plan): readonly (readonly PlannedCall[])[] {
  const waves: PlannedCall[][] = [];
  const done = new Set<string>();
  let open: readonly PlannedCall[] = plan.calls;
  while (open.length > 0) {
    const wave = open.filter((call) => needsOf(call).every((id) => done.has(id)));
    if (wave.length === 0) {
      const stuck = open.map(({ id }) => id).join(', ');
      throw new TuttiError(
        'plan/invalid',
        `The calls ${stuck} wait for one another, or for calls that are not there.`,
      );
    }
    for (const { id } of wave) done.add(id);
    open = open.filter(({ id }) => !done.has(id));
    waves.push(wave);
  }
  return waves;
}

/** The first circle in which calls wait for one another, such as `a → b → a`, each waiting for the next. */
export function circleIn(calls: readonly PlannedCall[]): readonly string[] | undefined {
  const byId = new Map(calls.map((call) => [call.id, call]));
  const seen = new Set<string>();
  const visit = (id: string, way: readonly string[]): readonly string[] | undefined => {
    if (way.includes(id)) return [...way.slice(way.indexOf(id)), id];
    const call = byId.get(id);
    if (call === undefined || seen.has(id)) return undefined;
    seen.add(id);
    for (const need of needsOf(call)) {
      const circle = visit(need, [...way, id]);
      if (circle !== undefined) return circle;
    }
    return undefined;
  };
  for (const { id } of calls) {
    const circle = visit(id, []);
    if (circle !== undefined) return circle;
  }
  return undefined;
}
