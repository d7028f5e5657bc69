import type { Fault } from '../kernel/fault.ts';
import { FINISH } from '../kernel/instance.ts';
import type { Digest } from '../ports/digest.ts';
import type { ParseMarkdown } from '../ports/markdown.ts';
import { distinctFaults, toFault } from './definition/faults.ts';
import type { Place } from './definition/faults.ts';
import { readIndexSettings, readStepSettings } from './definition/front-matter.ts';
import type { IndexSettings, StepSettings } from './definition/front-matter.ts';
import type { Expanded } from './definition/includes.ts';
import { definitionHash } from './definition/hash.ts';
import { readLinkedPages } from './definition/linked-pages.ts';
import type { LinkedPage } from './definition/linked-pages.ts';
import { checkLinks, MAX_STEPS } from './definition/links.ts';
import { readPage } from './definition/page.ts';
import type { Reading } from './definition/page.ts';
import type { Section } from './definition/section.ts';
import { readSections } from './definition/sections.ts';
import type { Sections } from './definition/sections.ts';
import { createSource } from './definition/source.ts';
import type { ReadFile } from './definition/source.ts';
import { readStepList } from './definition/step-list.ts';
import type { StepLink } from './definition/step-list.ts';
import type { CompileGuidance, StepName } from './guidance/guidance.ts';
import type { DeciderName, Step, Workflow } from './workflow.ts';

export interface DefineParts {
  readonly read: ReadFile;
  readonly parse: ParseMarkdown;
  readonly compile: CompileGuidance;
  readonly digest: Digest;
  /** For a workflow that names none itself; `['caller']` by default. */
  readonly deciders?: readonly DeciderName[];
  /** The pages that stand in the folder, where that is known: what a link that leads nowhere may have meant. */
  readonly pages?: readonly string[];
}

/** Where the parts of a step stand, for lint. */
export interface StepPlaces {
  /** The link in the index. */
  readonly link: Place;
  readonly guidance: Place;
  /** Of a line of the file with its includes. */
  at(line: number): Place;
  /** Of a line of `step.instructions`, counted from 1. */
  instruction(line: number): Place;
}

/** A definition that can be started, or everything that is wrong with it. */
export type Definition =
  | {
      readonly workflow: Workflow;
      readonly places: ReadonlyMap<string, StepPlaces>;
      readonly faults?: undefined;
    }
  | { readonly workflow?: undefined; readonly faults: readonly Fault[] };

const INDEX = 'index.md';
const MAX_TOTAL_LENGTH = 8 * 1_048_576;
/** A step's link with the file it leads to, read and taken apart. */
interface Draft {
  readonly link: StepLink;
  readonly place: Place;
  readonly path: string;
  readonly expanded: Expanded;
  readonly sections: Sections;
  readonly settings: StepSettings;
}

/**
 * Reads a definition: the index, its steps, and what they include. Reports all faults at once.
 *
 * @throws TuttiError `definition/service-error` when the medium fails; everything else becomes a fault.
 */
export async function defineWorkflow(name: string, parts: DefineParts): Promise<Definition> {
  const source = createSource(parts.read);
  const index = await source.text(INDEX);
  if ('unreadable' in index) {
    return {
      faults: [
        toFault(
          'index/missing',
          { file: INDEX, line: 1 },
          {
            message: `${name} has no readable ${INDEX}: ${index.unreadable}`,
            fix: `Create ${INDEX} with a list of links to the steps.`,
          },
        ),
      ],
    };
  }
  const faults: Fault[] = [];
  const reading: Reading = { source, parse: parts.parse, faults };
  const page = await readPage(INDEX, index.text, reading);
  if (!page) return { faults: distinctFaults(faults) };
  const { expanded, document } = page;
  const settings = readIndexSettings(document, expanded);
  const list = readStepList(document, expanded.text);
  faults.push(...settings.faults, ...checkLinks(list.links, expanded));
  const pages = await readLinkedPages(list.links.slice(0, MAX_STEPS), {
    index: expanded,
    reading,
    noun: 'step',
    maxLength: MAX_TOTAL_LENGTH,
    pages: parts.pages ?? [],
    fault: (problem, place, said) => toFault(`step/${problem}`, place, said),
  });
  const drafts = pages.map((linked, at) =>
    toDraft(linked, { next: pages[at + 1]?.link.name ?? FINISH, faults }),
  );
  const compiled = compileSteps(drafts, { parts, settings, faults });
  const known = distinctFaults(faults);
  if (known.some((fault) => fault.severity === 'error')) return { faults: known };
  const files = Object.fromEntries(source.files);
  const workflow: Workflow = {
    name,
    hash: definitionHash(name, files, parts.digest),
    files,
    description: settings.description ?? list.description,
    text: expanded.text,
    steps: compiled.steps,
    deciders: settings.deciders ?? parts.deciders ?? ['caller'],
    ...(settings.modelUpdates !== undefined && { modelUpdates: settings.modelUpdates }),
    warnings: known,
  };
  return { workflow, places: compiled.places };
}

function toDraft(
  { page, link, place, path }: LinkedPage,
  { next, faults }: { readonly next: string; readonly faults: Fault[] },
): Draft {
  const { document, expanded } = page;
  const onward = `Proceed to "${next}".`;
  const sections = readSections(document, expanded, { guidance: link.name !== FINISH, file: path, onward });
  const settings = readStepSettings(document, expanded);
  faults.push(...settings.faults, ...sections.faults);
  return { link, place, path, expanded, sections, settings };
}

interface Compiling {
  readonly parts: DefineParts;
  readonly settings: IndexSettings;
  readonly faults: Fault[];
}

function compileSteps(
  drafts: readonly Draft[],
  compiling: Compiling,
): { steps: Step[]; places: Map<string, StepPlaces> } {
  const names: StepName[] = drafts.map(({ link, path }) => ({ name: link.name, file: path }));
  const steps: Step[] = [];
  const places = new Map<string, StepPlaces>();
  for (const draft of drafts) {
    const { guidance, instructions } = draft.sections;
    if (!instructions || (!guidance && draft.link.name !== FINISH)) continue;
    const step = compileStep(draft, { ...compiling, names, instructions });
    steps.push(step);
    places.set(step.name, {
      link: draft.place,
      guidance: draft.expanded.origin(guidance?.line ?? instructions.line),
      at: (line) => draft.expanded.origin(line),
      instruction: (line) => draft.expanded.origin(instructions.line + line - 1),
    });
  }
  return { steps, places };
}

function compileStep(
  draft: Draft,
  {
    parts,
    settings,
    faults,
    names,
    instructions,
  }: Compiling & { readonly names: readonly StepName[]; readonly instructions: Section },
): Step {
  const { link, path, expanded, sections } = draft;
  const compiled = parts.compile({
    steps: names,
    step: link.name,
    file: path,
    guidance: sections.guidance?.blocks ?? [],
    ...(sections.transitions ? { transitions: sections.transitions.blocks } : {}),
    ...(draft.settings.transitions === undefined ? {} : { frontMatter: draft.settings.transitions }),
    instructions: instructions.text,
  });
  // Nothing is ever decided at the end.
  const found = link.name === FINISH ? [] : compiled.faults.map((fault) => placed(fault, expanded));
  const guidance = { ...compiled, faults: found };
  faults.push(...found);
  const maxVisits = draft.settings.maxVisits ?? settings.maxVisits;
  return {
    name: link.name,
    file: path,
    instructions: instructions.text,
    guidanceText: sections.guidance?.text ?? '',
    guidance,
    text: expanded.text,
    ...(maxVisits === undefined ? {} : { maxVisits }),
  };
}

/** The compiler counts lines of the expanded text; a person opens a file. */
function placed(fault: Fault, expanded: Expanded): Fault {
  return { ...fault, ...expanded.origin(fault.line) };
}
