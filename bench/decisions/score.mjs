/**
 * Scores an adapter on labelled decisions.
 *
 *   node bench/decisions/score.mjs [--data FILE…] [--source] [--misses] [--json]        our own cases when none are named
 *
 * wrong = decided, and not in the accepted set; coverage = certain cases decided rightly; decided = share of all cases.
 * A case is one JSON line {id, steps, step, guidance, instructions, context, report, visits?, expected: {certain, next: [..]}}.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { fold } from './decider.mjs';

const { values, positionals } = parseArgs({
  options: {
    data: { type: 'string', multiple: true },
    source: { type: 'boolean' },
    misses: { type: 'boolean' },
    json: { type: 'boolean' },
  },
  allowPositionals: true,
});
const own = new URL('cases/', import.meta.url);
const ownCases = readdirSync(own).map((name) => fileURLToPath(new URL(name, own)));
const named = [...(values.data ?? []), ...positionals];
const files = named.length > 0 ? named : ownCases;

const { decide } = await import(values.source ? './source-adapter.mjs' : './adapter.mjs');
let wrongTotal = 0;
const results = [];
for (const file of files) {
  const cases = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const score = await scoreCases(cases);
  wrongTotal += score.wrong.length;
  results.push({
    file,
    cases: cases.length,
    certain: score.certain,
    wrong: score.wrong.length,
    coverage: score.right / Math.max(1, score.certain),
    decided: score.decided / cases.length,
  });
  if (!values.json) print(file, cases.length, score);
}
if (values.json) console.log(JSON.stringify(results, null, 2));
process.exitCode = wrongTotal > 0 ? 1 : 0;

async function scoreCases(cases) {
  const score = { certain: 0, right: 0, decided: 0, wrong: [], missed: [] };
  for (const each of cases) {
    const { expected } = each;
    const answer = await decide(each);
    const isRight = answer !== null && expected.next.some((next) => fold(next) === fold(answer.next));
    if (answer !== null) score.decided += 1;
    if (expected.certain) score.certain += 1;
    if (expected.certain && isRight) score.right += 1;
    if (answer !== null && !isRight) score.wrong.push({ each, answer });
    if (answer === null && expected.certain) score.missed.push({ each, answer });
  }
  return score;
}

function print(file, total, { certain, right, decided, wrong, missed }) {
  const percent = (part, whole) => `${((100 * part) / Math.max(1, whole)).toFixed(1)} %`;
  console.log(`${file}: ${total} cases, ${certain} certain`);
  console.log(`  wrong     ${wrong.length}`);
  console.log(`  coverage  ${percent(right, certain)} of certain (${right})`);
  console.log(`  decided   ${percent(decided, total)} of all (${decided})`);
  for (const miss of wrong) show('WRONG', miss);
  if (values.misses) for (const miss of missed) show('missed', miss);
}

function show(kind, { each, answer }) {
  const { id, step, guidance, report, context, visits, expected } = each;
  console.log(
    `\n${kind} ${id} at ${step}: ${answer === null ? 'undecided' : `"${answer.next}" because ${JSON.stringify(answer.because)}`}`,
  );
  console.log(
    `  accepted ${JSON.stringify(expected.next)}${expected.certain ? ', certain' : ''}${each.note ? ` (${each.note})` : ''}`,
  );
  console.log(
    `  report ${JSON.stringify(report)} context ${JSON.stringify(context ?? {})}${visits ? ` visits ${JSON.stringify(visits)}` : ''}`,
  );
  console.log(
    guidance
      .split('\n')
      .map((line) => `  | ${line}`)
      .join('\n'),
  );
}
