import type { Expression } from '../../kernel/expression/expression.ts';
import { pathsOf } from '../../kernel/expression/paths.ts';
import { someAtom } from './condition.ts';
import type { Statement, WrittenRule } from './statement.ts';

/** The context variables that rules and sentences look at, each once, in their order. */
export function expectedVariables(
  rules: readonly WrittenRule[],
  statements: readonly Statement[],
): readonly string[] {
  const names = new Set<string>();
  for (const { expression } of rules) collect(expression, names);
  for (const { condition } of statements) {
    someAtom(condition, (atom) => {
      if (atom.kind === 'variable' && !atom.soft) names.add(atom.name.replace(/^context\./, ''));
      if (atom.kind === 'variable' && atom.test.is === 'beside') names.add(atom.test.variable);
      if (atom.kind === 'expression') collect(atom.expression, names);
      return false;
    });
  }
  return [...names];
}

function collect(expression: Expression, names: Set<string>): void {
  for (const path of pathsOf(expression)) {
    if (path.root === 'context' && path.keys.length > 0) names.add(path.keys.join('.'));
  }
}
