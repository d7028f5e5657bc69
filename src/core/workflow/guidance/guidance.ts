import type { Block } from '../../kernel/document.ts';
import type { Fault } from '../../kernel/fault.ts';
import type { Decision, Report, Target } from '../../kernel/instance.ts';
import type { JsonObject } from '../../kernel/json.ts';

/** A step as guidance may name it. */
export interface StepName {
  readonly name: string;
  /** Path of its file, such as `steps/run_tests.md`; guidance may name its stem. */
  readonly file: string;
}

/** What the compiler reads of one step. */
export interface GuidanceSource {
  /** All steps in order. */
  readonly steps: readonly StepName[];
  /** The step this guidance belongs to. */
  readonly step: string;
  readonly file: string;
  /** The blocks of `# Orchestrator Guidance`. Lines are those of `file`. */
  readonly guidance: readonly Block[];
  /** The blocks of `# Transitions`, when the step has that section. */
  readonly transitions?: readonly Block[];
  /** `transitions:` of the front matter, when present; not yet checked. */
  readonly frontMatter?: unknown;
  readonly instructions: string;
}

/** One way on that a client may choose. */
export interface Outcome {
  /** Slug of the target's name, or `stay`, `finish`, `halt`; `_2` … when conditions share a target. */
  readonly id: string;
  /** The condition in the author's words, short; empty when there is none. */
  readonly when: string;
  readonly to: Target;
}

/** What a rule may look at; frozen after the context updates were merged. */
export interface Picture {
  readonly context: JsonObject;
  readonly report: Report;
  /** How often each step was entered, by canonical name; the current visit counts. */
  readonly visits: Readonly<Record<string, number>>;
}

/** A rule in force: when its condition holds, it leads to its target. */
export interface Rule {
  /** `rule` was written in the rule language; `prose` was compiled from a sentence. */
  readonly by: 'rule' | 'prose';
  readonly to: Target;
  /** The sentence or rule as the author wrote it. */
  readonly because: string;
  readonly line: number;
}

/** Guidance, compiled. Plain frozen values; the compiler's own parts extend `Rule`. */
export interface Guidance {
  readonly rules: readonly Rule[];
  /** The allowed set, in the author's order: what a client, a model or a person may choose. Never empty. */
  readonly outcomes: readonly Outcome[];
  /** Context variables the step's guidance or rules look at, for the directive and the model's question. */
  readonly expects: readonly string[];
  /** Whether the guidance names any way on. If not, the outcomes are stay, the next step in order and FINISH. */
  readonly namesTarget: boolean;
  /** What could not be resolved or understood, for lint. */
  readonly faults: readonly Fault[];
}

/** Compiles guidance. Pure, linear in the length of the text. Never throws: what it cannot read becomes a fault or judgement. */
export type CompileGuidance = (source: GuidanceSource) => Guidance;

/** The decision that is certain from rules and prose alone, or `undefined`. Never looks at `report.outcome`. Pure, linear. */
export type DecideByGuidance = (guidance: Guidance, picture: Picture) => Decision | undefined;
