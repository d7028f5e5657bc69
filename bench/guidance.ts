import { parseMarkdown } from '../src/adapters/markdown/mdast.ts';
import { compileGuidance } from '../src/core/workflow/guidance/compile.ts';
import { decideByGuidance } from '../src/core/workflow/guidance/decide.ts';
import type { GuidanceSource, Picture } from '../src/core/workflow/guidance/guidance.ts';
import { round } from './measure.ts';

const steps = ['Write', 'Test', 'Fix', 'Review', 'Publish'].map((name) => ({
  name,
  file: `steps/${name.toLowerCase()}.md`,
}));

const texts = [
  'Proceed to "Test".',
  'If the client reports success, proceed to "Review".\nIf the client reports a failure, proceed to "Fix".',
  'If `attempts` is greater than 3, stop and hand over to a human.\nOtherwise, proceed to "Test".',
  'If the user approves the draft, proceed to "Publish".\nIf the user asks for changes, go back to "Write".\nIf the client reports a failure, stay on this step.',
  '| Result | Next step |\n|---|---|\n| success | Publish |\n| failure | Fix |',
];

/** Microseconds for compiling the guidance of one step from its blocks, and for one decision; means over all kinds of text. */
export function guidanceTimes(rounds: number): { compileUs: number; decideUs: number } {
  const sources: readonly GuidanceSource[] = texts.map((text, n) => ({
    steps,
    step: steps[n]?.name ?? '',
    file: steps[n]?.file ?? '',
    guidance: parseMarkdown(text).blocks,
    instructions: 'Do it.',
  }));
  const compiled = sources.map((source) => compileGuidance(source));
  const pictures: readonly Picture[] = ['success', 'failure', 'in_progress'].map((status) => ({
    context: { attempts: 1 },
    report: { status, result: 'ok' },
    visits: { Write: 1, Test: 1 },
  }));
  return {
    compileUs: mean(rounds / 10, sources.length, () => {
      for (const source of sources) compileGuidance(source);
    }),
    decideUs: mean(rounds, compiled.length * pictures.length, () => {
      for (const guidance of compiled) for (const picture of pictures) decideByGuidance(guidance, picture);
    }),
  };
}

function mean(rounds: number, each: number, work: () => void): number {
  for (let n = 0; n < rounds / 4; n += 1) work();
  const begun = performance.now();
  for (let n = 0; n < rounds; n += 1) work();
  return round(((performance.now() - begun) * 1_000) / (rounds * each));
}
