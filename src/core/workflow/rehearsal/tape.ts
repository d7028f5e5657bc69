import type { ModelChoice, ModelRequest, ShapedAnswer } from '../../ports/model.ts';

/** One question to a model, and what it answered. */
export interface TapedCall {
  /** Equal for equal questions. */
  readonly key: string;
  readonly purpose: ModelRequest['purpose'];
  /** For people who read the recording. */
  readonly prompt: string;
  readonly answer: ModelChoice | ShapedAnswer;
}

/** Calls of a model in the order in which they were made. */
export interface Tape {
  readonly calls: readonly TapedCall[];
  keep(call: TapedCall): void;
}

export function createTape(kept: readonly TapedCall[] = []): Tape {
  const calls = [...kept];
  return { calls, keep: (call) => void calls.push(call) };
}
