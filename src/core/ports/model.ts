import type { JsonObject } from '../kernel/json.ts';
import type { ModelUsage } from '../kernel/instance.ts';

/** A closed question: choose one of `choices`. */
export interface ModelQuestion {
  /** The whole prompt, already bounded; reported text stands in it as quoted data. */
  readonly prompt: string;
  /** The ids that may be answered, at least one. */
  readonly choices: readonly string[];
  readonly signal?: AbortSignal;
}

export interface ModelChoice {
  /** What the model answered. The caller checks it against the choices: a model is not trusted. */
  readonly choice: string;
  /** In [0, 1]. */
  readonly confidence: number;
  readonly because: string;
  readonly contextUpdates?: JsonObject;
  /** A status suggestion; followed only when it is one of the known ones. */
  readonly status?: string;
  readonly usage: ModelUsage;
}

/**
 * A language model that answers closed questions. Implementations pass `test/contracts/model.contract.ts`.
 */
export interface Model {
  /**
   * @throws TuttiError `model/failed` when no answer came; the reason of `signal` when it aborted.
   */
  choose(question: ModelQuestion): Promise<ModelChoice>;
}
