import { FINISH } from '../kernel/instance.ts';
import { isFilePath } from './definition/paths.ts';
import { slug } from './guidance/name.ts';

/** A workflow in an author's head: what it is for, its steps, and where each leads. */
export interface Outline {
  readonly purpose: string;
  readonly steps: readonly OutlinedStep[];
}

export interface OutlinedStep {
  readonly name: string;
  /** For the client: what is to be done. */
  readonly does: string;
  /** In the order in which they are looked at; none: on to the next step. */
  readonly ways: readonly OutlinedWay[];
}

export interface OutlinedWay {
  /** `success`, `failure`, `always`, `otherwise`, or a condition in words, such as "the user approves the plan". */
  readonly when: string;
  /** A step's name, `FINISH`, `stay`, or `FAILED`: the end, as a failure. */
  readonly to: string;
}

/** The files of an outlined workflow, without the outcomes that they leave to judgement. What cannot be read as it was meant, lint says. */
export function outlinedFiles(name: string, { purpose, steps }: Outline): Readonly<Record<string, string>> {
  const paths = pathsOf(steps);
  const list = steps.map((step, at) => `- [${step.name}](${paths[at] ?? ''})`).join('\n');
  return {
    'index.md': `# ${name}\n\n## Overall Goal:\n\n${purpose}\n\n## Steps\n\n${list}\n`,
    ...Object.fromEntries(
      steps.map((step, at) => [paths[at] ?? '', pageOf(step, steps[at + 1]?.name ?? FINISH)]),
    ),
  };
}

const MAX_STEP_NAME_LENGTH = 200;
/** What a link of Markdown, a code span or an element reads as its own. */
const MARKUP = /[[\]`<>\\"\p{Cc}]/u;

/** Why a step cannot be called so; `undefined` when it can. */
export function stepNameFault(name: string): string | undefined {
  if (name.length > MAX_STEP_NAME_LENGTH)
    return `A step's name has at most ${MAX_STEP_NAME_LENGTH} characters; this one has ${name.length}.`;
  if (MARKUP.test(name)) return 'A step\'s name holds no [ ] ` < > \\ or ".';
  if (!/[\p{L}\p{N}]/u.test(name)) return "A step's name holds a letter or a digit.";
  const [path = ''] = pathsOf([{ name, does: '', ways: [] }]);
  return isFilePath(path) ? undefined : 'A system keeps this name for a device. Choose another one.';
}

/** A file for each step, called as it is. */
function pathsOf(steps: readonly OutlinedStep[]): readonly string[] {
  const used = new Set<string>();
  return steps.map(({ name }, at) => {
    const stem = slug(name).replaceAll(/[^a-z0-9_]/g, '') || `step_${at + 1}`;
    const path = `steps/${used.has(stem) ? `${stem}_${at + 1}` : stem}.md`;
    used.add(stem);
    return path;
  });
}

function pageOf({ does, ways }: OutlinedStep, next: string): string {
  const all = ways.length > 0 ? ways : [{ when: 'always', to: next }];
  const guidance = all.map((way) => sentenceOf(way)).map((line) => (all.length > 1 ? `- ${line}` : line));
  const status = all.some(({ when }) => when === 'failure')
    ? '`success`, or `failure` with `error`'
    : '`success`';
  return `# Orchestrator Guidance\n\n${guidance.join('\n')}\n\n# Client Instructions\n\n${does}\n\n**Report**\n\n- \`status\`: ${status}\n`;
}

const LEADS: Readonly<Record<string, string>> = {
  otherwise: 'Otherwise',
  success: 'If the client reports success',
  failure: 'If the client reports a failure',
};

function sentenceOf({ when, to }: OutlinedWay): string {
  const condition = LEADS[when] ?? `If ${when.replace(/[.,]$/, '')}`;
  const sentence = when === 'always' ? actionOf(to) : `${condition}, ${actionOf(to)}`;
  return `${sentence.slice(0, 1).toUpperCase()}${sentence.slice(1)}.`;
}

function actionOf(to: string): string {
  if (to === 'stay') return 'stay on this step';
  if (to === 'FAILED') return `proceed to "${FINISH}" and set the status to "FAILED"`;
  return `proceed to "${to}"`;
}
