import { TuttiError } from '../../core/kernel/errors.ts';
import type { JsonObject } from '../../core/kernel/json.ts';
import type { OpenQuestion } from '../../core/workflow/people.ts';
import { definedOnly, toWireOutcomes, toWireReport, toWireTime } from './wire.ts';

/** What waits for a person, as programs for people read it. */
export function toWireQuestion(question: OpenQuestion): JsonObject {
  return definedOnly({
    instance_id: question.instanceId,
    workflow_name: question.workflow,
    step_name: question.step,
    asked_at: toWireTime(question.askedAt),
    expires_at: toWireTime(question.expiresAt),
    requested_by: question.requestedBy,
    outcomes: toWireOutcomes(question.outcomes, question.step),
    guidance: question.guidance,
    report: toWireReport(question.report),
    context: question.context,
  });
}

/** Which question was looked at, as {@link toWireQuestion} told it. @throws TuttiError `input/invalid-format`. */
export function askedAtIn(told: string): number {
  const askedAt = Date.parse(told);
  // Nothing but what was told: a rounded instant would be that of no question.
  if (!Number.isNaN(askedAt) && toWireTime(askedAt) === told) return askedAt;
  throw new TuttiError(
    'input/invalid-format',
    'Expected the asked_at of the question that was read, such as 2026-01-31T12:00:00.000Z, found something else.',
  );
}
