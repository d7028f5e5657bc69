import type { JsonObject } from '../../kernel/json.ts';

/** `mixed`: some at once, some after others. */
export type Structure = 'single' | 'parallel' | 'sequential' | 'mixed';

/**
 * One call of a plan. A reference such as `$a.items[*].id` (also `$calls.a.items[*].id`) stands for what the call `a` answered: its structured
 * content, else its text as JSON, else its text. `$item` stands for the item at hand where `forEach` is set.
 */
export interface PlannedCall {
  /** Unique in its plan: a letter, then letters, digits and `_`, 32 at most. */
  readonly id: string;
  readonly server: string;
  /** The part of the query that it is there for. */
  readonly intent: string;
  /** As clients see it; absent while nobody chose one. */
  readonly tool?: string;
  readonly arguments?: JsonObject;
  /** JSON pointer into the arguments → reference. */
  readonly bind?: Readonly<Record<string, string>>;
  /** A reference to a list: made once for each item, {@link MAX_EACH} times at most. */
  readonly forEach?: string;
  /** Ids of the calls that must have answered before. */
  readonly dependsOn: readonly string[];
  /** Its place was guessed, or it hangs on what nobody judged, such as a condition: it is only made when it reads. */
  readonly uncertainOrder?: boolean;
}

/** Calls that together answer a query: a graph without cycles. Data: shown, edited, sent back, stored, drawn. */
export interface Plan {
  /** Of its durable run, once it has one. */
  readonly id?: string;
  readonly query?: string;
  readonly calls: readonly PlannedCall[];
  readonly structure: Structure;
}

export const MAX_CALLS = 32;
/** Characters of all intents of a plan that comes from outside: as many as those of any plan of ours, which are parts of one question. */
export const MAX_INTENTS = 16_000;
export const MAX_EACH = 50;
