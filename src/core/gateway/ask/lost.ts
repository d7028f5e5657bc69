import type { Json, JsonObject } from '../../kernel/json.ts';
import type { Plan } from '../plan/plan.ts';
import type { Waiting } from './means.ts';
import { keyOf } from './means.ts';

/** What to do about a call that may have been made: make it again, or leave it. */
export type Decision = 'repeat' | 'leave';

export function lostForm(plan: Plan, lost: readonly Waiting[]): JsonObject {
  const properties = lost.map((each): [string, Json] => [
    keyOf(each),
    {
      type: 'string',
      title: `${keyOf(each)}: ${each.name}`,
      enum: ['repeat', 'leave'],
      enumNames: ['Make it again', 'Leave it'],
    },
  ]);
  return {
    mode: 'form',
    message: whatHappened(plan, lost),
    requestedSchema: {
      type: 'object',
      properties: Object.fromEntries(properties),
      required: lost.map((each) => keyOf(each)),
    },
  };
}

export function decisionsIn(
  content: JsonObject,
  lost: readonly Waiting[],
): Readonly<Record<string, Decision>> {
  return Object.fromEntries(
    lost.flatMap((each): [string, Decision][] => {
      const decision = content[keyOf(each)];
      return decision === 'repeat' || decision === 'leave' ? [[keyOf(each), decision]] : [];
    }),
  );
}

/** For callers that cannot be shown a form: they say it by editing the plan. */
export function lostQuestion(plan: Plan, lost: readonly Waiting[]): string {
  return `${whatHappened(plan, lost)} To make one again, send the plan back with another id for that call; to leave it, without the call.`;
}

function whatHappened({ id = '' }: Plan, lost: readonly Waiting[]): string {
  const names = lost.map((each) => `${keyOf(each)} (${each.name})`).join(', ');
  return `Of the plan ${id}, these calls were under way when their process was lost: ${names}. Whether they took effect is unknown: look first.`;
}
