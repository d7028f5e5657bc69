import { parseExpression } from '../../kernel/expression/parser.ts';
import { eatSymbol } from './amount-grammar.ts';
import type { Condition } from './condition.ts';
import type { Cursor } from './cursor.ts';
import { DIALECT } from './dialect.ts';
import { isIdentifier, looksLikeCode } from './identifier.ts';
import { canonicalName } from './name.ts';
import type { Subject } from './predicate-grammar.ts';
import { parsePredicate, variableCondition } from './predicate-grammar.ts';
import type { Targets } from './target.ts';
import type { Token } from './token.ts';
import { COMPARATORS, PREDICATES, VARIABLE_PREFIX, VARIABLE_SUFFIX } from './vocabulary/values.ts';

export interface VariableReading {
  readonly condition: Condition;
  readonly subject: Subject;
}

/** A name in code, or a word that can only be one. */
export function parseVariable(cursor: Cursor, targets: Targets): VariableReading | undefined {
  return cursor.attempt(() => {
    cursor.take(VARIABLE_PREFIX);
    const token = cursor.peek();
    if (token === undefined) return undefined;
    if (token.kind === 'code' && !isIdentifier(token.text)) return parseCode(cursor, token.text);
    const name = variableName(token, targets);
    return name === undefined ? undefined : readNamed(cursor, token, { name, soft: false });
  });
}

function readNamed(cursor: Cursor, token: Token, subject: Subject): VariableReading | undefined {
  cursor.at++;
  const suffixed = cursor.accepts(() => cursor.take(VARIABLE_SUFFIX) !== undefined && !cursor.done);
  if (token.kind === 'quoted' && !startsComparison(cursor)) return undefined;
  const isFlag = token.kind === 'code' && !suffixed;
  const condition =
    parsePredicate(cursor, subject) ?? (isFlag ? variableCondition(subject, { is: 'true' }) : undefined);
  return condition === undefined ? undefined : { condition, subject };
}

/** A whole comparison in code: `` `attempts > 3` ``. */
function parseCode(cursor: Cursor, text: string): VariableReading | undefined {
  try {
    const expression = parseExpression(text.replaceAll(/(?<![=!<>])=(?!=)/g, '=='), DIALECT);
    if (expression.kind === 'literal' || expression.kind === 'path') return undefined;
    cursor.at++;
    return { condition: { kind: 'expression', expression }, subject: { name: '', soft: true } };
  } catch {
    return undefined;
  }
}

function startsComparison(cursor: Cursor): boolean {
  return cursor.sees(COMPARATORS) || cursor.sees(PREDICATES) || eatSymbol(cursor.probe()) !== undefined;
}

/** The variable that a token names: in code, in quotes that can hold nothing else, or known from elsewhere in the guidance. */
export function variableName(token: Token, targets: Targets): string | undefined {
  const { kind, text } = token;
  switch (kind) {
    case 'code':
      return isIdentifier(text) ? text : undefined;
    case 'quoted':
      return text.includes('_') && isFree(text, targets) ? text : undefined;
    case 'word':
      return (
        targets.identifiers.get(canonicalName(text)) ??
        (looksLikeCode(text) && isFree(text, targets) ? text : undefined)
      );
    default:
      return undefined;
  }
}

function isFree(text: string, targets: Targets): boolean {
  return isIdentifier(text) && targets.exact(text) === undefined;
}
