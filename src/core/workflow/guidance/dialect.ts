import type { Dialect } from '../../kernel/expression/expression.ts';

/** What a rule may look at; a bare name is a variable of the context. */
export const DIALECT: Dialect = { roots: ['context', 'report', 'visits'], defaultRoot: 'context' };
