import type { Fault } from '../../kernel/fault.ts';
import type { Step, Workflow } from '../workflow.ts';
import type { Draft, LookAt } from './draft.ts';
import { editedTexts } from './place.ts';

/** What came of mending: the texts that changed, and the faults that are gone. */
export interface Mended {
  readonly draft: Draft;
  /** By path; only files that are different now. */
  readonly texts: ReadonlyMap<string, string>;
  readonly faults: readonly Fault[];
}

/**
 * Makes the edit of every fault that has one, wherever it does what it is for: the fault goes, none comes, and what was understood of
 * the workflow stays. Each edit is tried on the whole workflow before it is kept. Doing it again changes nothing.
 */
export async function mend(first: Draft, look: LookAt): Promise<Mended> {
  let mended: Mended = { draft: first, texts: new Map(), faults: [] };
  for (;;) {
    const before = mended.faults.length;
    mended = await pass(mended, look);
    if (mended.faults.length === before) return mended;
  }
}

/** Tries every edit once. */
async function pass(start: Mended, look: LookAt): Promise<Mended> {
  let now = start;
  const tried = new Set<string>();
  for (let fault = untried(now, tried); fault !== undefined; fault = untried(now, tried)) {
    tried.add(keyOf(fault));
    now = (await attempt(now, fault, look)) ?? now;
  }
  return now;
}

/** Errors come first: what a warning is about can be compared only in a workflow that is understood as a whole. */
function untried({ draft: { faults, definition } }: Mended, tried: ReadonlySet<string>): Fault | undefined {
  return faults.find(
    (fault) =>
      fault.edit !== undefined &&
      (fault.severity === 'error' || definition.workflow !== undefined) &&
      !tried.has(keyOf(fault)),
  );
}

function keyOf({ file, line, code, edit }: Fault): string {
  return JSON.stringify([file, line, code, edit]);
}

async function attempt(
  { draft, texts, faults }: Mended,
  fault: Fault,
  look: LookAt,
): Promise<Mended | undefined> {
  const text = draft.texts.get(fault.file);
  if (text === undefined) return undefined;
  for (const edited of editedTexts(text, fault)) {
    const changed = new Map(texts).set(fault.file, edited);
    const after = await look(changed);
    if (isBetter(draft, after, fault)) return { draft: after, texts: changed, faults: [...faults, fault] };
  }
  return undefined;
}

function isBetter(before: Draft, after: Draft, fault: Fault): boolean {
  const old = countFaults(before.faults);
  const now = countFaults(after.faults);
  const kind = kindOf(fault);
  if ((now.get(kind) ?? 0) >= (old.get(kind) ?? 0)) return false;
  const came = after.faults.filter((each) => (now.get(kindOf(each)) ?? 0) > (old.get(kindOf(each)) ?? 0));
  return came.every((each) => wasHidden(each, before, fault)) && meansTheSame(before, after, fault);
}

/** Messages quote what was edited, and lines move: what counts is how many of a code there are in a file. */
function countFaults(faults: readonly Fault[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const fault of faults) counts.set(kindOf(fault), (counts.get(kindOf(fault)) ?? 0) + 1);
  return counts;
}

function kindOf({ code, file }: Fault): string {
  return `${code} ${file}`;
}

/** What an error kept from being looked at: a file that was not read, a page that was not compiled, the ways through the whole. */
function wasHidden(fault: Fault, before: Draft, mended: Fault): boolean {
  if (mended.severity !== 'error') return false;
  return fault.severity === 'warning' || fault.file === mended.file || !before.texts.has(fault.file);
}

/** A name that was taken for a step is that step's; one that was taken for none may become a way on. No other step is touched. */
function meansTheSame(before: Draft, after: Draft, { code, file }: Fault): boolean {
  const old = before.definition.workflow;
  const now = after.definition.workflow;
  if (!old || !now || code === 'step/unlinked') return true;
  const isOpen = (step: Step): boolean => code === 'target/dangling' && includesFile(old, step, file);
  return old.steps.every(
    (step, at) => isOpen(step) || meaningOf(step.guidance) === meaningOf(now.steps[at]?.guidance),
  );
}

/** Whether a step is written in the file, or may be in part: a file that is included may be anywhere. */
function includesFile({ steps }: Workflow, step: Step, file: string): boolean {
  return step.file === file || steps.every((each) => each.file !== file);
}

const WORDS: ReadonlySet<string> = new Set(['because', 'line', 'when', 'text', 'faults']);

/** Guidance without the author's words for it. */
function meaningOf(guidance: Step['guidance'] | undefined): string {
  return JSON.stringify(guidance, (key, value: unknown) => (WORDS.has(key) ? undefined : value)) ?? '';
}
