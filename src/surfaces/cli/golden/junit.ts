import { stripControls } from '../../../core/policy/clean.ts';
import { hasPassed } from './rehearse.ts';
import type { Tested, TestedWorkflow } from './rehearse.ts';
import { pathText, reasonText, shownPercent, valueText } from './tested-text.ts';

/** A workflow whose golden files take too few of its transitions. */
export interface Uncovered {
  readonly workflow: string;
  readonly message: string;
}

/** The result as JUnit XML: a suite for each workflow, a case for each golden file. */
export function junitXml(tested: readonly TestedWorkflow[], uncovered: readonly Uncovered[]): string {
  const suites = tested.map((each) => {
    const cases = [
      ...each.faults.map(({ file, line, message }) =>
        testCase(each.workflow, file, [`${file}:${line}: ${message}`]),
      ),
      ...each.tests.map((test) =>
        testCase(each.workflow, `${test.file}: ${test.name}`, hasPassed(test) ? [] : failures(test)),
      ),
      ...uncovered
        .filter(({ workflow }) => workflow === each.workflow)
        .map(({ workflow, message }) => testCase(workflow, 'transition coverage', [message])),
    ];
    const percent = each.coverage ? shownPercent(each.coverage.percent) : 0;
    return [
      `  <testsuite name="${escaped(each.workflow)}" ${counts(cases)}>`,
      `    <properties><property name="transition-coverage" value="${percent}"/></properties>`,
      ...cases.map(({ xml }) => xml),
      '  </testsuite>',
    ].join('\n');
  });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites name="tutti">',
    ...suites,
    '</testsuites>',
    '',
  ].join('\n');
}

interface Case {
  readonly failed: boolean;
  readonly xml: string;
}

function counts(cases: readonly Case[]): string {
  return `tests="${cases.length}" failures="${cases.filter(({ failed }) => failed).length}"`;
}

function testCase(workflow: string, name: string, said: readonly string[]): Case {
  const head = `    <testcase classname="${escaped(workflow)}" name="${escaped(name)}"`;
  const [first] = said;
  if (first === undefined) return { failed: false, xml: `${head}/>` };
  const failure = `      <failure message="${escaped(first.split('\n', 1)[0] ?? '')}">${escaped(said.join('\n\n'))}</failure>`;
  return { failed: true, xml: [`${head}>`, failure, '    </testcase>'].join('\n') };
}

function failures({ file, faults, differences, decisions }: Tested): readonly string[] {
  return [
    ...faults.map((each) => `${each.file}:${each.line}: ${each.message}`),
    ...differences.map((each) =>
      [
        `${file}:${each.line} ${pathText(each.path)}: expected ${valueText(each.expected)}, found ${valueText(each.found)}`,
        ...reasonText(each),
      ].join('\n'),
    ),
    ...decisions
      .filter(({ differs }) => differs)
      .map(({ line, at, recorded, now }) =>
        [`${file}:${line} at ${at}: recorded ${recorded.to}, now ${now.to}`, ...reasonText(now)].join('\n'),
      ),
  ];
}

/** Text and attributes alike; line ends stay in text, and XML holds no other controls. */
function escaped(text: string): string {
  return stripControls(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
