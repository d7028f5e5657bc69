import type { Expression } from './expression.ts';
import { isNamePart, isNameStart } from './lexer.ts';
import { RESERVED } from './parser.ts';

/** The expression as text that parses to the same expression again. */
export function printExpression(expression: Expression): string {
  switch (expression.kind) {
    case 'literal':
      return JSON.stringify(expression.value).replaceAll(/\\(?:u([0-9a-f]{4})|.)/g, unescape);
    case 'list':
      return `[${expression.items.map((item) => operand(item)).join(', ')}]`;
    case 'path':
      return expression.root + expression.keys.map((key) => printKey(key)).join('');
    case 'not':
      return `not ${operand(expression.of)}`;
    case 'all':
      return expression.of.map((each) => operand(each)).join(' and ');
    case 'any':
      return expression.of.map((each) => operand(each)).join(' or ');
    case 'compare':
    case 'test':
      return `${operand(expression.left)} ${expression.op} ${operand(expression.right)}`;
    case 'in':
      return `${operand(expression.left)} in ${operand(expression.right)}`;
    case 'empty':
      return `${operand(expression.of)} is empty`;
    case 'exists':
      return `${operand(expression.of)} exists`;
  }
}

function operand(expression: Expression): string {
  const simple = expression.kind === 'literal' || expression.kind === 'list' || expression.kind === 'path';
  return simple ? printExpression(expression) : `(${printExpression(expression)})`;
}

function printKey(key: string | number): string {
  if (typeof key === 'number') return `[${key}]`;
  const plain =
    key !== '' &&
    isNameStart(key[0] ?? '') &&
    Array.from(key).every((char) => isNamePart(char)) &&
    !RESERVED.has(key);
  return plain ? `.${key}` : `[${printExpression({ kind: 'literal', value: key })}]`;
}

/** The lexer knows no code-point escapes: control characters stand in a string as they are. */
function unescape(escape: string, code: string | undefined): string {
  if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16));
  if (escape === '\\b') return '\b';
  return escape === '\\f' ? '\f' : escape;
}
