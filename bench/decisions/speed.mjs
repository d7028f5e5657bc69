/**
 * Times compiling and deciding on a corpus, on the sources: node bench/decisions/speed.mjs FILE…
 * Prints the median over passes, in microseconds a step. Markdown parsing is outside the clock.
 */
import { readFileSync } from 'node:fs';
import { parseMarkdown } from '../../src/adapters/markdown/mdast.ts';
import { compileGuidance } from '../../src/core/workflow/guidance/compile.ts';
import { decideByGuidance } from '../../src/core/workflow/guidance/decide.ts';

const PASSES = 60;
const WARM_UP = 20;
const cases = process.argv.slice(2).flatMap((file) =>
  readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line)),
);
const sources = cases.map(({ steps, step, guidance }) => ({
  steps: steps.map(({ name, file }) => ({ name, file: file ?? '' })),
  step,
  file: '',
  guidance: parseMarkdown(guidance).blocks,
  instructions: '',
}));
const compiled = sources.map((source) => compileGuidance(source));
const pictures = cases.map(({ context, report, visits }) => ({
  context: context ?? {},
  report: { ...report, status: String(report?.status ?? '') },
  visits: visits ?? {},
}));

time('compile', () => {
  for (const source of sources) compileGuidance(source);
});
time('decide', () => {
  for (const [index, guidance] of compiled.entries()) decideByGuidance(guidance, pictures[index]);
});

function time(name, pass) {
  const times = [];
  for (let index = 0; index < PASSES; index++) {
    const startedAt = performance.now();
    pass();
    if (index >= WARM_UP) times.push(((performance.now() - startedAt) * 1000) / cases.length);
  }
  times.sort((one, other) => one - other);
  console.log(
    `${name}: median ${times[times.length >> 1].toFixed(1)} µs, fastest ${times[0].toFixed(1)} µs a step`,
  );
}
