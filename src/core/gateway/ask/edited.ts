import type { Json } from '../../kernel/json.ts';
import { canonicalJson } from '../../kernel/json.ts';
import { needsOf, wavesOf } from '../plan/order.ts';
import type { Plan, PlannedCall } from '../plan/plan.ts';

/** Ids of the calls that are as they were, with all that they need. Plans that come here have no circles. */
export function unchangedIn(edited: Plan, old: Plan): ReadonlySet<string> {
  const before = new Map(old.calls.map((call) => [call.id, textOf(call)]));
  const same = new Set<string>();
  for (const wave of wavesOf(edited))
    for (const call of wave)
      if (before.get(call.id) === textOf(call) && needsOf(call).every((id) => same.has(id)))
        same.add(call.id);
  return same;
}

/** Whether `b` asks for exactly what `a` does. Its question may be left out. */
export function isSamePlan(a: Plan, b: Plan): boolean {
  if (b.query !== undefined && b.query !== a.query) return false;
  const others: unknown = b.calls;
  if (!Array.isArray(others) || others.length !== a.calls.length) return false;
  return a.calls.every((call, at) => textOf(call) === textOf(others[at] as PlannedCall));
}

function textOf(call: PlannedCall): string {
  return canonicalJson(JSON.parse(JSON.stringify(call)) as Json);
}
