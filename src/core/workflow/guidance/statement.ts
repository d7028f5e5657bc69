import type { Expression } from '../../kernel/expression/expression.ts';
import type { Target } from '../../kernel/instance.ts';
import type { JsonObject } from '../../kernel/json.ts';
import type { Condition } from './condition.ts';
import type { Guidance, Rule } from './guidance.ts';

/** A sentence of guidance in force. */
export interface Statement {
  /** `standing`: a way on that needs no condition, or only that no other holds. `opaque`: something was said that was not understood. */
  readonly kind: 'rule' | 'standing' | 'prohibition' | 'opaque';
  readonly condition: Condition;
  /** Absent when it leads nowhere that is known. */
  readonly to?: Target;
  /** "Regardless", "always": it holds for a failure too. */
  readonly strong: boolean;
  readonly updates: JsonObject;
  readonly because: string;
  readonly line: number;
}

/** A compiled rule of the rule language. */
export interface WrittenRule extends Rule {
  readonly by: 'rule';
  readonly expression: Expression;
  readonly updates: JsonObject;
}

/** A rule that came from prose. */
export interface ProseRule extends Rule {
  readonly by: 'prose';
  readonly condition: Condition;
}

export interface CompiledGuidance extends Guidance {
  readonly rules: readonly (WrittenRule | ProseRule)[];
  readonly statements: readonly Statement[];
  readonly next: Target;
  readonly step: string;
}
