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

/** The texts that a bare root is compared with, by `==`, `!=` or `in`. */
export function textsComparedWith(root: string, expression: Expression): readonly string[] {
  const inner = partsOf(expression).flatMap((part) => textsComparedWith(root, part));
  const compares =
    expression.kind === 'in' ||
    (expression.kind === 'compare' && (expression.op === '==' || expression.op === '!='));
  if (!compares) return inner;
  const sides = [expression.left, expression.right];
  const isAsked = sides.some((side) => side.kind === 'path' && side.root === root && side.keys.length === 0);
  return isAsked ? [...sides.flatMap((side) => literalTexts(side)), ...inner] : inner;
}

function literalTexts(expression: Expression): readonly string[] {
  if (expression.kind === 'list') return expression.items.flatMap((item) => literalTexts(item));
  return expression.kind === 'literal' && typeof expression.value === 'string' ? [expression.value] : [];
}
