import type { JsonObject } from '../kernel/json.ts';
import type { ModelUsage } from '../kernel/instance.ts';

/** On whose account a model is asked; a budget counts what was spent on the part that it is for. */
export interface ModelAccount {
  readonly owner: string;
  readonly instance?: string;
  readonly session?: string;
}

/** What every request to a model says. */
export interface ModelRequest {
  /** The whole prompt, already bounded; text of others stands in it as quoted data. */
  readonly prompt: string;
  /** The mark in the prompt that data of others is quoted behind, which is another one each time: questions that differ in nothing else are equal. */
  readonly fence?: string;
  /** What the answer is for. */
  readonly purpose: 'decide' | 'route' | 'plan' | 'synthesize' | 'author';
  readonly account: ModelAccount;
  /** How long an answer may take, in milliseconds; never longer than what is configured. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** A closed question: choose one of `choices`. */
export interface ModelQuestion extends ModelRequest {
  /** The ids that may be answered, at least one. */
  readonly choices: readonly string[];
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

/** A question whose answer is JSON of a given shape. */
export interface ShapeQuestion extends ModelRequest {
  /** Letters, digits and `_`: what the shape is called where a provider wants a name. */
  readonly name: string;
  /** JSON Schema of the answer, an object. */
  readonly schema: JsonObject;
}

export interface ShapedAnswer {
  /** It fits the schema; what it says is no more trusted than any text of a model. */
  readonly value: JsonObject;
  readonly usage: ModelUsage;
}

/**
 * A language model, asked for nothing but closed choices and shaped JSON. Implementations pass `test/contracts/model.contract.ts`.
 */
export interface Model {
  /**
   * @throws TuttiError `model/*` when no answer came that can be used; `budget/spent` before anything is asked; the reason of `signal`
   *   when it aborted.
   */
  choose(question: ModelQuestion): Promise<ModelChoice>;
  /** @throws TuttiError as {@link choose}. */
  shape(question: ShapeQuestion): Promise<ShapedAnswer>;
}
