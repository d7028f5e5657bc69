import type { Expression } from '../../kernel/expression/expression.ts';

export type Scalar = null | boolean | number | string;

/** What a report's status amounts to. */
export type StatusClass =
  | 'success'
  | 'failure'
  | 'clarification'
  | 'progress'
  | 'data'
  | 'clarified'
  | 'resuming';

/** Equal to any of some values. */
export interface OneOf {
  readonly is: 'one-of';
  readonly values: readonly Scalar[];
  /** Written as plain words, which may judge a value as well as name it. */
  readonly bare?: true;
  /** Those of the values that may be names of other variables. */
  readonly names?: readonly string[];
  /** What the guidance compares the same variable with. */
  readonly domain?: readonly Scalar[];
}

export interface Containing {
  readonly is: 'containing';
  readonly needles: readonly string[];
  /** All of them, where others want any. */
  readonly every?: true;
  readonly names?: readonly string[];
}

export type Test =
  | OneOf
  /** `edges`: whether the bounds themselves count; by default they do. */
  | {
      readonly is: 'between';
      readonly from: number;
      readonly to: number;
      readonly edges?: 'out' | 'unsure';
    }
  /** A number written with a percent sign, which a value may hold as a fraction. */
  | { readonly is: 'percent'; readonly test: Test }
  | { readonly is: '<' | '<=' | '>' | '>='; readonly than: number }
  /** Compared with another variable. */
  | {
      readonly is: 'beside';
      readonly op: '<' | '<=' | '>' | '>=' | '=' | '!=';
      readonly variable: string;
    }
  | { readonly is: 'true' | 'false' | 'empty' }
  /** `valued`: the guidance names values too, so that false and 0 are among them. */
  | { readonly is: 'present'; readonly valued?: true }
  | Containing
  | { readonly is: 'counting'; readonly test: Test }
  /** A number as it is, or how many a list holds. */
  | { readonly is: 'amount'; readonly test: Test };

/** Where a quoted text is looked for. */
export type Place = 'output' | 'message' | 'error' | 'report';

/** What must be so for a rule to hold. Plain data; evaluates to true, false or unknown. */
export type Condition =
  | { readonly kind: 'always' }
  | { readonly kind: 'all' | 'any'; readonly of: readonly Condition[] }
  | { readonly kind: 'not'; readonly of: Condition }
  /** Two readings of an ambiguous sentence: it counts only where both agree. */
  | { readonly kind: 'both-readings'; readonly of: readonly [Condition, Condition] }
  /** `loose`: said of what a step found as well as of how it went. `literal`: said of the field alone. */
  | {
      readonly kind: 'status';
      readonly is: StatusClass;
      readonly loose: boolean;
      readonly literal?: true;
    }
  | { readonly kind: 'status-text'; readonly is: string }
  /** `absent`: the guidance itself speaks of the value's being missing, so that where it is, it equals nothing. */
  | {
      readonly kind: 'variable';
      readonly name: string;
      readonly soft: boolean;
      readonly test: Test;
      readonly absent?: true;
    }
  | { readonly kind: 'text'; readonly place: Place; readonly needle: string }
  | { readonly kind: 'visits'; readonly step: string; readonly test: Test }
  | { readonly kind: 'expression'; readonly expression: Expression }
  /** "Unless told otherwise": false where the report says nothing at all. */
  | { readonly kind: 'remark' }
  /** Free text. `calm` when nothing in it speaks of failure, so that a failure report stands apart from it. */
  | { readonly kind: 'judgement'; readonly text: string; readonly calm: boolean };

export const ALWAYS: Condition = { kind: 'always' };

export function not(of: Condition): Condition {
  return of.kind === 'not' ? of.of : { kind: 'not', of };
}

export function all(...of: readonly Condition[]): Condition {
  const parts = of.filter((each) => each.kind !== 'always');
  return parts.length < 2 ? (parts[0] ?? ALWAYS) : { kind: 'all', of: parts };
}

export function any(...of: readonly Condition[]): Condition {
  return of.length === 1 && of[0] !== undefined ? of[0] : { kind: 'any', of };
}

/** Whether any part of the condition that is no connective satisfies `accept`. */
export function someAtom(condition: Condition, accept: (atom: Condition) => boolean): boolean {
  switch (condition.kind) {
    case 'all':
    case 'any':
    case 'both-readings':
      return condition.of.some((each) => someAtom(each, accept));
    case 'not':
      return someAtom(condition.of, accept);
    default:
      return accept(condition);
  }
}

function isNumeric(test: Test): boolean {
  switch (test.is) {
    case '<':
    case '<=':
    case '>':
    case '>=':
    case 'between':
    case 'beside':
    case 'amount':
    case 'percent':
      return true;
    case 'one-of':
      return test.values.every((value) => typeof value === 'number');
    default:
      return false;
  }
}

/** Whether a condition compares a number. */
export function isAmount(condition: Condition): boolean {
  return someAtom(condition, (atom) => atom.kind === 'variable' && isNumeric(atom.test));
}
