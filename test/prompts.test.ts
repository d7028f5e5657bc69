import { readFileSync } from 'node:fs';
import { encode } from 'gpt-tokenizer/encoding/o200k_base';
import { describe, expect } from 'vitest';
import { parseMarkdown } from '../src/adapters/markdown/mdast.ts';
import type { Entry, Instance, Report } from '../src/core/kernel/instance.ts';
import type { JsonObject } from '../src/core/kernel/json.ts';
import { compileGuidance } from '../src/core/workflow/guidance/compile.ts';
import { distinctOutcomes, modelPrompt, reportedText } from '../src/core/workflow/prompt.ts';
import type { Step, Workflow } from '../src/core/workflow/workflow.ts';
import { verifies } from './support/world.ts';

/** As o200k counts; the product itself has no tokenizer, and only estimates. */
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

/** Three moves, as a run that is under way has them. */
function movesBetween(names: readonly string[]): readonly Entry[] {
  return [0, 1, 2].map(
    (at) =>
      ({
        kind: 'ADVANCED',
        step: names[at % names.length],
        next: names[(at + 1) % names.length],
      }) as unknown as Entry,
  );
}

function asked({ workflow, step: name, steps, guidance: text, context, report }: Case) {
  const file = steps.find((each) => each.name === name)?.file ?? '';
  const blocks = parseMarkdown(text).blocks;
  const guidance = compileGuidance({ steps, step: name, file, guidance: blocks, instructions: '' });
  const prompt = modelPrompt({
    workflow: { name: workflow } as Workflow,
    step: { name, file, guidance, guidanceText: text } as Step,
    context,
    report,
    instance: { visits: {} } as Instance,
    recent: movesBetween(steps.map((each) => each.name)),
    fence: 'nR5tYvL0aH',
  });
  const tokens = encode(prompt.replace(reportedText(report), '')).length;
  return { prompt, tokens, ways: distinctOutcomes(guidance.outcomes).length };
}

verifies('model/question', 'asks in at most 250 tokens beside the report, and names every way on', () => {
  const measured = cases.map((each) => {
    const { prompt, tokens, ways } = asked(each);
    const listed = /\nOutcomes:\n((?:- .*\n)*)/.exec(prompt)?.[1]?.split('\n- ').length;
    return { tokens, missing: ways - (listed ?? 0) };
  });
  expect(measured.length).toBeGreaterThan(1_000);
  expect(Math.max(...measured.map(({ tokens }) => tokens))).toBeLessThanOrEqual(BAR);
  expect(measured.filter(({ missing }) => missing !== 0)).toEqual([]);
});

describe('whatever it is made of', () => {
  const chance = numbers(7);
  const times = (count: number, each: (at: number) => string, between = ' ') =>
    Array.from({ length: count }, (_, at) => each(at)).join(between);
  const from = (signs: string, length: number) =>
    times(length, () => Array.from(signs)[chance(Array.from(signs).length)] ?? '', '');
  const capitals = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
  const small = capitals.toLowerCase();

  const dense: Readonly<Record<string, string>> = {
    decimals: times(300, () => `${chance(1_000)}.${10 + chance(90)}`),
    'short decimals': times(300, () => `${chance(10)}.${chance(10)}`),
    'signed decimals': times(300, () => `-${chance(10)}.${chance(100)};`),
    tickets: times(300, () => `PROJ-${1_000 + chance(9_000)}`),
    'tickets of two letters': times(300, () => `${from(capitals, 2)}-${chance(100)}`),
    dates: times(300, () => `20${10 + chance(15)}-0${1 + chance(9)}-${10 + chance(18)}`),
    'phone numbers': times(200, () => `+49 30 ${1_000_000 + chance(9_000_000)},`),
    addresses: times(200, () => `10.${chance(256)}.${chance(256)}.${chance(256)}`),
    'lone digits': times(500, (at) => String(at % 10)),
    'lone letters': times(500, () => from(small, 1)),
    'a strand': from('ACGT', 3_000),
    strands: times(300, () => from('ACGT', 8)),
    'codes in capitals': times(400, () => from(capitals, 4)),
    'longer codes in capitals': times(300, () => from(capitals, 9)),
    'codes in capitals and digits': times(300, () => from(`${capitals}0123456789`, 8)),
    'letters by chance': times(400, () => from(small, 2 + chance(10))),
    'three letters by chance': times(500, () => from(small, 3)),
    'letters of both cases by chance': from(small + capitals, 3_000),
    'words without vowels': times(300, () => from('bcdfghklmnprstvwz', 6)),
    'hexadecimal numbers': times(200, () => from('0123456789abcdef', 8)),
    'a hash': from('0123456789abcdef', 3_000),
    base64: from(`${capitals}${small}0123456789+/`, 3_000),
    marks: from('!@#$%^&*()_+{}|:<>?~-=[];,./', 2_000),
    'marks and digits': from('!@#$%^&*()_+0123456789', 2_000),
    formulas: times(
      300,
      () => `${from(small, 1)}${chance(10)}=${from(small, 1)}*(${chance(100)}+${chance(10)})`,
    ),
    paths: times(200, (at) => `/usr/lib/x86_64-linux-gnu/lib${from(small, 4)}.so.${at}`),
    spaces: times(500, () => `a${from(' \t', 5)}`, ''),
    Chinese: '如果评审者认为文稿很好，请继续。'.repeat(100),
    Japanese: '校閲者が原稿を良いと判断した場合は続行します。'.repeat(100),
    Korean: '검토자가 문서를 좋다고 생각하면 계속하십시오. '.repeat(100),
    Thai: 'หากผู้ตรวจเห็นว่าเอกสารดีให้ดำเนินการต่อ '.repeat(100),
    Russian: 'Если рецензент считает текст хорошим, продолжайте. '.repeat(100),
    Ethiopic: 'ፊደልሀገርቋንቋ '.repeat(100),
    Cherokee: 'ᏣᎳᎩᎦᏬᏂᎯᏍᏗ '.repeat(100),
    'letters of mathematics': '𝔘𝔫𝔦𝔠𝔬𝔡𝔢'.repeat(100),
    cuneiform: '𒀀𒁀𒂀𒃀𒄀'.repeat(100),
    emoji: '🎉🤖👩‍👩‍👧‍👦→…§🏴‍☠️🫥🪿'.repeat(100),
  };

  for (const [what, text] of Object.entries(dense)) {
    verifies('model/question', `is asked in at most 250 tokens beside the report: ${what}`, () => {
      const steps = ['Judge', 'Print', 'Rewrite'].map((name) => ({ name, file: `steps/${name}.md` }));
      const given = { workflow: 'JUDGED', step: 'Judge', steps, report: { status: 'success' } };
      const judged = 'If `value` is fine, proceed to "Print". If not, proceed to "Rewrite".';
      const long = text.slice(0, 400).replaceAll(/\s+/g, ' ').trim();
      const named = [...steps, { name: long, file: 'steps/more.md' }];
      const tokens = [
        asked({ ...given, guidance: `${judged}\n\n${text}`, context: {} }),
        asked({ ...given, guidance: `${text}\n\n${judged}`, context: { value: text } }),
        asked({ ...given, guidance: text, context: {} }),
        asked({ ...given, guidance: `${judged} Else proceed to "${long}".`, context: {}, steps: named }),
      ].map((each) => each.tokens);
      expect(Math.max(...tokens)).toBeLessThanOrEqual(BAR);
    });
  }
});

/** Whole numbers below a bound, the same ones in every run. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
