import type { Fault } from '../../core/kernel/fault.ts';
import { FINISH } from '../../core/kernel/instance.ts';
import type { Decision, Entry, Instance, ModelUsage, Report, Target } from '../../core/kernel/instance.ts';
import type { Json, JsonObject } from '../../core/kernel/json.ts';
import type { WorkflowSummary } from '../../core/orchestrator.ts';
import type { Directive, InstanceView, Moved } from '../../core/workflow/directive.ts';
import type { Outcome } from '../../core/workflow/guidance/guidance.ts';
import type { Suggestion } from '../../core/workflow/suggest.ts';
import type { Arguments } from './arguments.ts';

// The published names are snake_case; here alone they meet the names of the core.

const HALT = 'HALT';

export function toWireDirective(directive: Directive): JsonObject {
  const { next, decisionRequired } = directive;
  return definedOnly({
    instance_id: directive.instanceId,
    workflow_name: directive.workflow,
    status: directive.status,
    current_context: directive.context,
    step_token: directive.token,
    next_step: definedOnly({
      step_name: next.step,
      instructions: next.instructions,
      outcomes: next.outcomes.length > 0 ? toWireOutcomes(next.outcomes, next.step) : undefined,
      expects: next.expects.length > 0 ? next.expects : undefined,
    }),
    decided: directive.decided && { by: directive.decided.by, because: directive.decided.because },
    decision_required: decisionRequired && {
      candidates: toWireOutcomes(decisionRequired.candidates, next.step),
      guidance: decisionRequired.guidance,
      ...(decisionRequired.person && {
        by: 'human',
        asked_at: toWireTime(decisionRequired.person.askedAt),
        expires_at: toWireTime(decisionRequired.person.expiresAt),
      }),
    },
    since: directive.since?.map((each) => toWireMove(each)),
  });
}

/** The published status fields together with the directive that stands. */
export function toWireStatus({ instance, directive }: InstanceView): JsonObject {
  return {
    ...toWireDirective(directive),
    ...toWireInstance(instance),
    context: instance.context,
    completed_at: instance.completedAt === null ? null : toWireTime(instance.completedAt),
    ...(instance.parent !== null && { forked_from: instance.parent }),
  };
}

export function toWireInstance(instance: Instance): JsonObject {
  return {
    instance_id: instance.id,
    workflow_name: instance.workflow,
    current_step_name: instance.step,
    status: instance.status,
    created_at: toWireTime(instance.createdAt),
    updated_at: toWireTime(instance.updatedAt),
  };
}

export function toWireEntry(entry: Entry): JsonObject {
  return {
    seq: entry.seq,
    at: toWireTime(entry.at),
    kind: entry.kind,
    step_name: entry.step,
    report: entry.report && toWireReport(entry.report),
    outcome_status: entry.report?.status ?? null,
    determined_next_step: entry.next,
    decided: entry.decision && toWireDecision(entry.decision, entry),
  };
}

export function toWireSummary(workflow: WorkflowSummary): JsonObject {
  return definedOnly({
    id: workflow.name,
    name: workflow.name,
    description: workflow.description,
    steps: workflow.steps,
    faults: workflow.faults && toWireFaults(workflow.faults),
  });
}

export function toWireFaults(faults: readonly Fault[]): Json {
  return faults.map(({ file, line, code, message, fix, severity }) =>
    definedOnly({ file, line, code, message, fix, severity }),
  );
}

/** Faults that are all of one severity. */
export function toWireWarnings(faults: readonly Fault[]): Json {
  return faults.map(({ file, line, code, message, fix }) => definedOnly({ file, line, code, message, fix }));
}

export function toWireSuggestions(suggestions: readonly Suggestion[]): Json {
  return suggestions.map(({ file, line, step, sentence, id, when, to, contract, transition, ask }) =>
    definedOnly({ file, line, step_name: step, sentence, id, when, to, contract, transition, ask }),
  );
}

export function toWireTarget(target: Target, current: string): string {
  switch (target.kind) {
    case 'step':
      return target.step;
    case 'stay':
      return current;
    case 'finish':
      return FINISH;
    case 'halt':
      return HALT;
  }
}

const REPORT_KEYS = ['status', 'step_id', 'outcome', 'result', 'details', 'message', 'error'];

/** The status of a report that is nothing but an outcome: it answers a question, and claims neither success nor failure. */
const ANSWER = 'clarification_provided';

/** A report as clients write it. Only `status` is required, and not even that of an outcome that answers a question. */
export function parseReport(report: Arguments): Report {
  const optional = {
    stepId: report.optionalName('step_id'),
    outcome: report.optionalName('outcome'),
    result: report.json('result'),
    details: report.json('details'),
    message: report.json('message'),
    error: report.json('error'),
    more: report.rest(REPORT_KEYS),
  };
  const answers = optional.outcome !== undefined && !report.has('status');
  return {
    status: answers ? ANSWER : report.word('status'),
    ...(definedOnly(optional) as Omit<Report, 'status'>),
  };
}

/** ISO 8601 in UTC with milliseconds. */
export function toWireTime(at: number): string {
  return new Date(at).toISOString();
}

export function toWireReport({ stepId, more, ...report }: Report): JsonObject {
  return definedOnly({ ...more, ...report, step_id: stepId });
}

export function toWireOutcomes(outcomes: readonly Outcome[], current: string): Json {
  return outcomes.map(({ id, when, to }) => ({ id, when, to: toWireTarget(to, current) }));
}

function toWireMove({ at, from, to, because }: Moved): JsonObject {
  return { at: toWireTime(at), from, to, because };
}

function toWireDecision(decision: Decision, entry: Entry): JsonObject {
  return definedOnly({
    by: decision.by,
    because: decision.because,
    to: toWireTarget(decision.to, entry.step),
    candidates: entry.candidates,
    confidence: decision.confidence,
    model: decision.model && toWireUsage(decision.model),
    dropped: decision.dropped,
    person: decision.person?.name,
    asked_at: decision.person && toWireTime(decision.person.askedAt),
    passed: decision.passed?.map(({ by, because, confidence, model }) =>
      definedOnly({ by, because, confidence, model: model && toWireUsage(model) }),
    ),
  });
}

function toWireUsage(usage: ModelUsage): JsonObject {
  return definedOnly({
    name: usage.name,
    input_tokens: usage.inputTokens,
    output_tokens: usage.outputTokens,
    cost: usage.cost,
    latency_ms: usage.latencyMs,
    cached: usage.cached,
  });
}

/** Without the keys that hold `undefined`, which JSON cannot say. */
export function definedOnly(values: Readonly<Record<string, Json | undefined>>): JsonObject {
  return Object.fromEntries(
    Object.entries(values).filter((each): each is [string, Json] => each[1] !== undefined),
  );
}
