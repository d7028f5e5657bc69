import type { Target } from '../../kernel/instance.ts';
import type { Action } from './action.ts';
import type { Condition } from './condition.ts';

/** How a clause relates to those before it. */
export type Relation = 'plain' | 'otherwise' | 'if-not' | 'if-so';

/** One thing a sentence says. */
export type Clause = { readonly overriding: boolean; readonly when: string } & (
  | {
      readonly kind: 'rule';
      readonly relation: Relation;
      readonly condition: Condition;
      readonly action: Action;
      readonly exclusive: boolean;
    }
  /** "Do not proceed to X". */
  | {
      readonly kind: 'prohibition';
      readonly relation: Relation;
      readonly condition: Condition;
      readonly target: Target;
    }
  /** A condition whose consequences stand below it. */
  | { readonly kind: 'head'; readonly relation: Relation; readonly condition: Condition }
  | { readonly kind: 'neutral' }
  /** The first rule that matches wins. */
  | { readonly kind: 'in-order' }
  | { readonly kind: 'opaque'; readonly candidates: readonly Target[] }
);
