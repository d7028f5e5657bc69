import type { Target } from '../../kernel/instance.ts';
import type { JsonObject } from '../../kernel/json.ts';

/** What a sentence asks for. */
export interface Action {
  /** Where it leads; absent when it only asks for work on the way, or could not be told. */
  readonly to?: Target;
  /** Ways on that it names, told or not. */
  readonly candidates: readonly Target[];
  readonly updates: JsonObject;
  /** Whether every word was accounted for. */
  readonly understood: boolean;
  /** How often a repetition may be repeated. */
  readonly limit?: number;
  readonly force: 'plain' | 'default' | 'strong';
  readonly names: readonly Naming[];
}

/** How an author named a target, where lint has something to say about it. */
export interface Naming {
  readonly written: string;
  readonly to: Target | undefined;
  readonly fuzzy: boolean;
}
