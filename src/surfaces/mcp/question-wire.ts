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
