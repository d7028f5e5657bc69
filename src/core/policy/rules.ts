import { holds, readKeys } from '../kernel/expression/evaluate.ts';
import type { Dialect, Expression } from '../kernel/expression/expression.ts';
import { ExpressionFault } from '../kernel/expression/expression.ts';
import { parseExpression } from '../kernel/expression/parser.ts';
import { pathsOf, textsComparedWith } from '../kernel/expression/paths.ts';
import { TuttiError } from '../kernel/errors.ts';
import type { Json } from '../kernel/json.ts';
import type { CompilePattern } from '../ports/pattern.ts';

const ROOTS = ['caller', 'server', 'tool', 'risk', 'arguments', 'tainted'] as const;

/** Where a bare name that is no root goes, to be refused: a mistyped `sever` must not quietly look into the arguments. */
const STRAY = '';

/** What a rule may look at: one value for each root. */
export type RuleFacts = Readonly<Record<(typeof ROOTS)[number], Json>>;

export interface CompiledRules<R> {
  /** The first rule that holds, with its place in the list. */
  first(facts: RuleFacts): { readonly rule: R; readonly index: number } | undefined;
  /** Some rule looks at `tainted`, which must then be known beforehand. */
  readonly askTaint: boolean;
  /** Names that rules compare `server` with, each with the place of its rule in the list. */
  readonly servers: readonly { readonly name: string; readonly index: number }[];
}

/**
 * Compiles the operator's rules, once.
 *
 * @throws TuttiError `config/invalid` with rule and column of the first that cannot be read, and all of them in `data.faults`.
 */
export function compileRules<R extends { readonly when: string }>(
  rules: readonly R[],
  compilePattern: CompilePattern,
): CompiledRules<R> {
  const patterns = new Map<string, (text: string) => boolean>();
  const dialect: Dialect = {
    roots: ROOTS,
    defaultRoot: STRAY,
    checkPattern: (pattern) => {
      if (!patterns.has(pattern)) patterns.set(pattern, compilePattern(pattern));
    },
  };
  const faults: RuleFault[] = [];
  const compiled = rules.flatMap((rule, index) => {
    const condition = parseRule(rule.when, index, { dialect, faults });
    return condition === undefined ? [] : [{ rule, index, condition }];
  });
  if (faults[0] !== undefined) {
    throw new TuttiError('config/invalid', faults.map((fault) => fault.message).join('\n'), {
      data: { faults },
    });
  }
  const match = (pattern: string, text: string): boolean => patterns.get(pattern)?.(text) ?? false;
  return {
    first: (facts) => {
      const read = (root: string, keys: readonly (string | number)[]): Json =>
        readKeys(facts[root as keyof RuleFacts], keys);
      return compiled.find(({ condition }) => holds(condition, read, match));
    },
    askTaint: compiled.some(({ condition }) => pathsOf(condition).some(({ root }) => root === 'tainted')),
    servers: compiled.flatMap(({ condition, index }) =>
      textsComparedWith('server', condition).map((name) => ({ name, index })),
    ),
  };
}

interface RuleFault {
  /** Place in the configuration, such as `policy.rules[2].when`. */
  readonly path: string;
  /** From 1. */
  readonly column: number;
  readonly message: string;
}

function parseRule(
  when: string,
  index: number,
  into: { readonly dialect: Dialect; readonly faults: RuleFault[] },
): Expression | undefined {
  const path = `policy.rules[${index}].when`;
  try {
    const condition = parseExpression(when, into.dialect);
    for (const { root, keys } of pathsOf(condition)) checkPath(when, root, keys);
    return condition;
  } catch (fault) {
    if (!(fault instanceof ExpressionFault)) throw fault;
    const column = fault.offset + 1;
    into.faults.push({ path, column, message: `${path}, column ${column}: ${fault.message}.` });
    return undefined;
  }
}

/** Only `arguments` has members; elsewhere a path would never be anything, and its rule never hold. */
function checkPath(when: string, root: string, keys: readonly (string | number)[]): void {
  if (root === 'arguments' || (root !== STRAY && keys.length === 0)) return;
  const name = root === STRAY ? String(keys[0]) : root;
  const problem =
    root === STRAY
      ? `expected one of ${ROOTS.join(', ')} or a quoted text, found ${JSON.stringify(name)}`
      : `expected an operator after ${JSON.stringify(name)}, which has no members`;
  throw new ExpressionFault(problem, Math.max(when.search(new RegExp(`\\b${escaped(name)}`)), 0));
}

function escaped(text: string): string {
  return text.replaceAll(/[$.*+?^()[\]{}|\\]/g, '\\$&');
}
