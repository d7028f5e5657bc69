import type { Expression } from './expression.ts';

type Path = Extract<Expression, { kind: 'path' }>;

/** Every path that an expression looks at, in the order they stand. */
export function pathsOf(expression: Expression): readonly Path[] {
  return expression.kind === 'path' ? [expression] : partsOf(expression).flatMap((part) => pathsOf(part));
}

function partsOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'literal':
    case 'path':
      return [];
    case 'list':
      return expression.items;
    case 'all':
    case 'any':
      return expression.of;
    case 'not':
    case 'empty':
    case 'exists':
      return [expression.of];
    default:
      return [expression.left, expression.right];
  }
}
