import type { Instance, Report } from '../kernel/instance.ts';
import type { JsonObject } from '../kernel/json.ts';

/** What a client sends: a report, and what it adds to the context. */
export interface Sent {
  readonly report: Report;
  readonly contextUpdates: JsonObject;
}

/** The same as it counts: merged with what is pending. */
export interface Weighed extends Sent {
  readonly sent: Sent;
  /** It answers a pending decision. */
  readonly answers: boolean;
  /** It says no more than what is pending, but perhaps an outcome. */
  readonly keeps: boolean;
}

/** Merges a report with a pending one: an outcome alone answers it, one that says no more keeps it, a fuller one replaces it. */
export function weigh(instance: Instance, sent: Sent): Weighed {
  const { pending } = instance;
  if (!pending) return { ...sent, sent, answers: false, keeps: false };
  const { status, outcome, result, details, message, error, more } = sent.report;
  const bare = [result, details, message, error, more].every((part) => part === undefined);
  const keeps =
    bare &&
    (outcome !== undefined || status === pending.report.status || status.toLowerCase() === 'resuming');
  return {
    sent,
    report: keeps ? { ...pending.report, ...(outcome !== undefined && { outcome }) } : sent.report,
    contextUpdates: { ...pending.contextUpdates, ...sent.contextUpdates },
    answers: outcome !== undefined,
    keeps,
  };
}
