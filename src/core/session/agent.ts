import type { Expression } from '../kernel/expression/expression.ts';
import type { Fault } from '../kernel/fault.ts';

/** What becomes of a move that the table does not hold: refused, made and journalled with its reason, or made. */
export const STRICTNESSES = ['enforce', 'warn', 'off'] as const;
export type Strictness = (typeof STRICTNESSES)[number];

/** A definition of an agent: a table of states. Immutable, bound to its content by `hash`. */
export interface Agent {
  readonly name: string;
  readonly hash: string;
  /** Every file that was read, by path relative to the folder. */
  readonly files: Readonly<Record<string, string>>;
  readonly description: string;
  /** The index with its includes. */
  readonly text: string;
  /** In the order of the list; the first is where a session begins. */
  readonly states: readonly State[];
  /** Absent: as the configuration says. */
  readonly transitions?: Strictness;
  readonly warnings: readonly Fault[];
}

export interface State {
  /** Canonical: the text of its link in the index. Found whatever the case. */
  readonly name: string;
  readonly file: string;
  /** `# Description`. */
  readonly description: string;
  readonly prompt: Prompt;
  /** `# Transitions`, in the author's order. Every state may also move to ERROR, where there is a state of that name. */
  readonly transitions: readonly Transition[];
  /** `# Tools`: patterns of `server__tool` that may be called in this state; absent: all. */
  readonly tools?: readonly string[];
  /** Text of the whole file with its includes. */
  readonly text: string;
}

/** `# Prompt`, with `{{ name }}` for each argument, task-data key or `knowledge.key`. */
export interface Prompt {
  readonly text: string;
  /** `arguments` of the front matter, in order. */
  readonly arguments: readonly PromptArgument[];
}

export interface PromptArgument {
  readonly name: string;
  readonly description?: string;
  /** Stands where neither an argument nor task data gives a value. */
  readonly default?: string;
}

export interface Transition {
  readonly to: string;
  /** Over `data` (the task data) and `visits`: the move is allowed while it holds. */
  readonly when?: Guard;
  /** Note of the author beside it, such as that it was added. */
  readonly note?: string;
}

export interface Guard {
  /** As written. */
  readonly text: string;
  readonly expression: Expression;
}

/** The state every session can fall into, where its agent has one. */
export const ERROR_STATE = 'ERROR';
