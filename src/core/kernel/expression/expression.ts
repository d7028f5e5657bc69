import type { Json } from '../json.ts';

export type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>=';
/** `matches`: the right side is a literal pattern, found somewhere in the text; only in dialects that check patterns. */
export type TextTest = 'contains' | 'startsWith' | 'endsWith' | 'matches';

/** A parsed expression: plain data, safe to keep, clone and compare. */
export type Expression =
  | { readonly kind: 'literal'; readonly value: null | boolean | number | string }
  | { readonly kind: 'list'; readonly items: readonly Expression[] }
  | { readonly kind: 'path'; readonly root: string; readonly keys: readonly (string | number)[] }
  | { readonly kind: 'not'; readonly of: Expression }
  | { readonly kind: 'all' | 'any'; readonly of: readonly Expression[] }
  | {
      readonly kind: 'compare';
      readonly op: Comparison;
      readonly left: Expression;
      readonly right: Expression;
    }
  | { readonly kind: 'test'; readonly op: TextTest; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'in'; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'empty' | 'exists'; readonly of: Expression };

/** Which names an expression may begin a path with. */
export interface Dialect {
  readonly roots: readonly string[];
  /** The root of a bare name that is not itself a root. */
  readonly defaultRoot: string;
  /** Throws what is wrong with a pattern. Without it there is no `matches`, and the word is a name like any other. */
  readonly checkPattern?: (pattern: string) => void;
}

/** Reads a path; what is not there is `null`. */
export type ReadPath = (root: string, keys: readonly (string | number)[]) => Json;

/** Whether a text holds what a pattern describes; patterns passed the dialect's check. */
export type MatchPattern = (pattern: string, text: string) => boolean;

export const EXPRESSION_MAX_LENGTH = 4096;
export const EXPRESSION_MAX_DEPTH = 64;

/** The one thing the parser throws: where it stood, and what it expected there. */
export class ExpressionFault extends Error {
  override readonly name = 'ExpressionFault';
  /** Offset into the text that was parsed. */
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}
