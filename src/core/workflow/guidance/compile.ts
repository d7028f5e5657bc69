import type { Block } from '../../kernel/document.ts';
import type { Target } from '../../kernel/instance.ts';
import { withDomains } from './domain.ts';
import { expectedVariables } from './expectation.ts';
import type { CompileGuidance } from './guidance.ts';
import { isIdentifier } from './identifier.ts';
import { lintGuidance } from './lint.ts';
import { toOutcomes } from './outcomes.ts';
import { outline } from './outline.ts';
import type { Passage } from './outline.ts';
import type { Way } from './reading.ts';
import { readPassages } from './prose.ts';
import type { CompiledGuidance, ProseRule, Statement, WrittenRule } from './statement.ts';
import { isSameTarget } from './target-grammar.ts';
import { Targets } from './target.ts';
import { readTransitions } from './transitions.ts';

/** Guidance with more characters is not read; all of it is left to judgement. */
const MAX_LENGTH = 24_000;

/** Compiles the guidance of one step: sentences become rules, or are marked as judgement. */
export const compileGuidance: CompileGuidance = (source): CompiledGuidance => {
  const isLong = source.guidance.reduce((length, block) => length + lengthOf(block), 0) > MAX_LENGTH;
  const names = isLong ? [] : source.guidance.flatMap((block) => codeNames(block));
  const targets = new Targets(source.steps, source.step, names);
  const written = readTransitions(source, targets);
  const reading = readPassages(isLong ? [unread(source.guidance)] : outline(source.guidance), targets);
  const statements = withDomains(reading.statements);
  const ways = [
    ...written.rules.map((rule) => toWay(rule)),
    ...reading.ways.filter(({ to }) => !isBanned(to, statements)),
  ];
  const next = targets.next();
  return {
    rules: [...written.rules, ...statements.flatMap((statement) => toRule(statement))],
    outcomes: toOutcomes(ways.length > 0 ? ways : defaultWays(next)),
    expects: expectedVariables(written.rules, statements),
    namesTarget: ways.length > 0,
    faults: [...written.faults, ...lintGuidance(source, reading, targets)],
    statements,
    next,
    step: source.step,
  };
};

function toWay({ to, because }: WrittenRule): Way {
  return { to, when: because.split('->')[0]?.trim() ?? '' };
}

function toRule({ kind, to, because, line, condition }: Statement): readonly ProseRule[] {
  const isRule = kind === 'rule' || kind === 'standing';
  return isRule && to !== undefined ? [{ by: 'prose', to, because, line, condition }] : [];
}

/** Where nothing is said, a client may stay, go on or end. */
function defaultWays(next: Target): readonly Way[] {
  const ways: readonly Target[] = [{ kind: 'stay' }, next, { kind: 'finish' }];
  return ways.map((to) => ({ to, when: '' }));
}

function isBanned(to: Target, statements: readonly Statement[]): boolean {
  return statements.some(
    (each) =>
      each.kind === 'prohibition' &&
      each.condition.kind === 'always' &&
      each.to !== undefined &&
      isSameTarget(each.to, to),
  );
}

function unread(blocks: readonly Block[]): Passage {
  const text = `Guidance of more than ${MAX_LENGTH} characters.`;
  return { kind: 'unreadable', text, line: blocks[0]?.line ?? 1, children: [] };
}

function lengthOf(block: Block): number {
  switch (block.kind) {
    case 'list':
      return sum(block.items.flatMap((item) => item.blocks.map((each) => lengthOf(each))));
    case 'quote':
      return sum(block.blocks.map((each) => lengthOf(each)));
    case 'table':
      return sum([block.header, ...block.rows.map((row) => row.cells)].flat().map((cell) => cell.length + 1));
    case 'other':
      return 0;
    default:
      return block.text.length + 1;
  }
}

function sum(lengths: readonly number[]): number {
  return lengths.reduce((total, length) => total + length, 0);
}

/** Variables that a block writes in code. */
function codeNames(block: Block): readonly string[] {
  switch (block.kind) {
    case 'paragraph':
    case 'heading':
      return codeNamesIn(block.text);
    case 'list':
      return block.items.flatMap((item) => item.blocks.flatMap((each) => codeNames(each)));
    case 'quote':
      return block.blocks.flatMap((each) => codeNames(each));
    case 'table':
      return [block.header, ...block.rows.map((row) => row.cells)]
        .flat()
        .flatMap((cell) => codeNamesIn(cell));
    case 'code':
    case 'other':
      return [];
  }
}

function codeNamesIn(text: string): readonly string[] {
  return text.split('`').filter((part, index) => index % 2 === 1 && isIdentifier(part));
}
