import type { CallEnd, PlanView } from '../../core/gateway/ask/ask.ts';
import type { Plan } from '../../core/gateway/plan/plan.ts';
import type { Json, JsonObject } from '../../core/kernel/json.ts';
import { toWireCallName, toWireSource } from './ask-wire.ts';
import { toWirePlan } from './plan-wire.ts';
import { definedOnly } from './wire.ts';

// How a plan stands, short enough to be read by a model: what calls brought is shown by its beginning.

/** Of what one call brought: the most, and less where there is not room for all. */
const VALUE_BYTES = [4_096, 1_024, 256, 0] as const;
/** Of the members of a plan that is too large to be shown whole. */
const SHORT = 200;

/** What `plan://{id}` answers, in at most so many bytes. */
export function planViewText(
  { plan, status, ends, approvalIds, lost, held, unanswered, replacedBy }: PlanView,
  maxBytes: number,
): string {
  const shown = planWithin(plan, maxBytes / 2);
  const textOf = (told: readonly JsonObject[]): string => {
    const view = definedOnly({
      ...shown,
      status,
      ends: told,
      ends_left_off: told.length < ends.length ? ends.length - told.length : undefined,
      approval_ids: nonEmpty(approvalIds),
      lost: nonEmpty(lost.map((each) => toWireCallName(each))),
      held: nonEmpty(held.map((each) => toWireCallName(each))),
      unanswered: nonEmpty(unanswered),
      replaced_by: replacedBy,
    });
    return JSON.stringify(view, null, 2);
  };
  const fits = (text: string): boolean => Buffer.byteLength(text) <= maxBytes;
  for (const bytes of VALUE_BYTES) {
    const text = textOf(ends.map((each) => toWireEnd(each, bytes)));
    if (fits(text)) return text;
  }
  // Not even without values: the first of them, and how many are left off.
  const bare = ends.map((each) => toWireEnd(each, 0));
  let [some, all] = [0, bare.length];
  while (all - some > 1) {
    const middle = Math.floor((some + all) / 2);
    if (fits(textOf(bare.slice(0, middle)))) some = middle;
    else all = middle;
  }
  return textOf(bare.slice(0, some));
}

function nonEmpty(list: readonly Json[]): readonly Json[] | undefined {
  return list.length > 0 ? list : undefined;
}

/** The whole plan; where that is too much, only what it does in which order, which is marked. */
function planWithin(plan: Plan, maxBytes: number): JsonObject {
  const whole = toWirePlan(plan);
  if (Buffer.byteLength(JSON.stringify(whole, null, 2)) <= maxBytes) return { plan: whole };
  const calls = plan.calls.map(({ id, server, intent, tool, dependsOn }) =>
    definedOnly({
      id,
      server: server.slice(0, SHORT),
      intent: intent.slice(0, SHORT),
      tool: tool?.slice(0, SHORT),
      depends_on: dependsOn,
    }),
  );
  const { id, query, structure } = plan;
  return { plan: definedOnly({ id, query: query?.slice(0, SHORT), calls, structure }), plan_cut: true };
}

function toWireEnd(end: CallEnd, maxBytes: number): JsonObject {
  const { kind, call, item } = end;
  switch (end.kind) {
    case 'done':
      return definedOnly({
        kind,
        call,
        item,
        source: toWireSource(end.source),
        ...valueWithin(end.value, maxBytes),
        uri: end.uri,
      });
    case 'failed':
      return definedOnly({ kind, call, item, server: end.server, tool: end.tool, error: end.error });
    case 'skipped':
      return definedOnly({ kind, call, item, server: end.server, because: end.because });
  }
}

/** A value as it is, or the beginning of its text. */
function valueWithin(value: Json, maxBytes: number): JsonObject {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  if (Buffer.byteLength(text) <= maxBytes) return { value };
  if (maxBytes === 0) return { cut: true };
  // A character that is cut in two would be shown as a sign that stands for none.
  const head = Buffer.from(text)
    .subarray(0, maxBytes)
    .toString()
    .replace(/\uFFFD$/, '');
  return { value: head, cut: true };
}
