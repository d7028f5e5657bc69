import type { Block } from '../../kernel/document.ts';
import type { Fault } from '../../kernel/fault.ts';
import type { Target } from '../../kernel/instance.ts';
import type { Expression } from '../../kernel/expression/expression.ts';
import type { Condition, Scalar } from './condition.ts';
import { someAtom } from './condition.ts';
import type { CompileGuidance, GuidanceSource } from './guidance.ts';
import { canonicalName } from './name.ts';
import { outline } from './outline.ts';
import { toOutcomes } from './outcomes.ts';
import type { Reading, Way } from './scope.ts';
import { readPassages } from './scope.ts';
import type { CompiledGuidance, ProseRule, Statement } from './statement.ts';
import { Targets } from './target.ts';
import { isSameTarget } from './target-grammar.ts';
import { readTransitions } from './transitions.ts';
import { isIdentifier } from './variable-grammar.ts';

/** Compiles the guidance of one step: sentences become rules, or are marked as judgement. */
export const compileGuidance: CompileGuidance = (source): CompiledGuidance => {
  const targets = new Targets(source.steps, source.step, codeNames(source.guidance));
  const written = readTransitions(source, targets);
  const reading = readPassages(outline(source.guidance), targets);
  const statements = withDomains(reading.statements);
  const ways: Way[] = [
    ...written.rules.map(({ to, because }) => ({ to, when: because.split('->')[0]?.trim() ?? '' })),
    ...reading.ways.filter(({ to }) => !isBanned(to, statements)),
  ];
  const namesTarget = ways.length > 0;
  const next = targets.next();
  return {
    rules: [...written.rules, ...proseRules(statements)],
    outcomes: toOutcomes(namesTarget ? ways : defaultWays(next)),
    expects: expected([...written.rules, ...statements]),
    namesTarget,
    faults: [...written.faults, ...lint(source, reading, { targets, namesTarget })],
    statements,
    next,
    step: source.step,
  };
};

/** Variables that the guidance writes in code. */
function codeNames(blocks: readonly Block[]): readonly string[] {
  const names: string[] = [];
  const add = (text: string): void => {
    for (let open = text.indexOf('`'); open >= 0; ) {
      const close = text.indexOf('`', open + 1);
      if (close < 0) return;
      const name = text.slice(open + 1, close);
      if (isIdentifier(name)) names.push(name);
      open = text.indexOf('`', close + 1);
    }
  };
  for (const block of blocks) {
    if (block.kind === 'paragraph' || block.kind === 'heading') add(block.text);
    else if (block.kind === 'list') for (const item of block.items) names.push(...codeNames(item.blocks));
    else if (block.kind === 'quote') names.push(...codeNames(block.blocks));
    else if (block.kind === 'table') for (const cells of [block.header, ...block.rows.map((row) => row.cells)]) for (const cell of cells) add(cell);
  }
  return names;
}

/** Where nothing is said, a client may stay, go on or end. */
function defaultWays(next: Target): readonly Way[] {
  const ways: Target[] = [{ kind: 'stay' }, next, { kind: 'finish' }];
  return ways.map((to) => ({ to, when: '' }));
}

function isBanned(to: Target, statements: readonly Statement[]): boolean {
  return statements.some((each) => each.kind === 'prohibition' && each.condition.kind === 'always' && each.to !== undefined && isSameTarget(each.to, to));
}

function proseRules(statements: readonly Statement[]): readonly ProseRule[] {
  return statements.flatMap(({ kind, to, because, line, condition }) =>
    to === undefined || kind === 'prohibition' || kind === 'opaque' ? [] : [{ by: 'prose' as const, to, because, line, condition }],
  );
}

/** Gives every comparison with a plainly named value the other values that the guidance compares it with. */
function withDomains(statements: readonly Statement[]): readonly Statement[] {
  const domains = new Map<string, Scalar[]>();
  for (const { condition } of statements) {
    someAtom(condition, (atom) => {
      if (atom.kind === 'variable' && atom.soft && atom.test.is === 'one-of') {
        const name = canonicalName(atom.name);
        domains.set(name, [...(domains.get(name) ?? []), ...atom.test.values]);
      }
      return false;
    });
  }
  if (domains.size === 0) return statements;
  return statements.map((statement) => ({ ...statement, condition: withDomain(statement.condition, domains) }));
}

function withDomain(condition: Condition, domains: ReadonlyMap<string, readonly Scalar[]>): Condition {
  switch (condition.kind) {
    case 'all':
    case 'any':
      return { kind: condition.kind, of: condition.of.map((each) => withDomain(each, domains)) };
    case 'not':
      return { kind: 'not', of: withDomain(condition.of, domains) };
    case 'both-readings':
      return { kind: 'both-readings', of: [withDomain(condition.of[0], domains), withDomain(condition.of[1], domains)] };
    case 'variable': {
      const domain = condition.soft && condition.test.is === 'one-of' ? domains.get(canonicalName(condition.name)) : undefined;
      return domain === undefined || condition.test.is !== 'one-of' ? condition : { ...condition, test: { ...condition.test, domain } };
    }
    default:
      return condition;
  }
}

/** Context variables that conditions look at. */
function expected(holders: readonly { readonly condition: Condition }[]): readonly string[] {
  const names = new Set<string>();
  for (const { condition } of holders) {
    someAtom(condition, (atom) => {
      if (atom.kind === 'variable' && !atom.soft) names.add(atom.name.replace(/^context\./, ''));
      if (atom.kind === 'expression') paths(atom.expression, names);
      return false;
    });
  }
  return [...names];
}

function paths(expression: Expression, names: Set<string>): void {
  switch (expression.kind) {
    case 'path':
      if (expression.root === 'context') names.add(expression.keys.join('.'));
      return;
    case 'literal':
      return;
    case 'list':
      for (const item of expression.items) paths(item, names);
      return;
    case 'not':
    case 'empty':
    case 'exists':
      return paths(expression.of, names);
    case 'all':
    case 'any':
      for (const each of expression.of) paths(each, names);
      return;
    default:
      paths(expression.left, names);
      paths(expression.right, names);
  }
}

interface LintContext {
  readonly targets: Targets;
  readonly namesTarget: boolean;
}

function lint(source: GuidanceSource, reading: Reading, { targets, namesTarget }: LintContext): readonly Fault[] {
  const faults: Fault[] = [];
  const warn = (line: number, code: string, texts: { readonly message: string; readonly fix?: string | undefined }): void => {
    const { message, fix } = texts;
    faults.push({ file: source.file, line, code, message, severity: 'warning', ...(fix === undefined ? {} : { fix }) });
  };
  for (const { written, to, fuzzy, line } of reading.names) {
    if (to === undefined) {
      const nearest = targets.nearest(written);
      warn(line, 'target/dangling', { message: `No step is called ${JSON.stringify(written)}.`, fix: nearest === undefined ? undefined : `Did you mean "${nearest}"?` });
    } else if (fuzzy) {
      const name = to.kind === 'step' ? to.step : source.step;
      warn(line, 'target/fuzzy', { message: `${JSON.stringify(written)} is no step's name; it was taken for "${name}".`, fix: `Write "${name}".` });
    } else if (to.kind === 'finish' && canonicalName(written) !== 'finish' ? false : isAmbiguousFinish(written, targets)) {
      warn(line, 'finish/ambiguous', { message: `${JSON.stringify(written)} may be the step of that name or the end.`, fix: 'Write "FINISH" for the end, or give the step another name.' });
    }
  }
  for (const { text, line } of reading.opaque) {
    warn(line, 'guidance/judgement', { message: `Not understood word by word, so it is left to the client, a model or a person: ${JSON.stringify(text.slice(0, 120))}.`, fix: 'If it is a rule, write it under "# Transitions".' });
  }
  const isLast = targets.index === targets.steps.length - 1;
  if (!namesTarget && !isLast) {
    const line = source.guidance[0]?.line ?? 1;
    warn(line, 'guidance/no-transition', { message: `The guidance of "${source.step}" names no way on; the next step in order is taken.`, fix: 'Say where to go, such as: Proceed to "…".' });
  }
  return faults;
}

function isAmbiguousFinish(written: string, targets: Targets): boolean {
  return canonicalName(written) === 'finish' && targets.exact('finish')?.kind !== 'finish' && written !== 'FINISH';
}
