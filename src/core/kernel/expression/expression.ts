import type { Json } from '../json.ts';

export type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>=';
export type TextTest = 'contains' | 'startsWith' | 'endsWith';

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
}

/** Reads a path; what is not there is `null`. */
export type ReadPath = (root: string, keys: readonly (string | number)[]) => Json;

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
