// How many tokens (o200k) a model is asked with beside the report, over labelled decisions: npm run bench:prompts -- --data FILE
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { parseMarkdown } from '../src/adapters/markdown/mdast.ts';
import { FINISH } from '../src/core/kernel/instance.ts';
import type { Entry, Instance, Report } from '../src/core/kernel/instance.ts';
import type { JsonObject } from '../src/core/kernel/json.ts';
import { compileGuidance } from '../src/core/workflow/guidance/compile.ts';
import { modelPrompt, reportedText } from '../src/core/workflow/prompt.ts';
import { tokensOf } from '../src/core/workflow/prompt-room.ts';
import type { Step, Workflow } from '../src/core/workflow/workflow.ts';

const BAR = 250;

interface Case {
  readonly id: string;
  readonly workflow?: string;
  readonly step: string;
  readonly steps: readonly { readonly name: string; readonly file?: string }[];
  readonly guidance: string;
  readonly instructions?: string;
  readonly context?: JsonObject;
  readonly report: Report & { readonly step_id?: string };
  readonly visits?: Record<string, number>;
}

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    show: { type: 'string', default: '0' },
  },
});
if (values.data === undefined)
  throw new Error('Name the decisions with --data FILE: one JSON object a line.');
const cases = readFileSync(values.data, 'utf8')
  .split('\n')
  .filter(Boolean)
  .map((line) => JSON.parse(line) as Case);
const measured = cases.map((each) => measure(each)).toSorted((a, b) => a.tokens - b.tokens);
const tokens = measured.map((each) => each.tokens);
const figures = {
  cases: cases.length,
  p50: at(tokens, 0.5),
  p95: at(tokens, 0.95),
  max: at(tokens, 1),
  bar: BAR,
  over: measured.filter((each) => each.tokens > BAR).map(({ id, tokens: count }) => ({ id, tokens: count })),
  // Below 1 the count in the product is too low, and the bound would not hold.
  leastCountedByUs: Math.min(...measured.map((each) => each.ours / each.tokens)),
};
for (const each of measured.slice(-Number(values.show) || measured.length))
  process.stderr.write(`--- ${each.id}: ${each.tokens} (counted as ${each.ours})\n${each.prompt}\n\n`);
process.stdout.write(`${JSON.stringify(figures, null, 2)}\n`);
if (figures.max > BAR) process.exitCode = 1;

function measure(labelled: Case): { id: string; tokens: number; ours: number; prompt: string } {
  const { workflow, step } = defined(labelled);
  const { report, context = {} } = labelled;
  const prompt = modelPrompt({
    workflow,
    step,
    report,
    context,
    instance: { visits: labelled.visits ?? { [step.name]: 1 } } as unknown as Instance,
    recent: historyOf(labelled),
    fence: 'R5tYvL0aHg',
  });
  const beside = prompt.replace(reportedText(report), '');
  return { id: labelled.id, tokens: countTokens(beside), ours: tokensOf(beside), prompt };
}

function defined(labelled: Case): { workflow: Workflow; step: Step } {
  const steps = labelled.steps.map(({ name, file }) => ({ name, file: file ?? `steps/${name}.md` }));
  const file = steps.find(({ name }) => name === labelled.step)?.file ?? 'steps/step.md';
  const guidance = compileGuidance({
    steps,
    step: labelled.step,
    file,
    guidance: parseMarkdown(labelled.guidance).blocks,
    instructions: labelled.instructions ?? '',
  });
  const step: Step = {
    name: labelled.step,
    file,
    instructions: labelled.instructions ?? '',
    guidanceText: labelled.guidance,
    guidance,
    text: labelled.guidance,
  };
  const workflow = { name: labelled.workflow ?? 'WORKFLOW', steps: [step] } as unknown as Workflow;
  return { workflow, step };
}

/** Three moves, as a run that is under way has them. */
function historyOf({ step, steps }: Case): readonly Entry[] {
  const names = [...steps.map(({ name }) => name).filter((name) => name !== FINISH), step, step];
  return [0, 1, 2].map(
    (index) =>
      ({ kind: 'ADVANCED', step: names[index] ?? step, next: names[index + 1] ?? step }) as unknown as Entry,
  );
}

function at(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? 0;
}
