import { TuttiError } from '../../core/kernel/errors.ts';
import { toMermaid } from '../../core/workflow/graph.ts';
import type { Sketch } from '../../core/workflow/authoring.ts';
import { stepNameFault } from '../../core/workflow/outline.ts';
import type { Outline, OutlinedStep, OutlinedWay } from '../../core/workflow/outline.ts';
import { faultLines } from './fault-lines.ts';
import { toAscii } from './graph.ts';
import type { Terminal } from './terminal.ts';
import { clean, cleanLine } from './text.ts';

/** Who is asked. */
export interface Interviewer {
  /** A line of text; `undefined` once the person has cancelled. */
  text(question: string, fallback?: string): Promise<string | undefined>;
  /** One of the values; `undefined` once the person has cancelled. */
  choose<const Value extends string>(
    question: string,
    options: readonly { readonly value: Value; readonly label: string }[],
  ): Promise<Value | undefined>;
  note(text: string): void;
}

export interface Interview {
  readonly workflow: string;
  readonly interviewer: Interviewer;
  readonly terminal: Terminal;
  readonly sketch: (outline: Outline) => Promise<Sketch>;
  /** What a model proposes; `undefined` where none is configured. */
  readonly draft: (purpose: string) => Promise<Outline | undefined>;
  /** Said already. */
  readonly purpose?: string;
}

/** The person is gone, or wants no more: nothing is written. */
class Cancelled extends Error {}

const MAX_STEPS = 50;

/**
 * Talks a new workflow through: what it is for, its steps, where each leads. Shows what was understood, and has it accepted.
 *
 * @returns the files to save; `undefined` when the person left.
 */
export async function interview(talk: Interview): Promise<Sketch['files'] | undefined> {
  try {
    const purpose = talk.purpose ?? (await answer(talk, 'What is it for, in a sentence?'));
    const outline = (await drafted(talk, purpose)) ?? { purpose, steps: await askSteps(talk) };
    return await settle(talk, outline);
  } catch (error) {
    if (error instanceof Cancelled) return undefined;
    throw error;
  }
}

/** The proposal of a model, where there is one. A model that fails is no reason to end the talk. */
async function drafted({ draft, interviewer }: Interview, purpose: string): Promise<Outline | undefined> {
  try {
    return await draft(purpose);
  } catch (error) {
    if (!(error instanceof TuttiError)) throw error;
    interviewer.note(cleanLine(`The model drafted nothing: ${error.message}`));
    return undefined;
  }
}

async function settle(talk: Interview, outline: Outline): Promise<Sketch['files']> {
  const sketch = await talk.sketch(outline);
  show(talk, outline, sketch);
  const choice = await chosen(talk, 'What now?', [
    ...(sketch.valid ? [{ value: 'save', label: 'save it' } as const] : []),
    { value: 'edit', label: 'change a step' },
    { value: 'again', label: 'write all steps anew' },
    { value: 'cancel', label: 'leave, and write nothing' },
  ]);
  if (choice === 'cancel') throw new Cancelled();
  if (choice === 'save') return sketch.files;
  const { purpose, steps } = outline;
  return await settle(talk, {
    purpose,
    steps: choice === 'again' ? await askSteps(talk) : await editStep(talk, steps),
  });
}

function show({ interviewer, terminal, workflow }: Interview, { steps }: Outline, sketch: Sketch): void {
  interviewer.note(steps.map(({ name, does }) => cleanLine(`${name}: ${does}`)).join('\n'));
  if (sketch.definition) interviewer.note(toAscii(toMermaid(sketch.definition)));
  interviewer.note(faultLines([{ name: workflow, faults: sketch.faults }], 'workflow', terminal));
}

async function askSteps(talk: Interview): Promise<readonly OutlinedStep[]> {
  const names: string[] = [];
  while (names.length < MAX_STEPS) {
    const question = names.length === 0 ? 'The first step, by name?' : 'The next step (empty: that is all)?';
    const name =
      names.length === 0 ? await answer(talk, question) : await said(talk.interviewer.text(question));
    if (name === '') break;
    const fault = stepNameFault(name);
    if (fault !== undefined) talk.interviewer.note(fault);
    else if (isTaken(name, names)) talk.interviewer.note(`There is a step "${cleanLine(name)}" already.`);
    else names.push(name);
  }
  const steps: OutlinedStep[] = [];
  for (const [at, name] of names.entries())
    steps.push(await askStep(talk, { name, names, next: names[at + 1] }));
  return steps;
}

function isTaken(name: string, names: readonly string[]): boolean {
  return names.some((each) => each.toLowerCase() === name.toLowerCase());
}

interface Asked {
  readonly name: string;
  readonly names: readonly string[];
  readonly next: string | undefined;
  /** What stands there already. */
  readonly does?: string;
}

async function askStep(talk: Interview, { name, names, next, does }: Asked): Promise<OutlinedStep> {
  const shown = cleanLine(name);
  const work = does ?? '';
  const text =
    work === ''
      ? await answer(talk, `${shown}: what is to be done?`)
      : await said(talk.interviewer.text(`${shown}: what is to be done?`, work));
  return { name, does: text, ways: await askWays(talk, { shown, names, onward: next ?? 'FINISH' }) };
}

interface Leaving {
  readonly shown: string;
  readonly names: readonly string[];
  readonly onward: string;
}

async function askWays(talk: Interview, { shown, names, onward }: Leaving): Promise<readonly OutlinedWay[]> {
  const forks = await chosen(talk, `${shown}: where does it lead?`, [
    { value: 'next', label: `always on to ${cleanLine(onward)}` },
    { value: 'fails', label: `on to ${cleanLine(onward)}; elsewhere when it fails` },
    { value: 'depends', label: 'it depends' },
  ]);
  if (forks === 'next') return [{ when: 'always', to: onward }];
  if (forks === 'depends') return await askForks(talk, names);
  const failing = await askTarget(talk, `${shown}: where when it fails?`, names);
  return [
    { when: 'success', to: onward },
    { when: 'failure', to: failing },
  ];
}

async function askForks(talk: Interview, names: readonly string[]): Promise<readonly OutlinedWay[]> {
  const ways: OutlinedWay[] = [];
  for (;;) {
    const question =
      'When? success, failure, otherwise, or a condition such as "the user approves it" (empty: that is all)';
    const when =
      ways.length === 0 ? await answer(talk, question) : await said(talk.interviewer.text(question));
    if (when === '') return ways;
    ways.push({ when, to: await askTarget(talk, `And where, when ${cleanLine(when)}?`, names) });
  }
}

const ENDS = [
  { value: 'FINISH', label: 'FINISH: it is done' },
  { value: 'FAILED', label: 'FINISH, as a failure' },
  { value: 'stay', label: 'stay on this step' },
];

async function askTarget(talk: Interview, question: string, names: readonly string[]): Promise<string> {
  const steps = names.map((name) => ({ value: name, label: cleanLine(name) }));
  return await chosen(talk, question, [...steps, ...ENDS]);
}

async function editStep(talk: Interview, steps: readonly OutlinedStep[]): Promise<readonly OutlinedStep[]> {
  const names = steps.map(({ name }) => name);
  const name = await chosen(
    talk,
    'Which step?',
    names.map((each) => ({ value: each, label: cleanLine(each) })),
  );
  const at = names.indexOf(name);
  const does = steps[at]?.does ?? '';
  const changed = await askStep(talk, { name, names, next: names[at + 1], does });
  return steps.map((step, index) => (index === at ? changed : step));
}

/** An answer that is not empty. */
async function answer({ interviewer }: Interview, question: string): Promise<string> {
  for (;;) {
    const text = await said(interviewer.text(question));
    if (text !== '') return text;
  }
}

async function chosen<const Value extends string>(
  { interviewer }: Interview,
  question: string,
  options: readonly { readonly value: Value; readonly label: string }[],
): Promise<Value> {
  const value = await interviewer.choose(question, options);
  if (value === undefined) throw new Cancelled();
  return value;
}

async function said(asked: Promise<string | undefined>): Promise<string> {
  const text = await asked;
  if (text === undefined) throw new Cancelled();
  return clean(text).trim();
}
