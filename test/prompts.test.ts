import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { parseMarkdown } from '../src/adapters/markdown/mdast.ts';
import type { Instance, Report } from '../src/core/kernel/instance.ts';
import type { JsonObject } from '../src/core/kernel/json.ts';
import { compileGuidance } from '../src/core/workflow/guidance/compile.ts';
import { distinctOutcomes, modelPrompt, reportedText } from '../src/core/workflow/prompt.ts';
import { tokensOf } from '../src/core/workflow/prompt-room.ts';
import type { Step, Workflow } from '../src/core/workflow/workflow.ts';
import { verifies } from './support/world.ts';

// What o200k counts is told by `npm run bench:prompts`; here it is what the product itself counts, which no tokenizer has to be installed for.
const BAR = 250;

interface Case {
  readonly workflow: string;
  readonly step: string;
  readonly steps: readonly { readonly name: string; readonly file: string }[];
  readonly guidance: string;
  readonly context: JsonObject;
  readonly report: Report;
}

const cases = ['conditions', 'ordinary', 'traps', 'voices'].flatMap((name) =>
  readFileSync(`bench/decisions/cases/${name}.jsonl`, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Case),
);

verifies('model/question', 'asks in at most 250 tokens beside the report, and names every way on', () => {
  const measured = cases.map(({ workflow, step: name, steps, guidance: text, context, report }) => {
    const file = steps.find((each) => each.name === name)?.file ?? '';
    const blocks = parseMarkdown(text).blocks;
    const guidance = compileGuidance({ steps, step: name, file, guidance: blocks, instructions: '' });
    const prompt = modelPrompt({
      workflow: { name: workflow } as Workflow,
      step: { name, file, guidance, guidanceText: text } as Step,
      context,
      report,
      instance: { visits: {} } as Instance,
      recent: [],
      fence: 'nguessable',
    });
    const ways = distinctOutcomes(guidance.outcomes).length;
    const listed = /\nOutcomes:\n((?:- .*\n)*)/.exec(prompt)?.[1]?.split('\n- ').length;
    return { tokens: tokensOf(prompt.replace(reportedText(report), '')), missing: ways - (listed ?? 0) };
  });
  expect(measured.length).toBeGreaterThan(1_000);
  expect(Math.max(...measured.map(({ tokens }) => tokens))).toBeLessThanOrEqual(BAR);
  expect(measured.filter(({ missing }) => missing !== 0)).toEqual([]);
});
