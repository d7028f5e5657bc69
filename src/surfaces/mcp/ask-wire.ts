import type {
  CallName,
  ClarificationOption,
  Estimate,
  Resolution,
  RouteExplanation,
  Source,
} from '../../core/gateway/ask/ask.ts';
import type { JsonObject } from '../../core/kernel/json.ts';
import { toWireApproval } from './gateway-wire.ts';
import { inWireNames } from '../../core/gateway/plan/wire-names.ts';
import { toWirePlan } from './plan-wire.ts';
import { definedOnly } from './wire.ts';

// What comes of a question, by its published names.

const MICROS = 1_000_000;

/** What is told; questions to the caller go their own way. */
export type Told = Exclude<Resolution, { kind: 'input-required' }>;

export function toWireResolution(resolution: Told): JsonObject {
  const { kind } = resolution;
  switch (resolution.kind) {
    case 'answer':
      return definedOnly({
        kind,
        answer: resolution.answer,
        sources: resolution.sources.map((each) => toWireSource(each)),
        partial:
          resolution.partial.length > 0
            ? resolution.partial.map(({ server, tool, error }) => definedOnly({ server, tool, error }))
            : undefined,
      });
    case 'clarification':
      return definedOnly({
        kind,
        clarification: {
          question: inWireNames(resolution.question),
          options: resolution.options.map((each) => toWireOption(each)),
          ...(resolution.lost && { lost: resolution.lost.map((each) => toWireCallName(each)) }),
        },
        plan: resolution.plan && toWirePlan(resolution.plan),
        unanswered: resolution.unanswered,
      });
    case 'approval':
      return definedOnly({
        kind,
        approval: toWireApproval(resolution.approval),
        approvals: resolution.approvals.map((each) => toWireApproval(each)),
        plan: toWirePlan(resolution.plan),
        unanswered: resolution.unanswered,
      });
    case 'needs_arguments': {
      const missing = resolution.missing.map(({ call, schema, missing: names, bind }) =>
        definedOnly({ call, schema, missing: names, bind }),
      );
      const { unanswered } = resolution;
      return definedOnly({
        kind,
        needs_arguments: { plan: toWirePlan(resolution.plan), missing },
        unanswered,
      });
    }
    case 'out_of_scope': {
      const nearest = resolution.nearest.map(({ name, description }) => ({ name, description }));
      return { kind, out_of_scope: { message: resolution.message, nearest } };
    }
    case 'plan':
      return definedOnly({
        kind,
        plan: toWirePlan(resolution.plan),
        estimate: toWireEstimate(resolution.estimate),
        explain: resolution.routes.map((each) => toWireRoute(each)),
        unanswered: resolution.unanswered,
      });
  }
}

export function toWireSource({ server, tool, callId }: Source): JsonObject {
  return { server, tool, call_id: callId };
}

/** A call by its key. */
export function toWireCallName({ key, tool }: CallName): JsonObject {
  return { call: key, tool };
}

function toWireOption({ id, server, tool, intent, confidence }: ClarificationOption): JsonObject {
  return definedOnly({ id, server, tool, intent, confidence });
}

function toWireEstimate({ calls, ms, costMicros, risk }: Estimate): JsonObject {
  return definedOnly({ calls, ms, cost: costMicros / MICROS, risk });
}

function toWireRoute(route: RouteExplanation): JsonObject {
  const candidates = route.candidates.map(({ name, server, score, whole, isChosen, terms }) =>
    definedOnly({
      name,
      server,
      score,
      whole,
      chosen: isChosen || undefined,
      terms: terms.map(({ term, field, weight }) => ({ term, field, weight })),
    }),
  );
  return definedOnly({
    call: route.call,
    query: route.query,
    decision: route.decision,
    because: route.because,
    confidence: route.confidence,
    refuse_below: route.refuseBelow,
    route_from: route.routeFrom,
    candidates,
  });
}
