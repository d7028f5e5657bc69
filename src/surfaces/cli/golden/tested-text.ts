import type { Fault } from '../../../core/kernel/fault.ts';
import type { Json } from '../../../core/kernel/json.ts';
import type { Coverage } from '../../../core/workflow/rehearsal/coverage.ts';
import { targetName } from '../target-name.ts';
import type { Terminal } from '../terminal.ts';
import { cleanLine, wrap } from '../text.ts';
import { hasPassed } from './rehearse.ts';
import type { Tested, TestedWorkflow } from './rehearse.ts';

type Shown = Tested['differences'][number];

const INDENT = '      ';

/** What came of the golden files of one workflow. */
export function testedText(
  { workflow, faults, tests, coverage }: TestedWorkflow,
  terminal: Terminal,
): string {
  const { bold } = terminal.colors;
  return [
    bold(cleanLine(workflow)),
    ...faults.map((each) => faultText(each, terminal)),
    ...tests.flatMap((each) => testText(each, terminal)),
    ...(tests.length === 0 && faults.length === 0 ? ['  no golden files'] : []),
    ...(coverage && tests.length > 0 ? coverageText(coverage, terminal) : []),
  ].join('\n');
}

function testText(test: Tested, terminal: Terminal): readonly string[] {
  const { green, red, dim } = terminal.colors;
  const mark = hasPassed(test) ? green('✓') : red('✗');
  const done = [
    ...(test.updated ? ['updated'] : []),
    ...(test.withheld ? ['not updated: a model gave no answer'] : []),
    ...(test.recorded > 0 ? [`${test.recorded} calls recorded`] : []),
  ].join(', ');
  return [
    `  ${mark} ${cleanLine(test.file)} ${dim(cleanLine(test.name))}${done ? ` (${done})` : ''}`,
    ...test.faults.map((each) => faultText(each, terminal)),
    ...test.differences.flatMap((each) => differenceText(test.file, each, terminal)),
    ...test.decisions
      .filter(({ differs }) => differs)
      .flatMap((each) => driftText(test.file, each, terminal)),
  ];
}

function faultText({ file, line, message, fix }: Fault, { colors, width }: Terminal): string {
  const remedy = fix ? ` ${fix}` : '';
  return wrap(
    `${cleanLine(file)}:${line} ${colors.red('error')} ${cleanLine(message + remedy)}`,
    width,
    INDENT,
  );
}

function differenceText(file: string, difference: Shown, terminal: Terminal): readonly string[] {
  const { line, at, expected, found } = difference;
  const where = at === undefined ? '' : `, at "${cleanLine(at)}"`;
  const lines = [
    `${cleanLine(file)}:${line} ${pathText(difference.path)}${where}`,
    `expected  ${valueText(expected)}`,
    `found     ${valueText(found)}`,
    ...reasonText(difference),
  ];
  return lines.map((each) => wrap(each, terminal.width, INDENT));
}

function driftText(
  file: string,
  { line, at, recorded, now, unanswered }: Tested['decisions'][number],
  terminal: Terminal,
): readonly string[] {
  const judged = ({ to, by }: typeof recorded): string => `${cleanLine(to)}${by ? ` (${by})` : ''}`;
  const lines = [
    `${cleanLine(file)}:${line}, at "${cleanLine(at)}"`,
    `recorded  ${judged(recorded)}${recorded.because ? `: ${cleanLine(recorded.because)}` : ''}`,
    `now       ${judged(now)}${now.because ? `: ${cleanLine(now.because)}` : ''}`,
    ...(unanswered === undefined ? [] : [`model     ${cleanLine(unanswered)}`]),
  ];
  return lines.map((each) => wrap(each, terminal.width, INDENT));
}

/** `steps[2].expect`. */
export function pathText(path: Shown['path']): string {
  const text = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${cleanLine(part)}`)).join('');
  return text.replace(/^\./, '');
}

export function valueText(value: Json): string {
  return cleanLine(typeof value === 'string' ? value : JSON.stringify(value));
}

/** By whom what was found was decided, and which sentence says so. */
export function reasonText({ by, because }: Pick<Shown, 'by' | 'because'>): readonly string[] {
  if (because === undefined) return [];
  return [`${by ? `by ${by}:` : 'because:'} ${cleanLine(because)}`];
}

function coverageText(
  { ways, taken, total, percent }: Coverage,
  { colors, width }: Terminal,
): readonly string[] {
  const idle = ways.filter((way) => !way.taken);
  return [
    `  transitions: ${taken} of ${total} taken (${shownPercent(percent)} %)`,
    ...idle.map(({ step, outcome, when, to }) => {
      const condition = when ? ` when ${cleanLine(when)}` : '';
      const way = `${cleanLine(step)}: ${outcome} → ${targetName(to, step)}${condition}`;
      return colors.dim(wrap(`not taken: ${way}`, width, '    '));
    }),
  ];
}

/** Never rounded up: 100 is said of all alone. */
export function shownPercent(percent: number): number {
  return Math.floor(percent * 10) / 10;
}
