import type { DecidedBy, Report, Status } from '../../kernel/instance.ts';
import type { JsonObject } from '../../kernel/json.ts';
import type { DeciderName } from '../workflow.ts';

/** A test of a workflow: reports in, expected steps out. What is not expected is not compared, but a way on and an end always are. */
export interface Golden {
  readonly name: string;
  /** Variables that the run is started with. */
  readonly context?: JsonObject;
  /** Who decides what rules and outcomes leave open; as the workflow says itself, else the caller alone. */
  readonly deciders?: readonly DeciderName[];
  readonly start?: string;
  readonly steps: readonly GoldenStep[];
  readonly status?: Status;
  /** Of the context at the end: these keys with these values, and whatever else. */
  readonly finalContext?: JsonObject;
}

export interface GoldenStep {
  readonly report: Report;
  readonly contextUpdates?: JsonObject;
  /** The step that follows, FINISH, HALT, {@link UNDECIDED}, or an error code of the wire such as BUDGET_EXCEEDED. */
  readonly expect?: string;
  readonly by?: DecidedBy;
  /** Stands in the sentence, rule or reason of the decision. */
  readonly because?: string;
  readonly status?: Status;
  /** Of the context after the step: these keys with these values, and whatever else. */
  readonly context?: JsonObject;
}

/** Where a report leads that nobody could decide on. */
export const UNDECIDED = 'decision_required';
/** Where a decision leads that suspends the run. */
export const HALT = 'HALT';

/** Nobody waits in a rehearsal: where a person would decide, the outcome of the next report does. */
export function withoutPeople(deciders: readonly DeciderName[]): readonly DeciderName[] {
  return [...new Set(deciders.map((each) => (each === 'human' ? 'caller' : each)))];
}
