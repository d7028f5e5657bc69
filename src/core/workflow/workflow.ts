import { TuttiError } from '../kernel/errors.ts';
import type { Fault } from '../kernel/fault.ts';
import type { Guidance } from './guidance/guidance.ts';

/** A definition, read and compiled: a goal and the steps that lead to it. Immutable, bound to its content by `hash`. */
export interface Workflow {
  readonly name: string;
  /** Content hash over every file that was read, includes too. */
  readonly hash: string;
  /** Every file that was read, by path relative to the folder; the definition can be built again from these alone. */
  readonly files: Readonly<Record<string, string>>;
  readonly description: string;
  /** The index with its includes. */
  readonly text: string;
  /** In the order of the list; at least one. The first is where an instance starts. */
  readonly steps: readonly Step[];
  /** Deciders for what rules and outcomes leave open, in order. */
  readonly deciders: readonly DeciderName[];
  /** Context keys that a model may set besides those a step's guidance names; none when absent. */
  readonly modelUpdates?: 'any' | readonly string[];
  /** What an author should know and a client need not. */
  readonly warnings: readonly Fault[];
}

export type DeciderName = 'caller' | 'model' | 'human';

export interface Step {
  /** Canonical: the text of its link in the index. */
  readonly name: string;
  readonly file: string;
  /** For the client, word for word. */
  readonly instructions: string;
  /** For the decider, as written. */
  readonly guidanceText: string;
  readonly guidance: Guidance;
  /** Text of the whole file with its includes, for the definition resource. */
  readonly text: string;
  /** How often the step may be entered; no bound when absent. */
  readonly maxVisits?: number;
}

/** @throws TuttiError `definition/unavailable` when the definition has no such step. */
export function findStep(workflow: Workflow, name: string): Step {
  const step = workflow.steps.find((each) => each.name === name);
  if (step) return step;
  throw new TuttiError(
    'definition/unavailable',
    `${workflow.name} has no step "${name}". Its steps: ${workflow.steps.map((each) => each.name).join(', ')}.`,
  );
}

/** The whole definition as one text: the index, then every step under its name. */
export function definitionText(workflow: Workflow): string {
  const steps = workflow.steps.map((step) => `## Step: ${step.name}\n\n${step.text}`);
  return [workflow.text, ...steps].join('\n\n---\n\n');
}
