import type { Json, JsonObject } from '../../kernel/json.ts';
import { TuttiError } from '../../kernel/errors.ts';
import type { Plan } from '../plan/plan.ts';
import type { LostCall, LostDecision } from './ask.ts';
import { quoted } from './request.ts';

/** The advice names all of them. */
const MAX_NAMED = 10;

export function lostForm(plan: Plan, lost: readonly LostCall[]): JsonObject {
  const properties = lost.map(({ key, tool }): [string, Json] => [
    key,
    {
      type: 'string',
      title: `${key}: ${tool}`,
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
      required: lost.map(({ key }) => key),
    },
  };
}

export function decisionsIn(
  content: JsonObject,
  lost: readonly LostCall[],
): Readonly<Record<string, LostDecision>> {
  return Object.fromEntries(
    lost.flatMap(({ key }): [string, LostDecision][] => {
      const decision = content[key];
      return decision === 'repeat' || decision === 'leave' ? [[key, decision]] : [];
    }),
  );
}

/** For callers that cannot be shown a form: they send the decisions with the id of the plan. */
export function lostQuestion(plan: Plan, lost: readonly LostCall[]): string {
  const sent = { id: plan.id, lost: Object.fromEntries(lost.map(({ key }) => [key, 'repeat'])) };
  return `${whatHappened(plan, lost)} To make ${lost.length === 1 ? 'it' : 'them'} again, send as plan ${JSON.stringify(sent)}; to leave one as failed, say "leave" in place of "repeat".`;
}

/** @throws TuttiError `input/invalid-format` for a decision about what is not lost. */
export function checkDecisions(
  decisions: Readonly<Record<string, LostDecision>>,
  lost: readonly LostCall[],
): void {
  const strange = Object.keys(decisions).find((each) => lost.every(({ key }) => key !== each));
  if (strange === undefined) return;
  const those = lost.length === 0 ? 'none are' : `these are: ${lost.map(({ key }) => key).join(', ')}`;
  throw new TuttiError(
    'input/invalid-format',
    `plan.lost decides about ${quoted(strange)}, which is not lost; of this plan ${those}. Look at it again.`,
  );
}

function whatHappened({ id = '' }: Plan, lost: readonly LostCall[]): string {
  const named = lost.slice(0, MAX_NAMED).map(({ key, tool }) => `${key} (${tool})`);
  const more = lost.length > MAX_NAMED ? ` and ${lost.length - MAX_NAMED} more` : '';
  const names = `${named.join(', ')}${more}`;
  return `Of the plan ${id}, these calls were under way when their process was lost: ${names}. Whether they took effect is unknown: look first.`;
}
