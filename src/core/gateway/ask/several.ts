import { eitherIn, enumerated } from '../plan/arguments/enumerated.ts';
import { withOrder } from '../plan/order.ts';
import { MAX_CALLS } from '../plan/plan.ts';
import type { Plan, PlannedCall } from '../plan/plan.ts';
import { parseReference } from '../plan/references.ts';
import type { FillMeans } from './filling.ts';
import { intentWithAntecedent, namesOf } from './filling.ts';

/** The plan with a call for each of several things that one call names, where its tool takes but one at a time. */
export function spread(plan: Plan, means: FillMeans): Plan {
  const ids = new Set(plan.calls.map(({ id }) => id));
  const made = new Map<string, readonly PlannedCall[]>();
  for (const call of plan.calls) {
    const left = MAX_CALLS - plan.calls.length - [...made.values()].flat().length;
    const texts = isReferredTo(call, plan) ? undefined : severalOf(call, plan, means);
    if (texts === undefined || texts.length > left) continue;
    made.set(
      call.id,
      texts.map((intent, at) => withIntent(call, at === 0 ? call.id : freeId(call.id, ids), intent)),
    );
  }
  if (made.size === 0) return plan;
  const idsOf = (id: string): readonly string[] => made.get(id)?.map((each) => each.id) ?? [id];
  const calls = plan.calls.flatMap((call) => made.get(call.id) ?? [call]);
  return withOrder({
    ...plan,
    calls: calls.map((call) =>
      withNeeds(
        call,
        call.dependsOn.flatMap((id) => idsOf(id)),
      ),
    ),
  });
}

function withIntent(call: PlannedCall, id: string, intent: string): PlannedCall {
  return { ...call, id, intent };
}

function withNeeds(call: PlannedCall, dependsOn: readonly string[]): PlannedCall {
  return { ...call, dependsOn };
}

function severalOf(call: PlannedCall, plan: Plan, means: FillMeans): readonly string[] | undefined {
  const entry = call.tool === undefined ? undefined : means.find(call.tool);
  if (
    entry === undefined ||
    call.arguments !== undefined ||
    call.bind !== undefined ||
    call.forEach !== undefined
  )
    return undefined;
  const text = intentWithAntecedent(call, plan);
  const options = { now: means.now, offsetAt: means.offsetAt, addressees: namesOf(entry) };
  // "This or that" is one of them: both may be read, and neither is changed unasked.
  if (entry.risk !== 'read' && eitherIn(text, entry.tool.inputSchema, options) !== undefined)
    return undefined;
  return enumerated(text, entry.tool.inputSchema, options);
}

/** What another call takes its answer of is one. */
function isReferredTo({ id }: PlannedCall, { calls }: Plan): boolean {
  return calls.some(({ forEach, bind }) =>
    [forEach, ...Object.values(bind ?? {})].some(
      (each) => each !== undefined && parseReference(each).call === id,
    ),
  );
}

/** `a2`, `a3` … */
function freeId(id: string, taken: Set<string>): string {
  let count = 2;
  while (taken.has(`${id}${count}`)) count += 1;
  taken.add(`${id}${count}`);
  return `${id}${count}`;
}
